"""Functions of goals in the ways people say them: a share of a market, a mix of business, a path over years, quarters.

--start 2000000 --end 2662000 --years 3 --path compound   ->   2,200,000   2,420,000   2,662,000
"""

from __future__ import annotations

from typing import Final, get_args

from quarterdeck.engine.cascade.goals import Path, goal_mix, goal_path, market_share_goal, mixed_goal, quarter_amounts
from quarterdeck.services.compute.planning.declared import Answer, Example, Given, Input, Option, PlanFunction
from quarterdeck.services.compute.planning.framing import each, made, n_of
from quarterdeck.terms import plan_inputs as reads
from quarterdeck.terms import plan_outputs as writes

ROOM: Final = "Goals"


def _market(given: Given) -> Answer:
    rows = each(
        given.rows("shares_wanted"),
        "segment_id",
        lambda row: {"goal_minor": market_share_goal(row["market_minor"], row["market_growth"], row["share"])},
    )
    total = sum(row["goal_minor"] for row in rows)
    says = f"The shares of {n_of(len(rows), 'grown market')} come to {given.money(total)}."
    return Answer({"goals": made(writes.MARKET_GOALS, rows)}, says, {"goal_minor": total})


def _mixed(given: Given) -> Answer:
    found = mixed_goal(given["base"], retained=given["retained"], expansion=given["expansion"], new=given["new"])
    total = sum(found["amount"].to_list())
    says = f"Retained, expansion and new business come to {given.money(total)}."
    return Answer({"goal_parts": found}, says, {"goal_minor": total})


def _parts(given: Given) -> Answer:
    shares = {row["part"]: row["share"] for row in given.rows("mix")}
    says = f"{given.money(given['goal'])} in {n_of(len(shares), 'part')}; they sum exactly."
    return Answer({"goal_parts": goal_mix(given["goal"], shares)}, says, {"goal_minor": given["goal"]})


def _path(given: Given) -> Answer:
    found = goal_path(given["start"], given["end"], given["years"], path=given["path"])
    rows = [{"year": at + 1, "goal_minor": amount} for at, amount in enumerate(found)]
    told = f"from {given.money(given['start'])} to {given.money(found[-1])}"
    says = f"{given['path'].capitalize()} {told} in {n_of(len(rows), 'year')}."
    return Answer({"path": made(writes.GOAL_YEARS, rows)}, says, {"end_minor": found[-1]})


def _quarters(given: Given) -> Answer:
    found = quarter_amounts(given["goal"], given["shape"])
    rows = [{"quarter": at + 1, "goal_minor": amount} for at, amount in enumerate(found)]
    says = f"{given.money(given['goal'])} in four quarters: {', '.join(given.money(one) for one in found)}."
    return Answer({"quarters": made(writes.GOAL_QUARTERS, rows)}, says, {"goal_minor": given["goal"]})


def _asked(name: str, kind: str, about: str) -> Option:
    return Option(name=name, kind="money" if kind == "money" else "ratio", about=about, is_required=True)


FUNCTIONS: Final = (
    PlanFunction(
        name="market-goal",
        room=ROOM,
        about="Goals as shares of markets after these have grown.",
        method="goal-kinds",
        inputs=(Input(reads.SHARES_WANTED),),
        outputs=(writes.MARKET_GOALS,),
        compute=_market,
        example=Example(files={"shares_wanted": "segment,market,market_growth,share\nclinics,50000000,10 %,5 %\n"}),
    ),
    PlanFunction(
        name="mixed-goal",
        room=ROOM,
        about="A goal built from a base: retained, expansion and new business.",
        method="goal-kinds",
        inputs=(),
        outputs=(writes.PARTS_OF_GOAL,),
        compute=_mixed,
        options=(
            _asked("base", "money", "Last year's amount."),
            _asked("retained", "ratio", "The part of it that stays."),
            _asked("expansion", "ratio", "What it expands by, as a part of it."),
            _asked("new", "money", "New business."),
        ),
        example=Example(files={}, options={"base": "2000000", "retained": "0.9", "expansion": "0.15", "new": "650000"}),
    ),
    PlanFunction(
        name="goal-mix",
        room=ROOM,
        about="A goal cut into parts by stated shares.",
        method="goal-kinds",
        inputs=(Input(reads.MIX),),
        outputs=(writes.PARTS_OF_GOAL,),
        options=(_asked("goal", "money", "The amount."),),
        compute=_parts,
        example=Example(
            files={"mix": "part,share\nnew,35 %\nexpansion,25 %\nretained,40 %\n"}, options={"goal": "100"}
        ),
    ),
    PlanFunction(
        name="goal-path",
        room=ROOM,
        about="Goals of several years, from here to there.",
        method="goal-kinds",
        inputs=(),
        outputs=(writes.GOAL_YEARS,),
        compute=_path,
        options=(
            _asked("start", "money", "Where we are."),
            _asked("end", "money", "Where we want to be."),
            Option(name="years", kind="count", about="In how many years.", is_required=True),
            Option(
                name="path",
                kind="choice",
                choices=get_args(Path),
                is_required=True,
                about="The same growth each year, or the same amount.",
            ),
        ),
        example=Example(files={}, options={"start": "2000000", "end": "2662000", "years": "3", "path": "compound"}),
    ),
    PlanFunction(
        name="quarter-shape",
        room=ROOM,
        about="A year's goal in the shape of its quarters.",
        method="goal-kinds",
        inputs=(),
        outputs=(writes.GOAL_QUARTERS,),
        compute=_quarters,
        options=(
            _asked("goal", "money", "The year's amount."),
            Option(name="shape", kind="ratios", about="Four weights, such as 22,24,24,30.", is_required=True),
        ),
        example=Example(files={}, options={"goal": "2750000", "shape": "22,24,24,30"}),
    ),
)
