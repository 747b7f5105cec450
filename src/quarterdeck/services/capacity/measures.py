"""What a company's own past says about the drivers of a plan's capacity, and what its teams have brought.

    productivity   8 people brought 3,480,000 in 92.4 ramped months     37,662 a month, 31,000 to 44,300
    attrition      1 of 14.6 people a year left                         6.8 % a year, 0.7 % to 26.6 %
    days_to_fill   2 seats were filled again after 31 and 62 days       47 days

A month counts for the productivity of who sat in a rep seat of the plan's tree, by days and part time, once ramped.
Somebody left who holds no rep seat any more. See docs/methods/capacity-drivers.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.capacity.measured import Estimate, attrition_rate, median, productivity
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.services.goal_basis import months_before
from quarterdeck.services.metrics import read
from quarterdeck.services.scene import Scene, holders_framed
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from quarterdeck.services.capacity.staff import Staff
    from quarterdeck.terms.tables import Frame

MONTHS: Final = 12
"""Months over from which productivity is measured: a whole season."""
YEARS: Final = 2
"""Years back from which leavers and vacancies are counted."""
_DAY: Final = dt.timedelta(days=1)
_YEAR: Final = Fraction(1461, 4)
"""Days of a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was brought: by person in the months that are over, by team in the months of the plan that have begun."""

    months: tuple[Period, ...]
    """The last months that are over, at most a year of them."""
    since: dt.date
    """First day from which leavers and vacancies are counted."""
    until: dt.date
    """The day after the last one that is known."""
    people: Mapping[tuple[int, dt.date], int]
    teams: Mapping[tuple[int, dt.date], int]


def past_of(scene: Scene, metric: str, staff: Staff, teams: Collection[int], months: Sequence[Period]) -> Past:
    """What people and teams brought; one query. `months`: those of the plan."""
    over = _months_over(scene)
    begun = [month for month in months if month.starts_on <= scene.as_of]
    people = sorted(staff.careers)
    holders = [f"team:{team}" for team in sorted(teams)]
    persons = [f"person:{person}" for person in people]
    asked = [*over, *begun]
    rows = read(scene, [metric], [*holders, *persons], asked) if asked else None
    since = months_before(scene, scene.calendar.year_of(scene.as_of), YEARS)
    return Past(
        months=tuple(over[-MONTHS:]), since=since[0].starts_on if since else scene.as_of, until=scene.as_of + _DAY,
        people=_values(scene, metric, rows, persons, over[-MONTHS:]),
        teams=_values(scene, metric, rows, holders, begun),
    )  # fmt: skip


def _months_over(scene: Scene) -> list[Period]:
    year = scene.calendar.year_of(scene.as_of)
    known = [*months_before(scene, year), *scene.calendar.months(year)]
    return [month for month in known if month.ends_on <= scene.as_of + _DAY][-MONTHS:]


def _values(
    scene: Scene, metric: str, rows: Frame | None, holders: list[str], months: Sequence[Period]
) -> dict[tuple[int, dt.date], int]:
    if rows is None or not holders or not months:
        return {}
    found = metric_values([metric], rows, scene.memberships, holders_framed(holders), months, scene.as_of)
    names = ("holder_id", "starts_on", "value")
    return {(holder, day): int(value or 0) for holder, day, value in found.select(names).iter_rows()}


def measured_productivity(staff: Staff, past: Past, ramp_months: int) -> Estimate:
    """What a ramped, full-time month in a rep seat brought, people being the sample."""
    shares: dict[tuple[int, dt.date], Fraction] = {}
    for stretch in staff.stretches:
        if stretch.person_id is None:
            continue
        for month in past.months:
            share = _share(stretch.starts_on, stretch.ends_on, month)
            if share and _is_ramped(stretch.tenure_from, month, ramp_months):
                there = Fraction(str(stretch.part_time)) * (1 - _away(staff, stretch.person_id, month))
                key = stretch.person_id, month.starts_on
                shares[key] = shares.get(key, Fraction()) + share * there
    sums: dict[int, tuple[int, Fraction]] = {}
    for (person, month_on), share in shares.items():
        brought, months = sums.get(person, (0, Fraction()))
        sums[person] = brought + past.people.get((person, month_on), 0), months + share
    return productivity([sums[person] for person in sorted(sums)])


def _share(begins: dt.date, ends: dt.date, month: Period) -> Fraction:
    n_days = (min(ends, month.ends_on) - max(begins, month.starts_on)).days
    return Fraction(max(n_days, 0), month.n_days)


def _is_ramped(tenure_from: dt.date | None, month: Period, ramp_months: int) -> bool:
    if tenure_from is None:
        return True
    begun = (month.starts_on.year - tenure_from.year) * 12 + month.starts_on.month - tenure_from.month
    return begun >= ramp_months


def _away(staff: Staff, person: int, month: Period) -> Fraction:
    spans = staff.away.get(person, ())
    lost = sum((_share(begins, ends, month) * Fraction(str(share)) for begins, ends, share in spans), Fraction())
    return min(lost, Fraction(1))


def measured_attrition(staff: Staff, past: Past) -> Estimate:
    """Who left rep seats and took no other, over the time that people sat in them."""
    n_days = n_left = 0
    for spans in staff.careers.values():
        n_days += sum(max((min(ends, past.until) - max(begins, past.since)).days, 0) for begins, ends in spans)
        last = max(ends for begins, ends in spans if begins < past.until) if spans[0][0] < past.until else dt.date.max
        n_left += past.since < last <= past.until
    return attrition_rate(n_left, n_days / _YEAR)


def measured_fill(staff: Staff, past: Past) -> Estimate:
    """Days that seats stood vacant between two people, of those filled again."""
    gaps = [
        (one.ends_on - one.starts_on).days
        for one in staff.stretches
        if one.person_id is None and past.since <= one.starts_on > dt.date.min and one.ends_on <= past.until
    ]
    return median(gaps)


def year_back(past: Past, as_of: dt.date) -> Period:
    """The year of months that are over, or the year up to the day where none is."""
    if past.months:
        return Period(past.months[0].starts_on, past.months[-1].ends_on)
    return Period(as_of - dt.timedelta(days=364), as_of + _DAY)
