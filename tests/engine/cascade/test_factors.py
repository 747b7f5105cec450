import datetime as dt
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.factors import factors, monthly_millionths, ramp_factors, working_day_factors
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import DATED_FACTORS, FACTORS
from quarterdeck.terms.tables import Frame

YEAR = FiscalCalendar().months(2025)


def _dated(*rows: tuple[str, float, dt.date | None, dt.date | None]) -> Frame:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(DATED_FACTORS.schema)}
    return nw.from_dict(columns, DATED_FACTORS.schema, backend="polars")


def _of(frame: Frame, node: str) -> list[float]:
    found: list[float] = frame.filter(nw.col("node_id") == node)["factor"].to_list()
    return found


def test_leave_takes_its_days_off_the_month() -> None:
    away = _dated(("rita", 0.0, dt.date(2025, 3, 11), dt.date(2025, 3, 21)))
    assert _of(factors(away, YEAR, day_count="calendar"), "rita")[1:4] == [1.0, pytest.approx(21 / 31), 1.0]
    assert _of(factors(away, YEAR, day_count="weekdays"), "rita")[2] == pytest.approx(13 / 21)


def test_causes_of_one_day_multiply() -> None:
    rows = _dated(("rita", 0.5, None, None), ("rita", 0.8, dt.date(2025, 1, 1), dt.date(2025, 2, 1)))
    assert _of(factors(rows, YEAR, day_count="calendar"), "rita")[:2] == [pytest.approx(0.4), 0.5]


def test_a_ramp_begins_with_nothing_and_ends_in_full() -> None:
    ramp = ramp_factors({"rita": dt.date(2025, 2, 1), "sam": dt.date(2024, 1, 1)}, [Fraction(1, 4), 0.5])
    found = factors(ramp, YEAR, day_count="calendar")
    assert _of(found, "rita")[:5] == [0.0, 0.25, 0.5, 1.0, 1.0]
    assert set(_of(found, "sam")) == {1.0}


def test_a_start_on_the_last_of_january_ramps_by_the_ends_of_months() -> None:
    ramp = ramp_factors({"rita": dt.date(2024, 1, 31)}, [0.1, 0.2, 0.3])
    assert [str(day) for day in ramp["effective_to"].to_list()] == [
        "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30",
    ]  # fmt: skip


def test_working_days_are_shares_of_a_full_month() -> None:
    schema: dict[str, Any] = {"person_id": nw.String, "day": nw.Date, "share": nw.Float64}
    days = [dt.date(2025, 1, at) for at in (2, 3, 6)]
    rows = nw.from_dict({"person_id": ["rita"] * 3, "day": days, "share": [1.0, 1.0, 0.5]}, schema, backend="polars")
    found = _of(working_day_factors(rows, YEAR[:2], [5, 20]), "rita")
    assert found == [0.5, 0.0]
    with pytest.raises(Refusal, match="no full days"):
        working_day_factors(rows, YEAR[:1], [0])
    with pytest.raises(Refusal, match="2 counts of working days for 1 months"):
        working_day_factors(rows, YEAR[:1], [1, 2])


def test_a_month_outside_of_the_plan_is_left_out() -> None:
    row = {"node_id": ["rita"], "starts_on": [dt.date(2024, 1, 1)], "factor": [0.5]}
    assert monthly_millionths(nw.from_dict(row, FACTORS.schema, backend="polars"), YEAR) == {}


def test_a_day_count_has_to_be_one_that_exists() -> None:
    with pytest.raises(Refusal, match="no day count 'lunar'"):
        factors(_dated(), YEAR, day_count="lunar")  # type: ignore[arg-type]  what a caller may get wrong
