"""The asset of capitalised commissions: its months, corrections, and that nothing of a cost is lost."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.pay.amortisation import capitalisation, capitalised_runs
from quarterdeck.terms.pay import PAY_COSTS

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Row = tuple[dt.date, dt.date, int, int]


def costs(*rows: Row) -> Frame:
    data = {name: [row[at] for row in rows] for at, name in enumerate(PAY_COSTS.schema)}
    return nw.from_dict(data, PAY_COSTS.schema, backend="polars")


def month(year: int, number: int) -> dt.date:
    return dt.date(year, number, 1)


def test_a_cost_is_amortised_from_its_own_month_over_its_span_to_the_cent() -> None:
    found = capitalisation(costs((month(2026, 11), month(2026, 11), 3, 100_00)))
    assert found["month"].to_list() == [month(2026, 11), month(2026, 12), month(2027, 1)]
    assert found["amortised_minor"].to_list() == [3334, 3333, 3333]
    assert found["closing_minor"].to_list() == [6666, 3333, 0]


def test_what_serves_no_span_is_expensed_at_once_and_never_an_asset() -> None:
    found = capitalisation(costs((month(2026, 3), month(2026, 3), 0, 500_00)))
    assert found.select("additions_minor", "amortised_minor", "expensed_minor").rows() == [(0, 0, 500_00)]


def test_a_correction_catches_up_in_the_month_in_which_it_is_posted() -> None:
    before = capitalisation(costs((month(2026, 1), month(2026, 1), 12, 1_200_00)))
    after = capitalisation(
        costs((month(2026, 1), month(2026, 1), 12, 1_200_00), (month(2026, 1), month(2026, 4), 12, -600_00))
    )
    assert before["amortised_minor"].to_list()[:4] == [100_00] * 4
    assert after["amortised_minor"].to_list()[:5] == [100_00, 100_00, 100_00, -100_00, 50_00]
    assert after["closing_minor"].to_list()[3] == 400_00


def test_a_correction_after_the_whole_span_is_expense_of_its_month() -> None:
    found = capitalisation(costs((month(2024, 1), month(2026, 1), 12, 90_00)))
    assert found.select("additions_minor", "amortised_minor", "closing_minor").rows() == [(90_00, 90_00, 0)]


def test_no_cost_has_no_month() -> None:
    assert len(capitalisation(costs())) == 0


def test_a_cost_posted_before_its_own_period_is_a_fault() -> None:
    with pytest.raises(ValueError, match="before its own period"):
        capitalisation(costs((month(2026, 3), month(2026, 2), 12, 1)))


MONTHS = st.builds(month, st.integers(2024, 2027), st.integers(1, 12))


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    found = []
    for _ in range(draw(st.integers(1, 6))):
        starts_on, posted_on = sorted((draw(MONTHS), draw(MONTHS)))
        found.append((starts_on, posted_on, draw(st.integers(0, 40)), draw(st.integers(-10_000, 10_000))))
    return found


@settings(max_examples=25, deadline=None)
@given(rows(), st.integers(0, 5))
def test_every_cent_becomes_expense_once_and_the_asset_is_what_is_left(given_rows: list[Row], at: int) -> None:
    frame = costs(*given_rows)
    found = capitalisation(frame)
    spent = found["amortised_minor"].sum() + found["expensed_minor"].sum() if len(found) else 0
    assert spent == sum(amount for *_, amount in given_rows)
    assert all(o + a - m == c for _, o, a, m, c, _ in found.iter_rows())
    if len(found):
        assert found["closing_minor"][len(found) - 1] == 0
        day, *_, closing, _ = found.rows()[min(at, len(found) - 1)]
        assert sum(capitalised_runs(frame, day)["closing_minor"].to_list()) == closing


@settings(max_examples=15, deadline=None)
@given(MONTHS, st.integers(1, 40), st.integers(-10_000, 10_000), st.integers(0, 30))
def test_a_late_cost_leaves_the_asset_as_if_it_had_been_known(
    day: dt.date, n_months: int, amount: int, later: int
) -> None:
    months = day.year * 12 + day.month - 1 + later
    posted = month(months // 12, months % 12 + 1)
    late, known = (capitalisation(costs((day, when, n_months, amount))) for when in (posted, day))
    closing = {row[0]: row[4] for row in known.iter_rows()}
    assert all(row[4] == closing.get(row[0], 0) for row in late.iter_rows())
