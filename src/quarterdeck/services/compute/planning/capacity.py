"""Functions of capacity and size: what heads can bring, how many it takes, how many are worth their cost.

cohorts.csv   rita 1 from 2024, sam 1 from February; 1,000 a month    --ramp 0.5   ->   1,000  1,500  2,000
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, get_args

from quarterdeck.engine.capacity.bridge import Order, capacity_bridge
from quarterdeck.engine.capacity.hires import Hire, hire_options, last_hire_on
from quarterdeck.engine.capacity.months import capacity
from quarterdeck.engine.capacity.ramp import Attrition, Counted, Outlook, Shape
from quarterdeck.services.compute.planning.declared import Answer, Example, Given, Input, Option, PlanFunction
from quarterdeck.services.compute.planning.framing import month_periods, n_of
from quarterdeck.terms import plan_inputs as reads
from quarterdeck.terms.planning import BRIDGE, CAPACITY, HIRE_OPTIONS

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

ROOM: Final = "Capacity and size"
_OUTLOOK: Final = (
    Option(
        name="ramp", kind="ratios", about="Share of a full head in the first, second, ... month; then 1.", default="1"
    ),
    Option(name="attrition", kind="ratio", about="Share of heads that leave in a year.", is_required=True),
    Option(
        name="attrition_shape",
        kind="choice",
        choices=get_args(Shape),
        is_required=True,
        about="The same share of those left each month, or the same number.",
    ),
    Option(
        name="counted",
        kind="choice",
        choices=get_args(Counted),
        is_required=True,
        about="At which point of a month heads are counted.",
    ),
)
_MONTHS: Final = "month,target\n2025-01-01,1500\n2025-02-01,1500\n2025-03-01,1500\n"
_COHORTS: Final = "cohort,heads,starts_on,productive\nrita,1,2024-01-01,1000\nsam,1,2025-02-01,1000\n"
_CALM: Final = {"ramp": "0.5", "attrition": "0", "attrition_shape": "compound", "counted": "end"}


def _outlook(given: Given) -> Outlook:
    rows = given.rows("months")
    return Outlook(
        months=month_periods([row["starts_on"] for row in rows]),
        ramp=given["ramp"],
        attrition=Attrition(annual=given["attrition"], shape=given["attrition_shape"], counted=given["counted"]),
        season=[Fraction(1) if row["season"] is None else row["season"] for row in rows],
    )


def _cohorts(given: Given) -> Frame:
    return given.inputs["cohorts"].frame()


def _capacity(given: Given) -> Answer:
    targets = [row["target_minor"] for row in given.rows("months")]
    known = None if None in targets else targets
    found = capacity(_cohorts(given), _outlook(given), known)
    brings = sum(found["capacity_minor"].to_list())
    says = f"{given.money(brings)} can be brought in {n_of(len(found), 'month')}"
    if known is not None:
        gap = brings - sum(known)
        off = f"{given.money(abs(gap))} {'more' if gap > 0 else 'less'} than the target"
        says += f", {off if gap else 'as much as the target'}"
    return Answer({"capacity": found}, says + ".", {"capacity_minor": brings})


def _bridge(given: Given) -> Answer:
    found = capacity_bridge(_cohorts(given), _outlook(given), order=given["order"])
    parts: dict[str, int] = dict(found.select("part", "amount_minor").iter_rows())
    told = ", ".join(f"{part} {given.money(parts[part])}" for part in ("ramp", "attrition", "hires"))
    says = f"From {given.money(parts['start'])} a month to {given.money(parts['end'])}: {told}."
    return Answer({"bridge": found}, says, {f"{part}_minor": amount for part, amount in parts.items()})


def _hires(given: Given) -> Answer:
    hire = Hire(productive_minor=given["productive"], days_to_fill=given["days_to_fill"])
    outlook = _outlook(given)
    found = hire_options(given["gap"], hire, outlook, as_of=given["as_of"])
    if given["hires"] is None:
        least = min((n for n in found.filter(found["is_in_time"])["n_hires"].drop_nulls().to_list()), default=None)
        told = "no hire closes it in time" if least is None else f"{least} hires close it, if they start in time"
        return Answer({"hire_options": found}, f"{given.money(given['gap'])} are missing; {told}.", {"n_hires": least})
    last = last_hire_on(given["gap"], given["hires"], hire, outlook)
    told = "cannot close it any more" if last is None else f"close it if they start by {last}"
    says = f"{given.money(given['gap'])} are missing; {given['hires']} hires {told}."
    return Answer(
        {"hire_options": found},
        says,
        {"n_hires": given["hires"], "last_start_on": None if last is None else last.isoformat()},
    )


FUNCTIONS: Final = (
    PlanFunction(
        name="capacity",
        room=ROOM,
        about="What the people there, and those to come, can bring by month, against a target.",
        method="capacity",
        inputs=(Input(reads.HEADS), Input(reads.CAPACITY_MONTHS)),
        outputs=(CAPACITY,),
        options=_OUTLOOK,
        compute=_capacity,
        example=Example(files={"cohorts": _COHORTS, "months": _MONTHS}, options=_CALM),
    ),
    PlanFunction(
        name="capacity-bridge",
        room=ROOM,
        about="Why capacity at the end differs from that at the start: ramp, attrition, hires.",
        method="capacity",
        inputs=(Input(reads.HEADS), Input(reads.CAPACITY_MONTHS)),
        outputs=(BRIDGE,),
        compute=_bridge,
        options=(
            *_OUTLOOK,
            Option(
                name="order",
                kind="choice",
                choices=get_args(Order),
                is_required=True,
                about="Which of the two gets what both do together.",
            ),
        ),
        example=Example(files={"cohorts": _COHORTS, "months": _MONTHS}, options=_CALM | {"order": "ramp_first"}),
    ),
    PlanFunction(
        name="hires",
        room=ROOM,
        about="How many hires close a gap by when they start, and by when to open their seats.",
        method="capacity",
        inputs=(Input(reads.CAPACITY_MONTHS),),
        outputs=(HIRE_OPTIONS,),
        compute=_hires,
        options=(
            Option(name="gap", kind="money", about="What is missing to the end of the months.", is_required=True),
            Option(name="productive", kind="money", about="What a ramped hire brings in a month.", is_required=True),
            Option(name="as_of", kind="day", about="The day to look from.", is_required=True),
            Option(name="days_to_fill", kind="count", about="Calendar days it takes to fill a seat.", default="0"),
            Option(name="hires", kind="count", about="Say by when so many must start."),
            *_OUTLOOK,
        ),
        example=Example(
            files={"months": "month\n2025-01-01\n2025-02-01\n2025-03-01\n2025-04-01\n"},
            options={"gap": "6000", "productive": "1000", "as_of": "2024-12-20", "days_to_fill": "30", "hires": "3"}
            | _CALM
            | {"ramp": "0"},
        ),
    ),
)
