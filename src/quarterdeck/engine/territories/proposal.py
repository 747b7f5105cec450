"""Which accounts would change hands so that territories even out, why, and what it would bring and disturb.

    potential   east 130, west 70   ->   one move: b (30), east -> west, "potential: east 30% above ..., west 30% below"
    before      largest deviation 0.3    after   0          disruption 1 of 4 accounts, 0.15 of potential

Nothing moves: this is a proposal, and somebody accepts it or not. See docs/methods/territory-balance.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import numpy as np

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.engine.territories.board import Board, Real, Whole, board, refusal
from quarterdeck.engine.territories.indices import Disruption, balance_of, disruption, indices_of
from quarterdeck.engine.territories.several import evened_on_all, placed_on_all
from quarterdeck.engine.territories.single import evened
from quarterdeck.terms.planning import PROPOSED_MOVES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.terms.tables import Frame

State = Literal["near_enough", "budget_spent", "nothing_helps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Moves (PROPOSED_MOVES), indices and balance before and after, what it disturbs, and why it ends there.

    `state`: near_enough (within the tolerance), budget_spent, or nothing_helps (no further move brings the territory
    farthest off nearer). `because` is JSON.
    """

    moves: Frame
    indices_before: Frame
    indices_after: Frame
    before: Frame
    after: Frame
    disruption: Disruption
    state: State
    because: str


def proposed_moves(
    accounts: Frame,
    measures: Sequence[str],
    *,
    within: Decimal | Fraction | float,
    most_moves: Decimal | Fraction | float,
    territories: Frame | None = None,
) -> Proposal:
    """Moves that bring every territory to within a share of its even part of each measure, or as near as they can.

    `accounts`: TERRITORY_ACCOUNTS with the measures as columns and optionally is_locked; locked accounts stay.
    `within`: 0.05 is five percent. `most_moves`: how many accounts that have a territory may change it, a whole number,
    or a share of them as Decimal, Fraction or float. Accounts without one are placed, and do not count. One measure
    takes n log n; several take a search (see `several`). The same input, in any order of rows, gives the same answer.
    Raises Refusal as `board` does, and for a tolerance or budget below zero.

    >>> rows = {"account_id": ["a", "b", "c", "d"], "territory_id": ["east", "east", "west", "west"],
    ...     "potential": [100, 30, 20, 50]}
    >>> found = proposed_moves(nw.from_dict(rows, backend="polars"), ["potential"], within=0.05, most_moves=1)
    >>> found.moves.select("account_id", "to_territory_id").rows(), found.state
    ([('b', 'west')], 'near_enough')
    >>> found.moves["reason"][0]
    'potential: east 30% above its even share, west 30% below'
    """
    start = board(accounts, measures, territories)
    near, budget = float(exact_ratio(within, "tolerance", most=None)), _budget(most_moves, start)
    if len(measures) == 1:
        place = evened(start, within=near, most_moves=budget)
    else:
        place = evened_on_all(start, placed_on_all(start), within=near, most_moves=budget)
    disturbed = disruption(start, place)
    state = _state(start, place, near, disturbed.n_moved >= budget)
    method = "largest first, then moves and swaps in pairs" if len(measures) == 1 else "search by rising powers"
    why = {"within": near, "most_moves": budget, "measures": list(start.measures), "method": method, "state": state}
    return Proposal(
        moves=_moves(start, place),
        indices_before=indices_of(start, start.home),
        indices_after=indices_of(start, place),
        before=balance_of(start, start.home),
        after=balance_of(start, place),
        disruption=disturbed,
        state=state,
        because=json.dumps(why),
    )


def _budget(most_moves: Decimal | Fraction | float, start: Board) -> int:
    if isinstance(most_moves, int):
        if most_moves < 0:
            raise refusal(f"{most_moves} moves are less than none.", "Give zero or more.")
        return most_moves
    return int(exact_ratio(most_moves, "share of moves") * int((start.home >= 0).sum()))


def _state(start: Board, place: Whole, within: float, is_spent: bool) -> State:  # noqa: FBT001  local
    off = np.abs(_off(start, place))
    if off.max(initial=0.0) <= within:
        return "near_enough"
    return "budget_spent" if is_spent else "nothing_helps"


def _off(start: Board, place: Whole) -> Real:
    even = np.where(start.even > 0, start.even, 1.0)
    return np.asarray(np.where(start.even > 0, start.loads(place) / even - 1, 0.0))


def _moves(start: Board, place: Whole) -> Frame:
    moved = np.flatnonzero(start.home != place)
    off = _off(start, start.home)
    pairs = [(int(start.home[at]), int(place[at])) for at in moved]
    reasons = {pair: _reason(start, off, *pair) for pair in set(pairs)}
    names: list[Any] = [*start.territories, None]
    schema: dict[str, Any] = {
        "account_id": _dtype(start.accounts), "from_territory_id": _dtype(start.territories),
        "to_territory_id": _dtype(start.territories), "reason": nw.String,
    } | dict.fromkeys(start.measures, nw.Int64)  # fmt: skip
    data: dict[str, Any] = {
        "account_id": [start.accounts[at] for at in moved],
        "from_territory_id": [names[frm] for frm, _ in pairs],
        "to_territory_id": [names[to] for _, to in pairs],
        "reason": [reasons[pair] for pair in pairs],
    } | {name: start.amounts[moved, at] for at, name in enumerate(start.measures)}
    return PROPOSED_MOVES.check(nw.from_dict(data, schema, backend="polars"))


def _reason(start: Board, off: Real, frm: int, to: int) -> str:
    """What was uneven between the two before, by the measure on which they differ most."""
    if frm < 0:
        return f"It has no territory; {start.territories[to]} lacks most"
    at = int(np.abs(off[frm] - off[to]).argmax())
    told = [f"{start.territories[which]} {_apart(off[which, at])}" for which in (frm, to)]
    return f"{start.measures[at]}: {told[0]} its even share, {told[1]}"


def _apart(off: float) -> str:
    return f"{abs(off):.0%} {'above' if off >= 0 else 'below'}"


def _dtype(ids: Sequence[Any]) -> Any:  # noqa: ANN401  a narwhals dtype
    return nw.Int64 if ids and isinstance(ids[0], int) else nw.String
