from decimal import Decimal
from fractions import Fraction
from typing import Any

import narwhals as nw
import pytest

from quarterdeck.engine.cascade.tree import tree
from quarterdeck.engine.cascade.weights import even_weights, goal_amount, history_weights
from quarterdeck.terms.errors import QuarterdeckFault, Refusal
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.tables import Frame


def _history(**amounts: int | None) -> Frame:
    schema: dict[str, Any] = {"node_id": nw.String, "amount": nw.Int64}
    return nw.from_dict({"node_id": list(amounts), "amount": list(amounts.values())}, schema, backend="polars")


NODES = nw.from_dict(
    {
        "node_id": ["root", "east", "west", "rita", "sam", "zoe", "ann"],
        "parent_id": [None, "root", "root", "east", "east", "east", "west"],
    },
    {"node_id": nw.String, "parent_id": nw.String},
    backend="polars",
)


def _weights(frame: Frame) -> dict[str, int | None]:
    return dict(frame.select("node_id", "weight").rows())


def test_growth_is_rounded_once_and_half_up() -> None:
    assert goal_amount(50, Decimal("0.01")) == 51
    assert goal_amount(49, Decimal("0.01")) == 49


def test_growth_may_be_a_third() -> None:
    assert goal_amount(300, Fraction(1, 3)) == 400


@pytest.mark.parametrize(
    ("last_year", "growth"),
    [(0, 1), (-5, 1), (100, -2), (MAX_MINOR, 1), (100, Decimal("NaN")), (1, Decimal("Infinity"))],
)
def test_growth_that_means_nothing_is_refused(last_year: int, growth: Decimal | int) -> None:
    with pytest.raises(Refusal):
        goal_amount(last_year, growth)


def test_a_float_growth_is_our_fault() -> None:
    growth: Any = 0.1
    with pytest.raises(QuarterdeckFault):
        goal_amount(100, growth)


def test_a_newcomer_weighs_the_mean_of_siblings() -> None:
    found = history_weights(NODES, _history(rita=300, sam=101))
    assert _weights(found) == {
        "root": None,
        "east": None,
        "west": None,
        "rita": 300,
        "sam": 101,
        "zoe": 201,
        "ann": None,
    }
    assert found["weight_from"].to_list()[3:] == ["own history", "own history", "mean of siblings", None]


def test_newcomers_may_weigh_nothing() -> None:
    assert _weights(history_weights(NODES, _history(rita=300), newcomers="none"))["zoe"] is None


def test_history_adds_up_and_strangers_are_left_out() -> None:
    history = nw.concat([_history(rita=300, gone=7), _history(rita=-100, sam=None)])
    assert _weights(history_weights(NODES, history))["rita"] == 200


def test_a_negative_history_does_not_pull_the_mean_of_siblings_down() -> None:
    assert _weights(history_weights(NODES, _history(rita=300, sam=-900)))["zoe"] == 150


def test_an_even_split_counts_heads_not_teams() -> None:
    weights = {node.node_id: node.weight for node in tree(even_weights(NODES))}
    assert (weights["east"], weights["west"], weights["root"]) == (3, 1, 4)


def test_weights_beyond_a_column_are_refused() -> None:
    history = nw.concat([_history(rita=MAX_MINOR), _history(rita=1)])
    with pytest.raises(Refusal, match="more than a column holds"):
        history_weights(NODES, history)
