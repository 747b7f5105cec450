import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import narwhals as nw
import numpy as np
import pytest

from quarterdeck.engine.territories.indices import balance, territory_indices
from quarterdeck.engine.territories.proposal import Proposal, proposed_moves
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.tables import Frame

Row = tuple[str, str | None, int, int]


def _accounts(*rows: Row, locked: list[bool] | None = None) -> Frame:
    schema: dict[str, Any] = {"account_id": nw.String, "territory_id": nw.String, "sales": nw.Int64, "visits": nw.Int64}
    data: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(schema)}
    if locked is not None:
        data, schema = data | {"is_locked": locked}, schema | {"is_locked": nw.Boolean}
    return nw.from_dict(data, schema, backend="polars")


def _territories(*rows: tuple[str, int]) -> Frame:
    return nw.from_dict(
        {"territory_id": [name for name, _ in rows], "weight": [weight for _, weight in rows]}, backend="polars"
    )


FOUR = (("a", "east", 100, 1), ("b", "east", 30, 1), ("c", "west", 20, 1), ("d", "west", 50, 1))


def _proposal(accounts: Frame, *measures: str, within: Any = 0.05, most: Any = 99, **more: Any) -> Proposal:
    return proposed_moves(accounts, measures or ["sales"], within=within, most_moves=most, **more)


def _far(found: Proposal) -> list[float]:
    return found.after["largest_deviation"].to_list()


def test_the_account_that_fits_moves_and_is_told_why() -> None:
    found = _proposal(_accounts(*FOUR))
    assert found.moves.select("account_id", "from_territory_id", "to_territory_id", "sales").rows() == [
        ("b", "east", "west", 30)
    ]
    assert found.moves["reason"].to_list() == ["sales: east 30% above its even share, west 30% below"]
    assert (found.state, _far(found)) == ("near_enough", [0.0])


def test_a_locked_account_stays() -> None:
    found = _proposal(_accounts(*FOUR, locked=[False, True, False, False]))
    assert "b" not in found.moves["account_id"].to_list()


def test_when_everything_is_locked_nothing_helps() -> None:
    found = _proposal(_accounts(*FOUR, locked=[True] * 4))
    assert (len(found.moves), found.state) == (0, "nothing_helps")


def test_two_accounts_are_swapped_where_no_move_helps() -> None:
    found = _proposal(_accounts(("a", "east", 60, 1), ("b", "east", 50, 1), ("c", "west", 50, 1), ("d", "west", 40, 1)))
    assert sorted(found.moves["account_id"].to_list()) in (["a", "c"], ["b", "d"])
    assert _far(found) == [0.0]


def test_a_budget_of_none_moves_nothing_and_says_so() -> None:
    found = _proposal(_accounts(*FOUR), most=0)
    assert (len(found.moves), found.state) == (0, "budget_spent")
    assert _proposal(_accounts(*FOUR), "sales", "visits", most=0).disruption.n_moved == 0


def test_a_budget_may_be_a_share_of_the_accounts() -> None:
    assert json.loads(_proposal(_accounts(*FOUR), most=Decimal("0.5")).because)["most_moves"] == 2


def test_accounts_without_a_territory_are_placed_and_do_not_count() -> None:
    rows = _accounts(("a", "east", 50, 1), ("b", None, 30, 1), ("c", None, 20, 1))
    found = _proposal(rows, most=0, territories=_territories(("east", 1), ("west", 1)))
    assert dict(found.moves.select("account_id", "to_territory_id").rows()) == {"b": "west", "c": "west"}
    assert found.moves["reason"][0] == "It has no territory; west lacks most"
    assert found.disruption.n_moved == 0


def test_twice_the_weight_gets_twice_as_much() -> None:
    rows = _accounts(*((f"a{at:02}", None, 10, at % 3) for at in range(30)))
    for measures in (["sales"], ["sales", "visits"]):
        found = _proposal(rows, *measures, territories=_territories(("full", 2), ("half", 1)))
        amounts = dict(found.indices_after.filter(nw.col("measure") == "sales").select("territory_id", "amount").rows())
        assert amounts == {"full": 200, "half": 100}


def test_two_measures_are_evened_at_once() -> None:
    rows = [(f"a{at:03}", "east" if at % 4 else "west", 1 + at * 37 % 101, 1 + at * 53 % 97) for at in range(200)]
    found = _proposal(_accounts(*rows), "sales", "visits", most=0.5)
    assert max(_far(found)) <= 0.05
    assert found.disruption.n_moved <= 100


def test_one_huge_locked_account_does_not_keep_the_others_uneven() -> None:
    rows = [("huge", "a", 10_000, 1), *((f"b{at}", "b", 10, 1) for at in range(20)), ("c", "c", 10, 1)]
    for measures in (["sales"], ["sales", "visits"]):
        found = _proposal(_accounts(*rows, locked=[True] + [False] * 21), *measures, most=15)
        amounts = found.indices_after.filter(nw.col("measure") == "sales")["amount"].to_list()
        assert abs(amounts[1] - amounts[2]) <= 30


def test_what_would_change_next_to_nothing_does_not_move() -> None:
    rows = [("huge", "a", 10**15, 1), *((f"a{at}", "a", 1, 1) for at in range(9)), ("b", "b", 1, 1)]
    assert _proposal(_accounts(*rows), within=0).moves.is_empty()


def test_no_more_moves_than_the_budget_has() -> None:
    rng = np.random.default_rng(3)
    rows = {"account_id": np.arange(50_000), "territory_id": rng.integers(0, 500, 50_000) ** 2 // 500,
            "sales": rng.integers(1, 1000, 50_000)}  # fmt: skip
    accounts = nw.from_dict(rows, backend="polars")
    for budget in (0, 1, 100):
        assert proposed_moves(accounts, ["sales"], within=0, most_moves=budget).disruption.n_moved == budget


def test_disruption_counts_accounts_and_what_they_carry() -> None:
    found = _proposal(_accounts(*FOUR)).disruption
    assert found.share_of_accounts == Fraction(1, 4)
    assert found.share_of_measures == {"sales": Fraction(30, 200)}


def test_indices_know_territories_without_accounts() -> None:
    found = territory_indices(_accounts(*FOUR), ["sales"], _territories(("east", 1), ("north", 1), ("west", 1)))
    assert found.filter(nw.col("territory_id") == "north").select("n_accounts", "index").rows() == [(0, 0.0)]


def test_gini_is_empty_where_something_is_below_zero() -> None:
    found = balance(_accounts(("a", "east", -10, 1), ("b", "west", 40, 1)), ["sales"])
    assert found["gini"].to_list() == [None]
    assert found["largest_deviation"].to_list() == [pytest.approx(5 / 3)]


def test_nothing_to_share_is_said_and_moves_nothing() -> None:
    rows = _accounts(("a", "east", 0, 3), ("b", "east", 0, 3))
    both = _territories(("east", 1), ("west", 1))
    assert balance(rows, ["sales"], both)["means"].to_list() == ["There is no sales to share."]
    assert _proposal(rows, territories=both).moves.is_empty()
    assert len(_proposal(rows, "sales", "visits", territories=both).moves) == 1


def test_no_accounts_need_no_moves() -> None:
    assert _proposal(_accounts(), territories=_territories(("east", 1))).moves.is_empty()
    assert _proposal(_accounts(), "sales", "visits", territories=_territories(("east", 1))).moves.is_empty()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: _proposal(_accounts()),
        lambda: _proposal(_accounts(*FOUR), "profit"),
        lambda: _proposal(_accounts(*FOUR), "territory_id"),
        lambda: proposed_moves(_accounts(*FOUR), [], within=0, most_moves=1),
        lambda: _proposal(_accounts(*FOUR), within=-1),
        lambda: _proposal(_accounts(*FOUR), most=-1),
        lambda: _proposal(_accounts(*FOUR), most=1.5),
        lambda: _proposal(_accounts(*FOUR), territories=_territories(("east", 1))),
        lambda: _proposal(_accounts(*FOUR), territories=_territories(("east", 1), ("west", 0))),
        lambda: _proposal(_accounts(*FOUR), territories=_territories(("east", 1), ("east", 1), ("west", 1))),
        lambda: _proposal(_accounts(("a", "east", 2**62, 1), ("b", "west", 2**62, 1))),
    ],
)
def test_what_cannot_be_compared_is_refused(wrong: Any) -> None:
    with pytest.raises(Refusal):
        wrong()


def test_a_large_company_is_evened() -> None:
    rng = np.random.default_rng(3)
    rows = {"account_id": np.arange(50_000), "territory_id": rng.integers(0, 500, 50_000),
            "sales": rng.lognormal(10, 1, 50_000).astype(int)}  # fmt: skip
    accounts = nw.from_dict(rows, backend="polars")
    found = proposed_moves(accounts, ["sales"], within=0.02, most_moves=0.15)
    assert _far(found)[0] <= 0.02
