"""One goal: how its amount came about, its parts, its quarters, its markets by month, and the years beside it.

Won amount 2026, company   2,750,000     shares of 2 markets, grown by 10 %; quarters 22 : 24 : 24 : 30
    food    share 5 %   of 27,500,000   1,512,500     January 112,000 ...
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.records.models import Goal, Plan, Target
from quarterdeck.services import access
from quarterdeck.services.calendar import company, fiscal_calendar
from quarterdeck.services.goal_words import how_words
from quarterdeck.services.listing import Listing, whole
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """A quarter of a goal."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalPage:
    """Everything the page of a goal shows; amounts in minor units, or counts."""

    goal: Any
    metric_title: str
    unit: str
    how_said: str
    months: tuple[Period, ...]
    amounts: tuple[int, ...]
    """The goal by month, as its targets say now; empty where these were replaced."""
    quarters: tuple[Quarter, ...]
    segments: tuple[dict[str, Any], ...]
    parts: tuple[dict[str, Any], ...]
    others: tuple[Any, ...]
    """Goals in force of the same team and metric in other years, earliest first."""
    plan_id: int | None


def goal_page(actor: Actor, goal_id: int) -> GoalPage:
    """A goal of a team whose totals the actor sees, or the refusal `not_visible`; at most seven queries."""
    goal = Goal.objects.select_related("team", "set_by__person").filter(pk=goal_id).first()
    if goal is None or not access.sees_team(actor, goal.team_id, actor.today):
        raise access.not_visible("goal")
    metric, own = metric_named(goal.metric), company()
    calendar = fiscal_calendar(own)
    months = tuple(calendar.months(goal.fiscal_year))
    known = dict(
        Target.objects.filter(goal=goal, team_id=goal.team_id, layer="plan")
        .order_by("known_at", "pk")
        .values_list("starts_on", "amount")
    )
    amounts = tuple(known.get(month.starts_on, 0) for month in months) if known else ()
    same = Goal.current.filter(team_id=goal.team_id, metric=goal.metric).exclude(fiscal_year=goal.fiscal_year)
    return GoalPage(
        goal=goal, metric_title=metric.title, unit=metric.unit, how_said=how_words(goal, metric.unit, own.currency),
        months=months, amounts=amounts, quarters=_quarters(calendar.quarters(goal.fiscal_year), months, amounts),
        segments=markets_of(goal.how), parts=tuple(goal.how.get("parts", ())),
        others=tuple(same.order_by("fiscal_year")),
        plan_id=Plan.objects.filter(goal=goal).values_list("pk", flat=True).first(),
    )  # fmt: skip


def markets_of(how: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """The markets that a goal names, with exact shares."""
    return tuple(row | {"share": Fraction(row["share"])} for row in how.get("segments", ()))


def _quarters(quarters: Sequence[Period], months: Sequence[Period], amounts: Sequence[int]) -> tuple[Quarter, ...]:
    if not amounts:
        return ()
    return tuple(
        Quarter(
            name=quarter.name,
            amount=sum(
                amount
                for month, amount in zip(months, amounts, strict=True)
                if quarter.starts_on <= month.starts_on < quarter.ends_on
            ),
        )
        for quarter in quarters
    )


def markets_listing(view: GoalPage) -> Listing[dict[str, Any]]:
    """Markets by month as a file holds them, a row per market and one for the goal."""
    names = [str(month.starts_on) for month in view.months]
    columns = (
        Column("market", "text", "The segment; the last row is the goal."),
        *(Column(name, "money", "The month that begins then.") for name in names),
        Column("year", "money", "All of it."),
    )  # fmt: skip
    rows = [(row["name"], row["months"], row["amount"]) for row in view.segments]
    if view.segments:
        rows.append(("goal", list(view.amounts), view.goal.amount))
    made = [{"market": name, **dict(zip(names, months, strict=False)), "year": year} for name, months, year in rows]
    return whole("Markets of the goal", columns, made)
