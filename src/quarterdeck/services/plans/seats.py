"""What is known of the seats of a plan: since when, part time, leave, vacancy, working days; kept with an edit.

    person:7     started 2025-11-01, full time, away 10 to 24 March     country US
    position:4   vacant until 2026-03-01                                the company's country

An edit keeps the facts as they were when it was made, so that the plan shows the same tomorrow; making it again reads
them again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.calendar.holiday_days import is_country, public_holidays
from quarterdeck.engine.calendar.workdays import work_days
from quarterdeck.engine.cascade.carrying import Carrying, Seat, carried, causes
from quarterdeck.records.models import Leave
from quarterdeck.services.scene import CARRIES, Scene, holder_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import TypeAlias

    from quarterdeck.services.plans.ground import Ground
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

    Causes: TypeAlias = Mapping[str, Mapping[dt.date, list[tuple[str, float]]]]

_PLACE: Final = {"person_id": nw.String, "country": nw.String, "part_time": nw.Float64}


def seats_read(scene: Scene, ground: Ground) -> dict[str, Any]:
    """Facts of every leaf of a plan as JSON; `scene` looks from the first day of its year. Five queries."""
    parents = {node.parent for node in ground.nodes.values()}
    leaves = [node for node in ground.nodes.values() if node.node not in parents]
    people = [holder_of(node.node)[1] for node in leaves if node.kind == "person"]
    known, away = scene.people(people), _away(people, ground.months)
    started, filled = _started(scene, people), _filled(scene)
    home = scene.company.country
    countries: dict[str, str] = {}
    rows: list[list[Any]] = []
    for node in leaves:
        number = holder_of(node.node)[1]
        person = known.get(number) if node.kind == "person" else None
        countries[node.node] = person.country if person and is_country(person.country) else home
        begins = started.get(number) if node.kind == "person" else filled.get(number) if node.is_vacant else None
        part_time = str(person.part_time) if person else "1"
        leave = away.get(number, []) if node.kind == "person" else []
        rows.append([node.node, begins and str(begins), node.is_vacant, part_time, leave, countries[node.node]])
    days = _days_by_country({home, *countries.values()}, ground.months)
    return {"seats": rows, "days": days, "mean_days": str(Fraction(sum(days[home]), len(ground.months)))}


def _started(scene: Scene, people: Collection[int]) -> dict[int, dt.date]:
    """First day of each person's first seat that carries a number; nothing for who was always there."""
    wanted = set(people)
    found: dict[int, dt.date] = {}
    for person, begins in _carrying(scene).select("person_id", "effective_from").iter_rows():
        if person in wanted:
            found[person] = min(found.get(person, dt.date.max), begins or dt.date.min)
    return {person: day for person, day in found.items() if day > dt.date.min}


def _filled(scene: Scene) -> dict[int, dt.date]:
    """By seat, the first day after the scene's on which somebody takes it."""
    found: dict[int, dt.date] = {}
    names = ("position_id", "person_id", "effective_from")
    for position, person, begins in _carrying(scene).select(names).iter_rows():
        if person is not None and begins and begins > scene.as_of:
            found[position] = min(found.get(position, dt.date.max), begins)
    return found


def _carrying(scene: Scene) -> Frame:
    return scene.seats.filter(nw.col("hat") == CARRIES)


def _away(people: Collection[int], months: Sequence[Period]) -> dict[int, list[list[str]]]:
    rows = Leave.current.filter(
        person__in=people, starts_on__lt=months[-1].ends_on, ends_on__gt=months[0].starts_on
    ).order_by("starts_on", "pk")
    found: dict[int, list[list[str]]] = defaultdict(list)
    for person, begins, ends, share in rows.values_list("person_id", "starts_on", "ends_on", "share"):
        found[person].append([str(begins), str(ends), str(share)])
    return found


def _days_by_country(countries: set[str], months: Sequence[Period]) -> dict[str, list[int]]:
    """Monday to Friday less public holidays, a number per month."""
    names, first, end = sorted(countries), months[0].starts_on, months[-1].ends_on
    schema: dict[str, Any] = {**_PLACE, "effective_from": nw.Date, "effective_to": nw.Date}
    nothing = dict.fromkeys(("part_time", "effective_from", "effective_to"), [None] * len(names))
    columns = {"person_id": names, "country": names, **nothing}
    nobody: dict[str, Any] = {"person_id": nw.String, "starts_on": nw.Date, "ends_on": nw.Date, "share": nw.Float64}
    found = work_days(
        nw.from_dict(columns, schema, backend="polars"),
        nw.from_dict({name: [] for name in nobody}, nobody, backend="polars"),
        first, end, holidays=public_holidays(names, range(first.year, end.year + 1)),
    )  # fmt: skip
    counts = {name: [0] * len(months) for name in names}
    for name, day, _ in found.iter_rows():
        at = next(at for at, month in enumerate(months) if month.starts_on <= day < month.ends_on)
        counts[name][at] += 1
    return counts


def carrying_of(choices: Mapping[str, Any]) -> Carrying:
    """Choices as an edit keeps them, for the engine. Raises Refusal (`plan_driver`) for what means nothing."""
    return Carrying(
        ramp=tuple(Fraction(share) for share in choices.get("ramp", ())), part_time=bool(choices.get("part_time")),
        leave=bool(choices.get("leave")), working_days=bool(choices.get("working_days")),
        vacancy=None if choices.get("vacancy") is None else Fraction(choices["vacancy"]),
        day_count=choices.get("day_count"),
    )  # fmt: skip


def factors_of(carry: Mapping[str, Any], months: Sequence[Period], nodes: Collection[str] = ()) -> Frame | None:
    """FACTORS of the seats by cause, from an edit's line, of all or of some nodes; None where nothing is counted."""
    carrying = carrying_of(carry.get("choices", {}))
    if not carrying.is_on:
        return None
    seats = [_seat(row, carry["days"]) for row in carry["seats"] if not nodes or row[0] in nodes]
    return carried(seats, carrying, months, mean_days=Fraction(carry["mean_days"]))


def _seat(row: Sequence[Any], days: Mapping[str, Sequence[int]]) -> Seat:
    node, begins, is_vacant, part_time, leave, country = row
    day = dt.date.fromisoformat
    return Seat(
        node=node, started_on=day(begins) if begins else None, is_vacant=is_vacant, part_time=Fraction(part_time),
        away=tuple((day(first), day(back), Fraction(share)) for first, back, share in leave),
        work_days=tuple(days[country]),
    )  # fmt: skip


def causes_of(carry: Mapping[str, Any], months: Sequence[Period], nodes: Collection[str] = ()) -> Causes:
    """By node and first day of a month, the causes with the share that each leaves."""
    found = factors_of(carry, months, nodes)
    return causes(found) if found is not None else {}
