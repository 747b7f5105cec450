"""Parts of capacity add up, order changes nothing, and an earlier hire never brings less."""

import datetime as dt
import random
from fractions import Fraction
from typing import Any

import narwhals as nw
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.capacity.bridge import capacity_bridge
from quarterdeck.engine.capacity.hires import Hire, hire_amount, hire_options
from quarterdeck.engine.capacity.months import capacity
from quarterdeck.engine.capacity.ramp import Attrition, Outlook
from quarterdeck.engine.capacity.response import square_root_sizing
from quarterdeck.terms.money import whole, whole_parts
from quarterdeck.terms.planning import COHORTS

DAYS = st.dates(dt.date(2023, 6, 1), dt.date(2026, 2, 1))
SHARE = st.fractions(0, 1, max_denominator=20)
ROWS = st.lists(st.tuples(st.integers(0, 9), DAYS, st.none() | DAYS, st.integers(0, 10**9)), max_size=5)


@st.composite
def outlooks(draw: st.DrawFn) -> Outlook:
    leaving = Attrition(
        annual=draw(SHARE),
        shape=draw(st.sampled_from(["compound", "linear"])),
        counted=draw(st.sampled_from(["start", "middle", "end"])),
    )
    months = FiscalCalendar(first_month=draw(st.integers(1, 12))).months(2025)
    return Outlook(months=months, ramp=sorted(draw(st.lists(SHARE, max_size=6))), attrition=leaving)


def _frame(rows: list[tuple[Any, ...]]) -> nw.DataFrame[Any]:
    named = [(f"c{at}", *row) for at, row in enumerate(rows)]
    data = {name: [row[at] for row in named] for at, name in enumerate(COHORTS.schema)}
    return nw.from_dict(data, COHORTS.schema, backend="polars")


@given(ROWS, outlooks(), st.sampled_from(["ramp_first", "attrition_first"]))
@settings(max_examples=40, deadline=None)
def test_the_parts_of_a_bridge_lead_from_the_first_month_to_the_last(rows: Any, outlook: Outlook, order: Any) -> None:
    months = capacity(_frame(rows), outlook)["capacity_minor"].to_list()
    bridge = dict(capacity_bridge(_frame(rows), outlook, order=order).select("part", "amount_minor").rows())
    assert sum(bridge.values()) == 2 * bridge["end"]
    assert abs(bridge["start"] - months[0]) <= 1
    assert abs(bridge["end"] - months[-1]) <= 1
    assert bridge["attrition"] <= 0 <= bridge["hires"]


@given(ROWS, outlooks(), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_the_order_of_cohorts_changes_nothing(rows: Any, outlook: Outlook, seed: int) -> None:
    shuffled = random.Random(seed).sample(rows, len(rows))  # noqa: S311  not for secrets
    assert capacity(_frame(rows), outlook).rows() == capacity(_frame(shuffled), outlook).rows()


@given(outlooks(), st.integers(1, 10**9), st.integers(0, 10**12))
@settings(max_examples=30, deadline=None)
def test_hires_close_the_gap_and_one_less_would_not(outlook: Outlook, productive: int, gap: int) -> None:
    hire = Hire(productive_minor=productive)
    options = hire_options(gap, hire, outlook, as_of=dt.date(2025, 1, 1))
    for day, n in options.select("starts_on", "n_hires").rows():
        one = hire_amount(hire, day, outlook)
        assert (one == 0) if n is None else n * one >= gap > (n - 1) * one or gap == n == 0


@given(outlooks())
@settings(max_examples=30, deadline=None)
def test_a_month_earlier_never_brings_less(outlook: Outlook) -> None:
    amounts = [hire_amount(Hire(productive_minor=10**6), month.starts_on, outlook) for month in outlook.months]
    assert amounts == sorted(amounts, reverse=True)


@given(st.lists(st.fractions(-(10**12), 10**12, max_denominator=1000), max_size=8))
@settings(max_examples=60, deadline=None)
def test_whole_parts_sum_to_the_rounded_sum_and_stay_within_one(exact: list[Fraction]) -> None:
    found = whole_parts(exact)
    assert sum(found) == whole(sum(exact, Fraction()))
    assert all(abs(part - of) < 1 for part, of in zip(found, exact, strict=True))


@given(st.integers(1, 10**15), st.integers(1, 10**9))
@settings(max_examples=60, deadline=None)
def test_no_neighbour_of_the_best_number_of_heads_earns_more(scale: int, cost: int) -> None:
    scale = min(scale, 1000 * cost)
    found = square_root_sizing(scale, cost)
    for n in (found.n_heads - 1, found.n_heads + 1):
        if n >= 0:
            assert scale * n**0.5 - cost * n <= found.profit_minor + 1
