"""Functions of fairness and of goals: a pack before publishing, dispersion, progress and its roll-up.

goals.csv   revenue 100 -> 200, now 150, weight 2; churn 10 -> 4, now 7    ->    0.5, 0.5, together 0.5
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Final, get_args

from quarterdeck.engine.fairness.dispersion import dispersions
from quarterdeck.engine.fairness.pack import fairness
from quarterdeck.engine.goals.progress import Ends, GoalProgress, Unknown, goal_progress, goal_zones
from quarterdeck.engine.goals.tree import rolled_up_tree
from quarterdeck.services.compute.planning.declared import Answer, Example, Given, Input, Option, PlanFunction
from quarterdeck.services.compute.planning.framing import Row, each, made
from quarterdeck.terms import plan_inputs as reads
from quarterdeck.terms import plan_outputs as writes
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.planning import FAIRNESS

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOM: Final = "Fairness and goals"


def _fairness(given: Given) -> Answer:
    found = fairness(given.inputs["back_cast"].frame(), within=given["within"])
    near = found.row(2)
    says = f"{near[5]} Rests on {near[4]} people."
    return Answer({"fairness": found}, says, dict(found.select("check", "value").iter_rows()))


def _dispersion(given: Given) -> Answer:
    found = dispersions(given.inputs["results"].frame())
    rows = [row for row in found.iter_rows(named=True) if row["cv"] is not None]
    told = max(rows, key=lambda row: row["cv"]) if rows else None
    says = (
        "Nothing can be told."
        if told is None
        else f"{told['holder_id']} differs most: {told['cv']:.1%} of a mean of {told['mean']:g}."
    )
    return Answer({"dispersion": found}, says, {row["holder_id"]: row["cv"] for row in rows})


def _progress(given: Given) -> Answer:
    rows = given.rows("goals")
    goals = each(rows, "goal_id", lambda row: {"progress": _one(row, given["ends"])})
    listed = [
        (
            GoalProgress(
                name=row["goal_id"], progress=goal["progress"], weight=1 if row["weight"] is None else row["weight"]
            ),
            row["parent_id"],
        )
        for row, goal in zip(rows, goals, strict=True)
    ]
    whole, found = rolled_up_tree(listed, unknown=given["unknown"])
    table = made(
        writes.PROGRESS,
        [
            {
                "goal_id": one.name,
                "parent_id": one.parent,
                "progress": one.progress,
                "weight": one.weight,
                "adds": one.adds,
            }
            for one in found
        ],
    )
    told = "unknown" if whole is None else f"{float(whole):.1%}"
    says = f"Together {told} of the way; goals of which nothing is known count {given['unknown'].replace('_', ' ')}."
    return Answer({"progress": table}, says, {"progress": None if whole is None else float(whole)})


def _one(row: Row, ends: Ends) -> Fraction | None:
    """Progress of one goal, None for one made of others. Exact: the three numbers in one whole unit."""
    numbers = [row["baseline"], row["target"], row["actual"]]
    if numbers[0] is None and numbers[1] is None:
        return None
    if numbers[0] is None or numbers[1] is None:
        why = "It has a baseline or a target, and not both."
        raise Refusal("The progress was not computed.", why, "Give both, or neither.", "goal_progress")
    baseline, target, actual = _whole(numbers)
    return goal_progress(baseline or 0, target or 0, actual, ends=ends)


def _whole(numbers: Sequence[Fraction | None]) -> list[int | None]:
    scale = math.lcm(*(number.denominator for number in numbers if number is not None))
    return [None if number is None else int(number * scale) for number in numbers]


def _zones(given: Given) -> Answer:
    def row_of(row: Row) -> Row:
        baseline, stretch = _whole([row["baseline"], row["stretch"]])
        scale = math.lcm(row["baseline"].denominator, row["stretch"].denominator)
        commit, target = goal_zones(
            baseline or 0, stretch or 0, commit=given["commit_ratio"], target=given["target_ratio"]
        )
        return {"commit": commit / scale, "target": target / scale, "stretch": row["stretch"]}

    rows = each(given.rows("key_results"), "goal_id", row_of)
    told = ", ".join(f"{row['goal_id']} {float(row['commit']):g} and {float(row['target']):g}" for row in rows[:5])
    return Answer({"zones": made(writes.ZONES, rows)}, f"Commit and target begin at: {told}.", {"n_goals": len(rows)})


FUNCTIONS: Final = (
    PlanFunction(
        name="fairness",
        room=ROOM,
        about="The fairness pack: attainment against size and growth, spread, shape, with how sure one can be.",
        method="fairness",
        inputs=(Input(reads.BACK_CASTS),),
        outputs=(FAIRNESS,),
        compute=_fairness,
        options=(
            Option(
                name="within", kind="ratio", about="How far from its target attainment counts as near.", default="0.2"
            ),
        ),
        example=Example(
            files={
                "back_cast": "holder,actual,target,size,growth\n"
                + "".join(
                    f"{name},{actual},100,{size},{growth}\n"
                    for name, actual, size, growth in (
                        ("rita", 88, 10, 0.1),
                        ("sam", 68, 20, 0.2),
                        ("zoe", 89, 30, 0.1),
                        ("kim", 92, 40, 0.15),
                        ("raj", 103, 50, 0.05),
                    )
                )
            }
        ),
    ),
    PlanFunction(
        name="dispersion",
        room=ROOM,
        about="How much somebody's attainment differs: mean, standard deviation, CV, middle half.",
        method="fairness",
        inputs=(Input(reads.RESULTS),),
        outputs=(writes.DISPERSION,),
        compute=_dispersion,
        example=Example(
            files={"results": "holder,value\n" + "".join(f"Patricia,{value}\n" for value in (88, 68, 89, 92, 103))}
        ),
    ),
    PlanFunction(
        name="goal-progress",
        room=ROOM,
        about="How far goals have come, and the weighted roll-up of a tree of goals.",
        method="goal-progress",
        inputs=(Input(reads.GOALS),),
        outputs=(writes.PROGRESS,),
        compute=_progress,
        options=(
            Option(
                name="ends",
                kind="choice",
                choices=get_args(Ends),
                is_required=True,
                about="Whether progress may leave 0 to 1.",
            ),
            Option(
                name="unknown",
                kind="choice",
                choices=get_args(Unknown),
                is_required=True,
                about="What a goal counts as of which nothing is known.",
            ),
        ),
        example=Example(
            files={
                "goals": "goal,parent,baseline,target,actual,weight\ngrow,,,,,2\nrevenue,grow,100,200,150,\n"
                "logos,grow,0,10,7,\nchurn,,10,4,7,1\n"
            },
            options={"ends": "clipped", "unknown": "as_zero"},
        ),
    ),
    PlanFunction(
        name="goal-zones",
        room=ROOM,
        about="Where a key result leaves fail for commit, and commit for target.",
        method="goal-progress",
        inputs=(Input(reads.KEY_RESULTS),),
        outputs=(writes.ZONES,),
        compute=_zones,
        options=(
            Option(name="commit_ratio", kind="ratio", about="How far commit lies, 0 to 1.", is_required=True),
            Option(name="target_ratio", kind="ratio", about="How far target lies.", is_required=True),
        ),
        example=Example(
            files={"key_results": "goal,baseline,stretch\nmeetings,10,110\n"},
            options={"commit_ratio": "0.3", "target_ratio": "0.7"},
        ),
    ),
)
