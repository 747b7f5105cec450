"""Why a number of capacity is what it is: its parts, the seats behind it one by one, and the drivers it was made with.

March 2026, East   318,000 were every seat held, full time, ramped and kept
-79,500 nobody sits in seat east-3    -6,100 those who may leave    =  232,400
Rita Moreno        ramped, full time   3.0 % may have left by then                           77,300
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quarterdeck.engine.capacity.seats import ORDER
from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.records.models import Position
from quarterdeck.services import access
from quarterdeck.services.capacity.lines import groups_of
from quarterdeck.services.capacity.outcomes import outcome
from quarterdeck.services.capacity.room import Room
from quarterdeck.services.capacity.scenarios import door_for, scenario_for
from quarterdeck.services.capacity.shapes import PART_WORDS, PARTS
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.capacity.drivers import Driver
    from quarterdeck.services.capacity.shapes import Line, Outcome, Seat
    from quarterdeck.services.capacity.values import Value
    from quarterdeck.services.plans.doors import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatReason:
    """One stretch of a seat in the month or year asked for."""

    name: str
    seat: str
    team: str
    kind: str
    why: str
    heads: float
    ramped_heads: float
    full: int
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a month or a year of a team's capacity is what it is."""

    plan_id: int
    plan: str
    team_id: int
    team: str
    scenario: str
    period: str
    line: Line
    unit: str
    parts: tuple[tuple[str, str, int], ...]
    """Part, words and amount; they add up to the capacity."""
    order: str
    """The convention by which a loss with several reasons is told apart."""
    seats: tuple[SeatReason, ...]
    drivers: tuple[Driver, ...]
    expected_said: str


def reason(  # noqa: PLR0913  what a number is of
    actor: Actor, plan_id: int, team_id: int, as_of: dt.date, *, of: str = "year", group: str = "",
    scenario_id: int | None = None,
) -> Reason:  # fmt: skip
    """The because of a month (its first day) or of the year; with a scenario, of what it makes of it.

    `group`: a line right below the team (team:3, people:2), for its year. Raises Refusal (`capacity_month`).
    """
    found, overrides, title = _asked(actor, plan_id, team_id, scenario_id)
    room = Room(found, as_of)
    made = outcome(room, team_id, overrides)
    starts = [line.key for line in made.months]
    line = _line(made, of, group)
    chosen = [starts.index(line.key)] if line.key in starts else list(range(len(starts)))
    seats = groups_of(room, team_id, made.seats)[group] if group else list(made.seats)
    return Reason(
        plan_id=plan_id, plan=found.plan.name, team_id=team_id, team=room.scene.team_names.get(team_id, ""),
        scenario=title, line=line, unit=metric_named(found.plan.metric).unit, parts=_parts(seats, chosen), order=ORDER,
        seats=_seats(room, seats, chosen), drivers=tuple(made.drivers.values()), expected_said=_expected(room, chosen),
        period=line.name if line.key in starts else str(found.plan.fiscal_year),
    )  # fmt: skip


def _asked(actor: Actor, plan_id: int, team_id: int, scenario_id: int | None) -> tuple[Door, Mapping[str, Value], str]:
    if scenario_id is None:
        return door_for(actor, plan_id, team_id), {}, ""
    found, seen = scenario_for(actor, scenario_id)
    if (seen.plan_id, seen.team_id) != (plan_id, team_id):
        raise access.not_visible("scenario")
    return found, seen.overrides, seen.name


def _line(made: Outcome, of: str, group: str) -> Line:
    """The month, group or year that is meant."""
    found = {line.key: line for line in (made.teams if group else (made.year, *made.months))}
    if (key := group or of) not in found:
        why = f"There is no '{key[:20]}' here."
        raise Refusal("The number was not explained.", why, "Open it from its page.", "capacity_month")
    return found[key]


def _parts(seats: list[Seat], chosen: list[int]) -> tuple[tuple[str, str, int], ...]:
    sums = {part: sum(seat.months[month][f"{part}_minor"] for seat in seats for month in chosen) for part in PARTS}
    return tuple((part, PART_WORDS[part], amount) for part, amount in sums.items() if amount or part == "full")


def _expected(room: Room, at: list[int]) -> str:
    if len(at) > 1:
        return "Months that are over count as they were brought, those to come as they can be; the running one by days."
    if at[0] < room.running:
        return "The month is over: it is expected to bring what it brought."
    month = room.found.ground.months[at[0]]
    if month.starts_on > room.as_of:
        return "The month is to come: it is expected to bring what can be brought."
    n_left = (month.ends_on - room.as_of).days - 1
    return f"What was brought, and what can be in the {n_left} of {month.n_days} days that are left."


def _seats(room: Room, seats: list[Seat], at: list[int]) -> tuple[SeatReason, ...]:
    actor = room.found.actor
    people = room.scene.people([int(seat.node.partition(":")[2]) for seat in seats if seat.node.startswith("person:")])
    positions = {seat.position_id for seat in seats if seat.position_id}
    names = dict(Position.objects.filter(pk__in=positions).values_list("pk", "name"))
    found = []
    for seat in seats:
        months = [seat.months[month] for month in at]
        if not any(month["seats"] or month["hires"] for month in months):
            continue
        number = int(seat.node.partition(":")[2] or 0)
        is_seen = access.sees_person(actor, number, actor.today)
        person = people[number].name if seat.kind == "held" and is_seen and number in people else "somebody"
        found.append(
            SeatReason(
                name=person if seat.kind == "held" else "vacant" if seat.kind == "vacant" else _hires(seat),
                seat=names.get(seat.position_id, ""), team=room.scene.team_names.get(seat.team_id, ""), kind=seat.kind,
                why=_why(seat, months), heads=sum(month["heads"] for month in months) / len(months),
                ramped_heads=sum(month["ramped_heads"] for month in months) / len(months),
                full=sum(month["full_minor"] for month in months),
                capacity=sum(month["capacity_minor"] for month in months),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.team, -one.capacity, one.name, one.seat)))


def _hires(seat: Seat) -> str:
    return f"{seat.n_heads:,} to be hired, from {seat.starts_on:%-d %B}"


def _why(seat: Seat, months: list[Mapping[str, Any]]) -> str:
    words = {
        "part_time": f"{seat.part_time * 100:g} % of a week", "leave": "away for a while", "ramp": "ramping",
    }  # fmt: skip
    told = [text for part, text in words.items() if any(month[f"{part}_minor"] for month in months)]
    there = sum(month["seats"] for month in months) / len(months)
    if seat.kind != "hire" and there < 1:
        told.insert(0, f"{seat.starts_on:%-d %b} to {seat.ends_on:%-d %b}")
    return ", ".join(told)
