"""The seats of a team and all below it, each with what it can bring by month under its own team's drivers.

person:7    held    12 months  at 38,000 x season, ramped, 6.8 % leave        436,000
position:4  vacant  12 months                                                       0
hire        hire    from June  a quarter of a ramped head in June, a half in July 190,000
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.capacity.ramp import Attrition, Outlook
from quarterdeck.engine.capacity.seats import seat_months
from quarterdeck.services.capacity.shapes import Seat
from quarterdeck.services.capacity.staff import Stretch
from quarterdeck.terms.money import whole
from quarterdeck.terms.planning import AWAY, STAFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from quarterdeck.services.capacity.drivers import Driver
    from quarterdeck.services.capacity.room import Room
    from quarterdeck.services.capacity.values import Value
    from quarterdeck.terms.tables import Frame

Hires = tuple[Stretch, int]
"""A stretch with the number of heads in it."""
_FIRST, _LAST = dt.date.min, dt.date.max
_HIRE: Final = 0
"""The position of who is not hired yet."""


def seats_of(room: Room, team: int, overrides: Mapping[str, Value], season: Sequence[Fraction]) -> tuple[Seat, ...]:
    """Every stretch of a seat that lies in the plan's year, and the hires, with their months."""
    found: list[Seat] = []
    left = _left(room)
    for outlook, productive, stretches in _alike(room, team, overrides, season):
        rows = _months(room, outlook, productive, stretches)
        by_stretch: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows.iter_rows(named=True):
            at = len(by_stretch[row["stretch_id"]])
            by_stretch[row["stretch_id"]].append(row | {"left_minor": whole(row["capacity_minor"] * left[at])})
        found += [_seat(room, *one, by_stretch[str(at)]) for at, one in enumerate(stretches)]
    return tuple(found)


def capacity_at(
    room: Room, team: int, overrides: Mapping[str, Value], season: Sequence[Fraction], end: str
) -> list[int] | None:
    """Capacity by month were productivity and attrition at the low or the high end; None where neither has a range."""
    drivers = [room.driver(name, team, overrides) for name in ("productivity", "attrition")]
    if all(driver.low is None for driver in drivers):
        return None
    sums = [0] * len(season)
    for outlook, productive, stretches in _alike(room, team, overrides, season, end):
        rows = _months(room, outlook, productive, stretches).group_by("starts_on").agg(nw.col("capacity_minor").sum())
        by_day = dict(rows.iter_rows())
        for at, month in enumerate(outlook.months):
            sums[at] += by_day.get(month.starts_on, 0)
    return sums


def productive_of(room: Room, team: int, overrides: Mapping[str, Value]) -> int:
    """What a ramped head of a team brings in an average month."""
    found: int = _drivers(room, team, overrides, "")[0]
    return found


def _alike(
    room: Room, team: int, overrides: Mapping[str, Value], season: Sequence[Fraction], end: str = ""
) -> list[tuple[Outlook, int, list[Hires]]]:
    """Seats of teams whose drivers are alike: they are computed together."""
    found: dict[tuple[Any, ...], list[Hires]] = {}
    first, last = room.found.ground.months[0].starts_on, room.found.ground.months[-1].ends_on
    of_team: dict[int, list[Stretch]] = defaultdict(list)
    for one in room.staff.stretches:
        if one.starts_on < last and one.ends_on > first:
            of_team[one.team_id].append(one)
    for each in sorted(room.staff.below(team)):
        key = _drivers(room, each, overrides, end)
        held = [(one, 1) for one in of_team[each]]
        if more := [*held, *_hires(room, each, team, overrides)]:
            found.setdefault(key, []).extend(more)
    return [(_outlook(room, key, season), key[0], stretches) for key, stretches in found.items()]


def _drivers(room: Room, team: int, overrides: Mapping[str, Value], end: str) -> tuple[Any, ...]:
    """Productive amount, ramp, attrition and its two conventions; at an end of their ranges where they have one."""
    productivity, attrition = (room.driver(name, team, overrides) for name in ("productivity", "attrition"))
    brings = _at(productivity, end) * _deals(room, team, overrides)
    leaves = _at(attrition, {"low": "high", "high": "low"}.get(end, ""))
    shape, counted = (room.driver(name, team, overrides).value for name in ("attrition_shape", "attrition_counted"))
    return whole(brings), room.driver("ramp_months", team, overrides).whole, leaves, shape, counted


def _at(driver: Driver, end: str) -> Fraction:
    found = getattr(driver, end) if end else None
    return driver.ratio if found is None else found


def _deals(room: Room, team: int, overrides: Mapping[str, Value]) -> Fraction:
    """What a scenario's win rate and average deal make of what a head brings, where both are measured."""
    factor = Fraction(1)
    if "productivity" in overrides:
        return factor
    for name in ("win_rate", "average_deal"):
        base = room.driver(name, team).measured if name in overrides else None
        if base:
            factor *= Fraction(str(overrides[name])) / base
    return factor


def _hires(room: Room, team: int, top: int, overrides: Mapping[str, Value]) -> Iterable[Hires]:
    """Planned hires of a team; a scenario's are right in its own team, instead of all those stated below it."""
    if "hires" in overrides:
        planned = overrides["hires"] if team == top else {}
    else:
        planned = room.driver("hires", team).value or {}
    for text, count in planned.items():
        day = dt.date.fromisoformat(text)
        yield (
            Stretch(position_id=_HIRE, person_id=None, team_id=team, starts_on=day, ends_on=_LAST, tenure_from=day),
            count,
        )


def _outlook(room: Room, key: tuple[Any, ...], season: Sequence[Fraction]) -> Outlook:
    _, ramp, leaves, shape, counted = key
    return Outlook(
        months=room.found.ground.months, season=list(season),
        ramp=[Fraction(at, ramp + 1) for at in range(1, ramp + 1)],
        attrition=Attrition(annual=leaves, shape=shape, counted=counted),
    )  # fmt: skip


def _kind(stretch: Stretch) -> str:
    return "held" if stretch.person_id is not None else "vacant" if stretch.position_id else "hire"


def _months(room: Room, outlook: Outlook, productive: int, stretches: list[Hires]) -> Frame:
    """SEAT_MONTHS, stretches called by their place in the list."""
    rows = [
        (
            str(at), _kind(one), count, one.tenure_from, None if one.starts_on == _FIRST else one.starts_on,
            None if one.ends_on == _LAST else one.ends_on, one.part_time, productive,
        )
        for at, (one, count) in enumerate(stretches)
    ]  # fmt: skip
    away = [
        (str(at), *span)
        for at, (one, _) in enumerate(stretches)
        for span in room.staff.away.get(one.person_id or 0, ())
    ]
    return seat_months(_framed(rows, STAFF.schema), outlook, away=_framed(away, AWAY.schema), known_until=room.running)


def _framed(rows: list[tuple[Any, ...]], schema: dict[str, Any]) -> Frame:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(schema)}
    return nw.from_dict(columns, schema, backend="polars")


def _left(room: Room) -> list[Fraction]:
    """The share of each month that is still to come: 0 when it is over, 1 before it begins."""
    shares = []
    for month in room.found.ground.months:
        n_left = (month.ends_on - max(room.as_of + dt.timedelta(days=1), month.starts_on)).days
        shares.append(Fraction(max(n_left, 0), month.n_days))
    return shares


def _seat(room: Room, one: Stretch, count: int, months: list[dict[str, Any]]) -> Seat:
    node = f"person:{one.person_id}" if one.person_id is not None else f"position:{one.position_id}"
    first, last = room.found.ground.months[0].starts_on, room.found.ground.months[-1].ends_on
    return Seat(
        node=node if _kind(one) != "hire" else "hire", team_id=one.team_id, kind=_kind(one),
        starts_on=max(one.starts_on, first), ends_on=min(one.ends_on, last), tenure_from=one.tenure_from,
        part_time=one.part_time, n_heads=count, months=tuple(months), position_id=one.position_id,
    )  # fmt: skip
