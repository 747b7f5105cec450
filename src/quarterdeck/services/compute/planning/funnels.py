"""Functions of funnels: from what remains back to what to do, with lags or without, and what a pipeline brings.

steps.csv   proposal 0.4, meeting 0.5, call 0.1   --remaining 100000 --average-deal 10000   ->   25, 50, 500
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, get_args

import narwhals as nw

from quarterdeck.engine.actions.funnel import DealSize, Step, WorkingTime, daily_actions, pipeline_needed
from quarterdeck.engine.actions.lags import Counting, LaggedStep, OpenPipeline, Window, dated_actions
from quarterdeck.engine.actions.rates import shrunken_rates
from quarterdeck.engine.growth.rates import pipeline_velocity
from quarterdeck.services.compute.planning.declared import Answer, Example, Given, Input, Option, PlanFunction
from quarterdeck.services.compute.planning.framing import Row, each, made, n_of
from quarterdeck.terms import plan_inputs as reads
from quarterdeck.terms import plan_outputs as writes
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import whole
from quarterdeck.terms.planning import DATED_ACTIONS, FUNNEL_STEPS

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

ROOM: Final = "Funnel and pipeline"
_SATURDAY: Final = 5
_REMAINING: Final = Option(name="remaining", kind="money", about="What is still to win; with --deals it is left out.")
_AVERAGE: Final = Option(name="average_deal", kind="money", about="The average won deal.")
_DEALS: Final = Option(name="deals", kind="count", about="Or how many deals are to be won.")


def _wanted(given: Given) -> tuple[int, DealSize]:
    """What remains and the size of a deal; a number of deals is that many of size one."""
    if given["deals"] is not None:
        if given["remaining"] is not None or given["average_deal"] is not None:
            raise _unclear("Both a number of deals and an amount were said.")
        return given["deals"], DealSize(own=1)
    if given["remaining"] is None or given["average_deal"] is None:
        raise _unclear("Neither a number of deals was said, nor an amount with the size of a deal.")
    return given["remaining"], DealSize(own=given["average_deal"])


def _unclear(why: str) -> Refusal:
    return Refusal("Nothing was computed.", why, "Say --deals, or --remaining with --average-deal.", "plan_option")


def _step(row: Row) -> Step:
    rate, team = (None if row[name] is None else float(row[name]) for name in ("rate", "team_rate"))
    return Step(kind=row["kind"], rate=rate, team_rate=team, done_today=row.get("done_today") or 0)


def _funnel(given: Given) -> Answer:
    remaining, size = _wanted(given)
    time = WorkingTime(days_left=float(given["days_left"] or 0), share_today=float(given["share_today"]))
    found = daily_actions(remaining, size, [_step(row) for row in given.rows("steps")], time)
    totals = dict(found.select("kind", "needed_total").iter_rows())
    told = ", ".join(f"{kind} {n:,}" if n is not None else f"{kind} unknown" for kind, n in totals.items())
    return Answer({"funnel": made(writes.TODO, found.rows(named=True))}, f"Still needed: {told}.", {"needed": totals})


def _dated(given: Given) -> Answer:
    remaining, size = _wanted(given)
    as_of, ends_on = given["as_of"], given["ends_on"]
    steps = [
        LaggedStep(step=_step(row), lag_days=row["lag_days"], n_in_flight=row["n_in_flight"] or 0)
        for row in given.rows("steps")
    ]
    pipeline = OpenPipeline(
        counting=given["pipeline_counting"],
        amount_minor=given["pipeline"] or 0,
        in_time_minor=given["pipeline_in_time"] or 0,
        win_rate=given["win_rate"] or 0,
        velocity_minor=given["velocity"] or 0,
    )
    found = dated_actions(remaining, size, steps, Window(worked=_worked(given), as_of=as_of, ends_on=ends_on), pipeline)
    lines = found.steps.select("kind", "needed_total", "last_useful_on").rows()
    told = ", ".join(f"{kind} {'unknown' if n is None else f'{n:,}'} by {day or 'no day'}" for kind, n, day in lines)
    lost = (
        f" {given.money(found.unreachable_minor)} can no longer be brought by new work."
        if found.unreachable_minor
        else ""
    )
    figures = {"unreachable_minor": found.unreachable_minor}
    return Answer(
        {"funnel_steps": found.steps, "dated_actions": found.actions}, f"Still needed: {told}.{lost}", figures
    )


_MOST_DAYS: Final = 3660


def _worked(given: Given) -> Frame:
    """WORK_DAYS of nobody in particular: from a file, else Monday to Friday."""
    rows: list[tuple[dt.date, float]] = [
        (row["day"], 1.0 if row["share"] is None else float(row["share"])) for row in given.rows("work_days")
    ]
    if not rows:
        n_days = min(max((given["ends_on"] - given["as_of"]).days, 0), _MOST_DAYS)
        days = [given["as_of"] + dt.timedelta(days=at) for at in range(n_days)]
        rows = [(day, 1.0) for day in days if day.weekday() < _SATURDAY]
    data: dict[str, list[Any]] = {
        "person_id": [""] * len(rows),
        "day": [day for day, _ in rows],
        "share": [share for _, share in rows],
    }
    schema: dict[str, Any] = {"person_id": nw.String, "day": nw.Date, "share": nw.Float64}
    return nw.from_dict(data, schema, backend="polars")


def _needed(given: Given) -> Answer:
    def row_of(row: Row) -> Row:
        cycle = None if row["cycle_days"] is None else float(row["cycle_days"])
        need = pipeline_needed(row["remaining_minor"], row["average_minor"], float(row["win_rate"]), cycle_days=cycle)
        if need is None:
            return {}
        return {
            "n_deals": need.n_deals,
            "n_opportunities": need.n_opportunities,
            "pipeline_minor": need.amount_minor,
            "coverage": need.coverage,
            "n_quarters_before": need.n_quarters_before,
        }

    rows = each(given.rows("pipelines"), "holder_id", row_of)
    open_, won = (sum(row.get(name) or 0 for row in rows) for name in ("pipeline_minor", "n_deals"))
    says = f"{n_of(won, 'deal')} to win take {given.money(open_)} of open pipeline."
    return Answer({"pipeline": made(writes.PIPELINES_NEEDED, rows)}, says, {"pipeline_minor": open_, "n_deals": won})


def _velocity(given: Given) -> Answer:
    def row_of(row: Row) -> Row:
        found = pipeline_velocity(row["n_deals"], row["average_minor"], row["win_rate"], row["cycle_days"])
        return {} if found is None else {"per_day_minor": whole(found), "exact": str(found), "value": found}

    rows = each(given.rows("pipelines"), "holder_id", row_of)
    total = whole(sum((row.get("value", Fraction()) for row in rows), Fraction()))
    says = f"{given.money(total)} are won per calendar day."
    return Answer({"velocity": made(writes.VELOCITY, rows)}, says, {"per_day_minor": total})


def _own_rates(given: Given) -> Answer:
    strength = None if given["strength"] is None else float(given["strength"])
    found = shrunken_rates(given.inputs["tries"].frame(), strength=strength)
    first = found.rows(named=True)[0]
    told = "nothing" if first["team_rate"] is None else f"{first['team_rate']:.4g}"
    says = f"The team's rate is {told} and counts as {first['strength']:g} tries ({first['strength_rule']})."
    return Answer({"rates": made(writes.RATES, found.rows(named=True))}, says, {"team_rate": first["team_rate"]})


FUNCTIONS: Final = (
    PlanFunction(
        name="reverse-funnel",
        room=ROOM,
        about="From what remains back to proposals, meetings and calls.",
        method="reverse-funnel",
        inputs=(Input(reads.FUNNEL),),
        outputs=(writes.TODO,),
        compute=_funnel,
        options=(
            _REMAINING,
            _AVERAGE,
            _DEALS,
            Option(
                name="days_left", kind="ratio", about="Working days left, today included; empty says nothing of today."
            ),
            Option(name="share_today", kind="ratio", about="The share of today that is worked.", default="1"),
        ),
        example=Example(
            files={"steps": "step,rate\nproposal,0.4\nsecond meeting,0.5\nfirst meeting,0.35\ncall,0.1\n"},
            options={"deals": "14"},
        ),
    ),
    PlanFunction(
        name="dated-funnel",
        room=ROOM,
        about="The same with lags: how many on which working day, so that they still close in time.",
        method="dated-actions",
        inputs=(Input(reads.LAGGED_FUNNEL), Input(reads.DAYS_WORKED, is_required=False)),
        outputs=(FUNNEL_STEPS, DATED_ACTIONS),
        compute=_dated,
        options=(
            _REMAINING,
            _AVERAGE,
            _DEALS,
            Option(name="as_of", kind="day", about="The day to look from, still to be worked.", is_required=True),
            Option(name="ends_on", kind="day", about="First day after the period.", is_required=True),
            Option(
                name="pipeline_counting",
                kind="choice",
                choices=get_args(Counting),
                is_required=True,
                about="What open deals count as.",
            ),
            Option(name="pipeline", kind="money", about="All open deals, for by_velocity."),
            Option(
                name="pipeline_in_time", kind="money", about="Open deals that close in the period, for by_close_date."
            ),
            Option(name="win_rate", kind="ratio", about="The share of open deals that is won."),
            Option(name="velocity", kind="money", about="What is won per calendar day, for by_velocity."),
        ),
        example=Example(
            files={"steps": "step,rate,lag_days\nproposal,0.4,10\nmeeting,0.5,7\n"},
            options={
                "remaining": "100000",
                "average_deal": "10000",
                "as_of": "2025-03-03",
                "ends_on": "2025-04-01",
                "pipeline_counting": "by_close_date",
                "pipeline_in_time": "120000",
                "win_rate": "0.5",
            },
        ),
    ),
    PlanFunction(
        name="pipeline-needed",
        room=ROOM,
        about="Deals to have open for what remains, and how many quarters before.",
        method="reverse-funnel",
        inputs=(Input(reads.PIPELINES),),
        outputs=(writes.PIPELINES_NEEDED,),
        compute=_needed,
        example=Example(
            files={"pipelines": "holder,remaining,average_deal,win_rate,cycle_days\nrita,100000,10000,1/3,180\n"}
        ),
    ),
    PlanFunction(
        name="pipeline-velocity",
        room=ROOM,
        about="How much a pipeline brings per day.",
        method="cagr",
        inputs=(Input(reads.VELOCITIES),),
        outputs=(writes.VELOCITY,),
        compute=_velocity,
        example=Example(files={"pipelines": "holder,deals,average_deal,win_rate,cycle_days\nrita,12,10000,1/3,90\n"}),
    ),
    PlanFunction(
        name="own-rates",
        room=ROOM,
        about="Own conversion rates, pulled towards the team's where there is little data.",
        method="reverse-funnel",
        inputs=(Input(reads.TRIES),),
        outputs=(writes.RATES,),
        compute=_own_rates,
        options=(
            Option(name="strength", kind="ratio", about="Tries that the team's rate is worth; empty is estimated."),
        ),
        example=Example(
            files={"tries": "person,n,hits\nrita,200,120\nzoe,2,0\nkim,90,40\n"}, options={"strength": "20"}
        ),
    ),
)
