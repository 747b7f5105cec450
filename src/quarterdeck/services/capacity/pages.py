"""What the pages of capacity show: a team's months against the plan, its drivers, hires, and why each number is so.

East is expected to bring 1,930,000 of the 2,010,000 USD planned for 2026: 80,000 are missing.
One hire who starts by 1 June closes it; open the seat by 2 April.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quarterdeck.engine.capacity.seats import ORDER
from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.services import access
from quarterdeck.services.capacity.hiring import Hiring, hiring
from quarterdeck.services.capacity.outcomes import outcome
from quarterdeck.services.capacity.room import Room
from quarterdeck.services.capacity.scenarios import door_for, reads_scenarios
from quarterdeck.services.capacity.shapes import PART_WORDS
from quarterdeck.services.desks.shapes import Line as ChartLine
from quarterdeck.services.desks.shapes import Series
from quarterdeck.services.desks.words import said
from quarterdeck.services.listing import Listing
from quarterdeck.services.plans.doors import Door, plans_seen
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.capacity.drivers import Driver
    from quarterdeck.services.capacity.shapes import Line, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityChoice:
    """A plan and the highest team of it whose capacity the actor sees."""

    plan_id: int
    plan: str
    team_id: int
    team: str
    fiscal_year: int
    state: str
    is_running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityPage:
    """Everything the page of a team's capacity shows."""

    plan_id: int
    plan: str
    state: str
    team_id: int
    team: str
    above_id: int | None
    """The team above, where the actor sees its people, too."""
    above: str
    metric: str
    metric_title: str
    unit: str
    outcome: Outcome
    hiring: Hiring
    sentence: str
    drivers: tuple[Driver, ...]
    months: tuple[tuple[str, str], ...]
    """First day and name of each month of the plan."""
    may_edit: bool
    is_root: bool
    is_open: bool
    """Whether the actor may change the whole plan now."""

    @property
    def parts_said(self) -> list[tuple[str, int]]:
        """The year's parts in words, from a full house to what can be brought; those that are nothing left out."""
        return [(PART_WORDS[part], amount) for part, amount in self.outcome.parts.items() if amount or part == "full"]

    @property
    def ahead(self) -> int:
        """What is expected more than what could be brought: months that are over brought what they brought."""
        return self.outcome.year.expected - self.outcome.year.capacity

    @property
    def asked(self) -> int:
        """The goal, as what it takes away."""
        return -self.outcome.year.goal

    @property
    def order(self) -> str:
        """The convention by which a loss with several reasons is told apart."""
        return ORDER


def capacity_choices(actor: Actor, as_of: dt.date) -> list[CapacityChoice]:
    """Plans of which the actor sees the capacity of a team: those of the running year first, then the newest."""
    if not reads_scenarios(actor):
        return []
    found = [choice for door in plans_seen(actor) if (choice := _choice(door, as_of))]
    return sorted(found, key=lambda one: (not one.is_running, one.state != "published", -one.plan_id))


def _choice(found: Door, as_of: dt.date) -> CapacityChoice | None:
    nodes = found.ground.nodes
    teams = [node for node in found.seen if nodes[node].kind == "team" and _sees_people(found, node)]
    if not teams:
        return None
    top = min(teams, key=lambda node: (len(found.ground.above(node)), node))
    names = {pk: name for pk, name, *_ in access.team_links(found.actor)}
    number, months = int(top.partition(":")[2]), found.ground.months
    return CapacityChoice(
        plan_id=found.plan.pk, plan=found.plan.name, team_id=number, team=names.get(number, top),
        fiscal_year=found.plan.fiscal_year, state=found.state,
        is_running=months[0].starts_on <= as_of < months[-1].ends_on,
    )  # fmt: skip


def _sees_people(found: Door, node: str) -> bool:
    return access.sees_people_of(found.actor, int(node.partition(":")[2]), found.actor.today)


def capacity_page(actor: Actor, plan_id: int, team_id: int, as_of: dt.date) -> CapacityPage:
    """The page of a team's capacity in a plan; `not_visible` for who does not work on it."""
    found = door_for(actor, plan_id, team_id)
    room = Room(found, as_of)
    return page_of(room, team_id, outcome(room, team_id))


def page_of(room: Room, team_id: int, made: Outcome) -> CapacityPage:
    """The page of an outcome that is known."""
    found, hires, metric = room.found, hiring(room, made), metric_named(room.found.plan.metric)
    above = room.staff.parents.get(team_id)
    is_seen = above is not None and access.sees_people_of(found.actor, above, found.actor.today)
    names = room.scene.team_names
    return CapacityPage(
        plan_id=found.plan.pk, plan=found.plan.name, state=found.state, team_id=team_id, team=names.get(team_id, ""),
        above_id=above if is_seen else None, above=names.get(above or 0, ""), metric=metric.name,
        metric_title=metric.title, unit=metric.unit, outcome=made, hiring=hires,
        sentence=sentence(room, team_id, made, hires), drivers=tuple(made.drivers.values()),
        months=tuple((str(month.starts_on), month.name) for month in found.ground.months),
        may_edit=access.may(found.actor, "edit_plans"), is_root=f"team:{team_id}" == found.ground.root,
        is_open=found.edits(found.ground.root),
    )  # fmt: skip


def months_of(actor: Actor, plan_id: int, team_id: int) -> list[str]:
    """First days of the months of a plan."""
    return [str(month.starts_on) for month in door_for(actor, plan_id, team_id).ground.months]


def months_series(page: CapacityPage) -> Series:
    """The months as a chart: bars of what can be brought, its range, the plan's line, and what was brought."""
    months = page.outcome.months
    unit: Any = "money" if page.unit == "money" else "count"
    shown = [
        ChartLine(name="Can bring", values=tuple(line.capacity for line in months), kind="bar"),
        ChartLine(name="Plan", values=tuple(line.goal for line in months), kind="goal"),
    ]
    if any(line.brought is not None for line in months):
        shown.append(ChartLine(name="Brought", values=tuple(line.brought for line in months), kind="last_year"))
    note = "Bars: what can be brought. No range: what a head brings and who leaves is stated, or too little is known."
    if months and months[0].low is not None:
        shown += [
            ChartLine(name="at least", values=tuple(line.low for line in months), kind="low"),
            ChartLine(name="at most", values=tuple(line.high for line in months), kind="high"),
        ]
        note = "Bars: what can be brought. Band: what a head brings and who leaves, both at the ends of their ranges."
    labels = tuple(line.name for line in months)
    return Series(
        title="Can the people there bring what the plan asks for?", unit=unit, labels=labels, lines=tuple(shown),
        note=note,
    )  # fmt: skip


def sentence(room: Room, team_id: int, made: Outcome, hires: Hiring) -> str:
    """Where the team stands, and what closes what is missing."""
    unit, year = metric_named(room.found.plan.metric).unit, made.year
    name = room.scene.team_names.get(team_id, "The team")

    def amount(value: int) -> str:
        return said(value, "money" if unit == "money" else "count", room.currency)

    of_goal = f"{amount(year.expected)} of the {amount(year.goal)} planned for {room.found.plan.fiscal_year}"
    if year.gap >= 0:
        return f"{name} is expected to bring {of_goal}: {amount(year.gap)} more than planned."
    start = f"{name} is expected to bring {of_goal}: {amount(-year.gap)} are missing."
    return f"{start} {_close(hires, amount(hires.one_hire))}"


def _close(hires: Hiring, one: str) -> str:
    if not hires.options:
        return "No month is left in which hires could help."
    if hires.starts_on is None:
        return "No seat that is opened now is filled in time; a smaller goal, or more from each, is what is left."
    if hires.n_hires is None or hires.start_by is None or hires.open_by is None:
        return f"Nobody who starts from {hires.starts_on:%-d %B} on brings anything in time."
    who = "One hire who starts" if hires.n_hires == 1 else f"{hires.n_hires:,} hires who start"
    ends = "closes" if hires.n_hires == 1 else "close"
    seats = "seat" if hires.n_hires == 1 else "seats"
    each = f"one who starts on {hires.starts_on:%-d %B} brings {one}"
    return f"{who} by {hires.start_by:%-d %B} {ends} that ({each}); open the {seats} by {hires.open_by:%-d %B %Y}."


def months_listing(page: CapacityPage) -> Listing[Line]:
    """The months as a file."""
    kind = "money" if page.unit == "money" else "count"
    return lines_listing(f"Capacity of {page.team}", page.outcome.months, kind)


def lines_listing(title: str, rows: Iterable[Line], kind: str) -> Listing[Line]:
    """Lines with their amounts in the unit of the plan, and heads as numbers."""
    amounts = ("goal", "capacity", "low", "high", "brought", "expected", "gap")
    heads = ("seats", "vacant", "away", "hires", "heads", "ramped_heads")
    columns = (
        Column("name", "text", "Which month or team."),
        *(Column(name, "money" if kind == "money" else "count", name) for name in amounts),
        *(Column(name, "text", name) for name in heads),
    )
    found = tuple(rows)
    return Listing(title=title, columns=columns, rows=found, n_rows=len(found), is_more=False)
