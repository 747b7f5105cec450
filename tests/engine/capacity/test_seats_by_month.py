"""Months of seats: what each loss takes, in which order, and that the parts add up to the cent."""

import datetime as dt
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.capacity.ramp import Attrition, Outlook
from quarterdeck.engine.capacity.seats import seat_months
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.planning import AWAY, STAFF
from quarterdeck.terms.tables import Frame, Table

YEAR = FiscalCalendar().months(2025)
PARTS = ("full", "vacant", "part_time", "leave", "ramp", "attrition", "hires")


def _framed(rows: list[tuple[Any, ...]], table: Table) -> Frame:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(table.schema)}
    return nw.from_dict(columns, table.schema, backend="polars")


def _seat(name: str = "rita", kind: str = "held", n: int = 1, tenure: Any = None, **more: Any) -> tuple[Any, ...]:
    days = more.get("starts_on"), more.get("ends_on")
    return (name, kind, n, tenure, *days, more.get("part_time", 1.0), more.get("productive", 1000))


def _months(*seats: tuple[Any, ...], away: Any = (), **outlook: Any) -> Frame:
    known_until = outlook.pop("known_until", 0)
    leaving = Attrition(annual=outlook.pop("annual", 0), shape="linear", counted="start")
    made = Outlook(months=YEAR, ramp=outlook.pop("ramp", [Fraction(1, 2)]), attrition=leaving, **outlook)
    return seat_months(_framed(list(seats), STAFF), made, away=_framed(list(away), AWAY), known_until=known_until)


def test_tenure_goes_with_the_person_and_a_seat_begun_within_a_month_counts_by_its_days() -> None:
    moved = _seat(tenure=dt.date(2024, 1, 1), starts_on=dt.date(2025, 4, 16))
    new = _seat("new", tenure=dt.date(2025, 4, 16), starts_on=dt.date(2025, 4, 16))
    found = _months(moved, new)
    amounts = found["capacity_minor"].to_list()
    assert amounts[2:5] == [0, 500, 1000]
    assert amounts[12 + 2 : 12 + 5] == [0, 250, 1000]


def test_absences_on_one_day_take_no_more_than_the_day() -> None:
    twice = [
        ("rita", dt.date(2025, 6, 1), dt.date(2025, 6, 16), 1.0),
        ("rita", dt.date(2025, 6, 1), dt.date(2025, 6, 16), 0.5),
    ]
    assert _months(_seat(), away=twice)["leave_minor"].to_list()[5] == -500


def test_who_was_there_before_the_running_month_was_there() -> None:
    kept = _months(_seat(), annual=Fraction(12, 100), known_until=6)["attrition_minor"].to_list()
    assert kept[:8] == [0] * 7 + [-10]


def test_heads_below_zero_and_sums_beyond_a_column_are_refused() -> None:
    for seat in (_seat(n=-1), _seat(productive=-1), _seat(n=2**40, productive=2**40)):
        with pytest.raises(Refusal):
            _months(seat)


DAYS = st.dates(dt.date(2023, 6, 1), dt.date(2026, 2, 1))
SEATS = st.lists(
    st.builds(
        lambda kind, n, tenure, begins, span, part_time, productive: _seat(
            kind=kind, n=n, tenure=tenure, starts_on=begins, ends_on=begins + dt.timedelta(days=span),
            part_time=part_time, productive=productive,
        ),
        st.sampled_from(["held", "vacant", "hire"]), st.integers(0, 9), st.none() | DAYS, DAYS, st.integers(1, 900),
        st.sampled_from([0.25, 0.8, 1.0]), st.integers(0, 10**10),
    ),
    max_size=6,
)  # fmt: skip


@given(SEATS, st.fractions(0, 1, max_denominator=20), st.integers(0, 12), st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_parts_of_every_seat_add_up_and_only_take_away(seats: Any, annual: Any, known: int, ramp: int) -> None:
    named = [(str(at), *seat[1:]) for at, seat in enumerate(seats)]
    shares = [Fraction(at, ramp + 1) for at in range(1, ramp + 1)]
    found = _months(*named, annual=annual, known_until=known, ramp=shares)
    for row in found.iter_rows(named=True):
        assert sum(row[f"{part}_minor"] for part in PARTS) == row["capacity_minor"] >= 0
        assert all(row[f"{part}_minor"] <= 1 for part in PARTS[1:6])
        assert row["ramped_heads"] <= row["heads"] + 1e-9
    turned = _months(*reversed(named), annual=annual, known_until=known, ramp=shares)
    assert sorted(found.rows()) == sorted(turned.rows())
