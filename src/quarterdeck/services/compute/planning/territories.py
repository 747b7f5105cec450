"""Functions of territories: how even they are, what moves disturb, which moves would even them out.

accounts.csv   a east 100, b east 30, c west 20, d west 50    --measure potential   ->   east 1.3, west 0.7
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import numpy as np

from quarterdeck.engine.territories.board import Board, board
from quarterdeck.engine.territories.indices import balance_of, disruption, indices_of
from quarterdeck.engine.territories.proposal import proposed_moves
from quarterdeck.services.compute.planning.declared import Answer, Example, Given, Input, Option, PlanFunction
from quarterdeck.services.compute.planning.framing import made, n_of
from quarterdeck.terms import plan_inputs as reads
from quarterdeck.terms import plan_outputs as writes
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.planning import BALANCE

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

ROOM: Final = "Territories"
_MEASURE: Final = Option(
    name="measure",
    kind="texts",
    is_required=True,
    about="The columns that measure accounts, with commas between them; read like amounts, as finely as the unit.",
)


def _accounts(given: Given) -> Frame:
    """The accounts with measures under their own names."""
    frame = given.inputs["accounts"].frame()
    return frame.rename({f"{name}_minor": name for name in given["measure"]})


def _territories(given: Given, accounts: Frame) -> Frame:
    """All territories: listed, else those that accounts name before or after."""
    listed = given.frame("territories")
    if listed is not None:
        return listed.with_columns(weight=nw.col("weight").fill_null(1))
    columns = [name for name in ("territory_id", "to_territory_id") if name in accounts.columns]
    named = sorted({one for name in columns for one in accounts[name].drop_nulls().to_list()})
    return nw.from_dict({"territory_id": named}, {"territory_id": nw.String}, backend="polars")


def _indices(given: Given) -> Answer:
    accounts = _accounts(given)
    found = board(accounts, given["measure"], _territories(given, accounts))
    even = balance_of(found, found.home)
    says = _evenness(even, "")
    return Answer({"territory_indices": indices_of(found, found.home), "balance": even}, says, _figures(even))


def _disruption(given: Given) -> Answer:
    accounts = _accounts(given)
    found = board(accounts, given["measure"], _territories(given, accounts))
    at = {territory: position for position, territory in enumerate(found.territories)}
    to = dict(accounts.select("account_id", "to_territory_id").iter_rows())
    if strange := sorted({territory for territory in to.values() if territory not in at}):
        why = f"Accounts would go to {strange[0]}, which is not listed."
        raise Refusal("The territories were not compared.", why, "List every territory.", "territories")
    place = np.array([at[to[account]] for account in found.accounts], dtype=np.int64)
    before, after = balance_of(found, found.home), balance_of(found, place)
    tables = {
        "indices_before": indices_of(found, found.home),
        "indices_after": indices_of(found, place),
        "balance_before": before,
        "balance_after": after,
        "disruption": _disturbed(found, place),
    }
    moved = disruption(found, place).n_moved
    says = f"{n_of(moved, 'account')} would change hands. {_evenness(before, ' before')} {_evenness(after, ' after')}"
    return Answer(tables, says, {"n_moved": moved})


def _disturbed(found: Board, place: Any) -> Frame:  # noqa: ANN401  an array
    """DISRUPTION: accounts, then each measure."""
    what = disruption(found, place)
    had = found.home >= 0
    moved = found.amounts[had & (found.home != place)].sum(axis=0)
    rows = [{"measure": "accounts", "amount_minor": what.n_moved, "share": what.share_of_accounts}]
    rows += [
        {"measure": name, "amount_minor": int(moved[at]), "share": what.share_of_measures[name]}
        for at, name in enumerate(found.measures)
    ]
    return made(writes.DISRUPTION, rows)


def _balanced(given: Given) -> Answer:
    accounts = _accounts(given)
    most: int | Fraction = given["most_moves"]
    if most == 1 or (most > 1 and most.denominator > 1):
        why = f"--most-moves {most} could be a share or a number of accounts."
        raise Refusal(
            "Nothing was computed.", why, "Say 0.15 or 15% for a share; 2 or more for accounts.", "plan_option"
        )
    if most.denominator == 1:
        most = int(most)
    found = proposed_moves(
        accounts, given["measure"], within=given["within"], most_moves=most, territories=_territories(given, accounts)
    )
    moves = found.moves.rename({name: f"{name}_minor" for name in given["measure"]})
    tables = {
        "proposed_moves": moves,
        "indices_before": found.indices_before,
        "indices_after": found.indices_after,
        "balance_before": found.before,
        "balance_after": found.after,
    }
    told = {"near_enough": "near enough", "budget_spent": "no more may move", "nothing_helps": "no further move helps"}
    evenness = f"{_evenness(found.before, ' before')} {_evenness(found.after, ' after')}"
    says = f"{n_of(len(moves), 'account')} would move ({told[found.state]}). {evenness}"
    share = found.disruption.share_of_accounts
    figures = {
        "n_moved": found.disruption.n_moved,
        "state": found.state,
        "share_of_accounts": None if share is None else float(share),
    }
    return Answer(tables, says, figures)


def _evenness(even: Frame, when: str) -> str:
    parts = [
        f"{name} {far:.1%}" if far is not None else f"{name} unknown"
        for name, far in even.select("measure", "largest_deviation").iter_rows()
    ]
    return f"Largest deviation from even{when}: {', '.join(parts)}."


def _figures(even: Frame) -> dict[str, Any]:
    names = ("largest_deviation", "cv", "gini")
    return {row["measure"]: {name: row[name] for name in names} for row in even.iter_rows(named=True)}


_EXAMPLE: Final = "account,territory,potential\na,east,100\nb,east,30\nc,west,20\nd,west,50\n"

FUNCTIONS: Final = (
    PlanFunction(
        name="territory-indices",
        room=ROOM,
        about="How evenly territories share measures: largest deviation, CV, Gini.",
        method="territory-indices",
        inputs=(Input(reads.ACCOUNTS), Input(reads.TERRITORIES, is_required=False)),
        outputs=(writes.TERRITORY_INDEX, BALANCE),
        options=(_MEASURE,),
        compute=_indices,
        reads_measures=True,
        example=Example(files={"accounts": _EXAMPLE}, options={"measure": "potential"}),
    ),
    PlanFunction(
        name="territory-disruption",
        room=ROOM,
        about="What a change of territories disturbs, with indices before and after.",
        method="territory-indices",
        inputs=(Input(reads.MOVED_ACCOUNTS), Input(reads.TERRITORIES, is_required=False)),
        outputs=(writes.TERRITORY_INDEX, BALANCE, writes.DISRUPTION),
        options=(_MEASURE,),
        compute=_disruption,
        reads_measures=True,
        example=Example(
            files={
                "accounts": "account,territory,to_territory,potential\n"
                "a,east,east,100\nb,east,west,30\nc,west,west,20\nd,west,west,50\n"
            },
            options={"measure": "potential"},
        ),
    ),
    PlanFunction(
        name="territory-balance",
        room=ROOM,
        about="Moves that even territories out, within a budget; a proposal.",
        method="territory-balance",
        inputs=(Input(reads.ACCOUNTS), Input(reads.TERRITORIES, is_required=False)),
        outputs=(writes.MOVES, writes.TERRITORY_INDEX, BALANCE),
        compute=_balanced,
        reads_measures=True,
        options=(
            _MEASURE,
            Option(
                name="within", kind="ratio", about="How far from even is near enough, 0.05 for 5 %.", is_required=True
            ),
            Option(
                name="most_moves",
                kind="ratio",
                is_required=True,
                about="How many accounts may change territory: a share below 1 (0.15), or a number from 2 on.",
            ),
        ),
        example=Example(
            files={"accounts": _EXAMPLE}, options={"measure": "potential", "within": "0.05", "most_moves": "0.25"}
        ),
    ),
)
