"""Reads the small worlds of cases and method pages: YAML to the frames that metrics are computed from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import narwhals as nw
import polars as pl

from quarterdeck.engine.ledger.memberships import memberships
from quarterdeck.engine.metrics.measures import totals
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.terms.frames import METRIC_VALUES
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Frame, LazyFrame  # noqa: TC001  read by whoever imports this helper

TEXT, DAY, WHOLE = pl.String, pl.Date, pl.Int64
DATED = {"effective_from": DAY, "effective_to": DAY}
NOUNS = {"person_id": TEXT, "account_id": TEXT, "product_id": TEXT, "segment_id": TEXT, "amount_minor": WHOLE}
STATES = {"opportunity_id": TEXT, **DATED, "stage": TEXT, "stage_kind": TEXT, **NOUNS, "opened_on": DAY}

ACTIVITIES = {"activity_id": TEXT, "person_id": TEXT, "kind": TEXT, "happened_on": DAY, "minutes": WHOLE}


def frame(rows: Iterable[dict[str, Any]], schema: dict[str, Any]) -> Frame:
    """Rows with the columns of the schema; what a row does not say is empty."""
    full = [{name: row.get(name) for name in schema} for row in rows]
    return nw.from_native(pl.DataFrame(full, schema=schema))


def facts(case: dict[str, Any]) -> dict[str, LazyFrame]:
    money = {
        name: frame(
            (
                {key: row[name], on: row["day"], "amount_minor": row["amount"], **nouns(row)}
                for row in case.get(plural, [])
            ),
            {key: TEXT, on: DAY, **NOUNS},
        )
        for name, plural, key, on in (
            ("booking", "bookings", "booking_id", "booked_on"), ("return", "returns", "return_id", "returned_on"),
            ("payment", "payments", "payment_id", "paid_on"),
        )
    }  # fmt: skip
    done = [{"activity_id": row["activity"], "person_id": row["person"], "kind": row["kind"], "happened_on": row["day"]}
        for row in case.get("activities", [])]  # fmt: skip
    made = {
        "opportunity_states": frame((row for deal in deals(case) for row in states(deal)), STATES),
        "activities": frame(done, ACTIVITIES),
        "bookings": money["booking"], "returns": money["return"], "payments": money["payment"],
    }  # fmt: skip
    return {name: rows.lazy() for name, rows in made.items()}


def nouns(row: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}_id": row.get(name) for name in ("person", "account", "product", "segment")}


def deals(case: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Deals one by one, and those written once for many."""
    yield from case.get("deals", [])
    for at, many in enumerate(case.get("repeat", [])):
        for number in range(many["n"]):
            yield {**many["deal"], "deal": f"r-{at}-{number}"}


def states(deal: dict[str, Any]) -> Iterable[dict[str, Any]]:
    ends = [begin for begin, *_ in deal["states"][1:]] + [None]
    for (begins, stage, kind, amount, *owner), end in zip(deal["states"], ends, strict=True):
        yield {
            **nouns(deal), "opportunity_id": deal["deal"], "effective_from": begins, "effective_to": end,
            "stage": stage, "stage_kind": kind, "amount_minor": amount, "person_id": (owner or [deal["owner"]])[0],
            "opened_on": deal.get("opened"),
        }  # fmt: skip


def members(case: dict[str, Any]) -> Frame:
    seats = [{"position_id": str(at), "person_id": row["person"], "team_id": row["team"], "hat": "rep",
        "effective_from": row.get("from"), "effective_to": row.get("to")}
        for at, row in enumerate(case["people"])]  # fmt: skip
    teams = [{"team_id": row["team"], "parent_id": row["under"], "effective_from": row.get("from"),
        "effective_to": row.get("to")} for row in case.get("teams", [])]  # fmt: skip
    return memberships(
        frame(seats, {"position_id": TEXT, "person_id": TEXT, "team_id": TEXT, "hat": TEXT, **DATED}),
        frame(teams, {"team_id": TEXT, "parent_id": TEXT, **DATED}),
    )


def found(case: dict[str, Any], expected: dict[str, Any]) -> float | None:
    """What the engine says where a case says what it expects."""
    kind = "team" if "team" in expected else "person"
    holders = frame([{"holder_kind": kind, "holder_id": expected[kind]}], {"holder_kind": TEXT, "holder_id": TEXT})
    values = metric_values(
        [expected["metric"]], totals(facts(case)).collect(), members(case), holders, [Period(*expected["period"])],
        as_of(case), slice_by=expected.get("slice_by"), tree=case.get("tree", "then"),
    )  # fmt: skip
    [value] = METRIC_VALUES.check(values).filter(nw.col("slice") == expected.get("slice", ""))["value"].to_list()
    return None if value is None else float(value)


def as_of(case: dict[str, Any]) -> dt.date:
    day: dt.date = case["as_of"]
    return day


def number(written: Any) -> float | None:
    """A number as cases write it: 3, 0.5, 2/3, or null."""
    return None if written is None else float(Fraction(str(written)))
