"""The page of what pay costs: months of a fiscal year with the accrual and the cost rate, and teams.

    2026        earned      bookings    rate       East   8,000.00   5.3 %
    January     9,000.00  180,000.00    5.0 %      West                      made up by too few to be shown

The rate is what was earned divided by what was booked in the same period, by the same teams.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.services import access
from quarterdeck.services.desks.shapes import Line, Series
from quarterdeck.services.desks.words import exactly_said
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.metrics import measured
from quarterdeck.services.pay.accruals import FEWEST, Costs, MonthCost, TeamCost, costs_read, months_of, team_costs
from quarterdeck.services.scene import Scene
from quarterdeck.terms.period import Period
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from quarterdeck.services.actor import Actor

_WHAT: Final = "The cost of pay was not shown."
COLUMNS: Final = (
    Column("period", "text", "The pay period."),
    Column("state", "choice", "How far its run is; before it is locked the figures are a preview."),
    Column("opening_minor", "money", "Outstanding from periods before."),
    Column("earned_minor", "money", "Earned, with corrections, guarantees and advances that are not owed back."),
    Column("owed_minor", "money", "The liability on the period's last day."),
    Column("settled_minor", "money", "What the locked run settles."),
    Column("sent_minor", "money", "What the payroll batch pays."),
    Column("outstanding_minor", "money", "What is left."),
    Column("bookings_minor", "money", "Booked in the period."),
    Column("cost_rate", "ratio", "Earned / booked."),
)
TEAM_COLUMNS: Final = (
    Column("team", "text", "The team, with all below it."),
    Column("period", "text", "The pay period."),
    Column("earned_minor", "money", "Earned; empty where fewer than three people make it up."),
    Column("bookings_minor", "money", "Booked by the team."),
    Column("cost_rate", "ratio", "Earned / booked."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """A period of the page: its accrual beside what was booked."""

    month: MonthCost
    bookings_minor: int

    @property
    def rate(self) -> float | None:
        """Earned / booked; None where nothing was booked."""
        return self.month.earned_minor / self.bookings_minor if self.bookings_minor > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team of the page: each period's cost, bookings and rate, then those of the year."""

    team: TeamCost
    bookings: tuple[int, ...]

    @property
    def cells(self) -> list[tuple[int | None, float | None]]:
        """Cost and rate of each period."""
        return [(cost, _rate(cost, booked)) for cost, booked in zip(self.team.costs, self.bookings, strict=True)]

    @property
    def total(self) -> tuple[int | None, float | None]:
        """Cost and rate of all periods; nothing where one of them may not be seen."""
        known = [cost for cost in self.team.costs if cost is not None]
        cost = sum(known) if len(known) == len(self.team.costs) else None
        return cost, _rate(cost, sum(self.bookings))


def _rate(cost: int | None, booked: int) -> float | None:
    return cost / booked if cost is not None and booked > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostsPage:
    """What pay costs in a fiscal year."""

    year: Period
    years: tuple[int, ...]
    number: int
    sentence: str
    months: tuple[MonthLine, ...]
    teams: tuple[TeamLine, ...]
    chart: Series | None
    earned_minor: int
    bookings_minor: int
    outstanding_minor: int
    n_foreign: int
    is_hidden: bool
    """Whether a period is made up by so few that its figures are for finance alone."""

    @property
    def rate(self) -> float | None:
        """Earned / booked in the year."""
        return _rate(self.earned_minor, self.bookings_minor)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an actor sees of costs: whose, which teams, and whether also of single people."""

    costs: Costs
    scene: Scene
    teams: frozenset[int] | None
    sees_people: bool
    is_hidden: bool


def seen_costs(actor: Actor, as_of: dt.date) -> Seen:
    """Costs as far as the actor's hats open them. Raises Refusal: `needs_hat`."""
    access.require(actor, "see_pay_costs", _WHAT)
    scene, sees_people = Scene(actor, as_of), access.may(actor, "see_pay")
    teams = None if sees_people else access.teams_seen(actor, as_of)
    people = None if teams is None else {who for team in teams for who, *_ in scene.tree.spans.get(team, [])}
    costs = costs_read(as_of, people)
    few = any(0 < month.n_people < FEWEST for month in months_of(costs)) and not sees_people
    return Seen(Costs(costs.currency) if few else costs, scene, teams, sees_people, few)


def costs_page(actor: Actor, as_of: dt.date, number: int | None = None) -> CostsPage:
    """The fiscal year of `as_of`, or another one; at most fifteen queries."""
    found = seen_costs(actor, as_of)
    calendar = found.scene.calendar
    year = calendar.year(number if number is not None else calendar.year_of(as_of))
    every = months_of(found.costs)
    months = [month for month in every if year.starts_on <= month.starts_on < year.ends_on]
    teams = team_costs(found.scene, found.costs, months, found.teams, sees_people=found.sees_people)
    booked = _booked(found, teams, months)
    tops = [row for row in teams if row.level == 0]
    lines = tuple(
        MonthLine(month=month, bookings_minor=sum(booked[row.team_id][at] for row in tops))
        for at, month in enumerate(months)
    )
    earned = sum(month.earned_minor for month in months)
    return CostsPage(
        year=year, number=calendar.year_of(year.starts_on), months=lines, is_hidden=found.is_hidden,
        years=tuple(dict.fromkeys(calendar.year_of(month.starts_on) for month in every)),
        teams=tuple(TeamLine(team=row, bookings=tuple(booked[row.team_id])) for row in teams),
        chart=_chart(lines) if lines else None, earned_minor=earned,
        bookings_minor=sum(line.bookings_minor for line in lines), n_foreign=found.costs.n_foreign,
        outstanding_minor=months[-1].outstanding_minor if months else 0,
        sentence=_sentence(found, year, lines, earned),
    )  # fmt: skip


def _booked(found: Seen, teams: Sequence[TeamCost], months: Sequence[MonthCost]) -> dict[int, list[int]]:
    """By team, what was booked in each period."""
    booked = {row.team_id: [0] * len(months) for row in teams}
    if not teams:
        return booked
    periods = [Period(month.starts_on, month.ends_on) for month in months]
    rows = measured(found.scene, ["bookings"], [f"team:{row.team_id}" for row in teams], periods)
    at = {month.starts_on: place for place, month in enumerate(months)}
    for team, day, value in rows.select("holder_id", "starts_on", "value").iter_rows():
        booked[int(team)][at[day]] = int(value or 0)
    return booked


def _sentence(found: Seen, year: Period, lines: Sequence[MonthLine], earned: int) -> str:
    if not lines:
        return "Nothing was run in this year."
    currency, booked = found.costs.currency, sum(line.bookings_minor for line in lines)
    rate = f", {exactly_said(earned / booked, 'ratio', currency)} of what was booked" if booked > 0 else ""
    left = lines[-1].month.outstanding_minor
    owed = "nothing is outstanding"
    if left:
        owed = f"{exactly_said(abs(left), 'money', currency)} is {'outstanding' if left > 0 else 'advanced'}"
    return f"{exactly_said(earned, 'money', currency)} was earned in {year.name}{rate}; {owed}."


def _chart(lines: Sequence[MonthLine]) -> Series:
    months = [line.month for line in lines]
    return Series(
        title="What was earned, and what is still outstanding?", unit="money",
        labels=tuple(month.name for month in months),
        lines=(
            Line(name="Earned", values=tuple(month.earned_minor for month in months), kind="bar"),
            Line(name="Outstanding", values=tuple(month.outstanding_minor for month in months)),
        ),
    )  # fmt: skip


def costs_listing(page: CostsPage) -> Listing[dict[str, Any]]:
    """The periods as a file has them."""
    rows = [
        {"period": one.name, "state": one.state, "opening_minor": one.opening_minor, "earned_minor": one.earned_minor,
         "owed_minor": one.owed_minor, "settled_minor": one.settled_minor, "sent_minor": one.sent_minor,
         "outstanding_minor": one.outstanding_minor, "bookings_minor": line.bookings_minor, "cost_rate": line.rate}
        for line in page.months for one in [line.month]
    ]  # fmt: skip
    return whole(f"Pay costs {page.year.name}", COLUMNS, rows)


def teams_listing(page: CostsPage) -> Listing[dict[str, Any]]:
    """Teams and periods as a file has them."""
    rows = [
        {"team": line.team.name, "period": page.months[at].month.name, "earned_minor": cost,
         "bookings_minor": line.bookings[at], "cost_rate": rate}
        for line in page.teams for at, (cost, rate) in enumerate(line.cells)
    ]  # fmt: skip
    return whole(f"Pay costs of teams {page.year.name}", TEAM_COLUMNS, rows)
