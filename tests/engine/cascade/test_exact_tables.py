import random

import numpy as np
import pytest

from quarterdeck.engine.cascade.flows import circulation
from quarterdeck.engine.cascade.margins import two_margins
from quarterdeck.engine.cascade.row_parts import quotients, row_parts
from quarterdeck.engine.cascade.spread import spread
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, parts


@pytest.mark.parametrize("largest", [9, 10**6, 10**12, 2**49, MAX_MINOR])
@pytest.mark.parametrize("heaviest", [5, 10**12, 2**54, 2**62])
def test_rows_are_split_as_one_by_one(largest: int, heaviest: int) -> None:
    shuffle = random.Random(largest + heaviest)  # noqa: S311  not for secrets
    sizes = [shuffle.randint(0, largest) for _ in range(40)]
    weights = [[shuffle.randint(0, heaviest) for _ in range(11)] + [1] for _ in sizes]
    dtype = object if heaviest * 12 >= 2**63 else np.int64
    found = row_parts(np.array(sizes), np.array(weights, dtype=dtype)).tolist()
    assert found == [parts(size, row) for size, row in zip(sizes, weights, strict=True)]


@pytest.mark.parametrize("largest", [10**6, 2**49])
def test_quotients_and_remainders_are_those_of_whole_numbers(largest: int) -> None:
    shuffle = random.Random(largest)  # noqa: S311  not for secrets
    sizes = [largest - at for at in range(300)]
    weights = [[shuffle.randint(0, 10**12) for _ in range(12)] for _ in sizes]
    floors, rest = quotients(np.array(sizes), np.array(weights))
    exact = [[divmod(size * weight, sum(row)) for weight in row] for size, row in zip(sizes, weights, strict=True)]
    assert np.stack([floors, rest], axis=2).tolist() == [[list(pair) for pair in row] for row in exact]


def test_many_rows_alike_stay_within_a_unit_of_their_fit() -> None:
    found = two_margins([[1, 1, 1]] * 200, [10] * 200, [667, 667, 666])
    assert {cell for row in found for cell in row} == {3, 4}


def test_no_rows_have_no_parts() -> None:
    assert row_parts(np.array([], dtype=np.int64), np.zeros((0, 3), dtype=np.int64)).shape == (0, 3)


def test_a_circulation_conserves_what_flows_between_its_bounds() -> None:
    arcs = [(0, 1, 3, 5), (0, 2, 0, 9), (1, 3, 0, 4), (2, 3, 2, 6), (3, 0, 7, 7)]
    found, reached = circulation(4, arcs)
    assert not reached
    assert all(low <= flow <= high for flow, (_, _, low, high) in zip(found, arcs, strict=True))
    for point in range(4):
        flows = zip(found, arcs, strict=True)
        assert sum(flow * ((head == point) - (tail == point)) for flow, (tail, head, _, _) in flows) == 0


def test_a_seed_that_is_no_table_or_has_a_weight_below_zero_is_refused() -> None:
    with pytest.raises(Refusal, match="no table of 2 rows"):
        two_margins([[1, 2]], [1, 2], [1, 2])
    with pytest.raises(Refusal, match="weight of -1"):
        two_margins([[-1, 2]], [3], [1, 2])


def test_margins_that_differ_are_refused_with_the_difference() -> None:
    with pytest.raises(Refusal, match=r"rows sum to 3, the columns to 4: -1 apart"):
        two_margins([[1, 2]], [3], [2, 2])


def test_margins_of_nothing_give_nothing() -> None:
    assert two_margins([], [], []) == []
    assert two_margins([[], []], [0, 0], []) == [[], []]


def test_a_row_that_wants_what_its_zeros_rule_out_is_refused() -> None:
    with pytest.raises(Refusal, match="January is 5, and its seed is all zeros"):
        two_margins([[0, 0], [1, 1]], [5, 5], [5, 5], row_names=["January", "February"])


def test_a_minimum_above_its_maximum_is_refused() -> None:
    with pytest.raises(Refusal, match="minimum of part 1, 5, is above its maximum, 4") as caught:
        spread(10, [1, 1], minimum=[5, 0], maximum=[4, 10])
    assert caught.value.rule == "goal_rails"


def test_nothing_is_split_among_nobody() -> None:
    assert spread(0, []).amounts == []
    with pytest.raises(Refusal, match="5 too few"):
        spread(5, [])
