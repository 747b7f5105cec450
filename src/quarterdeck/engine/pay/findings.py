"""What is wrong with the facts of a run, before anybody is paid by them.

    events  person  ana     unknown_person    Nobody is called 'ana' (3 events).      Add her to the people file.
    values  quota   rita    pay_unknown       commission of rita cannot be computed   Give quota for rita from
    2025-03-01.

A run leaves out what it cannot pay, never in silence: each of these is an error, and the command stops at it unless
told otherwise.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.credits import first_day
from quarterdeck.engine.pay.exact import Flags, fraction
from quarterdeck.engine.pay.facts import PayFacts, collected
from quarterdeck.engine.pay.grid import grid
from quarterdeck.engine.pay.prepared import prepared_events
from quarterdeck.terms.findings import Finding, Severity

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.engine.pay.grid import Grid
    from quarterdeck.terms.tables import LazyFrame

_SHOWN = 50
"""As many values of one rule are named; the rest is counted in the last."""


def unknown_findings(cells: Grid, known: Mapping[str, Flags]) -> list[Finding]:
    """Where a component is unknown although the person is on the plan: a value is missing or a target is zero."""
    active = cells.active_days[:, : cells.n_now] > 0
    found = []
    for name, flags in known.items():
        for payee in np.flatnonzero((active & ~flags).any(axis=1)):
            periods = np.flatnonzero(active[payee] & ~flags[payee])
            begins = cells.periods[periods[0]].starts_on
            person = cells.payees[payee]
            found.append(
                _finding(
                    "values",
                    "value",
                    person,
                    "pay_unknown",
                    f"{name} of {person} cannot be computed from {begins}, in {len(periods)} periods: "
                    "a value is missing, or a target is zero.",
                    f"Give every value that {name} asks for, for {person}.",
                    n_rows=len(periods),
                )
            )
    return found


def pay_findings(plan: Plan, facts: PayFacts, as_of: dt.date) -> list[Finding]:
    """Errors and notes about events, people, splits, values and rates. Reads the events a few times.

    Found are: events known twice, without a day, without a payee, of unknown people, without an amount or a rate of
    exchange; splits that do not sum to one or name unknown people or events; people and values that overlap in time.
    """
    events = facts.events
    prepared = prepared_events(facts, plan.currency, first_day(plan), as_of)
    return [
        *_of_events(plan, facts, events, prepared),
        *_of_splits(plan, facts, events),
        *_of_values(facts),
        *_of_people(facts),
        *_outside(plan, facts, prepared, as_of),
    ]


def _of_events(plan: Plan, facts: PayFacts, events: LazyFrame, prepared: LazyFrame) -> Iterator[Finding]:
    n_undated = int(collected(events.filter(nw.col("happened_on").is_null()).select(n=nw.len()))["n"][0])
    if n_undated:
        yield _finding(
            "events",
            "happened_on",
            "",
            "no_day",
            f"{n_undated} events have no day.",
            "Give every event its day.",
            n_rows=n_undated,
        )
    twice = events.group_by("event_id").agg(n=nw.len()).filter(nw.col("n") > 1)
    yield from _named(
        twice,
        "events",
        "event_id",
        "duplicate_event",
        "is the id of several events",
        "Give every event an id of its own.",
    )
    credited = {measure.credit.to for measure in plan.measures.values() if measure.score is None}
    if credited - {"company"}:
        yield from _of_owners(facts, prepared, uses_splits="splits" in credited)
    if any(one.of == "amount" and one.score is None and one.aggregate != "count" for one in plan.measures.values()):
        empty = prepared.filter(nw.col("amount_minor").is_null())
        abroad = empty.filter(~nw.col("own_minor").is_null()).group_by("currency").agg(n=nw.len())
        yield from _named(
            abroad,
            "events",
            "currency",
            "no_exchange_rate",
            "has no rate of exchange on the day of its events",
            "Add a row of that currency, from the first of those days on.",
        )
        n_bare = int(collected(empty.filter(nw.col("own_minor").is_null()).select(n=nw.len()))["n"][0])
        if n_bare:
            yield _finding(
                "events",
                "amount_minor",
                "",
                "no_amount",
                f"{n_bare} events have no amount; measures of amounts leave them out.",
                "Give them an amount, or measure events or quantities.",
                n_rows=n_bare,
                severity="warning",
            )


def _of_owners(facts: PayFacts, prepared: LazyFrame, *, uses_splits: bool) -> Iterator[Finding]:
    ownerless = prepared.filter(nw.col("person_id").is_null())
    if uses_splits:
        ownerless = ownerless.join(facts.large("splits").select("event_id").unique(), on="event_id", how="anti")
    yield from _named(
        ownerless.group_by("event_id").agg(n=nw.len()),
        "events",
        "event_id",
        "no_payee",
        "is nobody's event",
        "Name its person, or split it.",
    )
    people = facts.lifted(facts.people.select("person_id").unique())
    strangers = (
        prepared.filter(~nw.col("person_id").is_null())
        .group_by("person_id")
        .agg(n=nw.len())
        .join(people, on="person_id", how="anti")
    )
    yield from _named(
        strangers,
        "events",
        "person_id",
        "unknown_person",
        "is in no row of the people file",
        "Add the person, or correct the code.",
    )


def _outside(plan: Plan, facts: PayFacts, prepared: LazyFrame, as_of: dt.date) -> Iterator[Finding]:
    """Events of people who are on the plan, but not on that day: nobody is credited for them by this plan."""
    spans = grid(plan, facts.people, as_of).spans
    if all(found == [(plan.effective_from, plan.effective_to)] for found in spans.values()):
        return
    begins = prepared.filter(nw.col("happened_on") >= plan.effective_from)
    days = collected(begins.group_by("person_id", "happened_on").agg(n=nw.len()))
    lost: dict[str, int] = {}
    for person, day, n in days.iter_rows():
        if person in spans and not any(begin <= day < end for begin, end in spans[person]):
            lost[person] = lost.get(person, 0) + int(n)
    for person in sorted(lost)[:_SHOWN]:
        yield _finding(
            "events",
            "happened_on",
            person,
            "not_on_plan",
            f"{lost[person]} events of {person} happened on days on which {person} is not on the plan.",
            "Correct the days in the people file, or pay them by another plan.",
            n_rows=lost[person],
            severity="note",
        )


def _of_splits(plan: Plan, facts: PayFacts, events: LazyFrame) -> Iterator[Finding]:
    if facts.splits is None:
        return
    people = facts.lifted(facts.people.select("person_id").unique())
    splits = facts.splits
    strangers = splits.group_by("person_id").agg(n=nw.len()).join(people, on="person_id", how="anti")
    yield from _named(
        strangers,
        "splits",
        "person_id",
        "unknown_person",
        "is in no row of the people file",
        "Add the person, or correct the code.",
    )
    orphans = (
        splits.group_by("event_id").agg(n=nw.len()).join(events.select("event_id").unique(), on="event_id", how="anti")
    )
    yield from _named(
        orphans, "splits", "event_id", "unknown_event", "is split but is no event", "Add the event, or correct the id."
    )
    roles = {one.credit.role for one in plan.measures.values() if one.credit.to == "splits" and one.credit.sums_to_one}
    for role in sorted(roles):
        yield from _uneven(splits.filter(nw.col("role") == role) if role else splits)


def _uneven(splits: LazyFrame) -> Iterator[Finding]:
    """Splits of an event that do not sum to one; shares are few texts, so their combinations are grouped first."""
    rows = collected(splits.group_by("event_id", "share").agg(n=nw.len()))
    sums: dict[str, Fraction] = {}
    for event, share, n in rows.iter_rows():
        try:
            sums[event] = sums.get(event, Fraction(0)) + fraction(str(share)) * n
        except ValueError:
            yield _finding(
                "splits",
                "share",
                str(share),
                "bad_share",
                f"{share!r} of {event} is no share.",
                "Write it like 0.5 or 50%.",
            )
    for event in sorted(event for event, total in sums.items() if total != 1)[:_SHOWN]:
        yield _finding(
            "splits",
            "share",
            event,
            "split_sum",
            f"The shares of {event} sum to {sums[event]}, not to 1.",
            "Correct the shares, or let the plan say sums_to_one: false.",
        )


def _of_values(facts: PayFacts) -> Iterator[Finding]:
    spans: dict[tuple[str, str], list[tuple[dt.date, dt.date]]] = {}
    known = {str(person) for person in facts.people["person_id"].to_list()}
    strangers: set[str] = set()
    for person, name, begins, ends in (
        facts.small("values").select("person_id", "name", "effective_from", "effective_to").iter_rows()
    ):
        spans.setdefault((str(person or ""), name), []).append((begins or dt.date.min, ends or dt.date.max))
        if person and str(person) not in known:
            strangers.add(str(person))
    for person in sorted(strangers)[:_SHOWN]:
        yield _finding(
            "values",
            "person_id",
            person,
            "unknown_person",
            f"'{person}' is in no row of the people file.",
            "Add the person, or correct the code.",
        )
    for (person, name), found in spans.items():
        found.sort()
        if any(begins < end for (_, end), (begins, _) in itertools.pairwise(found)):
            yield _finding(
                "values",
                "effective_from",
                person,
                "overlapping_range",
                f"{name} of {person or 'everybody'} is said twice for one time.",
                "End each row on the day on which the next begins.",
            )


def _of_people(facts: PayFacts) -> Iterator[Finding]:
    known = {str(person) for person in facts.people["person_id"].to_list()}
    managers = {str(person) for person in facts.people["manager_id"].drop_nulls().unique().to_list()}
    for person in sorted(managers - known)[:_SHOWN]:
        yield _finding(
            "people",
            "manager_id",
            person,
            "unknown_person",
            f"'{person}' leads others but is in no row of the people file.",
            "Add a row of their own.",
            severity="warning",
        )


def _named(  # noqa: PLR0913, PLR0917  the parts of a finding
    rows: LazyFrame, file: str, column: str, rule: str, message: str, remedy: str
) -> Iterator[Finding]:
    """A finding per value, at most as many as are shown; the last one counts the rest."""
    found = collected(rows.select(column, "n")).sort(column)
    for value, n in found.head(_SHOWN).iter_rows():
        yield _finding(file, column, str(value), rule, f"'{value}' {message} ({n} rows).", remedy, n_rows=int(n))
    if len(found) > _SHOWN:
        rest = found.tail(len(found) - _SHOWN)
        yield _finding(
            file, column, "", rule, f"{len(rest)} more: each {message}.", remedy, n_rows=int(rest["n"].sum())
        )


def _finding(  # noqa: PLR0913, PLR0917  the parts of a finding
    file: str,
    column: str,
    value: str,
    rule: str,
    message: str,
    remedy: str,
    *,
    n_rows: int = 1,
    severity: Severity = "error",
) -> Finding:
    return Finding(
        file=file,
        row=None,
        column=column,
        value=value,
        rule=rule,
        severity=severity,
        message=message,
        remedy=remedy,
        n_rows=n_rows,
    )
