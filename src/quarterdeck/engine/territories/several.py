"""Accounts evened out between territories on two or more measures at once, within a budget of moves.

    potential 1.4 : 0.6   workload 1.1 : 0.9    ->   potential 1.02 : 0.98   workload 0.99 : 1.01   in three moves

No closed form exists (it contains number partitioning), so it is a search: of all moves that touch the territory
farthest off, take the one that lowers the sum of powers of all deviations most; when none does, a swap with it; when
the budget is spent, send one moved account home and move another instead. The power rises from 2 to 16, so that in the
end it is the largest deviation that counts. The same input gives the same answer; nothing is random. How it compares
with a solver is told in docs/decisions; method in docs/methods/territory-balance.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from quarterdeck.engine.territories.board import Board, Real, Whole

_DOUBLINGS: Final = (1, 2, 3, 4)
"""Powers of deviations: 2, 4, 8, 16."""

_LEAST_GAIN: Final = 0.005
"""A step must lower the sum of powers by this share of those of its territory: less moves accounts for nothing."""

_PARTNERS: Final = 12
"""Territories with which the one farthest off may swap: those that lack most of what it has too much of."""

Flags: TypeAlias = npt.NDArray[np.bool_]

Step: TypeAlias = "tuple[tuple[int, int], ...]"
"""Accounts and the territories they go to."""


def placed_on_all(board: Board) -> Whole:
    """The board's home with every account placed: the largest on any measure first.

    Each goes where the sum of squared deviations grows least. Costs accounts x territories x measures.
    """
    place, even = board.home.copy(), np.where(board.even > 0, board.even, 1.0)
    waiting = np.flatnonzero(place < 0)
    sizes = board.amounts[waiting] / even.mean(axis=0)
    off = board.loads(place) / even - 1
    for at in np.argsort(-sizes.max(axis=1, initial=0.0), kind="stable").tolist():
        after = off + board.amounts[waiting[at]] / even
        to = int((after * after - off * off).sum(axis=1).argmin())
        place[waiting[at]], off[to] = to, after[to]
    return place


def evened_on_all(board: Board, place: Whole, *, within: float, most_moves: int) -> Whole:
    """The territory of each account after moving, on all measures of the board; every account has one in `place`.

    Stops when no territory is more than `within` off on any measure, or when nothing helps. At most `most_moves` of the
    accounts that had a territory have another; those placed from nowhere move freely. A step costs accounts x measures,
    or for swaps accounts of one territory x accounts x measures.
    """
    table = _Table(board, place.copy(), within, most_moves)
    best = (table.score(), place)
    for doublings in _DOUBLINGS:
        table.doublings = doublings
        while table.largest() > within and (step := table.best_step()):
            table.take(step)
        if table.score() < best[0]:
            best = (table.score(), table.place.copy())
    return best[1]


@dataclass(slots=True)
class _Table:
    """The board while accounts change hands; amounts and deviations in even shares."""

    board: Board
    place: Whole
    within: float
    most_moves: int
    doublings: int = 1
    sizes: Real = field(init=False)
    """What an account is of one even share of the mean territory; divided by a territory's weight where it lies."""
    scale: Real = field(init=False)
    """Per territory, its weight against the mean."""
    off: Real = field(init=False)

    def __post_init__(self) -> None:
        even = np.where(self.board.even > 0, self.board.even, 1.0)
        mean = even.mean(axis=0)
        self.sizes = np.where(self.board.even[0] > 0, self.board.amounts / mean, 0.0)
        self.scale = (even / mean)[:, :1]
        self.off = np.where(self.board.even > 0, self.board.loads(self.place) / even - 1, 0.0)

    def largest(self) -> float:
        """The largest deviation of any territory from its even share, on any measure."""
        return float(np.abs(self.off).max(initial=0.0))

    def score(self) -> tuple[float, float]:
        """What placings are compared by: the largest deviation, then the sum of squares of all."""
        return round(self.largest(), 9), float((self.off * self.off).sum())

    def take(self, step: Step) -> None:
        """Do what a step says."""
        for account, to in step:
            frm = self.place[account]
            self.off[frm] -= self.sizes[account] / self.scale[frm]
            self.off[to] += self.sizes[account] / self.scale[to]
            self.place[account] = to

    def best_step(self) -> Step | None:
        """The move, swap or exchange that helps most, tried in this order; None when nothing helps enough.

        Where nothing helps the territory farthest off (a huge account), it is the next one's turn.
        """
        total, powers = self._total(), self._powers(self.off)
        has_room = self._n_moved() < self.most_moves
        free = ~self.board.is_locked & (has_room | self._is_moved() | (self.board.home < 0))
        far = np.abs(self.off).max(axis=1)
        worst = np.argsort(-far, kind="stable")[:_PARTNERS].tolist()
        for at in worst:
            for found in (self._best_move(at, free), self._best_swap(at)):
                if far[at] > self.within and found and found[0] < total - _LEAST_GAIN * powers[at]:
                    return found[1]
        return None if has_room else self._best_exchange(worst[0], total * (1 - _LEAST_GAIN))

    def _best_move(self, far: int, free: Flags) -> tuple[float, Step] | None:
        """Of all moves out of a territory, and into it, the one with the lowest sum of powers."""
        inside, outside = np.flatnonzero(free & (self.place == far)), np.flatnonzero(free & (self.place != far))
        others = np.delete(np.arange(len(self.off)), far)
        accounts = np.concatenate([np.repeat(inside, len(others)), outside])
        partners = np.concatenate([np.tile(others, len(inside)), self.place[outside]])
        if not len(accounts):
            return None
        gets = np.where(self.place[accounts] == far, -1.0, 1.0)[:, None] * self.sizes[accounts]
        after = self._after(far, partners, gets)
        best = int(after.argmin())
        to = partners[best] if self.place[accounts[best]] == far else far
        return float(after[best]), ((int(accounts[best]), int(to)),)

    def _best_swap(self, far: int) -> tuple[float, Step] | None:
        """Of all swaps with a territory, the one with the lowest sum of powers, within the budget."""
        free = ~self.board.is_locked
        worst = int(np.abs(self.off[far]).argmax())
        likely = np.argsort(np.sign(self.off[far, worst]) * self.off[:, worst], kind="stable")[:_PARTNERS]
        mine = np.flatnonzero(free & (self.place == far))
        theirs = np.flatnonzero(free & (self.place != far) & np.isin(self.place, likely))
        if not len(mine) or not len(theirs):
            return None
        after = self._after(far, self.place[theirs], self.sizes[theirs][None] - self.sizes[mine][:, None])
        would_move = (self.board.home >= 0) & ~self._is_moved()
        n_moved = self._n_moved() + would_move[mine][:, None].astype(int) + would_move[theirs][None].astype(int)
        after = np.where(n_moved <= self.most_moves, after, np.inf)
        one, other = np.unravel_index(int(after.argmin()), after.shape)
        step = ((int(mine[one]), int(self.place[theirs[other]])), (int(theirs[other]), far))
        return float(after[one, other]), step

    def _after(self, far: int, partners: Whole, gets: Real) -> Real:
        """The sum of powers after `far` gets something (below zero: gives) from each of many partners.

        What the two do not touch is summed anew: subtracting their powers from the total would leave only noise where
        one of them dominates it.
        """
        rest = np.tile(self._powers(self.off), (len(self.off), 1))
        rest[:, far] = 0
        np.fill_diagonal(rest, 0)
        here = self._powers(self.off[far] + gets / self.scale[far])
        there = self._powers(self.off[partners] - gets / self.scale[partners])
        return np.asarray(rest.sum(axis=1)[partners] + here + there)

    def _best_exchange(self, far: int, least: float) -> Step | None:
        """Send one moved account home and move another instead, when the budget is spent."""
        best: Step | None = None
        for account in np.flatnonzero(self._is_moved()).tolist():
            back, away = (account, int(self.board.home[account])), (account, int(self.place[account]))
            self.take((back,))
            found = self._best_move(far, ~self.board.is_locked)
            self.take((away,))
            if found and found[0] < least:
                least, best = found[0], (back, *found[1])
        return best

    def _total(self) -> float:
        return float(self._powers(self.off).sum())

    def _powers(self, off: Real) -> Real:
        """Deviations to the power 2, 4, 8 or 16, summed over measures; squaring is faster than pow."""
        powers = off * off
        for _ in range(self.doublings - 1):
            powers = powers * powers
        return np.asarray(powers.sum(axis=-1))

    def _is_moved(self) -> Flags:
        return np.asarray((self.board.home >= 0) & (self.board.home != self.place))

    def _n_moved(self) -> int:
        return int(self._is_moved().sum())
