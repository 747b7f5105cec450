import json
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.growth.market import market_and_share, share_after_growth, wallet
from quarterdeck.engine.growth.mix import price_volume_mix
from quarterdeck.engine.growth.rates import cagr, pipeline_velocity
from quarterdeck.engine.growth.retention import retention, revenue_bridge
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.tables import Frame

SALES = ("product_id", "units_before", "before_minor", "units_after", "after_minor")
PARTS = ("price_minor", "volume_minor", "mix_minor", "joint_minor", "other_minor")


def _accounts(*pairs: tuple[int | None, int | None]) -> Frame:
    schema: dict[str, Any] = {"before_minor": nw.Int64, "after_minor": nw.Int64}
    data = {"before_minor": [pair[0] for pair in pairs], "after_minor": [pair[1] for pair in pairs]}
    return nw.from_dict(data, schema, backend="polars")


def _bridge(*pairs: tuple[int | None, int | None]) -> dict[str, int]:
    return dict(revenue_bridge(_accounts(*pairs)).select("part", "amount_minor").rows())


def _sales(*rows: tuple[Any, ...]) -> Frame:
    schema: dict[str, Any] = dict.fromkeys(SALES, nw.Int64) | {"product_id": nw.String}
    return nw.from_dict({name: [row[at] for row in rows] for at, name in enumerate(SALES)}, schema, backend="polars")


def _mix(*rows: tuple[Any, ...], joint: Any = "in_price") -> list[tuple[Any, ...]]:
    return price_volume_mix(_sales(*rows), joint=joint).select(*PARTS).rows()


@pytest.mark.parametrize(
    ("pair", "kind"),
    [((None, 5), "new"), ((5, 9), "expansion"), ((9, 5), "contraction"), ((5, None), "churn"),
     ((-5, 9), "other"), ((9, -5), "other"), ((-5, -9), "other"), ((0, -1), "other")],
)  # fmt: skip
def test_every_change_has_its_kind(pair: tuple[int | None, int | None], kind: str) -> None:
    found = _bridge(pair)
    changes = {part: amount for part, amount in found.items() if part not in {"start", "end"} and amount}
    assert changes == {kind: (pair[1] or 0) - (pair[0] or 0)}
    assert found["start"] + sum(changes.values()) == found["end"]


@pytest.mark.parametrize(("contraction", "gross"), [("counted", "31/40"), ("not_counted", "4/5")])
def test_gross_retention_says_whether_contraction_counts(contraction: Any, gross: str) -> None:
    bridge = revenue_bridge(_accounts((100, 115), (60, 55), (40, 0), (0, 40)))
    found = retention(bridge, contraction=contraction)
    assert (str(found.net), str(found.gross)) == ("17/20", gross)
    assert json.loads(found.because)["contraction_in_gross"] == contraction


def test_where_nothing_was_nothing_is_kept() -> None:
    found = retention(revenue_bridge(_accounts((0, 5))), contraction="counted")
    assert (found.net, found.gross) == (None, None)


def test_a_new_product_is_volume_and_mix_at_its_own_price() -> None:
    assert _mix(("old", 10, 100, 10, 100), ("new", 0, 0, 5, 100)) == [(0, 50, -50, 0, 0), (0, 0, 100, 0, 0)]


def test_a_product_that_is_gone_has_no_price_effect() -> None:
    assert _mix(("kept", 10, 100, 10, 100), ("gone", 10, 50, 0, 0)) == [(0, -50, 50, 0, 0), (0, -25, -25, 0, 0)]


def test_joint_kept_apart_values_price_on_the_units_before() -> None:
    assert _mix(("a", 50, 6000, 60, 6600), joint="separate") == [(-500, 1200, 0, -100, 0)]


def test_revenue_without_units_is_other() -> None:
    assert _mix(("fees", 0, 100, 0, 250)) == [(0, 0, 0, 0, 150)]
    assert _mix(("odd", 0, 100, 10, 250)) == [(0, 250, 0, 0, -100)]


def test_from_nothing_everything_is_volume() -> None:
    assert _mix(("a", 0, 0, 5, 100), ("b", None, None, 1, 7)) == [(0, 100, 0, 0, 0), (0, 7, 0, 0, 0)]


@pytest.mark.parametrize(("joint", "parts"), [("in_share", (400, -80, 0)), ("in_market", (393, -73, 0)),
    ("separate", (400, -73, -7))])  # fmt: skip
def test_market_and_share_say_where_the_joint_part_goes(joint: Any, parts: tuple[int, ...]) -> None:
    found = market_and_share(4000, 4320, 100_000, 110_000, joint=joint)
    assert tuple(found["amount_minor"].to_list()[1:4]) == parts
    assert sum(parts) == 320


def test_a_cagr_of_what_cannot_grow_is_empty() -> None:
    assert [cagr(0, 1, 1), cagr(-1, 1, 1), cagr(1, -1, 1)] == [None] * 3
    assert cagr(MAX_MINOR, MAX_MINOR, 7) == 0


def test_a_cycle_without_days_has_no_velocity() -> None:
    assert pipeline_velocity(5, 100, 0.5, 0) is None
    assert pipeline_velocity(-5, 100, 0.5, 10) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: retention(revenue_bridge(_accounts()), contraction="maybe"),  # type: ignore[arg-type]
        lambda: revenue_bridge(_accounts((MAX_MINOR, 1), (1, 1))),
        lambda: _mix(("a", -1, 0, 0, 0)),
        lambda: _mix(joint="in_mix"),
        lambda: _mix(("a", 0, -MAX_MINOR, 0, MAX_MINOR)),
        lambda: market_and_share(1, 1, 0, 1, joint="in_share"),
        lambda: market_and_share(1, 1, 1, 1, joint="none"),  # type: ignore[arg-type]
        lambda: share_after_growth(0.1, 0, -1),
        lambda: share_after_growth(1.1, 0, 0),
        lambda: wallet(0, 1, 0.5),
        lambda: cagr(1, 1, 0),
    ],
)
def test_what_cannot_be_compared_is_refused(wrong: Any) -> None:
    with pytest.raises(Refusal):
        wrong()


def test_a_wallet_already_ours_lacks_nothing() -> None:
    assert wallet(100, 80, Fraction(1, 2)) == (Fraction(4, 5), 20, 0)
