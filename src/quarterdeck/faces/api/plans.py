"""Goals with what they come down to, and targets as a grid and cell by cell."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from quarterdeck.faces.api.answers import Answer
from quarterdeck.faces.api.asked import AsOf, Day, Id
from quarterdeck.faces.api.auth import reads, writes
from quarterdeck.faces.api.once import KEY, once
from quarterdeck.services import goals as goal_services
from quarterdeck.services import targets as target_services
from quarterdeck.services.calendar import fiscal_calendar
from quarterdeck.services.goal_kinds import Market, Mix, Years

router = Router(tags=["Plans"])

Year = Annotated[int, Field(ge=1970, le=2198)]
Amount = Annotated[int, Field(ge=0, le=2**63 - 1)]
Node = Annotated[str, Field(pattern=r"^(team|person|position):[1-9][0-9]{0,17}$")]
Metric = Annotated[str, Field(max_length=40)]


class Goal(Answer):
    """A number for a team, a metric and a fiscal year."""

    goal_id: int = Field(description="The goal's id.")
    metric: str = Field(description="Of what.", examples=["won_amount"])
    team_id: int = Field(description="Whose: the team's id.")
    team: str = Field(description="The team's name.")
    fiscal_year: int = Field(description="Which year.", examples=[2026])
    starts_on: dt.date = Field(description="First day of the year.")
    ends_on: dt.date = Field(description="First day after it.")
    amount: int = Field(description="Whole minor units, or a count, by the metric's unit.")
    growth: str = Field(description="The exact ratio on last year by which it was set; empty when by amount.")
    how: dict[str, Any] = Field(
        description="How its amount came about and its shape: relief, markets by month, parts, quarters, years."
    )
    basis: str = Field(description="How it comes down: by history, even, or by weights.")
    note: str = Field(description="What was said about it.")
    known_at: dt.datetime = Field(description="When it was set.")


class Goals(Answer):
    """Goals in force."""

    items: list[Goal] = Field(description="Newest year first.")


Ratio = Annotated[Decimal, Field(ge=-1, le=1000, max_digits=12, decimal_places=8)]
Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=12, decimal_places=8)]


class MarketShare(Schema):
    """A share of one market."""

    segment_id: Id = Field(description="The segment's id; its size comes in as a potential.")
    share: Share = Field(description="Exact ratio of its size: 0.05 is 5 %.", examples=["0.05"])


class WantedMarket(Schema):
    """Shares of markets to be won."""

    shares: Annotated[list[MarketShare], Field(min_length=1, max_length=200)] = Field(
        description="One for each market."
    )
    growth: Ratio = Field(Decimal(0), description="By which ratio markets grow from the day before the year.")


class WantedMix(Schema):
    """A goal from what is kept of last year, what it expands by, and what is new."""

    retained: Share = Field(description="Exact ratio of last year that is kept.")
    expansion: Annotated[Decimal, Field(ge=0, le=100, max_digits=12, decimal_places=8)] = Field(
        Decimal(0), description="Exact ratio of last year that it expands by."
    )
    new: Annotated[int, Field(ge=0, le=2**53)] = Field(0, description="New business: whole minor units, or a count.")


class WantedYears(Schema):
    """Further years after the first, each a goal of its own."""

    n_years: Annotated[int, Field(ge=2, le=10)] = Field(description="How many with the first.")
    end: Annotated[int, Field(ge=1, le=2**53)] = Field(description="What the last one comes to.")
    path: Literal["compound", "linear"] = Field(description="The same growth each year, or the same amount more.")


class NewGoal(Schema):
    """A goal as somebody wants it: an amount, growth on last year, shares of markets, or a mix; one of the four."""

    metric: Metric = Field(description="Of what; a metric that adds up, such as won_amount.", examples=["won_amount"])
    team_id: Id = Field(description="Whose: the team's id.")
    fiscal_year: Year = Field(description="Which fiscal year.", examples=[2026])
    amount: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = Field(
        None, description="Whole minor units, or a count. Null with growth.", examples=[1_200_000_000]
    )
    growth: Annotated[Decimal, Field(ge=-1, le=1000, max_digits=12, decimal_places=8)] | None = Field(
        None, description="Exact ratio on last year's actual: 0.12 is 12 % more. Null with an amount."
    )
    relief: Annotated[Decimal, Field(gt=0, le=1, max_digits=12, decimal_places=8)] | None = Field(
        None, description="With growth: what is expected to be lost, as an exact ratio of last year."
    )
    relief_rule: Literal["", "additive", "multiplicative"] = Field(
        "", description="How relief combines with growth: subtracted from it, or multiplied. Needed with relief."
    )
    market: WantedMarket | None = Field(None, description="Shares of markets.")
    mix: WantedMix | None = Field(None, description="Retained, expanded and new business.")
    quarters: Annotated[list[Annotated[int, Field(ge=0, le=1_000_000)]], Field(max_length=4)] = Field(
        default_factory=list, description="Four weights, the shape of its quarters; empty: by season."
    )
    years: WantedYears | None = Field(None, description="Further years; the first is answered.")
    basis: Literal["history", "even", "weights"] = Field("history", description="How it comes down the tree.")
    weights: dict[Node, Annotated[int, Field(ge=0, le=2**53)]] = Field(
        default_factory=dict, description="By node (team:3, person:7, position:9), for the basis weights."
    )
    note: str = Field("", max_length=2_000, description="What to say about it.")


class Cell(Answer):
    """One node in one fiscal month."""

    node_id: str = Field(description="team:3, person:7 or position:9.")
    parent_id: str | None = Field(description="The node above. Null for the goal's own.")
    starts_on: dt.date = Field(description="First day of the month.")
    ends_on: dt.date = Field(description="First day after it.")
    amount: int = Field(description="Whole minor units, or a count, by the metric's unit.")
    derivation: str = Field(description="Why it is this much, as JSON.")


class Preview(Answer):
    """What a goal comes to; nothing is written."""

    amount: int = Field(description="The goal: whole minor units, or a count.")
    last_year: int = Field(description="Last year's actual, in the same unit.")
    n_people: int = Field(description="People who get a share.")
    n_vacancies: int = Field(description="Vacant seats that get a share.")
    names: dict[str, str] = Field(description="Names by node.")
    cells: list[Cell] = Field(description="A row per node and fiscal month; children sum to their parent in each.")


class TargetCell(Answer):
    """One node's target in one fiscal month."""

    starts_on: dt.date = Field(description="First day of the month.")
    amount: int | None = Field(description="Whole minor units, or a count. Null where none is set.")
    origin: str = Field(description="cascade, by hand, imported, part of a longer period; empty where none is set.")
    below: int | None = Field(description="What the nodes directly below sum to. Null without any.")
    difference: int = Field(description="By how much they sum to more than this one.")


class TargetRow(Answer):
    """One node of the tree."""

    holder: str = Field(description="team:3, person:7 or position:9.")
    name: str = Field(description="Its name.")
    parent: str = Field(description="The node above; empty at the top.")
    depth: int = Field(description="How far below the top.")
    is_vacant: bool = Field(description="A seat that nobody holds.")
    year: int | None = Field(description="What its months sum to. Null where none is set.")
    effective_year: int | None = Field(
        description="Of a person: their own and that of the positions they hold. Null for other nodes and without any."
    )
    cells: list[TargetCell] = Field(description="Its months.")


class Grid(Answer):
    """Targets of a team's tree by fiscal month."""

    team_id: int = Field(description="The team at the top.")
    metric: str = Field(description="Of what.")
    unit: str = Field(description="money (whole minor units), count, ratio or days.")
    layer: str = Field(description="plan (sums to the goal) or street (with the hedge on top).")
    fiscal_year: int = Field(description="Which year.")
    rows: list[TargetRow] = Field(description="Parents before children.")


class WantedGrid(AsOf):
    """Which targets."""

    team_id: Id = Field(description="The team at the top.")
    fiscal_year: Year | None = Field(None, description="Which fiscal year; empty is the one of the day.")
    metric: Metric = Field("", description="Of what; empty is the company's headline metric.")
    layer: Literal["plan", "street"] = Field("plan", description="Plan or street.")


class NewTarget(Schema):
    """One month of one holder."""

    holder: Node = Field(description="team:3, person:7 or position:9.", examples=["person:7"])
    starts_on: Day = Field(description="Any day of the fiscal month.", examples=["2026-03-01"])
    amount: Amount = Field(description="Whole minor units, or a count.", examples=[9_000_000])
    metric: Metric = Field("", description="Of what; empty is the company's headline metric.")
    layer: Literal["plan", "street"] = Field("plan", description="Plan or street.")
    note: str = Field("", max_length=2_000, description="Why.")


class TargetSet(Answer):
    """A cell that was set."""

    target_id: int = Field(description="The target's id.")
    holder: str = Field(description="Whose.")
    metric: str = Field(description="Of what.")
    starts_on: dt.date = Field(description="First day of its month.")
    ends_on: dt.date = Field(description="First day after it.")
    amount: int = Field(description="Whole minor units, or a count.")
    warning: str = Field(description="What no longer sums because of it; empty when all does.")


def _goal(goal: Any) -> dict[str, Any]:  # noqa: ANN401  records.Goal, which faces do not import
    names = (
        "metric",
        "team_id",
        "fiscal_year",
        "starts_on",
        "ends_on",
        "amount",
        "growth",
        "how",
        "basis",
        "note",
        "known_at",
    )
    return {name: getattr(goal, name) for name in names} | {"goal_id": goal.pk, "team": goal.team.name}


def _draft(new: NewGoal) -> goal_services.GoalDraft:
    said = new.dict()
    said |= {
        "market": new.market
        and Market(shares=tuple((one.segment_id, one.share) for one in new.market.shares), growth=new.market.growth),
        "mix": new.mix and Mix(**new.mix.dict()), "years": new.years and Years(**new.years.dict()),
        "quarters": tuple(Fraction(weight) for weight in new.quarters),
    }  # fmt: skip
    return goal_services.GoalDraft(**said)


class WantedGoals(Schema):
    """Which goals."""

    fiscal_year: Year | None = Field(None, description="Of this fiscal year; empty: of all.")


@router.get("/goals", response=Goals, summary="Goals")
def list_goals(request: HttpRequest, wanted: Query[WantedGoals]) -> dict[str, Any]:
    """Goals in force of teams whose totals you see."""
    return {"items": [_goal(goal) for goal in goal_services.goals(reads(request), fiscal_year=wanted.fiscal_year)]}


@router.post("/goals/preview", response=Preview, summary="What a goal would come to")
def preview_goal(request: HttpRequest, new: NewGoal) -> dict[str, Any]:
    """The goal brought down to every team, person, vacant seat and month, exact to the unit; nothing is written."""
    made = goal_services.goal_previewed(writes(request), _draft(new))
    names = ("amount", "last_year", "n_people", "n_vacancies", "names")
    return {name: getattr(made, name) for name in names} | {"cells": list(made.cells.iter_rows(named=True))}


@router.post("/goals", response={201: Goal}, summary="Set a goal", openapi_extra=KEY)
def post_goal(request: HttpRequest, new: NewGoal) -> HttpResponse:
    """Set a goal and bring it down to targets; an earlier one of its kind gives way. Needs write:plans."""
    actor = writes(request)
    return once(request, 201, Goal, lambda: _goal(goal_services.goal_set(actor, _draft(new))))


@router.get("/targets", response=Grid, summary="Targets of a team")
def get_targets(request: HttpRequest, wanted: Query[WantedGrid]) -> Any:  # noqa: ANN401  a Grid
    """The targets of a team and everything below it, by fiscal month, with what does not sum."""
    actor = reads(request)
    as_of = wanted.day(actor)
    year = wanted.fiscal_year or fiscal_calendar().year_of(as_of)
    return target_services.target_grid(
        actor, wanted.team_id, fiscal_year=year, as_of=as_of, metric=wanted.metric, layer=wanted.layer
    )


@router.put("/targets", response=TargetSet, summary="Set a target", openapi_extra=KEY)
def put_target(request: HttpRequest, new: NewTarget) -> HttpResponse:
    """Set one month of one holder as a new version; says what no longer sums because of it. Needs write:plans."""
    actor = writes(request)

    def made() -> dict[str, Any]:
        found = target_services.target_set(
            actor,
            new.holder,
            starts_on=new.starts_on,
            amount=new.amount,
            metric=new.metric,
            layer=new.layer,
            note=new.note,
        )
        names = ("metric", "starts_on", "ends_on", "amount")
        row = {name: getattr(found.target, name) for name in names}
        return row | {"target_id": found.target.pk, "holder": new.holder, "warning": found.warning}

    return once(request, 200, TargetSet, made)
