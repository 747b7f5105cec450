"""On which days a person works, and how much of them.

Monday to Friday, less the public holidays of the person's country, times part time, less leave:

    person  part_time   leave               day               share
    rita    1           Tuesday, half   ->  2025-03-03 (Mo)   1.0
    sam     0.5                             2025-03-04 (Tu)   0.5 for rita, 0.5 for sam

Convention: docs/methods/working-days.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt

from quarterdeck.terms.frames import WORK_DAYS

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Shares: TypeAlias = npt.NDArray[np.float64]


_NOTHING = 1e-9
"""Ten absences of a tenth leave 1e-16 of a day, which nobody works."""


def work_days(people: Frame, leave: Frame, starts_on: dt.date, ends_on: dt.date, *, holidays: Frame) -> Frame:
    """Days in `[starts_on, ends_on)` on which somebody works: one row per person and day, share of a full day above 0.

    `people`: one row per person and time (person_id, country, part_time, effective_from, effective_to). An empty
    country has no holidays, an empty part_time is full time, empty dates are open. Where two rows of a person cover one
    day, the larger share counts: two hats are worn by one body.
    `leave`: one row per absence (person_id, starts_on, ends_on, share). An empty share is the whole day; absences on
    one day add up, to a whole day at most. Shares outside 0 to 1 count as the nearer end.
    `holidays`: one row per country and day (country, day).
    Costs a float per person and day: 500 people for a year in a few ms.

    >>> people = nw.from_dict({"person_id": ["rita"], "country": ["US"], "part_time": [None], "effective_from": [None],
    ...     "effective_to": [None]}, {"person_id": nw.String, "country": nw.String, "part_time": nw.Float64,
    ...     "effective_from": nw.Date, "effective_to": nw.Date}, backend="polars")
    >>> away = nw.from_dict({"person_id": ["rita"], "starts_on": [dt.date(2025, 7, 7)],
    ...     "ends_on": [dt.date(2025, 7, 8)], "share": [0.5]}, backend="polars")
    >>> fourth = nw.from_dict({"country": ["US"], "day": [dt.date(2025, 7, 4)]}, backend="polars")
    >>> week = work_days(people, away, dt.date(2025, 7, 3), dt.date(2025, 7, 9), holidays=fourth)
    >>> [(str(day), share) for _, day, share in week.iter_rows()]
    [('2025-07-03', 1.0), ('2025-07-07', 0.5), ('2025-07-08', 1.0)]
    """
    persons = people["person_id"].drop_nulls().unique(maintain_order=True)
    position = {person: at for at, person in enumerate(persons.to_list())}
    days = np.arange(np.datetime64(starts_on), np.datetime64(max(starts_on, ends_on)))
    present, away = np.zeros((len(position), len(days))), np.zeros((len(position), len(days)))
    is_open = _open_days(days, holidays)
    closed_nowhere = np.is_busday(days).astype(np.float64)
    for row, span in _spans(people, "effective_from", "effective_to", starts_on, len(days)):
        worked = is_open.get(row["country"], closed_nowhere)[span] * _ratio(row["part_time"])
        np.maximum(present[position[row["person_id"]], span], worked, out=present[position[row["person_id"]], span])
    for row, span in _spans(leave, "starts_on", "ends_on", starts_on, len(days)):
        if row["person_id"] in position:
            away[position[row["person_id"]], span] += _ratio(row["share"])
    return _frame(persons, days, present * (1 - away))


def n_work_days(worked: Frame, person: Any, starts_on: dt.date, ends_on: dt.date) -> float:  # noqa: ANN401  an id of any kind
    """Full days a person works in `[starts_on, ends_on)`; 0 when there are none. `worked` is a frame of work_days.

    >>> worked = nw.from_dict({"person_id": [1, 1], "day": [dt.date(2025, 7, 7), dt.date(2025, 7, 8)],
    ...     "share": [0.5, 1]}, backend="polars")
    >>> n_work_days(worked, 1, dt.date(2025, 7, 1), dt.date(2025, 7, 8))
    0.5
    """
    return float(_within(worked, starts_on, ends_on).filter(nw.col("person_id") == person)["share"].sum())


def work_day_sums(worked: Frame, starts_on: dt.date, ends_on: dt.date) -> Frame:
    """Full days each person works in `[starts_on, ends_on)`: one row (person_id, n_days) per person who works."""
    return _within(worked, starts_on, ends_on).group_by("person_id").agg(n_days=nw.col("share").sum()).sort("person_id")


def _within(worked: Frame, starts_on: dt.date, ends_on: dt.date) -> Frame:
    return worked.filter(nw.col("day") >= starts_on, nw.col("day") < ends_on)


def _open_days(days: npt.NDArray[np.datetime64], holidays: Frame) -> dict[str, Shares]:
    """By country, 1 for each day on which people there work."""
    closed: dict[str, list[dt.date]] = {}
    for country, day in holidays.select("country", "day").iter_rows():
        closed.setdefault(country, []).append(day)
    return {
        country: np.is_busday(days, holidays=np.array(shut, dtype="datetime64[D]")).astype(np.float64)
        for country, shut in closed.items()
    }


def _spans(
    rows: Frame, begins: str, ends: str, starts_on: dt.date, n_days: int
) -> Iterator[tuple[dict[str, Any], slice]]:
    """Each row with the days it covers, as a slice of the days asked for; rows without a day are left out."""
    for row in rows.filter(~nw.col("person_id").is_null()).iter_rows(named=True):
        begin = max((row[begins] - starts_on).days, 0) if row[begins] else 0
        end = min((row[ends] - starts_on).days, n_days) if row[ends] else n_days
        if begin < end:
            yield row, slice(begin, end)


def _ratio(value: float | None) -> float:
    return 1.0 if value is None or np.isnan(value) else min(max(float(value), 0.0), 1.0)


def _frame(persons: nw.Series[Any], days: npt.NDArray[np.datetime64], shares: Shares) -> Frame:
    person_at, day_at = np.nonzero(shares > _NOTHING)
    data = {"person_id": persons[person_at], "day": days[day_at], "share": shares[person_at, day_at]}
    return WORK_DAYS.check(nw.from_dict(data))
