"""The manager's desk: the team. Each rep's numbers side by side, and in words what needs attention.

name    target   actual   expected  pace  needed/day  pipeline  coverage  today  week   attention
Rita    38,000   4,200    1,900     2.21  1,600       91,000    2.7       6      6
Sam     30,000   0        1,500     0     1,500       9,000     0.3       0      0      pipeline covers 0.3 of ...
east-4  25,000                                                                          vacant since 1 January
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
from django.db.models import Count

from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import OpportunityState
from quarterdeck.services import access, stored
from quarterdeck.services.cells import Cells, cells, effective, vacancies_of, vacant
from quarterdeck.services.desks.building import figure, is_telling, progress_of, rows_by_key, sentence, standing_said
from quarterdeck.services.desks.shapes import Line, ManagerDesk, Notice, Progress, RepRow, Series, TeamRow
from quarterdeck.services.desks.teams import furthest_behind, team_rows
from quarterdeck.services.desks.words import joined, said, shortened
from quarterdeck.services.journal import pulse
from quarterdeck.services.metrics import brought, earlier, progressed, read
from quarterdeck.services.scene import CARRIES, Scene
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.tables import Frame

WEEKS: Final = 12
"""Weeks in a sparkline, the running one last."""
LOW_PACE: Final = 0.8
LOW_COVERAGE: Final = 1.0
SELLING: Final = (CARRIES, "manager")
"""Hats whose seats are rows of the desk; a manager only with a number to carry."""
_WEEK: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """What the parts of a manager's desk are read from."""

    scene: Scene
    team_id: int
    metric: str
    month: Period
    year: Period
    seated: dict[int, tuple[str, ...]]
    """People who sit in the team itself on the day, and their hats there."""
    teams: list[int]
    """Teams directly below."""
    found: Cells
    standing: dict[Any, dict[str, Any]]
    before: Period | None
    """The same days of last year."""
    last_year: dict[str, int]
    """What the teams below brought in them."""
    days: Frame
    """TOTALS of activities by day, of the seated, over the weeks of a sparkline."""
    overdue: dict[int, int]

    @property
    def holder(self) -> str:
        """Who carries the team's numbers."""
        return f"team:{self.team_id}"

    def row(self, holder: str, period: Period) -> dict[str, Any]:
        """A holder's standing in a period."""
        return self.standing[holder, period.starts_on, period.ends_on]


def manager_desk(actor: Actor, team_id: int, as_of: dt.date) -> ManagerDesk:
    """A team's desk as of a day. At most 15 queries. Raises Refusal (`not_visible`)."""
    version, fresh_at = pulse()
    if not access.sees_team(actor, team_id, as_of):
        raise access.not_visible("team")
    scene = Scene(actor, as_of, version=version)
    if team_id not in scene.team_names:
        raise access.not_visible("team")
    team = _read(scene, team_id)
    progress = progress_of(scene, team.metric, team.holder, team.month, team.row(team.holder, team.month))
    reps = _rep_rows(team) if access.sees_people_of(actor, team_id, as_of) else ()
    return ManagerDesk(
        team_id=team_id,
        team=scene.team_names[team_id],
        as_of=as_of,
        version=version,
        fresh_at=fresh_at,
        metric=team.metric,
        metric_title=METRICS[team.metric].title,
        sentence=_sentence(team, progress, reps),
        evidence=_evidence(team, reps),
        notices=_notices(team, progress),
        progress=progress,
        year=progress_of(scene, team.metric, team.holder, team.year, team.row(team.holder, team.year)),
        reps=reps,
        teams=_team_rows(team),
        series=_series(team, reps),
    )


def _read(scene: Scene, team_id: int) -> Team:
    """Everything the desk needs, in as many queries however large the team is."""
    metric, month = scene.metric, scene.month_of(scene.as_of)
    year = scene.calendar.period_of(scene.as_of, "year")
    seated, teams = _seated(scene, team_id), scene.children(team_id)
    holders = [f"team:{team_id}", *(f"team:{pk}" for pk in teams), *(f"person:{pk}" for pk in seated)]
    before = earlier(scene, year) if teams else None
    rows = read(scene, [metric, "open_pipeline"], holders, [month, year, *([before] if before else [])])
    found = cells(scene, metric, Period(min(month.starts_on, year.starts_on), max(month.ends_on, year.ends_on)))
    standing = rows_by_key(progressed(scene, metric, rows, holders, [month, year], found=found))
    return Team(
        scene=scene, team_id=team_id, metric=metric, month=month, year=year, seated=seated, teams=teams, found=found,
        standing=standing, before=before, last_year=brought(scene, metric, rows, holders[1 : len(teams) + 1], before),
        days=_days(scene, frozenset(seated)), overdue=_overdue(scene, frozenset(seated)),
    )  # fmt: skip


def _seated(scene: Scene, team_id: int) -> dict[int, tuple[str, ...]]:
    """People of the team itself whom the actor sees."""
    seats = scene.seats_on(scene.as_of).filter(nw.col("team_id") == team_id, ~nw.col("person_id").is_null())
    seen = access.people_seen(scene.actor, scene.as_of)
    hats: dict[int, tuple[str, ...]] = {}
    for person, hat in seats.select("person_id", "hat").sort("person_id", "hat").iter_rows():
        if hat in SELLING and (seen is None or person in seen):
            hats[person] = (*hats.get(person, ()), hat)
    return hats


def _days(scene: Scene, people: frozenset[int]) -> Frame:
    since = scene.calendar.period_of(scene.as_of, "week").starts_on - (WEEKS - 1) * _WEEK
    wanted = stored.Wanted(
        measures=stored.measures_of(["activities"]), since=since, as_of=scene.as_of, people=people, daily_from=since
    )
    return stored.totals(wanted)


def _overdue(scene: Scene, people: frozenset[int]) -> dict[int, int]:
    """Open deals past their close date, by owner; one query."""
    late = OpportunityState.objects.filter(
        access.stood_on(scene.as_of), person_id__in=people, stage_kind="open", close_on__lt=scene.as_of,
        opportunity__withdrawn_at=None, effective_from__isnull=False,
    )  # fmt: skip
    return dict(late.order_by().values_list("person_id").annotate(n=Count("pk")))


def _rep_rows(team: Team) -> tuple[RepRow, ...]:
    """People by name, then vacancies. Who only leads the team is a row when they carry a number."""
    people = team.scene.people(team.seated)
    rows = [
        _rep_row(team, pk, people[pk].name, hats)
        for pk, hats in sorted(team.seated.items(), key=lambda item: people[item[0]].name if item[0] in people else "")
        if pk in people and (CARRIES in hats or team.row(f"person:{pk}", team.month)["target"] is not None)
    ]
    return (*rows, *_vacancies(team))


def _rep_row(team: Team, person_id: int, name: str, hats: tuple[str, ...]) -> RepRow:
    scene, holder = team.scene, f"person:{person_id}"
    progress = progress_of(scene, team.metric, holder, team.month, team.row(holder, team.month))
    week = scene.calendar.period_of(scene.as_of, "week")
    by_day = dict(team.days.filter(nw.col("person_id") == person_id).select("starts_on", "n").iter_rows())
    weeks = _by_week(by_day, week)
    today = Period(scene.as_of, scene.as_of + dt.timedelta(days=1), "day", str(scene.as_of))
    return RepRow(
        person_id=person_id, position_id=None, name=name, hats=hats, standing=progress.standing,
        target=progress.target, actual=progress.actual, expected=progress.expected, pace=progress.pace,
        needed_per_day=progress.needed_per_day, open_pipeline=progress.open_pipeline, coverage=progress.coverage,
        activities_today=figure(scene, "activities", by_day.get(scene.as_of, 0), holder, today),
        activities_week=figure(scene, "activities", weeks[-1], holder, week),
        sparkline=weeks, attention=_attention(team, progress, by_day, weeks, team.overdue.get(person_id, 0)),
    )  # fmt: skip


def _by_week(by_day: dict[dt.date, int], week: Period) -> tuple[int, ...]:
    found = [0] * WEEKS
    for day, n in by_day.items():
        at = WEEKS - 1 - (week.starts_on - day + dt.timedelta(days=6)) // _WEEK
        if 0 <= at < WEEKS:
            found[at] += n
    return tuple(found)


def _attention(
    team: Team, progress: Progress, by_day: dict[dt.date, int], weeks: tuple[int, ...], n_overdue: int
) -> tuple[str, ...]:
    """What needs the manager, most urgent first; nothing where all is well."""
    currency, pace, coverage = team.scene.company.currency, progress.pace.value, progress.coverage.value
    usual = sum(weeks[:-1]) / (WEEKS - 1)
    silent = min(((team.scene.as_of - day).days for day in by_day if by_day[day] > 0), default=None)
    notes = {
        "no target": progress.target.value is None,
        f"at {said(pace, 'ratio', currency)} of what was expected by now": pace is not None
        and pace < LOW_PACE
        and is_telling(progress),
        "no open pipeline with an amount": coverage == 0,
        f"open pipeline covers only {float(coverage or 0):.1f} of what remains": coverage is not None
        and 0 < coverage < LOW_COVERAGE,
        f"{n_overdue} open deal{'s' if n_overdue != 1 else ''} past the close date": n_overdue > 0,
        f"no activity for {silent} days": silent is not None and silent > 7,  # noqa: PLR2004  a week
        f"last week {weeks[-2]} activities, usually {usual:.0f}": usual >= 4 and weeks[-2] < usual / 2,  # noqa: PLR2004  too few to say
    }
    return tuple(text for text, is_so in notes.items() if is_so)


def _vacancies(team: Team) -> list[RepRow]:
    """Seats of the team that nobody holds on the day, with the target that they keep."""
    scene, month = team.scene, team.month
    empty = scene.seats_on(scene.as_of).filter(
        nw.col("team_id") == team.team_id, nw.col("hat") == CARRIES, nw.col("person_id").is_null()
    )
    since = dict(empty.select("position_id", "effective_from").iter_rows())
    targets = vacant(scene, team.found, list(since), month)
    names = scene.position_names if since else {}
    return [_vacancy(team, pk, names.get(pk, f"seat {pk}"), targets.get(pk), day) for pk, day in sorted(since.items())]


def _vacancy(team: Team, position_id: int, name: str, target: int | None, since: dt.date | None) -> RepRow:
    scene, month, metric, holder = team.scene, team.month, team.metric, f"position:{position_id}"
    nobody = "Nobody holds this seat."

    def none(name: str, period: Period = month) -> Any:  # noqa: ANN401  a figure
        return figure(scene, name, None, holder, period, of=metric if name in _COMPARED else "", note=nobody)

    return RepRow(
        person_id=None, position_id=position_id, name=name, hats=(CARRIES,), standing="unknown",
        target=figure(scene, "target", target, holder, month, of=metric), actual=none(metric),
        expected=none("expected"), pace=none("pace"), needed_per_day=none("needed_per_day"),
        open_pipeline=none("open_pipeline"), coverage=none("coverage"), activities_today=none("activities"),
        activities_week=none("activities"),
        sparkline=(0,) * WEEKS, attention=(f"vacant since {since:%-d %B %Y}" if since else "vacant",),
    )  # fmt: skip


_COMPARED: Final = frozenset({"expected", "pace", "needed_per_day", "coverage"})


def _team_rows(team: Team) -> tuple[TeamRow, ...]:
    return team_rows(team.scene, team.metric, team.teams, team.year, team.standing, share_of=team.holder,
        last_year=team.last_year, before=team.before)  # fmt: skip


def _notices(team: Team, progress: Progress) -> tuple[Notice, ...]:
    """What keeps the numbers from being trusted: no targets, or targets that do not sum."""
    if progress.target.value is None:
        text = f"{team.scene.team_names[team.team_id]} has no target for {team.month.name}."
        return (Notice(text=text, next_step="Set a goal and bring it down, or import targets.", link="goals"),)
    below = carried_below(team)
    if below is None or below == progress.target.value:
        return ()
    unit, currency = progress.target.unit, team.scene.company.currency
    gap = said(abs(below - round(progress.target.value)), unit, currency)
    word = "more" if below > progress.target.value else "less"
    text = f"The targets below sum to {gap} {word} than the team's for {team.month.name}."
    return (Notice(text=text, next_step="Look at the difference in the targets grid.", link="targets"),)


def carried_below(team: Team) -> int | None:
    """What the people and vacant seats of the team and the teams directly below carry; None when nobody does."""
    scene, month = team.scene, team.month
    own_people = effective(scene, team.found, _in_team(scene, team.team_id), month).values()
    seats = [pk for pk in vacancies_of(scene, team.team_id) if _team_of(scene, pk) == team.team_id]
    amounts = [amount for amount in own_people if amount is not None]
    amounts += vacant(scene, team.found, seats, month).values()
    amounts += [row for pk in team.teams if (row := team.row(f"team:{pk}", month)["target"]) is not None]
    return sum(amounts) if amounts else None


def _in_team(scene: Scene, team_id: int) -> list[int]:
    seats = scene.seats_on(scene.as_of).filter(nw.col("team_id") == team_id, ~nw.col("person_id").is_null())
    return sorted(set(seats["person_id"].to_list()))


def _team_of(scene: Scene, position_id: int) -> int | None:
    rows = scene.seats.filter(nw.col("position_id") == position_id)["team_id"].to_list()
    return rows[0] if rows else None


def _series(team: Team, reps: tuple[RepRow, ...]) -> Series:
    """Target and actual rep by rep over the month; of a team of teams, team by team over the year."""
    people = [row for row in reps if row.person_id is not None]
    if people or not team.teams:
        return _bars(team, f"Who needs help in {team.month.name}?", people)
    return _bars(team, f"Which team needs help in {team.year.name}?", _team_rows(team))


def _bars(team: Team, title: str, rows: Sequence[RepRow | TeamRow]) -> Series:
    def values(name: str) -> tuple[float | int | None, ...]:
        found = [getattr(row, name) for row in rows]
        return tuple(None if one is None else _plain(one.value) for one in found)

    return Series(
        title=title, unit=METRICS[team.metric].unit, labels=tuple(row.name for row in rows),
        lines=(
            Line(name=METRICS[team.metric].title, values=values("actual")),
            Line(name="Expected", values=values("expected"), kind="expected"),
            Line(name="Target", values=values("target"), kind="goal"),
        ),
    )  # fmt: skip


def _plain(value: Any) -> float | int | None:  # noqa: ANN401  a number of any kind
    return value if value is None or isinstance(value, int) else float(value)


def _sentence(team: Team, progress: Progress, reps: tuple[RepRow, ...]) -> str:
    """Where the team stands, and whom to help first."""
    stands = standing_said(team.scene, progress, shortened(team.scene.team_names[team.team_id]))
    return sentence(stands, _next(team, progress, reps))


def _next(team: Team, progress: Progress, reps: tuple[RepRow, ...]) -> str:
    """What to do next, as the end of a sentence."""
    if progress.target.value is None:
        return "set a goal and bring it down"
    if worst := _troubled(reps):
        return f"help {joined([shortened(row.name, 32) for row in worst])} first"
    if below := furthest_behind(team.scene, team.teams, team.year, team.standing):
        return f"look first at {shortened(below[0])}"
    empty = [row for row in reps if row.person_id is None]
    if empty:
        return f"fill {shortened(empty[0].name)}" if len(empty) == 1 else f"fill {len(empty)} vacant seats"
    return "nobody needs help today" if reps or team.teams else ""


def _troubled(reps: tuple[RepRow, ...]) -> list[RepRow]:
    """The two people who need the manager most."""
    troubled = [row for row in reps if row.attention and row.person_id is not None]
    return sorted(troubled, key=lambda row: (-len(row.attention), row.pace.value or 0, row.name))[:2]


def _evidence(team: Team, reps: tuple[RepRow, ...]) -> tuple[str, ...]:
    """What the sentence rests on: what is the matter with those named, and the seats that nobody holds."""
    found = [f"{shortened(row.name, 32)}: {row.attention[0]}" for row in _troubled(reps)]
    if below := furthest_behind(team.scene, team.teams, team.year, team.standing):
        found.append(f"{shortened(below[0])}: {below[1]} behind an even pace in {team.year.name}")
    n_empty = sum(row.person_id is None for row in reps)
    if n_empty:
        found.append(f"{n_empty} seat{'' if n_empty == 1 else 's'} vacant")
    return tuple(found)
