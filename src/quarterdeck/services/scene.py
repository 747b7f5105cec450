"""What is known of the company on a day: its calendar, the tree of teams and who sat where; read once per question.

scene = Scene(actor, as_of)       scene.members(3, march)   ->  people who were in team 3 at any time in March
                                  scene.people_now(3)       ->  people who are in it on the day
                                  scene.name("team:3")      ->  East
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.calendar.holiday_days import is_country, public_holidays
from quarterdeck.engine.calendar.ranges import effective_on
from quarterdeck.engine.calendar.workdays import work_days
from quarterdeck.engine.metrics.holdings import holder_spans
from quarterdeck.records.models import Person, Position
from quarterdeck.services import access, frames
from quarterdeck.services.calendar import company_for
from quarterdeck.services.kept import kept
from quarterdeck.services.tree import Tree, tree
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from quarterdeck.engine.metrics.holdings import Tree as Which
    from quarterdeck.records.models import Company
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.tables import Frame

CARRIES: Final = "rep"
"""The hat whose seats carry targets of their own."""

_MANY: Final = 3
"""People whose working days are still read by themselves."""

_HOLDERS: Final[dict[str, Any]] = {"holder_kind": nw.String, "holder_id": nw.Int64}


def holder_of(text: str) -> tuple[str, int]:
    """The kind and id in a text such as person:7. Raises ValueError for any other text.

    >>> holder_of("team:3")
    ('team', 3)
    """
    kind, _, number = text.partition(":")
    is_id = number.isascii() and number.isdigit() and len(number) < 19  # noqa: PLR2004  what a 64-bit id can be
    if not (is_id and kind in {"person", "team", "position", "territory"}):
        msg = f"not a holder: {text!r}"
        raise ValueError(msg)
    return kind, int(number)


def holders_framed(holders: Iterable[str]) -> Frame:
    """A frame of holder_kind and holder_id, one row per holder such as person:7.

    >>> holders_framed(["team:3", "person:7"]).rows()
    [('team', 3), ('person', 7)]
    """
    known = [holder_of(holder) for holder in holders]
    columns = {name: [row[at] for row in known] for at, name in enumerate(_HOLDERS)}
    return nw.from_dict(columns, _HOLDERS, backend="polars")


@dataclass
class Scene:
    """The company as an actor looks at it: from a day, and by what was known at an instant (empty: now)."""

    actor: Actor
    as_of: dt.date
    known_at: dt.datetime | None = None
    version: int | None = None
    """The data's version, where it was read already."""

    @cached_property
    def tree(self) -> Tree:
        """Teams and seats for all time."""
        return Tree(self.known_at) if self.known_at else tree(self.version, partial(access.team_links, self.actor))

    @cached_property
    def company(self) -> Company:
        """The company's rules."""
        return company_for(self.actor)

    @cached_property
    def calendar(self) -> FiscalCalendar:
        """How the company cuts time."""
        return FiscalCalendar.from_dict(self.company.calendar)

    @cached_property
    def metric(self) -> str:
        """The metric with which desks open: the company's choice, else bookings, or won value where there are none."""
        if self.company.headline_metric:
            return str(self.company.headline_metric)
        return "bookings" if getattr(self.company, "has_bookings", False) else "won_amount"

    @property
    def seats(self) -> Frame:
        """SEATS with vacancies."""
        return self.tree.seats

    @property
    def teams(self) -> Frame:
        """TEAMS."""
        return self.tree.teams

    @property
    def memberships(self) -> Frame:
        """Each person in their team and every team above it, dated."""
        return self.tree.memberships

    @cached_property
    def team_names(self) -> dict[int, str]:
        """Every team's name; one query, shared with services.access."""
        return {pk: name for pk, name, *_ in access.team_links(self.actor)}

    @cached_property
    def position_names(self) -> dict[int, str]:
        """Every position's name; one query."""
        return dict(Position.visible.values_list("pk", "name"))

    def people(self, ids: Collection[int]) -> dict[int, Person]:
        """People by id; one query per new set of people."""
        missing = sorted({pk for pk in ids if pk not in self._people})
        if missing:
            self._people.update({person.pk: person for person in Person.objects.filter(pk__in=missing)})
        return {pk: self._people[pk] for pk in ids if pk in self._people}

    def know(self, people: Iterable[Person]) -> None:
        """Remember people who were read already."""
        self._people.update({person.pk: person for person in people})

    @cached_property
    def _people(self) -> dict[int, Person]:
        return {}

    def name(self, holder: str) -> str:
        """The name of a holder such as team:3; the text itself where nobody is known by it."""
        kind, number = holder_of(holder)
        if kind == "team":
            return self.team_names.get(number, holder)
        if kind == "position":
            return self.position_names.get(number, holder)
        people = self.people([number])
        return people[number].name if number in people else holder

    def members(self, team_id: int, starts_on: dt.date, ends_on: dt.date) -> frozenset[int]:
        """People who were in the team, or in a team below it, at any time in `[starts_on, ends_on)`."""
        spans = self.tree.spans.get(team_id, ())
        return frozenset(person for person, begins, ends in spans if begins < ends_on and ends > starts_on)

    def stretches(self, holders: Collection[str]) -> dict[int, list[tuple[str, dt.date, dt.date]]]:
        """By person who may count for one of the holders: for which of them, from when to when."""
        found: dict[int, list[tuple[str, dt.date, dt.date]]] = {}
        for holder in sorted(holders):
            kind, number = holder_of(holder)
            own = [(number, dt.date.min, dt.date.max)] if kind == "person" else []
            for person, begins, ends in self.tree.spans.get(number, own) if kind == "team" else own:
                found.setdefault(person, []).append((holder, begins, ends))
        return found

    def alike(self, holders: Collection[str]) -> dict[int, int]:
        """By person, one who counts for the same of the holders at all times: their totals may be summed to that one.

        Thousands of people become as many as there are teams asked for, and those who moved.
        """
        first: dict[tuple[Any, ...], int] = {}
        return {
            person: first.setdefault(tuple(sorted(spans)), person) for person, spans in self.stretches(holders).items()
        }

    def spans_of(self, team_id: int) -> list[tuple[int, dt.date, dt.date]]:
        """Who was in the team from when to when; open ends are the first and the last day there is."""
        return self.tree.spans.get(team_id, [])

    def people_now(self, team_id: int) -> frozenset[int]:
        """People who are in the team, or in a team below it, on the day."""
        return self.members(team_id, self.as_of, self.as_of + dt.timedelta(days=1))

    def moves(self, holders: Collection[str]) -> dict[int, frozenset[dt.date]]:
        """By person, the days on which they begin or cease to count for one of the holders."""
        return {
            person: frozenset(day for _, *days in spans for day in days) - {dt.date.min, dt.date.max}
            for person, spans in self.stretches(holders).items()
        }

    def spans(self, holders: Sequence[str], which: Which) -> Frame:
        """Who counts for which of the holders, and when: engine.metrics.holder_spans, once for what a page asks."""
        key = (*holders, which)
        if key not in self._spans:
            self._spans[key] = holder_spans(self.memberships, holders_framed(holders), self.as_of, which)
        return self._spans[key]

    @cached_property
    def _spans(self) -> dict[tuple[str, ...], Frame]:
        return {}

    def children(self, team_id: int, day: dt.date | None = None) -> list[int]:
        """Teams directly under a team on a day, by name."""
        found = set(self._under(day or self.as_of).get(team_id, ())) & self.team_names.keys()
        return sorted(found, key=lambda team: (self.team_names[team], team))

    def below(self, team_id: int, day: dt.date | None = None) -> list[int]:
        """The team and every team under it on a day, parents first."""
        under = self._under(day or self.as_of)
        found: dict[int, None] = {team_id: None}
        waiting = [team_id]
        while waiting:
            for child in sorted(under.get(waiting.pop(0), [])):
                if child not in found:
                    found[child] = None
                    waiting.append(child)
        return list(found)

    def is_root(self, team_id: int) -> bool:
        """Whether the team hangs under nothing on the day."""
        return all(parent is None for parent, teams in self._under(self.as_of).items() if team_id in teams)

    def _under(self, day: dt.date) -> dict[int | None, list[int]]:
        """By team, those directly under it on a day; under None those that hang under nothing."""
        if day not in self._trees:
            found: dict[int | None, list[int]] = {}
            for team, parent in effective_on(self.teams, day).select("team_id", "parent_id").iter_rows():
                found.setdefault(parent, []).append(team)
            self._trees[day] = found
        return self._trees[day]

    @cached_property
    def _trees(self) -> dict[dt.date, dict[int | None, list[int]]]:
        return {}

    def work_days(self, people: Collection[int], starts_on: dt.date, ends_on: dt.date) -> Frame:
        """WORK_DAYS of people; two queries. They are there on the days of their seats, or always without any.

        Those of many are read for everybody, once per version of the data.
        """
        if self.known_at or len(people) <= _MANY:
            return self._work_days(people, starts_on, ends_on)
        name = f"work days {starts_on} {ends_on}"
        found = kept(name, lambda: self._work_days(self._everybody(), starts_on, ends_on), self.version)
        return found.filter(nw.col("person_id").is_in(sorted(people)))

    def _everybody(self) -> Collection[int]:
        self.know(Person.objects.all())
        return self._people.keys()

    def _work_days(self, people: Collection[int], starts_on: dt.date, ends_on: dt.date) -> Frame:
        known = self.people(people)
        rows = list(self._presence(known))
        names = ("person_id", "country", "part_time", "effective_from", "effective_to")
        types: tuple[Any, ...] = (nw.Int64, nw.String, nw.Float64, nw.Date, nw.Date)
        columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
        present = nw.from_dict(columns, dict(zip(names, types, strict=True)), backend="polars")
        away = frames.leave(people=known, known_at=self.known_at)
        years = range(starts_on.year, ends_on.year + 1)
        holidays = public_holidays({row[1] for row in rows}, years)
        return work_days(present, away, starts_on, ends_on, holidays=holidays)

    def _presence(self, known: dict[int, Person]) -> Iterable[tuple[Any, ...]]:
        held: dict[int, list[tuple[dt.date | None, dt.date | None]]] = {}
        for person, begins, ends in self.seats.select("person_id", "effective_from", "effective_to").iter_rows():
            if person in known:
                held.setdefault(person, []).append((begins, ends))
        for pk, person in known.items():
            country = person.country if is_country(person.country) else self.company.country
            for begins, ends in held.get(pk, [(None, None)]):
                yield pk, country, float(person.part_time), begins, ends

    def seats_on(self, day: dt.date) -> Frame:
        """SEATS that hold on a day."""
        return effective_on(self.seats, day)

    def sitting(self, day: dt.date) -> dict[int, list[int]]:
        """By position, who holds it on a day; vacant ones are not there. Grids ask for every month of a year."""
        if day not in self._sitting:
            found: dict[int, list[int]] = {}
            for position, person, begins, ends in self.tree.held:
                if begins <= day < ends:
                    found.setdefault(position, []).append(person)
            self._sitting[day] = found
        return self._sitting[day]

    @cached_property
    def _sitting(self) -> dict[dt.date, dict[int, list[int]]]:
        return {}

    def month_of(self, day: dt.date) -> Period:
        """The fiscal month of a day."""
        return self.calendar.period_of(day, "month")

    def year_before(self, period: Period) -> Period:
        """The period at the same place of the fiscal year before: the same month, quarter or year."""
        number = self.calendar.year_of(period.starts_on)
        year, before = self.calendar.year(number), self.calendar.year(number - 1)
        if period == year:
            return before
        for kind in (self.calendar.months, self.calendar.quarters):
            parts, earlier = kind(number), kind(number - 1)
            if period in parts and len(parts) == len(earlier):
                return earlier[parts.index(period)]
        return Period(_year_earlier(period.starts_on), _year_earlier(period.ends_on), period.kind, period.name)

    def day_before(self, period: Period, before: Period) -> dt.date:
        """The day that is to the earlier period what the as-of day is to `period`.

        The same date a year before, leap years or not; in a calendar of weeks, the day as far from the start.
        """
        if self.as_of >= period.last_day:
            return before.last_day
        if before.starts_on == _year_earlier(period.starts_on):
            return min(_year_earlier(self.as_of), before.last_day)
        return min(before.starts_on + (self.as_of - period.starts_on), before.last_day)


def _year_earlier(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
