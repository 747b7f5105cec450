import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.goals import (
    goal_mix,
    goal_path,
    grown_years,
    market_share_goal,
    mixed_goal,
    quarter_amounts,
    shaped_season,
)  # fmt: skip
from quarterdeck.engine.cascade.over_assignment import break_even_attainment, hedged_amounts, over_assignment
from quarterdeck.engine.cascade.plan import plan
from quarterdeck.engine.cascade.proration import counted_days, moved_quota, prorated_by_days, prorated_by_months
from quarterdeck.engine.cascade.quotas import (
    QuotaRails,
    blended_weights,
    growth_share_weights,
    historic_quota,
    potential_quota,
    potential_weights,
)  # fmt: skip
from quarterdeck.terms.errors import QuarterdeckFault, Refusal
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.tables import Frame

YEAR = FiscalCalendar().months(2025)
WHOLE = FiscalCalendar().year(2025)
QUARTERS = [at // 3 for at in range(12)]


def _rows(**columns: list[Any]) -> Frame:
    schema: dict[str, Any] = {"node_id": nw.String, "parent_id": nw.String, "amount": nw.Int64}
    return nw.from_dict(columns, {name: schema[name] for name in columns}, backend="polars")


TREE = _rows(node_id=["t", "b", "a", "c"], parent_id=[None, "t", "t", "t"])


def _amounts(**amounts: int) -> Frame:
    return _rows(node_id=list(amounts), amount=list(amounts.values()))


def _weights(frame: Frame) -> dict[str, int]:
    return {node: weight for node, weight in frame.select("node_id", "weight").iter_rows() if weight is not None}


def test_growth_and_relief_outside_of_their_rails_are_refused_not_cut() -> None:
    rails = QuotaRails(growth_min=Decimal("0.05"), growth_max=Decimal("0.25"), relief_max=Decimal("0.05"))
    for growth, relief in (("0.04", "0"), ("0.26", "0"), ("0.1", "0.06"), ("0.1", "-0.01")):
        with pytest.raises(Refusal) as caught:
            historic_quota(100, Decimal(growth), relief=Decimal(relief), relief_rule="additive", rails=rails)
        assert caught.value.rule == "goal_rails"


@pytest.mark.parametrize("base", [0, -5])
def test_growth_on_nothing_is_refused(base: int) -> None:
    with pytest.raises(Refusal, match="means nothing"):
        historic_quota(base, 0, relief_rule="additive")


def test_relief_needs_a_rule_that_exists() -> None:
    with pytest.raises(Refusal) as caught:
        historic_quota(100, 0, relief_rule="guess")  # type: ignore[arg-type]  what a caller may get wrong
    assert caught.value.rule == "goal_relief"


def test_a_float_is_never_a_ratio() -> None:
    with pytest.raises(QuarterdeckFault, match="not the float"):
        historic_quota(100, 0.1, relief_rule="additive")  # type: ignore[arg-type]  what a caller may get wrong
    with pytest.raises(Refusal, match="NaN is no number"):
        potential_quota(100, Decimal("NaN"))


def test_a_leaf_without_potential_gets_nothing() -> None:
    found = potential_weights(TREE, _amounts(a=70, c=-5, elsewhere=9))
    assert _weights(found) == {"a": 70, "b": 0, "c": -5}


def test_a_blend_of_one_basis_alone_says_so() -> None:
    found = blended_weights(TREE, _amounts(), _amounts(a=1, b=3), history_share=Decimal("0.9"))
    assert _weights(found) == {"a": 1, "b": 3, "c": 0}
    assert found["weight_from"].to_list()[1] == "0 by history, 1 by potential"
    nothing = blended_weights(TREE, _amounts(), _amounts(), history_share=1)
    assert _weights(nothing) == {"a": 0, "b": 0, "c": 0}


def test_a_blend_needs_a_share_between_nothing_and_all() -> None:
    with pytest.raises(Refusal) as caught:
        blended_weights(TREE, _amounts(a=1), _amounts(a=1), history_share=Decimal("1.01"))
    assert caught.value.rule == "goal_share"


def test_a_goal_below_the_bases_takes_the_same_part_of_each() -> None:
    found = growth_share_weights(TREE, 100, _amounts(a=100, b=10, c=50), _amounts(b=1000, c=1))
    assert _weights(found) == {"a": 63, "b": 6, "c": 31}


def test_modified_fair_share_reaches_the_cascade_as_it_is() -> None:
    found = growth_share_weights(TREE, 1003, _amounts(a=400, b=300), _amounts(a=1, b=1, c=1))
    made = plan(1003, found, YEAR, [1] * 12, basis="growth share")
    weights = _weights(found)
    assert sum(weights.values()) == 1003
    assert {node: made.years("plan")[made.number(node)] for node in weights} == weights


@pytest.mark.parametrize("hedges", [[Fraction(-1, 9)], [Fraction(1), Fraction(-1, 2)]])
def test_hedges_below_zero_are_refused(hedges: list[Fraction]) -> None:
    with pytest.raises(Refusal, match="A hedge is"):
        hedged_amounts(100, hedges)


def test_over_assignment_of_nothing_is_refused() -> None:
    with pytest.raises(Refusal, match="The goal is 0"):
        over_assignment(5, 0)
    with pytest.raises(Refusal, match="What is assigned is 0"):
        break_even_attainment(0, 5)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "day_count", "n_days"),
    [
        (dt.date(2025, 1, 1), dt.date(2026, 1, 1), "weekdays", 261),
        (dt.date(2025, 3, 1), dt.date(2025, 3, 3), "weekdays", 0),
        (dt.date(2025, 1, 31), dt.date(2025, 2, 28), "thirty_360", 28),
        (dt.date(2025, 2, 1), dt.date(2025, 1, 1), "calendar", 0),
        (dt.date(2024, 1, 1), dt.date(2025, 1, 1), "calendar", 366),
    ],
)
def test_days_are_counted_as_named(starts_on: dt.date, ends_on: dt.date, day_count: Any, n_days: int) -> None:
    assert counted_days(starts_on, ends_on, day_count) == n_days


def test_what_lies_outside_of_the_year_is_left_out() -> None:
    early, late = dt.date(2020, 1, 1), dt.date(2030, 1, 1)
    assert prorated_by_days(1000, WHOLE, early, late, day_count="calendar", first_day="counts") == 1000
    assert prorated_by_days(1000, WHOLE, late, late, day_count="calendar", first_day="counts") == 0
    assert prorated_by_months(-1000, YEAR, [1] * 12, early, late, day_count="calendar", first_day="counts") == -1000


def test_conventions_that_nobody_knows_are_refused() -> None:
    wrong: list[dict[str, Any]] = [
        {"day_count": "lunar", "first_day": "counts"}, {"day_count": "calendar", "first_day": "maybe"}
    ]  # fmt: skip
    for how in wrong:
        with pytest.raises(Refusal) as caught:
            prorated_by_days(1, WHOLE, WHOLE.starts_on, WHOLE.ends_on, **how)
        assert caught.value.rule == "goal_proration"
    with pytest.raises(Refusal, match="11 weights for 12 months"):
        prorated_by_months(1, YEAR, [1] * 11, WHOLE.starts_on, WHOLE.ends_on, day_count="calendar", first_day="counts")


@pytest.mark.parametrize("first_day", ["counts", "does_not_count"])
@pytest.mark.parametrize(
    "moved_on", [dt.date(2024, 1, 1), dt.date(2025, 3, 31), dt.date(2025, 6, 1), dt.date(2026, 5, 5)]
)
def test_what_is_kept_and_what_moves_sum_in_every_month(moved_on: dt.date, first_day: Any) -> None:
    amounts = [101 - 20 * at for at in range(12)]
    found = moved_quota(amounts, YEAR, moved_on, day_count="calendar", first_day=first_day)
    assert [kept + moved for kept, moved in found.select("kept", "moved").iter_rows()] == amounts
    over = [moved for month, moved in zip(YEAR, found["moved"].to_list(), strict=True) if month.ends_on <= moved_on]
    assert not any(over)


def test_the_year_as_one_period_moves_by_days_alone() -> None:
    found = moved_quota([12_000_00], [FiscalCalendar().year(2019)], dt.date(2019, 3, 11), day_count="calendar",
                        first_day="counts")  # fmt: skip
    assert found.select("kept", "moved").rows() == [(2268_49, 9731_51)]


def test_a_path_of_a_hundred_years_is_exact_to_the_unit() -> None:
    found = goal_path(1, MAX_MINOR, 100, path="compound")
    assert found[-1] == MAX_MINOR
    assert all((2 * x - 1) ** 100 <= 2**100 * MAX_MINOR**at < (2 * x + 1) ** 100 for at, x in enumerate(found, start=1))


@pytest.mark.parametrize(
    ("start", "end", "n_years", "path"), [(0, 5, 2, "compound"), (5, 6, 0, "linear"), (5, 6, 1, "odd")]
)
def test_a_path_that_does_not_exist_is_refused(start: int, end: int, n_years: int, path: Any) -> None:
    with pytest.raises(Refusal):
        goal_path(start, end, n_years, path=path)


def test_goals_that_mean_nothing_are_refused() -> None:
    one = Decimal(1)
    for wrong in (
        lambda: market_share_goal(100, 0, Decimal("1.5")),
        lambda: market_share_goal(-1, 0, one),
        lambda: market_share_goal(MAX_MINOR, 1, one),
        lambda: mixed_goal(100, retained=Decimal("1.1"), expansion=0, new=0),
        lambda: goal_mix(100, {"new": Decimal("0.9")}),
        lambda: goal_mix(100, {"new": Decimal(2), "lost": Decimal(-1)}),
        lambda: grown_years(100, [-1]),
        lambda: quarter_amounts(100, [1, 1, 1]),
        lambda: quarter_amounts(100, [0, 0, 0, 0]),
        lambda: shaped_season([1] * 12, [0] * 12, [1, 1, 1, 1]),
    ):
        with pytest.raises(Refusal):
            wrong()


def test_months_keep_their_odds_inside_of_a_quarter() -> None:
    season = shaped_season([0, 0, 0, *[1, 2, 3] * 3], QUARTERS, [22, 24, 24, 30])
    assert [sum(season[at : at + 3]) for at in (0, 3, 6, 9)] == [22, 24, 24, 30]
    assert season[:6] == [Fraction(22, 3)] * 3 + [4, 8, 12]
