import datetime as dt
import json
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.amendments import Amendment, amendment
from quarterdeck.engine.cascade.cells import plan_cells
from quarterdeck.engine.cascade.plan import LAYERS, plan
from quarterdeck.engine.cascade.reconciliation import reconciliation
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import FACTORS, NODES, PINS, RAILS
from quarterdeck.terms.tables import Frame, Table

YEAR = FiscalCalendar().months(2025)
FLAT = [1] * 12
HEDGES = [Fraction(1, 10), Fraction(1, 20)]
MAY = dt.date(2025, 5, 1)
TREE = [
    ("co", None, None), ("east", "co", None), ("west", "co", None), ("rita", "east", 1), ("sam", "east", 2),
    ("zoe", "west", 3),
]  # fmt: skip
EAST = [("east", None, None), ("rita", "east", 1), ("sam", "east", 2)]


def _frame(table: Table, *rows: tuple[Any, ...]) -> Frame:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(table.schema)}
    return nw.from_dict(columns, table.schema, backend="polars")


def _in_force() -> Frame:
    made = plan(7200, _frame(NODES, *TREE), YEAR, FLAT, basis="given", hedges=HEDGES)
    return nw.concat([plan_cells(made, layer=layer).with_columns(layer=nw.lit(layer)) for layer in LAYERS])


BEFORE = _in_force()


def _amended(*rows: tuple[Any, ...], effective_on: dt.date = MAY, **other: Any) -> Amendment:
    asked: dict[str, Any] = {"running": "open", "basis": "given", "hedges": HEDGES} | other
    return amendment(BEFORE, _frame(NODES, *rows), FLAT, effective_on=effective_on, **asked)


def _months(frame: Frame, node: str, layer: str = "plan") -> list[int]:
    rows = frame.filter(nw.col("node_id") == node, nw.col("layer") == layer).sort("starts_on")
    found: list[int] = rows["amount"].to_list()
    return found


def test_a_leaver_keeps_closed_months_and_the_team_takes_the_rest() -> None:
    found = _amended(("east", None, None), ("rita", "east", 1))
    assert _months(found.cells, "sam") == [200] * 4 + [0] * 8
    assert _months(found.cells, "rita") == [100] * 4 + [300] * 8
    assert set(found.difference["node_id"].to_list()) == {"rita", "sam"}


def test_a_vacancy_with_a_ramp_takes_over_slowly() -> None:
    ramp = [("seat", month.starts_on, share) for month, share in zip(YEAR[4:], [0, 0, 0.5, 1, 1, 1, 1, 1], strict=True)]
    found = _amended(("east", None, None), ("rita", "east", 1), ("seat", "east", 2), factors=_frame(FACTORS, *ramp))
    seat, rita = _months(found.cells, "seat"), _months(found.cells, "rita")
    assert len(seat) == 8
    assert seat[:2] == [0, 0]
    assert [one + other for one, other in zip(rita[4:], seat, strict=True)] == [300] * 8


def test_everything_agrees_and_nothing_above_or_beside_changes_in_either_layer() -> None:
    found = _amended(("east", None, None), ("rita", "east", 5), ("new", "east", 2))
    sums = reconciliation(found.cells)
    assert sums["difference"].abs().sum() == 0
    for layer in LAYERS:
        for node in ("co", "west", "zoe", "east"):
            assert _months(found.cells, node, layer) == _months(BEFORE, node, layer)


def test_the_company_may_get_another_amount() -> None:
    found = _amended(*TREE, amount=8000)
    assert sum(_months(found.cells, "co")) == 8000
    assert _months(found.cells, "co")[:4] == [600] * 4
    assert sum(_months(found.cells, "co", "street")[4:]) == round((8000 - 2400) * 1.1 * 1.05)
    assert reconciliation(found.cells)["difference"].abs().sum() == 0


@pytest.mark.parametrize(("running", "n_closed"), [("open", 4), ("closed", 5)])
def test_a_running_month_is_open_or_closed_as_named(running: str, n_closed: int) -> None:
    found = _amended(("east", None, None), ("rita", "east", 1), effective_on=dt.date(2025, 5, 12), running=running)
    assert _months(found.cells, "sam") == [200] * n_closed + [0] * (12 - n_closed)


def test_a_pin_of_a_year_counts_what_is_closed() -> None:
    found = _amended(*EAST, pins=_frame(PINS, ("rita", None, 2000), ("sam", MAY, 7)))
    assert sum(_months(found.cells, "rita")) == 2000
    assert _months(found.cells, "sam")[4] == 7


def test_rails_bound_whole_years() -> None:
    found = _amended(
        ("east", None, None), ("rita", "east", 1), ("sam", "east", 0), rails=_frame(RAILS, ("sam", 1000, None))
    )
    assert sum(_months(found.cells, "sam")) == 1000


def test_somebody_moves_to_another_team_in_the_middle_of_the_year() -> None:
    found = _amended(
        ("co", None, None), ("east", "co", None), ("west", "co", None), ("rita", "east", 1), ("sam", "west", 2),
        ("zoe", "west", 3),
    )  # fmt: skip
    parents = found.cells.filter(nw.col("node_id") == "sam", nw.col("layer") == "plan").sort("starts_on")["parent_id"]
    assert parents.to_list() == ["east"] * 4 + ["west"] * 8
    assert reconciliation(found.cells)["difference"].abs().sum() == 0


def test_a_derivation_says_since_when() -> None:
    found = _amended(*EAST).cells
    told = json.loads(found.filter(nw.col("node_id") == "sam", nw.col("starts_on") == MAY)["derivation"][0])
    assert (told["amended_on"], told["year_amount"]) == ("2025-05-01", 1600)


def test_an_amendment_that_changes_nothing_has_no_difference() -> None:
    assert len(_amended(*EAST).difference) == 0


@pytest.mark.parametrize(
    ("rows", "other", "why"),
    [
        (EAST, {"effective_on": dt.date(2026, 1, 1)}, "No month of the plan is open"),
        ([("north", None, 1)], {}, "north is not in the plan"),
        ([*EAST, ("zoe", "east", 1)], {}, "zoe belongs to the plan, but not below east"),
        (EAST, {"amount": 9999}, "nodes above it"),
        (TREE, {"amount": 2399}, "closed months of 2400"),
        (EAST, {"running": "perhaps"}, "cannot be 'perhaps'"),
        (EAST, {"pins": _frame(PINS, ("sam", YEAR[0].starts_on, 1))}, "is closed"),
        (EAST, {"pins": _frame(PINS, ("sam", None, 799))}, "800 in closed months, more than 799"),
        (EAST, {"pins": _frame(PINS, ("east", MAY, 299))}, "part of co"),
    ],
)
def test_what_cannot_be_amended_is_refused(rows: list[Any], other: dict[str, Any], why: str) -> None:
    with pytest.raises(Refusal, match=why) as caught:
        _amended(*rows, **other)
    assert caught.value.rule == "plan_amendment"
