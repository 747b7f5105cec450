"""Plans by any basis, with seats that carry any part of their months: sums, order, rank, undoing."""

import datetime as dt
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from laws.planned import CHILDREN, LEAVES, NODE_IDS, months, pinned, pins, tree
from quarterdeck.engine.cascade.bases import Basis, based_weights
from quarterdeck.engine.cascade.carrying import Carrying, Seat, carried
from quarterdeck.engine.cascade.plan import LAYERS, Plan, plan, repinned
from quarterdeck.terms.errors import Refusal

AMOUNTS = st.dictionaries(st.sampled_from(LEAVES), st.integers(-50, 300), max_size=4)
UNKNOWN = st.sampled_from(("mean", "none"))
SHARES = st.sampled_from([Fraction(at, 4) for at in range(5)])
BASES = st.one_of(
    st.sampled_from([Basis(kind="history"), Basis(kind="even")]),
    st.builds(lambda unknown: Basis(kind="potential", unknown=unknown), UNKNOWN),
    st.builds(lambda unknown, share: Basis(kind="blend", unknown=unknown, history_share=share), UNKNOWN, SHARES),
    st.builds(
        lambda unknown, growth, rule: Basis(
            kind="growth_share", unknown=unknown, growth=growth, relief=Fraction(1, 10), relief_rule=rule
        ),
        UNKNOWN, st.sampled_from([Fraction(-1, 2), Fraction(0), Fraction(1, 5)]),
        st.sampled_from(("additive", "multiplicative")),
    ),
    st.builds(
        lambda weights: Basis(kind="weights", weights=weights),
        st.dictionaries(st.sampled_from(NODE_IDS), st.integers(-2, 9)),
    ),
)  # fmt: skip
DAYS = st.dates(dt.date(2024, 6, 1), dt.date(2025, 4, 1))
SEATS = st.lists(
    st.builds(
        lambda node, started, vacant, part_time, away: Seat(
            node=node, started_on=started, is_vacant=vacant, part_time=part_time, work_days=(22, 20, 21),
            away=((away, away + dt.timedelta(days=20), Fraction(1, 2)),) if away else (),
        ),
        st.sampled_from(LEAVES), st.none() | DAYS, st.booleans(), SHARES, st.none() | DAYS,
    ),
    unique_by=lambda seat: seat.node, max_size=4,
)  # fmt: skip
CARRYING = st.builds(
    lambda ramp, leave, vacancy, count: Carrying(
        ramp=tuple(ramp), part_time=True, leave=leave, vacancy=vacancy, working_days=leave,
        day_count=count if ramp or leave or vacancy is not None else None,
    ),
    st.lists(SHARES, max_size=3), st.booleans(), st.none() | SHARES, st.sampled_from(("calendar", "weekdays")),
)  # fmt: skip
ASKED = st.fixed_dictionaries(
    {
        "amount": st.integers(0, 500), "basis": BASES, "history": AMOUNTS, "potential": AMOUNTS, "seats": SEATS,
        "carrying": CARRYING, "pins": pins(3, 60, most=2), "hedges": st.sampled_from([[], [Fraction(1, 10)]]),
    }
)  # fmt: skip


def made(asked: dict[str, Any], *, is_shuffled: bool = False) -> Plan:
    """The plan, or an assumption that this is one of those that can be; rows in another order where asked."""
    order = [3, 6, 0, 5, 1, 4, 2] if is_shuffled else list(range(7))
    nodes = tree([None] * 7)[order]
    seats = asked["seats"][::-1] if is_shuffled else asked["seats"]
    weighed = based_weights(nodes, asked["amount"], asked["basis"], asked["history"], asked["potential"])
    factors = carried(seats, asked["carrying"], months(3), mean_days=Fraction(21))
    try:
        return plan(
            asked["amount"], weighed, months(3), [1, 2, 3], basis=asked["basis"].kind, pins=pinned(asked["pins"]),
            factors=factors, hedges=asked["hedges"],
        )  # fmt: skip
    except Refusal:
        assume(False)  # noqa: FBT003  hypothesis names no argument
        raise


def amounts(found: Plan) -> dict[str, Any]:
    return {
        layer: {
            node.node_id: cells for node, cells in zip(found.shape.nodes, found.months(layer).tolist(), strict=True)
        }
        for layer in LAYERS
    }


@given(ASKED)
@settings(max_examples=40, deadline=None)
def test_children_sum_to_their_parent_in_every_month_and_layer(asked: dict[str, Any]) -> None:
    found = made(asked)
    assert found.years("plan")[0] == asked["amount"]
    for cells in amounts(found).values():
        for parent, children in CHILDREN.items():
            assert cells[parent] == [sum(month) for month in zip(*(cells[one] for one in children), strict=True)]
            assert min(cells[parent]) >= 0


@given(ASKED)
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_and_seats_changes_nothing(asked: dict[str, Any]) -> None:
    assert amounts(made(asked)) == amounts(made(asked, is_shuffled=True))


@given(ASKED)
@settings(max_examples=25, deadline=None)
def test_pinning_and_freeing_restores_every_cell(asked: dict[str, Any]) -> None:
    free = made(asked | {"pins": {}})
    try:
        edited = repinned(free, pinned(asked["pins"]))
    except Refusal:
        return
    assert amounts(edited) == amounts(made(asked))
    assert amounts(repinned(edited, pinned(dict.fromkeys(asked["pins"])))) == amounts(free)


PAIR = st.tuples(st.integers(1, 200), st.integers(0, 200))


@given(st.integers(0, 10**6), BASES, PAIR, PAIR, AMOUNTS)
@settings(max_examples=60, deadline=None)
def test_who_has_more_of_both_never_gets_less(
    amount: int, basis: Basis, less: tuple[int, int], more: tuple[int, int], others: dict[str, int]
) -> None:
    assume(basis.kind != "weights")
    history, potential = (others | {"sam": one, "rita": one + another} for one, another in zip(less, more, strict=True))
    weighed = based_weights(tree([None] * 7), amount, basis, history, potential)
    found = plan(amount, weighed, months(1), [1], basis=basis.kind)
    rita, sam = (found.years("plan")[found.number(name)] for name in ("rita", "sam"))
    assert rita >= sam - 1  # a unit left over goes to one of two alike


@given(st.integers(0, 10**6), BASES, AMOUNTS, AMOUNTS)
@settings(max_examples=40, deadline=None)
def test_what_is_below_zero_weighs_no_more_than_what_is_above(
    amount: int, basis: Basis, history: dict[str, int], potential: dict[str, int]
) -> None:
    rows = based_weights(tree([None] * 7), amount, basis, history, potential).select("node_id", "weight").iter_rows()
    weights = dict(rows)
    for one, other in (("rita", "sam"), ("sam", "rita"), ("zoe", "kim")):
        if basis.kind == "potential" and potential.get(one, 0) < 0 < potential.get(other, 0):
            assert max(weights[one], 0) < weights[other]
        if basis.kind == "history" and history.get(one, 0) < 0 < history.get(other, 0):
            assert max(weights[one], 0) < weights[other]
