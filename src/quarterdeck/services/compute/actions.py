"""What people should do today, and which deals to touch first, from files.

targets  rita  March 90,000   bookings so far 52,000   10 working days left   ->  3 proposals, 6 meetings, 18 calls
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from quarterdeck.engine.actions.deals import deals_in_order_of_need
from quarterdeck.engine.actions.funnel import ACTIONS_SCHEMA, WorkingTime, daily_actions
from quarterdeck.engine.actions.history import History, funnel_of
from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.calendar.holiday_days import public_holidays
from quarterdeck.engine.calendar.ranges import effective_on
from quarterdeck.engine.calendar.workdays import n_work_days, work_days
from quarterdeck.engine.metrics.definitions import metric_named
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from quarterdeck.services.compute.inputs import Inputs
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

SELLERS: Final = ("rep",)


def computed_actions(
    given: Inputs,
    *,
    people: Sequence[str] = (),
    metric: str = "bookings",
    as_of: dt.date,
    calendar: FiscalCalendar | None = None,
) -> tuple[Frame, Frame]:
    """Today's actions (ACTIONS_SCHEMA with person_id) and open deals in order of need, of everybody or some people.

    A target of the fiscal month is taken, else the share of a quarter or year that the month's working days are of it.
    People without a target are left out. Raises Refusal when nobody asked for has one.
    """
    month = (calendar or FiscalCalendar()).period_of(as_of, "month")
    sellers = effective_on(given.seats, as_of).filter(nw.col("hat").is_in(SELLERS))
    team_of = dict(sellers.filter(~nw.col("person_id").is_null()).select("person_id", "team_id").iter_rows())
    chosen = list(people) or sorted(team_of)
    history = History(given.totals)
    rows = [
        row
        for person in chosen
        if (target := _target(given, person, metric, month, as_of)) is not None
        for row in _todo(given, history, team_of, (person, target, metric, month, as_of))
    ]
    if not rows:
        who = ", ".join(chosen[:5]) or "Nobody"
        why = f"{who}: no target of {metric} reaches {as_of}." if chosen else f"Nobody sells on {as_of}."
        raise Refusal("Nothing was computed.", why, "Add a file of targets, or name another day.", "no_target")
    todo = nw.from_dict(
        {name: [row[name] for row in rows] for name in rows[0]},
        {"person_id": nw.String, **ACTIONS_SCHEMA},
        backend="polars",
    )
    return todo, _deals(given, chosen, as_of, month)


def _todo(
    given: Inputs, history: History, team_of: dict[str, str], asked: tuple[str, int, str, Period, dt.date]
) -> list[dict[str, Any]]:
    person, target, metric, month, as_of = asked
    worked = _work_days(given, person, month)
    left = n_work_days(worked, person, as_of, month.ends_on)
    today = n_work_days(worked, person, as_of, as_of + (month.ends_on - month.last_day))
    team = [other for other, team in team_of.items() if team == team_of.get(person)]
    size, steps = funnel_of(history, person, team, as_of, is_count=metric_named(metric).unit == "count")
    remaining = target - _actual(given, person, metric, month, as_of)
    found = daily_actions(remaining, size, steps, WorkingTime(days_left=left, share_today=today))
    return [{"person_id": person, **row} for row in found.iter_rows(named=True)]


def _target(given: Inputs, person: str, metric: str, month: Period, as_of: dt.date) -> int | None:
    """The person's target of the month; of a longer period, its even part by calendar days."""
    rows = given.targets.filter(nw.col("holder_id") == person, nw.col("metric") == metric)
    kinds = {"month": 1, "quarter": 3, "year": 12}
    for kind, n_months in kinds.items():
        of_kind = rows.filter(nw.col("period_kind").fill_null("month") == kind, nw.col("starts_on") <= as_of)
        if len(of_kind):
            last = of_kind.sort("starts_on").tail(1)
            age = (month.starts_on - last["starts_on"][0]).days
            if age < 31 * n_months:
                return round(int(last["amount"][0]) / n_months)
    return None


def _actual(given: Inputs, person: str, metric: str, month: Period, as_of: dt.date) -> int:
    holder = nw.from_dict({"holder_kind": ["person"], "holder_id": [person]}, backend="polars")
    values = metric_values([metric], given.totals, given.memberships, holder, [month], as_of)
    return int(values["value"][0] or 0)


def _work_days(given: Inputs, person: str, month: Period) -> Frame:
    people = given.rows["people"].filter(pl.col("person") == person).rename({"person": "person_id"})
    present = people.select("person_id", "country", "part_time", "effective_from", "effective_to")
    away = given.rows["leave"].filter(pl.col("person") == person).rename({"person": "person_id"})
    holidays = public_holidays(present["country"].unique().to_list(), {month.starts_on.year, month.ends_on.year})
    eager = [nw.from_native(frame, eager_only=True) for frame in (present, away)]
    return work_days(eager[0], eager[1], month.starts_on, month.ends_on, holidays=holidays)


def _deals(given: Inputs, people: Sequence[str], as_of: dt.date, month: Period) -> Frame:
    """Open deals of the people on the day, neediest first."""
    states = effective_on(given.opportunity_states, as_of).filter(
        nw.col("stage_kind") == "open", nw.col("person_id").is_in(list(people)), ~nw.col("effective_from").is_null()
    )
    touched = given.activities.filter(~nw.col("opportunity_id").is_null(), nw.col("happened_on") <= as_of)
    last = touched.group_by("opportunity_id").agg(last_activity_on=nw.col("happened_on").max())
    return deals_in_order_of_need(states.join(last, on="opportunity_id", how="left"), as_of, month=month)
