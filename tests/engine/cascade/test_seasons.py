import datetime as dt
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.seasons import normalised_indices, seasonal_index
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.tables import Frame


def _history(amounts: dict[tuple[int, int], int | None]) -> Frame:
    data = {"starts_on": [dt.date(year, month, 1) for year, month in amounts], "amount": list(amounts.values())}
    schema: dict[str, Any] = {"starts_on": nw.Date, "amount": nw.Int64}
    return nw.from_dict(data, schema, backend="polars")


def _year(year: int, amounts: list[int]) -> dict[tuple[int, int], int | None]:
    return {(year, month): amount for month, amount in enumerate(amounts, start=1)}


def test_no_history_is_flat() -> None:
    assert seasonal_index(_history({})) == [1] * 12


def test_each_year_counts_the_same_however_large() -> None:
    small, large = _year(2023, [3, *[1] * 10, 1]), _year(2024, [1000, *[1000] * 10, 3000])
    index = seasonal_index(_history(small | large))
    assert index[0] == index[11] > index[5]


def test_a_month_without_a_row_inside_the_history_sold_nothing() -> None:
    index = seasonal_index(_history({(2024, month): 10 for month in range(1, 13) if month != 8}))
    assert index[7] == 0
    assert sum(index) == 12


def test_months_outside_the_history_weigh_an_average_month() -> None:
    index = seasonal_index(_history({(2024, 1): 10, (2024, 2): 20, (2024, 3): 30}))
    assert index == [Fraction(1, 2), 1, Fraction(3, 2), *[1] * 9]


def test_months_are_fiscal_months() -> None:
    calendar = FiscalCalendar(first_month=7)
    history = _history({(2024, month): 2 if month == 7 else 1 for month in range(7, 13)})
    assert seasonal_index(history, calendar)[0] > 1


def test_rows_of_one_month_add_up() -> None:
    history = {"starts_on": [dt.date(2024, 1, day) for day in (1, 20)] + [dt.date(2024, 2, 1)], "amount": [1, 1, 2]}
    assert seasonal_index(nw.from_dict(history, backend="polars")) == [1] * 12


def test_a_year_without_sales_says_nothing() -> None:
    assert seasonal_index(_history(_year(2023, [0] * 12) | _year(2024, [-5] * 12))) == [1] * 12


def test_a_month_of_more_returns_than_sales_counts_as_zero() -> None:
    index = seasonal_index(_history(_year(2024, [-5, *[10] * 11])))
    assert index[0] == 0
    assert sum(index) == 12


def test_empty_cells_are_left_out() -> None:
    assert seasonal_index(_history({(2024, 1): None})) == [1] * 12


def test_thirteen_months_sum_to_thirteen() -> None:
    assert sum(seasonal_index(_history(_year(2024, list(range(1, 13)))), n_months=13)) == 13


def test_indices_of_nothing_become_even_and_no_indices_stay_none() -> None:
    assert normalised_indices([0, 0, 0, 0], 4) == [1] * 4
    assert normalised_indices([], 4) == []


def test_an_index_below_zero_is_refused() -> None:
    with pytest.raises(Refusal, match="-1"):
        normalised_indices([1, -1], 2)
