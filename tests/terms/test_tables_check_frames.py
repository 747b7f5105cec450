import datetime as dt

import narwhals as nw
import polars as pl
import pytest

from quarterdeck.terms.errors import QuarterdeckFault
from quarterdeck.terms.frames import ACTIVITIES, FRAMES
from quarterdeck.terms.tables import Frame, Table
from quarterdeck.terms.templates import TEMPLATES


def activities(**columns: object) -> Frame:
    base: dict[str, object] = {
        "activity_id": [1, 2],
        "person_id": [7, None],
        "kind": ["call", "email"],
        "happened_on": [dt.date(2025, 3, 3)] * 2,
        "account_id": [None, 4],
        "opportunity_id": [3, None],
        "minutes": [10, None],
    }
    return nw.from_native(pl.DataFrame(base | columns), eager_only=True)


def test_a_frame_that_fits_passes_unchanged() -> None:
    frame = activities()
    assert ACTIVITIES.check(frame) is frame


def test_a_frame_that_does_not_fit_is_told_all_its_faults_at_once() -> None:
    frame = activities(activity_id=[1, 1], kind=[None, "call"], happened_on=["2025-03-03"] * 2).drop("minutes")
    with pytest.raises(QuarterdeckFault) as caught:
        ACTIVITIES.check(frame)
    told = str(caught.value)
    assert all(
        word in told for word in ("share a key", "kind is empty in 1", "happened_on is String", "minutes is missing")
    )


def test_a_key_must_name_columns() -> None:
    with pytest.raises(ValueError, match="names no column"):
        Table("t", "row", "about", (), ("nothing",))


@pytest.mark.parametrize("table", [*FRAMES.values(), *TEMPLATES.values()], ids=lambda table: table.name)
def test_every_column_explains_itself(table: Table) -> None:
    assert table.about.endswith(".")
    assert all(column.about.endswith(".") for column in table.columns)
    assert all(column.choices for column in table.columns if column.kind == "choice")


@pytest.mark.parametrize("table", TEMPLATES.values(), ids=lambda table: table.name)
def test_a_template_refers_to_templates_that_exist_and_come_no_later(table: Table) -> None:
    order = list(TEMPLATES)
    for column in table.columns:
        if column.refers_to:
            assert order.index(column.refers_to) <= order.index(table.name)
