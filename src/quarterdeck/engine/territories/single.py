"""Accounts evened out between territories on one measure, with few moves.

    east 80 (60, 20)   west 10 (10)   an account of 10 without a territory      even: 50
    placed    10 -> west                        80 : 20
    moved     20 east -> west                   60 : 40      within a fifth

Accounts without a territory are placed first, the largest first, each where most is missing. Then the territory
farthest off its even share gives (or gets) the account that comes closest to what the two lack, or swaps two; only what
brings the two closer together is done. Ties go to the smaller id. Source: longest processing time first (Graham, Bounds
on Multiprocessing Timing Anomalies, 1969), then pairwise interchange. See docs/methods/territory-balance.md.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from quarterdeck.engine.territories.board import Board, Real, Whole

_STRICTLY: Final = 0.99
"""An account of nearly twice what two territories lack would only turn the unevenness around."""

_ASIDE: Final = 12
"""Territories that nothing helps, after which the rest is left as it is: looking on would take long and find little."""

_PARTNERS: Final = 60
"""Territories that are tried with the one farthest off, those that lack most of what it has too much of first."""

_WORTH: Final = 1e-6
"""An account of less than a millionth of what could change hands is not worth a move."""

Piece = tuple[int, int]
"""Amount and position of an account."""


def evened(board: Board, *, within: float, most_moves: int) -> Whole:
    """The territory of each account after placing and moving, on the board's one measure.

    Stops when no territory is more than `within` off its even share, when `most_moves` accounts that had a territory
    have another, or when no move or swap brings any territory nearer. Costs n log n, and a search in two
    sorted lists a move.
    """
    place = placed(board)
    table = _Table(board, place, within, most_moves)
    while table.step():
        pass
    return place


def placed(board: Board) -> Whole:
    """The board's home with every account placed: largest first, each where most is missing of the first measure."""
    place, amounts = board.home.copy(), board.amounts[:, 0]
    waiting = np.flatnonzero(place < 0)
    if not len(waiting):
        return place
    even = np.where(board.even[:, 0] > 0, board.even[:, 0], 1.0).tolist()
    loads = board.loads(place)[:, 0].tolist()
    heap = [(load / even[at], at) for at, load in enumerate(loads)]
    heapq.heapify(heap)
    sizes = amounts.tolist()
    for account in waiting[np.argsort(-amounts[waiting], kind="stable")].tolist():
        at = heap[0][1]
        place[account] = at
        loads[at] += sizes[account]
        heapq.heapreplace(heap, (loads[at] / even[at], at))
    return place


@dataclass(slots=True)
class _Table:
    """The board while accounts change hands: what each territory lacks, and its movable accounts by amount."""

    board: Board
    place: Whole
    within: float
    budget: int
    over: Real = field(init=False)
    pieces: list[list[Piece]] = field(init=False)
    aside: npt.NDArray[np.bool_] = field(init=False)
    """Territories that nothing can bring nearer, so that one huge account does not keep the others uneven."""

    def __post_init__(self) -> None:
        self.over = self.board.loads(self.place)[:, 0] - self.board.even[:, 0]
        self.pieces = [[] for _ in self.board.territories]
        self.aside = np.zeros(len(self.board.territories), dtype=bool)
        amounts = self.board.amounts[:, 0]
        movable = np.flatnonzero(~self.board.is_locked & (amounts > 0))
        for account in movable[np.argsort(amounts[movable], kind="stable")].tolist():
            self.pieces[self.place[account]].append((int(amounts[account]), account))

    def step(self) -> bool:
        """One move or swap with the territory farthest off, or setting it aside; False when nothing is left to do."""
        even = np.maximum(self.board.even[:, 0], 1e-9)
        index = self.over / even
        farthest = int(np.argmax(np.where(self.aside, -1.0, np.abs(index))))
        is_spent = self.budget <= 0 and not (self.board.home < 0).any()
        is_done = self.aside[farthest] or self.aside.sum() >= _ASIDE
        if is_spent or is_done or abs(index[farthest]) <= self.within:
            return False
        sign = 1 if index[farthest] > 0 else -1
        for partner in np.argsort(sign * index, kind="stable")[:_PARTNERS].tolist():
            giver, taker = (farthest, partner) if sign > 0 else (partner, farthest)
            if index[giver] <= index[taker]:
                break
            nearer = 2 * (index[giver] - index[taker]) / (1 / even[giver] + 1 / even[taker])
            far = abs(index[farthest])
            no_farther = min((far - index[taker]) * even[taker], (far + index[giver]) * even[giver])
            reach = _STRICTLY * min(nearer, no_farther)
            lack = min(self.over[giver], -self.over[taker])
            aim = lack if lack > 0 else reach / 2
            if self._move(giver, taker, aim, reach) or self._swap(giver, taker, aim, reach):
                return True
        self.aside[farthest] = True
        return True

    def _move(self, giver: int, taker: int, aim: float, reach: float) -> bool:
        """Give the account closest to `aim`, if one is smaller than `reach`."""
        found = _closest(self.pieces[giver], aim, reach)
        if found is None or found[0] <= _WORTH * reach or self._cost(found[1]) > self.budget:
            return False
        self._give(found, giver, taker)
        return True

    def _swap(self, giver: int, taker: int, aim: float, reach: float) -> bool:
        """Swap the two accounts whose difference comes closest to `aim`."""
        best = None
        for small in self.pieces[taker]:
            found = _closest(self.pieces[giver], small[0] + aim, small[0] + reach)
            if found is None or found[0] - small[0] <= _WORTH * reach:
                continue
            miss = abs(found[0] - small[0] - aim)
            if self._cost(found[1]) + self._cost(small[1]) <= self.budget and (best is None or miss < best[0]):
                best = (miss, found, small)
        if best is None:
            return False
        self._give(best[1], giver, taker)
        self._give(best[2], taker, giver)
        return True

    def _cost(self, account: int) -> int:
        """What moving it takes of the budget: nothing when it had no territory."""
        return 0 if self.board.home[account] < 0 else 1

    def _give(self, piece: Piece, giver: int, taker: int) -> None:
        """Hand an account over; one that had a territory stays where it went, so that it moves once."""
        amount, account = piece
        self.pieces[giver].remove(piece)
        self.over[giver] -= amount
        self.over[taker] += amount
        self.place[account] = taker
        self.budget -= self._cost(account)
        if not self._cost(account):
            insort(self.pieces[taker], piece)


def _closest(pieces: list[Piece], aim: float, reach: float) -> Piece | None:
    """The account whose amount is closest to `aim` among those smaller than `reach`; the smaller of two equal."""
    at = bisect_left(pieces, (aim, -1))
    near = [pieces[here] for here in (at - 1, at) if 0 <= here < len(pieces) and pieces[here][0] < reach]
    return min(near, key=lambda piece: (abs(piece[0] - aim), piece), default=None)
