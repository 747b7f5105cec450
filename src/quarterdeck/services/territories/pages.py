"""What the pages of proposals show: where each stands, what the actor may do, moves and indices as far as they see.

Sales evened out from 1 July 2026   proposed by Dana   waits for West      9 moves   you may answer for West
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.services import access
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.plans.handovers import plans_concerned
from quarterdeck.services.territories.doors import giver_of, proposals_seen
from quarterdeck.services.territories.measures import MEASURES
from quarterdeck.services.territories.proposals import asked_said, may_withdraw
from quarterdeck.services.territories.shapes import HOWS, Evenness, Standing
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from quarterdeck.records.models import TerritoryMove
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.territories.doors import Door, Team

_STEPS: Final = {
    "accepted": "accepted", "taken_back": "acceptance taken back", "declined": "declined", "withdrawn": "withdrawn",
    "moved": "the accounts move",
}  # fmt: skip
_NOWHERE: Final = "territories whose holder sits in no team"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """A proposal in the list."""

    proposal_id: int
    name: str
    effective_on: dt.date
    state: str
    by: str
    at: dt.datetime
    n_moves: int
    waits_for: str
    is_mine: bool
    """Whether it waits for the actor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A team whose word a proposal needs."""

    name: str
    state: str
    by: str
    note: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """A move as the actor sees it; amounts are empty where the account is of somebody out of sight."""

    account_id: int
    account: str
    from_name: str
    to_name: str
    amounts: tuple[int | None, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a proposal."""

    at: dt.datetime
    by: str
    what: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalPage:
    """Everything the page of a proposal shows."""

    line: ProposalLine
    sentence: str
    told: str
    limits: str
    note: str
    moves_on: dt.date
    measures: tuple[str, ...]
    moves: tuple[MoveLine, ...]
    n_hidden: int
    standings: tuple[Standing, ...]
    evenness: tuple[Evenness, ...]
    parts: tuple[Part, ...]
    history: tuple[Event, ...]
    may_accept: bool
    may_take_back: bool
    may_withdraw: bool
    is_last: bool
    """Whether the actor's acceptance is the last one that it needs."""
    plans: tuple[tuple[int, str], ...]
    """Published plans in which quota could go along."""

    @property
    def listing(self) -> Listing[dict[str, Any]]:
        """Its moves for files: what a CRM is told."""
        columns = (
            Column("account", "text", "Which account."),
            Column("from_territory", "text", "Where it lies; empty: nowhere."),
            Column("to_territory", "text", "Where it goes."),
            Column("effective_on", "day", "First day there."),
            *(
                Column(_column(name), MEASURES[name].unit, MEASURES[name].says) for name in self.measures
            ),
            Column("why", "text", "What was uneven."),
        )  # fmt: skip
        rows = [
            {
                "account": move.account, "from_territory": move.from_name, "to_territory": move.to_name,
                "effective_on": self.moves_on, "why": move.why,
            }
            | {_column(name): amount for name, amount in zip(self.measures, move.amounts, strict=True)}
            for move in self.moves
        ]  # fmt: skip
        return whole(f"Moves of proposal {self.line.proposal_id}", columns, rows)


def _column(name: str) -> str:
    return f"{name}_minor" if MEASURES[name].unit == "money" else name


def proposal_lines(actor: Actor) -> list[ProposalLine]:
    """Proposals of which the actor sees a move, newest first."""
    return [_line(one) for one in proposals_seen(actor)]


def _line(found: Door) -> ProposalLine:
    row = found.proposal
    return ProposalLine(
        proposal_id=row.pk, name=row.name, effective_on=row.effective_on, state=found.state, at=row.at,
        by=found.named(row.by), n_moves=len(found.seen), waits_for=_waiting(found),
        is_mine=found.state == "open" and bool(set(found.mine) & set(found.waits_for)),
    )  # fmt: skip


def _waiting(found: Door) -> str:
    return ", ".join(_team(found, team) for team in found.waits_for) if found.state == "open" else ""


def _team(found: Door, team: Team) -> str:
    return found.scene.team_names.get(team, _NOWHERE) if team else _NOWHERE


def proposal_page(found: Door) -> ProposalPage:
    """A proposal as the actor sees it; five queries besides the door's."""
    row, kept = found.proposal, found.proposal.found
    measures, is_open = tuple(kept["measures"]), found.state == "open"
    waiting = set(found.mine) & set(found.waits_for)
    return ProposalPage(
        line=_line(found), sentence=_sentence(found, waiting), told=kept["told"], limits=_limits(row.asked),
        note=row.note, moves_on=found.scene.as_of, measures=measures,
        moves=_moves(found, measures), n_hidden=len(found.moves) - len(found.seen),
        standings=_standings(found), evenness=tuple(_evenness(one) for one in kept["evenness"]), parts=_parts(found),
        history=_history(found), may_accept=is_open and bool(waiting),
        may_take_back=is_open and bool(set(found.mine) & found.said.keys()), may_withdraw=may_withdraw(found),
        is_last=is_open and set(found.waits_for) <= set(found.mine), plans=_plans(found),
    )  # fmt: skip


def _sentence(found: Door, waiting: set[Team]) -> str:
    """Where it stands, and what the actor does next."""
    row, day = found.proposal, f"{found.scene.as_of:%-d %B %Y}"
    if found.state == "moved":
        end = found.steps[-1].at.date()
        verb = "moved" if found.scene.as_of <= found.actor.today else "will move"
        return f"Accepted by all on {end:%-d %B %Y}: its accounts {verb} on {day}."
    if found.state != "open":
        last = found.steps[-1]
        why = f" (“{last.note}”)" if last.note else ""
        return f"{found.state.capitalize()} by {found.named(last.by)} on {last.at:%-d %B %Y}{why}: nothing moved."
    late = (
        "The stated day has passed; accepted today, its accounts move today. "
        if row.effective_on < found.actor.today
        else ""
    )
    if waiting:
        return f"{late}It waits for {_waiting(found)}. Look at what it changes, then accept or decline it."
    return f"{late}It waits for {_waiting(found)}; until then nothing moves."


def _limits(asked: dict[str, Any]) -> str:
    """What was asked, in words."""
    within, n_most, share = asked_said(asked)
    weights = asked["weights"]
    told = ", ".join(
        f"{MEASURES[name].title}{f' (weight {weight})' if len(weights) > 1 else ''}" for name, weight in weights.items()
    )
    how = f"; {HOWS[asked['how']]}" if len(weights) > 1 else ""
    most = f"at most {n_most:,} accounts" if share is None else f"at most {float(share):.0%} of the accounts"
    locks = f"; {len(asked['locks']):,} may not move" if asked["locks"] else ""
    return f"{told}{how}; within {float(within):.0%} of the even share; {most}{locks}."


def _moves(found: Door, measures: tuple[str, ...]) -> tuple[MoveLine, ...]:
    return tuple(
        MoveLine(
            account_id=move.account_id, account=move.account.name, why=_why(found, move),
            to_name=move.to_territory.name,
            from_name=move.from_territory.name if move.from_territory else "",
            amounts=tuple(move.amounts[name] if found.weighs(move) else None for name in measures),
        )
        for move in sorted(found.seen, key=lambda move: (move.account.name, move.pk))
    )  # fmt: skip


def _why(found: Door, move: TerritoryMove) -> str:
    """Its reason; where it tells how somebody out of sight stands, only that it evens out."""
    if found.sees_both(move):
        return str(move.reason)
    home = move.from_territory.name if move.from_territory else "accounts without a territory"
    return f"It evens out {home} and {move.to_territory.name}."


def _standings(found: Door) -> tuple[Standing, ...]:
    """Territories held by people whom the actor sees, as they were when it was proposed."""
    is_all = access.sees_all(found.actor, found.actor.today) or found.is_author
    return tuple(
        _standing(one)
        for one in found.proposal.found["standings"]
        if is_all or access.sees_person(found.actor, one["person_id"], found.actor.today)
    )


def _standing(kept: dict[str, Any]) -> Standing:
    """A row as it was kept: JSON knows no tuples."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()}
    return Standing(**values)


def _evenness(kept: dict[str, Any]) -> Evenness:
    moved = kept["moved"]
    return Evenness(**kept | {"moved": None if moved is None else Fraction(moved)})


def _parts(found: Door) -> tuple[Part, ...]:
    return tuple(
        Part(
            name=_team(found, team), state=found.said[team].step if team in found.said else "waits",
            by=found.named(found.said[team].by) if team in found.said else "",
            note=found.said[team].note if team in found.said else "",
            at=found.said[team].at if team in found.said else None,
        )
        for team in found.parts
    )  # fmt: skip


def _history(found: Door) -> tuple[Event, ...]:
    row = found.proposal
    events = [Event(at=row.at, by=found.named(row.by), what="proposed", note=row.note)]
    for step in found.steps:
        whose = f"{step.team.name}: " if step.team else ""
        events.append(Event(at=step.at, by=found.named(step.by), what=f"{whose}{_STEPS[step.step]}", note=step.note))
    return tuple(reversed(events))


def _plans(found: Door) -> tuple[tuple[int, str], ...]:
    """Published plans whose holders' numbers could follow their accounts, for who decides on them."""
    if found.state != "moved" or not access.may(found.actor, "approve_plans"):
        return ()
    givers = sorted({f"person:{giver}" for move in found.seen if (giver := giver_of(found, move))})
    return tuple(plans_concerned(found.actor, givers, found.scene.as_of))


def said_after(found: Door) -> str:
    """What an answer brought about."""
    if found.state == "moved":
        day = f"{found.scene.as_of:%-d %B %Y}"
        return f"Accepted by all: {len(found.moves):,} accounts move on {day}, and their holders are told."
    if found.state != "open":
        return f"The proposal is {found.state}; nothing moves."
    return f"Noted. It waits for {_waiting(found)}; until then nothing moves."
