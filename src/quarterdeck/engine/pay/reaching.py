"""Whose events reach whom: what has to be computed again when one event changes, and what a few people's pay needs.

    sales credited to the owner       rita's pay needs rita's events       an event of rita's touches rita
    team, rolled up                   mara's pay needs those below her     an event of rita's touches rita, mara, dana
    of the company, or a pool         anybody's pay needs every event      any event touches everybody

Every other step of a run is a payee at a time, so a run of a few people over the events that reach them pays them to
the cent what a run of everybody would (tests/laws/test_laws_of_pay.py). Lines of reporting and teams count for all
time: one event more is harmless, one less would not be. Splits say by themselves whom they reach.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw

from quarterdeck.engine.pay.language import Call, Name, Node, Text
from quarterdeck.engine.pay.reporting import reporting_lines, team_members

if TYPE_CHECKING:
    from collections.abc import Collection

    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.engine.pay.facts import PayFacts
    from quarterdeck.terms.tables import Frame


def owners_reaching(plan: Plan, people: Frame, payees: Collection[str]) -> set[str] | None:
    """Whose events the pay of these people can need, beside those that are split with them; None: everybody's.

    >>> from quarterdeck.engine.pay.reading import plan_from_text
    >>> plan = plan_from_text('''{plan: p, currency: USD, effective_from: 2025-01-01, effective_to: 2026-01-01,
    ...   measures: {team: {credit: {to: roll_up}}}, components: [{name: c, measure: team, rate: 1%}]}''')
    >>> people = nw.from_dict({"person_id": ["rita", "mara"], "manager_id": ["mara", None], "team_id": [None] * 2,
    ...   "effective_from": [None] * 2, "effective_to": [None] * 2}, backend="polars")
    >>> sorted(owners_reaching(plan, people, ["mara"])), sorted(owners_reaching(plan, people, ["rita"]))
    (['mara', 'rita'], ['rita'])
    """
    return _reached(plan, people, payees, up=False)


def people_reached(plan: Plan, people: Frame, owners: Collection[str]) -> set[str] | None:
    """Whose pay an event of these owners (or split with them) can touch; None: everybody's."""
    return _reached(plan, people, owners, up=True)


def _reached(plan: Plan, people: Frame, start: Collection[str], *, up: bool) -> set[str] | None:
    ways = {measure.credit.to for measure in plan.measures.values() if measure.score is None}
    if "company" in ways or any(component.pool for component in plan.components):
        return None
    found = set(start)
    if "roll_up" in ways:
        found |= _beside(reporting_lines(people), "above_id", start, up=up)
    if "team" in ways:
        found |= _beside(team_members(people), "payee_id", start, up=up)
    return found


def _beside(pairs: Frame, credited: str, start: Collection[str], *, up: bool) -> set[str]:
    known, wanted = ("person_id", credited) if up else (credited, "person_id")
    return set(pairs.filter(nw.col(known).is_in(list(start)))[wanted].to_list())


def only(plan: Plan, payees: Collection[str]) -> Plan:
    """The plan with nobody else on it."""
    named: Node = Call("in", (Name("person"), *(Text(one) for one in sorted(payees))))
    return replace(plan, who=named if plan.who is None else Call("and", (plan.who, named)))


def narrowed(plan: Plan, facts: PayFacts, payees: Collection[str]) -> tuple[Plan, PayFacts]:
    """The plan for these people alone, and the facts with no more events than can reach them."""
    owners = owners_reaching(plan, facts.people, payees)
    if owners is None:
        return plan, facts
    split = facts.large("splits").filter(nw.col("person_id").is_in(list(payees)))
    shared = facts.events.join(split.select("event_id").unique(), on="event_id", how="semi")
    own = facts.events.filter(nw.col("person_id").is_in(sorted(owners)))
    events = nw.concat([own, shared.filter(~nw.col("person_id").is_in(sorted(owners)))])
    return only(plan, payees), replace(facts, events=events)
