"""One word per thing, in code, tables, addresses, pages and docs; `docs/terms.md` is generated from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Word:
    """A word and what it means; `group` is the heading under which it is explained."""

    name: str
    means: str
    group: str


_GROUPS: Final[dict[str, dict[str, str]]] = {
    "People": {
        "person": "A human. Whether and how they sign in is kept apart, in a user.",
        "team": "A node of the tree of teams; a team's people are those in its positions and below.",
        "position": "A seat in a team with a hat; it exists, and keeps its target, while nobody holds it.",
        "hat": "What somebody does in a position: rep, manager, director, operations, finance and others.",
        "holder": "Who carries a number: a person or a team (a position while vacant, or a territory).",
    },
    "Facts": {
        "account": "A company sold to.",
        "opportunity": "A chance to sell; pages may say deal.",
        "stage": "Where an opportunity stands, in the company's words; its kind is open, won or lost.",
        "forecast category": "What the owner of an opportunity promises: pipeline, best case, commit, closed, omitted.",
        "activity": "Something a person did: call, email, meeting, demo, proposal, other.",
        "booking": "An order or invoice line: what was sold and counts.",
        "payment": "Money received for a booking.",
        "return": "What came back of a booking, as a positive amount.",
        "batch": "Files handed in together; applied whole or not at all, and undone whole.",
        "finding": "Something an import noticed: file, row, column, value, rule, remedy.",
    },
    "Direction": {
        "strategy": "A dated version of how the company means to win.",
        "goal": "A long-term number for a team, a metric and a fiscal year.",
        "assumption": "What must be true for a goal.",
        "initiative": "Work towards a goal.",
        "commitment": "What another department owes to a goal.",
        "target": "A number to reach, of a holder, for a metric and a fiscal period.",
        "quota": "A target that pay depends on.",
        "plan layer": "Targets that sum to the goal.",
        "street layer": "Targets with the hedge on top.",
        "basis": "What a goal is shared by: last year, potential, a blend, even, given weights.",
        "potential": "What could be sold in a year to an account, in a territory, or in a segment: its market.",
        "pin": "A cell fixed by hand; the rest is spread around it.",
        "proposal": "A number somebody can stand for, with a reason, in answer to a plan's; accepted it becomes a pin.",
        "amendment": "A published plan changed from a day on: what set it off, by which formula, who approved it.",
        "notice": "What a person was told about their number: what it is, by how much it changed, and why.",
        "mix": "More of one kind of action for less of another, within a limit the manager sets.",
        "action": "Something to do on a day.",
    },
    "Numbers": {
        "metric": "A definition: unit, direction, numerator, denominator, slices.",
        "measure": "A sum of facts that metrics are made of, kept by person, day and slice.",
        "actual": "A metric's value for a holder in a period, as of a day.",
        "attainment": "Actual divided by target.",
        "expected by now": "Target times the share of the period's working time that has passed.",
        "pace": "Actual divided by expected by now.",
        "coverage": "Open pipeline divided by what remains of the target.",
        "because": "Where a number comes from: definition, inputs, rows, plan version.",
        "slice": "A part of a metric: one product, segment, kind of activity.",
    },
    "Time": {
        "as of": "The day we look from; nothing later is seen.",
        "known at": "When we learned of a fact; asking with it shows what we believed then.",
        "effective from, to": "Half-open [from, to); an empty end means still so.",
        "period": "A stretch of days, half-open: a fiscal month, quarter or year.",
    },
    "The loop": {
        "signal": "The engine noticed something.",
        "feedback": "A person was told.",
        "coaching": "A planned change of behaviour, with its effect checked.",
        "field report": "What the field answered.",
        "theme": "Field reports grouped.",
        "review": "The meeting.",
        "decision": "What was decided.",
        "revision": "The new version.",
    },
    "Pay": {
        "comp plan": "The rules by which somebody is paid for results.",
        "credit": "Whose event it is, and how much of it.",
        "window": "The time over which a measure is summed: a deal, a fiscal month, quarter or year, the plan.",
        "rate table": "What a result earns by bands; its mode says on how much of it a band's value holds.",
        "payout": "What a component pays.",
        "settlement": "What is paid out, held, drawn or clawed back.",
        "statement line": "One line of a payee's statement, with its reason.",
    },
}

WORDS: Final[tuple[Word, ...]] = tuple(
    Word(name, means, group) for group, words in _GROUPS.items() for name, means in words.items()
)
