"""What a person and their team did in the last twelve months, as the deal size and the rates of a reverse funnel.

    TOTALS   rita  activity  proposal  10      size   2,400 (7,200 over 3 deals)
             rita  opportunity_won      3      steps  proposal -> won  own 3 of 10, pulled towards the team's 0.4

See docs/methods/reverse-funnel.md.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Final, TypeAlias

import narwhals as nw

from quarterdeck.engine.actions.funnel import DealSize, Step
from quarterdeck.engine.actions.rates import shrunken_rates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.terms.tables import Frame

WINDOW_DAYS: Final = 365
FUNNEL: Final = (("proposal", "won"), ("meeting", "proposal"), ("call", "meeting"))
"""Each action, and the step above it to which it leads."""


Id: TypeAlias = int | str


class History:
    """Activities by kind and deals won, by person and day (or month), read off TOTALS once.

    Plain dictionaries: a desk asks some dozen small questions of some thousand rows, and a frame costs a fifth of a
    millisecond per question whatever its size.
    """

    def __init__(self, rows: Frame) -> None:
        """Keep what funnels are made of."""
        self._done: dict[Id, list[tuple[dt.date, str, int]]] = {}
        self._won: dict[Id, list[tuple[dt.date, int, int]]] = {}
        kept = rows.filter(nw.col("measure").is_in(["activity", "opportunity_won"]))
        names = ("measure", "person_id", "starts_on", "detail", "n", "amount_minor")
        for measure, person, day, kind, n, amount in kept.select(names).iter_rows():
            if measure == "activity":
                self._done.setdefault(person, []).append((day, kind, n))
            else:
                self._won.setdefault(person, []).append((day, n, amount))

    def done(self, person_id: Id, first: dt.date, last: dt.date) -> Counter[str]:
        """Activities of a person from the first to the last day, by kind."""
        found: Counter[str] = Counter()
        for day, kind, n in self._done.get(person_id, ()):
            if first <= day <= last:
                found[kind] += n
        return found

    def counts(self, person_id: Id, since: dt.date) -> Counter[str]:
        """Activities by kind after a day, deals `won`, and their worth as `won_amount`."""
        found = self.done(person_id, since + dt.timedelta(days=1), dt.date.max)
        for day, n, amount in self._won.get(person_id, ()):
            if day > since:
                found["won"] += n
                found["won_amount"] += amount
        return found


def funnel_of(
    history: History,
    person_id: Id,
    team: Iterable[Id],
    as_of: dt.date,
    *,
    is_count: bool = False,
) -> tuple[DealSize, list[Step]]:
    """A person's deal size and steps from the twelve months up to `as_of`, with the team's beside them.

    Sizes in minor units, or 1 where the target counts deals; rates are pulled towards the team's, and None for what a
    person never tried. Steps come with what was done on `as_of`.

    >>> rows = {"measure": ["activity", "opportunity_won"], "person_id": [7, 7], "starts_on": [dt.date(2025, 3, 3)] * 2,
    ...     "detail": ["proposal", ""], "n": [4, 2], "amount_minor": [0, 600]}
    >>> size, steps = funnel_of(History(nw.from_dict(rows, backend="polars")), 7, [], dt.date(2025, 3, 3))
    >>> size.own, steps[0].kind, steps[0].rate, steps[0].done_today
    (300.0, 'proposal', 0.5, 4)
    """
    since, done = as_of - dt.timedelta(days=WINDOW_DAYS), history.done(person_id, as_of, as_of)
    counts = {pk: history.counts(pk, since) for pk in dict.fromkeys([person_id, *team])}
    own, everybody = counts[person_id], list(counts.values())
    size = DealSize(own=_average(own, is_count=is_count), team=_average(sum(everybody, Counter()), is_count=is_count))
    return size, [_step(kind, above, own, everybody, done.get(kind, 0)) for kind, above in FUNNEL]


def _average(counts: Counter[str], *, is_count: bool) -> float | None:
    """What one won deal brings: its worth, or 1 where deals are counted."""
    if is_count:
        return 1.0
    return counts["won_amount"] / counts["won"] if counts["won"] > 0 else None


def _step(kind: str, above: str, own: Counter[str], everybody: list[Counter[str]], done_today: int) -> Step:
    """The step with its rate; a person without a single try has none of their own."""
    row = (
        shrunken_rates(_tries([own], kind, above), _tries(everybody, kind, above)).select("rate", "team_rate").rows()[0]
    )
    return Step(kind=kind, rate=row[0] if own[kind] > 0 else None, team_rate=row[1], done_today=done_today)


def _tries(counts: list[Counter[str]], kind: str, above: str) -> Frame:
    columns = {"n": [row[kind] for row in counts], "hits": [row[above] for row in counts]}
    return nw.from_dict(columns, {"n": nw.Int64, "hits": nw.Int64}, backend="polars")
