"""Who is paid in which pay period, and what holds for them then.

    people  rita  rep  [2025-01-15, )          grid   rita  2025-01   active 17 of 31 days   quota 10,000.00
    values  rita  quota  10,000.00        ->          rita  2025-02   active 28 of 28 days   quota 10,000.00

A cell is a person and a pay period; cells are numbered person by person. All periods of the plan are there, also those
to come, since a year's target is made of them. Convention: docs/methods/pay-time.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import lcm
from typing import TYPE_CHECKING

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.exact import Array, Exact, Flags, fraction
from quarterdeck.engine.pay.language import LanguageError
from quarterdeck.engine.pay.values import condition
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.findings import Finding
from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan, Value, Window
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

Span = tuple[dt.date, dt.date]


@dataclass(frozen=True)
class Grid:
    """Payees by periods. `spans` are the disjoint times during which a payee is on the plan."""

    plan: Plan
    as_of: dt.date
    payees: list[str]
    periods: list[Period]
    spans: Mapping[str, list[Span]]

    @property
    def n_now(self) -> int:
        """How many periods have begun by the day."""
        return sum(period.starts_on <= self.as_of for period in self.periods)

    @property
    def shape(self) -> tuple[int, int]:
        """Payees and periods."""
        return len(self.payees), len(self.periods)

    @cached_property
    def edges(self) -> Array:
        """First day of each period and the day after the last, as numbers of days."""
        days = [*(period.starts_on for period in self.periods), self.periods[-1].ends_on]
        return np.array([day.toordinal() for day in days], dtype=np.int64)

    @cached_property
    def n_days(self) -> Array:
        """Days of each period."""
        return np.diff(self.edges)

    @cached_property
    def active_days(self) -> Array:
        """Days of each cell on which the person is on the plan."""
        found = np.zeros(self.shape, dtype=np.int64)
        for at, person in enumerate(self.payees):
            for begins, ends in self.spans[person]:
                found[at] += self.overlap(begins, ends)
        return found

    def overlap(self, begins: dt.date, ends: dt.date) -> Array:
        """Days of each period within `[begins, ends)`."""
        low = np.maximum(self.edges[:-1], begins.toordinal())
        return np.asarray(np.maximum(np.minimum(self.edges[1:], ends.toordinal()) - low, 0))

    def window_of(self, window: Window) -> Array:
        """A number per period, the same for periods of one window; deals and rolling windows have their own rules."""
        if window == "plan":
            return np.zeros(len(self.periods), dtype=np.int64)
        if window == "deal" or window == "rolling":  # noqa: PLR1714  narrows the type
            return np.arange(len(self.periods))
        starts = [self.plan.calendar.period_of(period.starts_on, window).starts_on for period in self.periods]
        return np.cumsum([0, *(after != before for before, after in pairwise(starts))])


def grid(plan: Plan, people: Frame, as_of: dt.date) -> Grid:
    """The payees of a plan and all its pay periods.

    `people` is PAY_PEOPLE; whoever matches `who` on some day is a payee.

    Raises Refusal when `who` asks for a column that people do not have.
    """
    try:
        rows = people.filter(condition(plan.who)) if plan.who is not None else people
    except (LanguageError, nw.exceptions.NarwhalsError) as error:
        raise Refusal(
            "Nothing was paid.",
            f"'who' does not fit the people: {error}.",
            f"Ask for columns that people have: {', '.join(people.columns)}.",
            "pay_input",
        ) from error
    spans: dict[str, list[Span]] = {}
    for person, begins, ends in rows.select("person_id", "effective_from", "effective_to").iter_rows():
        span = (
            max(begins or plan.effective_from, plan.effective_from),
            min(ends or plan.effective_to, plan.effective_to),
        )
        if span[0] < span[1]:
            spans.setdefault(str(person), []).append(span)
    periods = plan.calendar.periods(plan.effective_from, plan.effective_to, plan.period)
    return Grid(plan, as_of, sorted(spans), periods, {person: _joined(found) for person, found in spans.items()})


def _joined(spans: list[Span]) -> list[Span]:
    """Overlapping and touching times as one."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def given_values(cells: Grid, values: Frame) -> tuple[dict[str, Exact], list[Finding]]:
    """Each value of the plan, a column over all cells: unknown where nobody said it and it has no default.

    With `per`, a cell has its even part of the stretch that the value is for, averaged by days where it changes;
    otherwise what holds on the last day of the period that the value reaches. A row of the person's own goes before one
    of everybody.
    """
    findings: list[Finding] = []
    rows: dict[str, list[tuple[str, Fraction, dt.date, dt.date]]] = {}
    for at, (person, name, text, begins, ends) in enumerate(
        values.select("person_id", "name", "value", "effective_from", "effective_to").iter_rows(), start=2
    ):
        try:
            number = fraction(str(text))
        except ValueError:
            findings.append(
                _finding(at, "value", str(text), f"{text!r} is no exact number.", "Write it like 90000.00 or 8%.")
            )
            continue
        rows.setdefault(name, []).append((str(person or ""), number, begins or dt.date.min, ends or dt.date.max))
    known = ", ".join(cells.plan.values) or "none"
    findings += [
        _finding(None, "name", name, f"The plan has no value '{name}'.", f"Use one of {known}.")
        for name in sorted(set(rows) - set(cells.plan.values))
    ]
    return {name: _column(cells, one, rows.get(name, [])) for name, one in cells.plan.values.items()}, findings


def _finding(row: int | None, column: str, value: str, message: str, remedy: str) -> Finding:
    return Finding(
        file="values",
        row=row,
        column=column,
        value=value,
        rule="pay_value",
        severity="error",
        message=message,
        remedy=remedy,
    )


def _column(cells: Grid, value: Value, rows: list[tuple[str, Fraction, dt.date, dt.date]]) -> Exact:
    scale = 10 ** minor_digits(cells.plan.currency) if value.unit == "money" else 1
    shared = lcm(*(number.denominator for _, number, _, _ in rows), (value.default or Fraction(0)).denominator)
    fill, known = (0, False) if value.default is None else (int(value.default * shared), True)
    num = np.full(cells.shape, fill, dtype=object)
    den = np.ones(cells.shape, dtype=np.int64)
    is_known = np.full(cells.shape, known)
    for own, found in _by_person(cells, rows):
        for at in own:
            _fill(
                cells,
                value,
                [(int(number * shared) * scale, begins, ends) for number, begins, ends in found],
                (num[at], den[at], is_known[at]),
            )
    fits = not num.size or max(abs(num.min()), abs(num.max())) < 2**62
    column = Exact(
        (num.astype(np.int64) if fits else num).ravel(),
        den.ravel() * shared if shared < 2**40 else den.ravel().astype(object) * shared,
        is_known.ravel(),
    )
    return column if value.per is None else column * _even_share(cells, value)


def _by_person(
    cells: Grid, rows: list[tuple[str, Fraction, dt.date, dt.date]]
) -> Iterator[tuple[list[int], list[tuple[Fraction, dt.date, dt.date]]]]:
    """Everybody's rows first, then each person's own, which replace them."""
    found: dict[str, list[tuple[Fraction, dt.date, dt.date]]] = {}
    for person, number, begins, ends in rows:
        found.setdefault(person, []).append((number, begins, ends))
    if everybody := found.pop("", None):
        yield [at for at, person in enumerate(cells.payees) if person not in found], everybody
    place = {person: at for at, person in enumerate(cells.payees)}
    for person, own in found.items():
        if person in place:
            yield [place[person]], own


def _fill(
    cells: Grid, value: Value, rows: list[tuple[int, dt.date, dt.date]], into: tuple[Array, Array, Flags]
) -> None:
    """Write one person's rows into their cells."""
    num, den, known = into
    days = [cells.overlap(begins, ends) for _, begins, ends in rows]
    if value.per is not None:
        total = np.sum(days, axis=0)
        mean = sum(
            (number * one.astype(object) for (number, _, _), one in zip(rows, days, strict=True)),
            np.zeros(len(num), dtype=object),
        )
        num[total > 0], den[total > 0], known[total > 0] = mean[total > 0], total[total > 0], True
        return
    for (number, _, _), one in sorted(zip(rows, days, strict=True), key=lambda pair: pair[0][1]):
        num[one > 0], known[one > 0] = number, True


def _even_share(cells: Grid, value: Value) -> Exact:
    """One over the number of pay periods in the stretch that a value is for."""
    calendar = cells.plan.calendar
    counts = []
    for period in cells.periods:
        whole = calendar.period_of(period.starts_on, value.per or cells.plan.period)
        counts.append(len(calendar.periods(whole.starts_on, whole.ends_on, cells.plan.period)))
    return Exact.of(1, np.tile(np.array(counts, dtype=np.int64), len(cells.payees)))
