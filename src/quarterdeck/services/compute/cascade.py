"""A goal down a tree of teams, people and vacant seats, from files."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import narwhals as nw

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.calendar.ranges import effective_on
from quarterdeck.engine.cascade.cells import cells
from quarterdeck.engine.cascade.seasons import seasonal_index
from quarterdeck.engine.cascade.weights import even_weights, goal_amount, history_weights
from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import minor_from_text

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from quarterdeck.services.compute.inputs import Inputs
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

LEAF_HATS = ("rep",)


def computed_cascade(  # noqa: PLR0913  each argument is a dimension of the question
    given: Inputs,
    *,
    year: int,
    amount: int | None = None,
    growth: Decimal | None = None,
    metric: str = "bookings",
    basis: Literal["history", "even"] = "history",
    calendar: FiscalCalendar | None = None,
) -> Frame:
    """CELLS of every node and month of a fiscal year: `amount` in minor units (or a count), or `growth` on last year.

    Weights are last year's actuals of each person, months follow last years' seasons. Raises Refusal without a tree,
    without an amount or growth, and for growth on nothing.
    """
    rule = calendar or FiscalCalendar()
    months = rule.months(year)
    last = rule.year(year - 1)
    nodes = tree_nodes(given, months[0].starts_on)
    past = _past(given, metric, [last])
    whole = amount if amount is not None else _grown(past, growth)
    weighted = history_weights(nodes, past) if basis == "history" else even_weights(nodes)
    return cells(whole, weighted, months, _season(given, metric, rule, year), basis=basis)


def tree_nodes(given: Inputs, day: dt.date) -> Frame:
    """node_id and parent_id of every team, person who sells and vacant seat on a day: one root.

    A seat of somebody who leads others is no leaf; somebody who sells under two teams is a leaf of the first.
    """
    teams = effective_on(given.teams, day)
    seats = effective_on(given.seats, day).filter(nw.col("hat").is_in(LEAF_HATS))
    if not len(seats):
        raise Refusal(
            "The goal was not cascaded.", f"Nobody sells on {day}.", "Check the people file's dates.", "goal_tree"
        )
    person = nw.concat_str(nw.lit("person:"), "person_id")
    vacant = nw.concat_str(nw.lit("position:"), "position_id")
    leaves = seats.select(
        node_id=nw.when(nw.col("person_id").is_null()).then(vacant).otherwise(person),
        parent_id=nw.concat_str(nw.lit("team:"), "team_id"),
    )
    inner = teams.select(
        node_id=nw.concat_str(nw.lit("team:"), "team_id"), parent_id=nw.concat_str(nw.lit("team:"), "parent_id")
    )
    return _with_leaves_only(nw.concat([inner, leaves.sort("node_id", "parent_id").unique("node_id", keep="first")]))


def _with_leaves_only(nodes: Frame) -> Frame:
    """Leave out teams below which nobody sells: a goal cannot rest there."""
    parent = dict(nodes.select("node_id", "parent_id").iter_rows())
    kept: set[str] = set()
    for node in (node for node in parent if not node.startswith("team:")):
        at: str | None = node
        while at is not None and at not in kept:
            kept.add(at)
            at = parent.get(at)
    return nodes.filter(nw.col("node_id").is_in(sorted(kept)))


def _past(given: Inputs, metric: str, periods: list[Period]) -> Frame:
    """node_id, starts_on and amount of each person's actuals in whole units."""
    metric_named(metric)
    people = sorted(set(given.seats["person_id"].drop_nulls().to_list()))
    holders = nw.from_dict({"holder_kind": ["person"] * len(people), "holder_id": people},
                           {"holder_kind": nw.String, "holder_id": nw.String}, backend="polars")  # fmt: skip
    as_of = periods[-1].last_day
    values = metric_values([metric], given.totals, given.memberships, holders, periods, as_of)
    rows = values.filter(nw.col("value") != 0)
    return rows.select(
        node_id=nw.concat_str(nw.lit("person:"), "holder_id"), starts_on="starts_on",
        amount=nw.col("value").round().cast(nw.Int64),
    )  # fmt: skip


def _grown(past: Frame, growth: Decimal | None) -> int:
    if growth is None:
        raise Refusal("The goal was not cascaded.", "It has no amount.", "Give --goal or --growth.", "goal_amount")
    return goal_amount(int(past["amount"].sum()), growth)


def _season(given: Inputs, metric: str, calendar: FiscalCalendar, year: int) -> list[Fraction]:
    """The seasonal index of all the years before that have facts."""
    first = given.totals["starts_on"].min()
    if first is None or calendar.year_of(first) >= year:
        return [Fraction(1)] * len(calendar.months(year))
    months = [month for at in range(calendar.year_of(first), year) for month in calendar.months(at)]
    past = _past(given, metric, [month for month in months if month.ends_on > first])
    return seasonal_index(past.select("starts_on", "amount"), calendar, n_months=len(calendar.months(year)))


def goal_in_units(text: str, metric: str, currency: str) -> int:
    """A goal as written on the command line, in minor units for money and in whole things for counts."""
    unit = metric_named(metric).unit
    try:
        return minor_from_text(text, currency) if unit == "money" else int(text.replace(",", ""))
    except (ValueError, OverflowError) as error:
        raise Refusal(
            "The goal was not cascaded.", f"'{text}' is no amount.", "Write it like 12,000,000.00.", "goal_amount"
        ) from error
