"""Exact sums of totals inside periods, and of all up to a day, for many groups and overlapping periods at once.

    totals   3 March  +2          boundaries  1 March   1 April   1 May
             4 April  +1          running     0         2         3        March 2, April 1, both 3

Each total is placed in the stretch between two neighbouring days on which some period begins or ends; running sums
over the stretches give every period by one subtraction. A stock is placed twice: where it comes into the group (on
its day, or when its person joins) and, taken back, where the person leaves. Source of the method: prefix sums
(Blelloch 1990).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.engine.metrics.definitions import Term
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

Whole: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Days: TypeAlias = npt.NDArray[np.datetime64]
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The days on which some period begins or ends, and which of them each period has; nothing lies after as_of."""

    days: Days
    begins: Whole
    ends: Whole

    @classmethod
    def of(cls, periods: Sequence[Period], as_of: dt.date) -> Boundaries:
        """Clip the periods to what is known: a period not begun by as_of has no days left."""
        cut = as_of + _DAY
        begins = days_array([min(period.starts_on, cut) for period in periods])
        ends = days_array([min(period.ends_on, cut) for period in periods])
        days = np.unique(np.concatenate([begins, ends]))
        return cls(days, np.searchsorted(days, begins), np.searchsorted(days, ends))

    def after(self, days: Days) -> Whole:
        """The first boundary whose running sum holds what happened on each day."""
        return np.searchsorted(self.days, days, side="right")


@dataclass(frozen=True, slots=True)
class Sums:
    """Per term, group x period, whole numbers; and which groups any total contributed to."""

    by_term: dict[Term, Whole]
    is_there: dict[Term, Flags]
    shape: tuple[int, int]

    def signed(self, terms: Sequence[Term]) -> Whole:
        """Group x period: the terms added and taken away."""
        total = np.zeros(self.shape, dtype=np.int64)
        for term in terms:
            total += term.sign * self.by_term[term]
        return total

    def any_of(self, terms: Sequence[Term]) -> Flags:
        """Which groups have a total of any of the terms."""
        there: Flags = np.logical_or.reduce([self.is_there[term] for term in terms])
        return there


@dataclass(frozen=True, slots=True)
class Placed:
    """Totals with the groups they count for: arrays with an element per pair of a total and a group."""

    rows: Frame
    row: Whole
    group: Whole
    n_groups: int
    day: Days
    from_on: Days
    to_on: Days
    boundaries: Boundaries

    @classmethod
    def of(cls, rows: Frame, pairs: Frame, group: Whole, n_groups: int, boundaries: Boundaries) -> Placed:
        """Take the pairs of `holdings` with the group of each."""
        row = pairs["at"].to_numpy().astype(np.int64)
        begins, ends = day_column(pairs, "from_on"), day_column(pairs, "to_on")
        return cls(rows, row, group, n_groups, day_column(rows, "starts_on")[row], begins, ends, boundaries)

    def flows(self, terms: Sequence[Term]) -> Sums:
        """What happened inside each period, for whoever was in the group on the day."""
        is_in = (self.from_on <= self.day) & (self.day < self.to_on)
        stretch = self.boundaries.after(self.day)
        return self._sums(terms, [(is_in, stretch, 1)], from_start=False)

    def stocks(self, terms: Sequence[Term]) -> Sums:
        """What stands at the end of each period, for whoever is in the group then."""
        everywhere = np.ones(len(self.row), dtype=np.bool_)
        comes = self.boundaries.after(np.maximum(self.day, self.from_on))
        goes = self.boundaries.after(np.maximum(self.day, self.to_on))
        return self._sums(terms, [(everywhere, comes, 1), (everywhere, goes, -1)], from_start=True)

    def _sums(self, terms: Sequence[Term], places: list[tuple[Flags, Whole, int]], *, from_start: bool) -> Sums:
        ends, begins = self.boundaries.ends, self.boundaries.begins
        by_term: dict[Term, Whole] = {}
        is_there: dict[Term, Flags] = {}
        for term, chosen, amounts in _amounts(self.rows, terms):
            _refuse_overflow(term, amounts[chosen])
            running = np.zeros((self.n_groups, len(self.boundaries.days) + 1), dtype=np.int64)
            there = np.zeros(self.n_groups, dtype=np.bool_)
            of_term = chosen[self.row]
            for is_in, stretch, sign in places:
                hits = np.flatnonzero(of_term & is_in)
                np.add.at(running, (self.group[hits], stretch[hits]), sign * amounts[self.row[hits]])
                there[self.group[hits]] = True
            np.cumsum(running, axis=1, out=running)
            by_term[term] = running[:, ends] - (0 if from_start else running[:, begins])
            is_there[term] = there
        return Sums(by_term, is_there, (self.n_groups, len(ends)))


def days_array(days: Sequence[dt.date]) -> Days:
    """Days as NumPy knows them."""
    return np.array(days, dtype="datetime64[D]")


def day_column(frame: Frame, name: str) -> Days:
    """A column of days as NumPy knows them."""
    return frame[name].to_numpy().astype("datetime64[D]")


def _amounts(rows: Frame, terms: Sequence[Term]) -> list[tuple[Term, Flags, Whole]]:
    """Per term, which totals it takes and the column it adds up."""
    columns = {name: rows[name].cast(nw.Int64).to_numpy() for name in {term.column for term in terms}}
    of_measure = {name: (rows["measure"] == name).to_numpy() for name in {term.measure for term in terms}}
    of_detail = {name: (rows["detail"] == name).to_numpy() for name in {term.detail for term in terms} - {None}}
    return [
        (term, of_measure[term.measure] & of_detail[term.detail] if term.detail else of_measure[term.measure],
            columns[term.column])
        for term in terms
    ]  # fmt: skip


def _refuse_overflow(term: Term, amounts: Whole) -> None:
    if np.abs(amounts.astype(np.float64)).sum() >= MAX_MINOR:
        raise Refusal("The metric was not computed.", f"Its sum of {term} does not fit 64 bits.",
            "Look for absurd amounts among the facts.", "overflow")  # fmt: skip
