import datetime as dt
import json
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.capacity.bridge import capacity_bridge
from quarterdeck.engine.capacity.hires import Hire, hire_options, last_hire_on
from quarterdeck.engine.capacity.months import capacity, capacity_scenarios
from quarterdeck.engine.capacity.ramp import Attrition, Outlook, presences
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.planning import COHORTS
from quarterdeck.terms.tables import Frame

YEAR = FiscalCalendar().months(2025)
NOBODY_LEAVES = Attrition(annual=0, shape="linear", counted="end")
RAMP = [0, Fraction(1, 2)]


def _outlook(ramp: list[Any] = RAMP, attrition: Attrition = NOBODY_LEAVES, **more: Any) -> Outlook:
    return Outlook(months=YEAR, ramp=ramp, attrition=attrition, **more)


def _cohorts(*rows: tuple[str, int, dt.date, dt.date | None, int]) -> Frame:
    return nw.from_dict(
        {name: [row[at] for row in rows] for at, name in enumerate(COHORTS.schema)}, COHORTS.schema, backend="polars"
    )


def _person(name: str, starts_on: dt.date, ends_on: dt.date | None = None) -> tuple[str, int, dt.date, Any, int]:
    return name, 1, starts_on, ends_on, 1000


def _shares(starts_on: dt.date, ends_on: dt.date | None = None, **outlook: Any) -> list[str]:
    return [str(head.share) for head in presences(starts_on, ends_on, _outlook(**outlook))]


def test_a_start_on_the_first_ramps_by_month() -> None:
    assert _shares(dt.date(2025, 2, 1))[:4] == ["0", "0", "1/2", "1"]


def test_tenure_before_the_plan_counts() -> None:
    assert _shares(dt.date(2024, 12, 1))[:2] == ["1/2", "1"]
    assert _shares(dt.date(2024, 12, 31))[:2] == ["1/2", "1"]
    assert _shares(dt.date(2020, 1, 1))[0] == "1"


def test_a_start_within_a_month_counts_by_its_days() -> None:
    assert _shares(dt.date(2025, 2, 15), ramp=[1])[:3] == ["0", "1/2", "1"]


def test_a_start_after_the_plan_brings_nothing() -> None:
    assert set(_shares(dt.date(2026, 1, 1))) == {"0"}


def test_somebody_who_leaves_counts_by_their_days() -> None:
    assert _shares(dt.date(2024, 1, 1), dt.date(2025, 2, 15))[:3] == ["1", "1/2", "0"]


def test_somebody_who_left_before_they_came_brings_nothing() -> None:
    assert set(_shares(dt.date(2025, 3, 1), dt.date(2025, 1, 1))) == {"0"}


@pytest.mark.parametrize(("counted", "share"), [("start", "1"), ("middle", "119/120"), ("end", "59/60")])
def test_attrition_is_counted_at_the_named_point_of_the_month(counted: Any, share: str) -> None:
    leaving = Attrition(annual=0.2, shape="linear", counted=counted)
    assert _shares(dt.date(2020, 1, 1), attrition=leaving)[0] == share


def test_attrition_of_a_hire_runs_from_their_start() -> None:
    leaving = Attrition(annual=0.12, shape="linear", counted="end")
    assert _shares(dt.date(2025, 12, 1), attrition=leaving, ramp=[])[-1] == "99/100"


def test_compound_attrition_loses_the_annual_rate_in_a_year() -> None:
    assert Attrition(annual=0.15, shape="compound", counted="end").survival(11) == Fraction("0.85")
    assert Attrition(annual=1, shape="compound", counted="end").survival(0) == 0


def test_linear_attrition_stops_at_nobody() -> None:
    assert Attrition(annual=1, shape="linear", counted="end").survival(30) == 0


def test_a_season_moves_the_capacity_and_not_the_heads() -> None:
    season = [2, *[1] * 10, 0]
    found = capacity(_cohorts(_person("rita", dt.date(2020, 1, 1))), _outlook(season=season))
    assert found["capacity_minor"].to_list() == [2000, *[1000] * 10, 0]
    assert set(found["n_heads"].to_list()) == {1.0}


def test_without_targets_gaps_are_empty() -> None:
    assert capacity(_cohorts(), _outlook())["gap_minor"].null_count() == 12


def test_the_because_names_the_conventions() -> None:
    why = json.loads(capacity(_cohorts(), _outlook())["because"][0])
    assert why["attrition"] == {"annual": 0.0, "shape": "linear", "counted": "end"}
    assert why["ramp"] == [0.0, 0.5]


def test_a_month_is_rounded_once() -> None:
    thirds = _cohorts(*[("a", 1, dt.date(2020, 1, 1), None, 1), ("b", 1, dt.date(2025, 1, 1), None, 1)])
    found = capacity(thirds, _outlook(ramp=[Fraction(1, 2)]))
    assert found["capacity_minor"].to_list()[:2] == [2, 2]
    assert json.loads(found["because"][0])["exact"] == "3/2"


def test_scenarios_stand_under_each_other() -> None:
    now, more = _cohorts(_person("a", dt.date(2020, 1, 1))), _cohorts(("b", 3, dt.date(2020, 1, 1), None, 1000))
    found = capacity_scenarios({"as is": (now, _outlook()), "hire": (more, _outlook())}, [1500] * 12)
    sums = found.group_by("scenario").agg(nw.col("capacity_minor").sum()).sort("scenario")
    assert sums.rows() == [("as is", 12_000), ("hire", 36_000)]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: _outlook(ramp=[1.5]),
        lambda: _outlook(ramp=[float("nan")]),
        lambda: _outlook(season=[1]),
        lambda: _outlook(season=[-1] * 12),
        lambda: Outlook(months=[], ramp=[], attrition=NOBODY_LEAVES),
        lambda: Attrition(annual=1.01, shape="linear", counted="end"),
        lambda: Attrition(annual=0.1, shape="sudden", counted="end"),  # type: ignore[arg-type]
        lambda: capacity(_cohorts(), _outlook(), [1]),
        lambda: capacity(_cohorts(("a", -1, dt.date(2020, 1, 1), None, 1)), _outlook()),
        lambda: capacity(_cohorts(("a", 2, dt.date(2020, 1, 1), None, MAX_MINOR)), _outlook()),
        lambda: capacity_scenarios({}),
        lambda: capacity_bridge(_cohorts(), _outlook(), order="any"),  # type: ignore[arg-type]
        lambda: Hire(productive_minor=0),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: Any) -> None:
    with pytest.raises(Refusal):
        wrong()


def test_a_bridge_says_what_changed() -> None:
    people = _cohorts(
        ("old", 10, dt.date(2025, 1, 1), None, 1000),
        ("gone", 1, dt.date(2020, 1, 1), dt.date(2025, 6, 1), 1000),
        ("new", 5, dt.date(2025, 5, 1), None, 1000),
    )
    found = capacity_bridge(people, _outlook(ramp=[Fraction(1, 2)]), order="ramp_first")
    assert dict(found.select("part", "amount_minor").rows()) == {
        "start": 6000, "ramp": 5000, "attrition": -1000, "hires": 5000, "end": 15_000,
    }  # fmt: skip


@pytest.mark.parametrize(("order", "ramp", "lost"), [("ramp_first", 500, -42), ("attrition_first", 479, -21)])
def test_the_order_of_a_bridge_decides_where_the_cross_term_goes(order: Any, ramp: int, lost: int) -> None:
    leaving = Attrition(annual=0.5, shape="linear", counted="start")
    outlook = Outlook(months=YEAR[:2], ramp=[Fraction(1, 2)], attrition=leaving)
    found = capacity_bridge(_cohorts(("a", 1, dt.date(2025, 1, 1), None, 1000)), outlook, order=order)
    parts = dict(found.select("part", "amount_minor").rows())
    assert parts == {"start": 500, "ramp": ramp, "attrition": lost, "hires": 0, "end": 958}


def test_the_last_day_to_hire_is_the_last_that_closes_the_gap() -> None:
    outlook, hire = _outlook(ramp=[0]), Hire(productive_minor=1000)
    day = last_hire_on(3000, 1, hire, outlook)
    assert day == dt.date(2025, 9, 30)
    assert last_hire_on(12_000, 1, hire, outlook) is None
    assert last_hire_on(0, 0, hire, outlook) == dt.date(2025, 12, 31)


def test_hires_that_come_too_late_are_said_to() -> None:
    rows = hire_options(5000, Hire(productive_minor=1000, days_to_fill=60), _outlook(), as_of=dt.date(2025, 3, 1))
    assert rows["is_in_time"].to_list() == [False] * 4 + [True] * 8
    assert rows["n_hires"].to_list()[-1] is None
    assert set(hire_options(0, Hire(productive_minor=1), _outlook(), as_of=dt.date(2025, 1, 1))["n_hires"]) == {0}


def test_five_thousand_people_have_a_capacity() -> None:
    rows = [(f"p{at}", 1, dt.date(2024, 1 + at % 12, 1 + at % 28), None, 1000) for at in range(5000)]
    found = capacity(_cohorts(*rows), _outlook(attrition=Attrition(annual=0.1, shape="compound", counted="end")))
    assert len(found) > 0
