"""What seats can bring month by month, and where the rest of a full house goes: vacancies, leave, ramp, leavers.

Three seats at 1,000 a month: one held by somebody ramped, one by a half-timer on leave for half the month, one vacant;
a hire starts on the first at half ramp:

    stretch   full    vacant   part time   leave   ramp   attrition   hires   capacity
    rita      1,000                                                            1,000
    owen      1,000               -500     -250                                  250
    seat 3    1,000   -1,000                                                       0
    hire                                                              500        500

What comes first is a convention: here in the order of the columns, each valued on what those before it left. Parts are
exact, then rounded together for each stretch and month, so that they, and the sums over teams, add up exactly.
Source: ramped rep equivalents as in wiki.himodus.com/docs/metrics/rre. See docs/methods/seat-capacity.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.calendar.exact import exact_ratio
from quarterdeck.engine.capacity.ramp import Outlook, position
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, whole_parts
from quarterdeck.terms.planning import AWAY, SEAT_MONTHS, STAFF
from quarterdeck.terms.tables import column_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quarterdeck.terms.tables import Frame

ORDER: Final = "vacancies, part time, leave, ramp, attrition"
"""The convention by which a loss that has several reasons is told apart."""
_ZERO: Final = Fraction()
_Leave = tuple[tuple[dt.date, dt.date, Fraction], ...]
_Month = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """All that a stretch's months depend on: stretches alike are computed once."""

    kind: str
    n_heads: int
    tenure_at: int | None
    starts_on: dt.date
    ends_on: dt.date
    part_time: Fraction
    productive: int
    leave: _Leave


def seat_months(staff: Frame, outlook: Outlook, *, away: Frame | None = None, known_until: int = 0) -> Frame:
    """SEAT_MONTHS: one row per stretch of STAFF and month of the outlook.

    `away`: AWAY, absences by stretch. `known_until`: the position of the outlook's running month; who was there before
    it was there, so attrition runs from it, of those who start later from their start. Heads are floats, amounts exact
    until rounded. Raises Refusal for heads, amounts or shares that mean nothing, and sums beyond 64 bits.

    >>> from quarterdeck.engine.capacity.ramp import Attrition
    >>> from quarterdeck.terms.period import Period
    >>> rows = {"stretch_id": ["rita", "owen", "seat", "hire"], "kind": ["held", "held", "vacant", "hire"],
    ...     "n_heads": [1] * 4, "tenure_from": [None, None, None, dt.date(2025, 4, 1)],
    ...     "starts_on": [None, None, None, dt.date(2025, 4, 1)], "ends_on": [None] * 4,
    ...     "part_time": [1.0, 0.5, 1.0, 1.0], "productive_minor": [1000] * 4}
    >>> staff = nw.from_dict(rows, STAFF.schema, backend="polars")
    >>> away = nw.from_dict({"stretch_id": ["owen"], "starts_on": [dt.date(2025, 4, 16)],
    ...     "ends_on": [dt.date(2025, 6, 1)], "share": [1.0]}, AWAY.schema, backend="polars")
    >>> outlook = Outlook(months=[Period(dt.date(2025, 4, 1), dt.date(2025, 5, 1))], ramp=[Fraction(1, 2)],
    ...     attrition=Attrition(annual=0, shape="linear", counted="end"))
    >>> seat_months(staff, outlook, away=away).select("stretch_id", "leave_minor", "capacity_minor").rows()
    [('rita', 0, 1000), ('owen', -250, 250), ('seat', 0, 0), ('hire', 0, 500)]
    """
    leave = _leave(away)
    done: dict[_Stretch, list[tuple[Any, ...]]] = {}
    columns: list[list[Any]] = [[] for _ in SEAT_MONTHS.columns]
    for row in STAFF.check(staff).select(column_names(STAFF)).iter_rows():
        stretch = _stretch(row, leave.get(str(row[0]), ()), outlook)
        if stretch not in done:
            done[stretch] = [_shown(_month(stretch, outlook, at, known_until), stretch) for at in range(_n(outlook))]
        for month, values in zip(outlook.months, done[stretch], strict=True):
            for column, value in zip(columns, (row[0], month.starts_on, *values), strict=True):
                column.append(value)
    names = column_names(SEAT_MONTHS)
    schema = SEAT_MONTHS.schema | {"stretch_id": staff.schema["stretch_id"]}
    return SEAT_MONTHS.check(nw.from_dict(dict(zip(names, columns, strict=True)), schema, backend="polars"))


def _n(outlook: Outlook) -> int:
    return len(outlook.months)


def _leave(away: Frame | None) -> dict[str, _Leave]:
    found: dict[str, _Leave] = {}
    if away is not None:
        for stretch, begins, ends, share in AWAY.check(away).select(column_names(AWAY)).iter_rows():
            found[str(stretch)] = (*found.get(str(stretch), ()), (begins, ends, exact_ratio(share, "share of a day")))
    return found


def _stretch(row: Sequence[Any], leave: _Leave, outlook: Outlook) -> _Stretch:
    _, kind, n_heads, tenure_from, starts_on, ends_on, part_time, productive = row
    if n_heads < 0 or productive < 0:
        why = f"{n_heads} heads at {productive} are below zero."
        raise Refusal("The capacity was not computed.", why, "Give zero or more of both.", "capacity")
    first, last = outlook.months[0].starts_on, outlook.months[-1].ends_on
    begins, ends = max(starts_on or first, first), min(ends_on or last, last)
    at = None if tenure_from is None else max(position(tenure_from, outlook.months), -len(outlook.shares))
    near = tuple(sorted(one for one in leave if one[0] < ends and one[1] > begins))
    return _Stretch(kind, n_heads, at, begins, ends, exact_ratio(part_time, "part time"), productive, near)


def _month(stretch: _Stretch, outlook: Outlook, at: int, known_until: int) -> Mapping[str, Fraction]:
    """What becomes of one month of the stretch, as exact shares of its heads."""
    month = outlook.months[at]
    begins, ends = max(stretch.starts_on, month.starts_on), min(stretch.ends_on, month.ends_on)
    n_days = max((ends - begins).days, 0)
    first = stretch.tenure_at
    started = -1 if first is None else first
    ramp = (
        outlook.shares[at - started] if first is not None and 0 <= at - started < len(outlook.shares) else Fraction(1)
    )
    since = max(started, known_until)
    return {
        "there": Fraction(n_days, month.n_days),
        "leave": _share_away(stretch.leave, begins, ends),
        "ramp": ramp,
        "survival": outlook.attrition.survival(at - since) if at >= since else Fraction(1),
        "weight": outlook.weight(at),
    }


def _share_away(leave: _Leave, begins: dt.date, ends: dt.date) -> Fraction:
    """The share of the days that absences take; two on one day take no more than the day."""
    if not leave or ends <= begins:
        return _ZERO
    lost = _ZERO
    cuts = sorted({begins, ends, *(day for one in leave for day in one[:2] if begins < day < ends)})
    for since, until in pairwise(cuts):
        share = sum((one[2] for one in leave if one[0] <= since < one[1]), _ZERO)
        lost += min(share, Fraction(1)) * (until - since).days
    return lost / (ends - begins).days


def _shown(month: Mapping[str, Fraction], stretch: _Stretch) -> tuple[Any, ...]:
    """The columns of SEAT_MONTHS after the month: heads as floats, then the parts rounded together."""
    seats = stretch.n_heads * month["there"]
    part_time = stretch.part_time if stretch.kind != "vacant" else Fraction(1)
    paid = seats * part_time
    present = paid * (1 - month["leave"])
    kept, ramped = present * month["survival"], present * month["ramp"] * month["survival"]
    amount = stretch.productive * month["weight"]
    if stretch.kind == "vacant":
        heads: _Month = (seats, seats, _ZERO, _ZERO, _ZERO, _ZERO)
        parts: _Month = (seats * amount, -seats * amount, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO)
    elif stretch.kind == "hire":
        heads = (_ZERO, _ZERO, _ZERO, kept, kept, ramped)
        parts = (_ZERO, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO, ramped * amount)
    else:
        heads = (seats, _ZERO, paid - present, _ZERO, kept, ramped)
        losses = (paid - seats, present - paid, present * (month["ramp"] - 1), ramped - present * month["ramp"])
        parts = (seats * amount, _ZERO, *(lost * amount for lost in losses), _ZERO)
    whole = whole_parts(parts)
    if whole[0] > MAX_MINOR or sum(whole) > MAX_MINOR:
        why = f"{whole[0]} is more than a column holds."
        raise Refusal("The capacity was not computed.", why, "Check heads and amounts.", "capacity")
    return (*(float(count) for count in heads), *whole, sum(whole))
