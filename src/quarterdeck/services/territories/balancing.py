"""Which accounts would change hands so that territories even out: looked at as often as wanted, nothing moves.

    asked   sales, within 5 %, at most 15 % of accounts    found   north 1.40 -> 1.06, 9 accounts, each with its reason

Only territories that somebody seen holds on the day take part, and only what the actor sees is weighed; so a manager
balances below their team and a director everything. Method: engine.territories, docs/methods/territory-balance.md.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias

import narwhals as nw
import polars as pl

from quarterdeck.engine.territories.blend import blended
from quarterdeck.engine.territories.indices import balance, territory_indices
from quarterdeck.engine.territories.proposal import proposed_moves
from quarterdeck.services import access
from quarterdeck.services.scene import Scene
from quarterdeck.services.territories.holders import lands
from quarterdeck.services.territories.measures import MEASURES, accounts_weighed
from quarterdeck.services.territories.shapes import Balance, BalanceAsk, Evenness, Lockable, Move, Standing
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from quarterdeck.engine.territories.proposal import Proposal
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.territories.holders import Land

WHAT: Final = "The territories were not balanced."
RULE: Final = "territories"
FEWEST: Final = 2
"""Territories that somebody holds, below which there is nothing to balance."""
MOST_WEIGHT: Final = 100
MOST_LOCKABLE: Final = 1_000
"""Accounts that a page lists to be locked; more are locked where they would move."""
_ENDS: Final = {
    "near_enough": "Every territory would be as near to its even share as asked.",
    "budget_spent": "The budget is spent before every territory is near enough: allow more moves, or more room.",
    "nothing_helps": "No further move brings the territory farthest off nearer to its even share.",
}


def balanced(actor: Actor, ask: BalanceAsk, as_of: dt.date) -> Balance:
    """What would even territories out as of a day. Raises Refusal (`territories`, `needs_hat`); at most 12 queries."""
    access.require(actor, "edit_plans", WHAT)
    _check(ask)
    scene = Scene(actor, as_of)
    board = _taking_part(actor, scene, ask)
    names = list(ask.weights)
    rows = accounts_weighed(actor, as_of, names).filter(
        pl.col("territory_id").is_in(list(board)) | (pl.col("territory_id").is_null() & ask.places)
    )
    _check_weighed(rows, names)
    found = _moved(ask, rows, list(board))
    return _told(ask, as_of, rows, board, found)


def balance_teams(actor: Actor, as_of: dt.date) -> list[tuple[int, str]]:
    """Teams whose people the actor sees, by name: what balancing may be limited to. Refused to who may not propose."""
    access.require(actor, "edit_plans", WHAT)
    found = [(pk, name) for pk, name in Scene(actor, as_of).team_names.items()]
    return sorted((one for one in found if access.sees_people_of(actor, one[0], as_of)), key=lambda one: one[1])


def _check(ask: BalanceAsk) -> None:
    unknown = [name for name in ask.weights if name not in MEASURES]
    if unknown or not ask.weights:
        raise refusal("It names no measure that there is.", f"Choose among {', '.join(MEASURES)}.")
    if any(not 1 <= weight <= MOST_WEIGHT for weight in ask.weights.values()):
        raise refusal("A weight is not between 1 and 100.", "Give whole numbers from 1 to 100.")
    if ask.within < 0 or ask.within > 1:
        raise refusal("The tolerance is not between 0 and 100 %.", "5 % is usual.")
    if ask.most < 0 or (isinstance(ask.most, Fraction) and ask.most > 1):
        raise refusal("The budget is below nothing, or above all accounts.", "Give a number of accounts, or a share.")


def _taking_part(actor: Actor, scene: Scene, ask: BalanceAsk) -> dict[int, Land]:
    """Territories that somebody whom the actor sees holds, in the team asked for."""
    teams = None if ask.team_id is None else access.teams_below(actor, [ask.team_id], scene.as_of)
    if ask.team_id is not None and not access.sees_people_of(actor, ask.team_id, scene.as_of):
        raise access.not_visible("team")
    found = {
        pk: land
        for pk, land in lands(actor, scene).items()
        if land.person_id and land.is_seen and (teams is None or land.team_id in teams)
    }
    if len(found) < FEWEST:
        raise refusal(
            "Fewer than two territories are held by people you see on that day.",
            "Give territories holders first (import the template territories), or look from another day.",
        )
    return found


def _check_weighed(rows: pl.DataFrame, names: list[str]) -> None:
    if rows.is_empty():
        raise refusal("No account lies in these territories.", "Import accounts with their territory first.")
    for name in names:
        if not rows[name].fill_null(0).sum():
            why = f"There is no {MEASURES[name].title.lower()} in these accounts as of the day."
            raise refusal(why, "Choose another measure, or import what it is read from.")


def _moved(ask: BalanceAsk, rows: pl.DataFrame, board: list[int]) -> Proposal:
    names = list(ask.weights)
    data = rows.select(
        "account_id", "territory_id", *(pl.col(name).fill_null(0) for name in names),
        is_locked=pl.col("account_id").is_in(sorted(ask.locks)),
    )  # fmt: skip
    frame = nw.from_native(data, eager_only=True)
    territories = nw.from_dict({"territory_id": board}, {"territory_id": nw.Int64}, backend="polars")
    measures = names
    if ask.how == "blend" and len(names) > 1:
        frame, measures = blended(frame, ask.weights), ["blend"]
    return proposed_moves(frame, measures, within=ask.within, most_moves=ask.most, territories=territories)


def _told(ask: BalanceAsk, as_of: dt.date, rows: pl.DataFrame, board: Mapping[int, Land], found: Proposal) -> Balance:
    """What a proposal of the engine's means, by the measures themselves also where they were blended."""
    names = tuple(ask.weights)
    went: dict[int, int] = dict(found.moves.select("account_id", "to_territory_id").rows())
    after = rows.with_columns(
        territory_id=pl.col("account_id").replace_strict(went, default=pl.col("territory_id"), return_dtype=pl.Int64)
    )
    sides = [_side(some, names, list(board)) for some in (rows, after)]
    standings = _standings(board, names, *(side[0] for side in sides))
    moves = _moves(rows, went, names, {row.territory_id: row for row in standings})
    n_accounts = rows["territory_id"].drop_nulls().len()
    n_moved = sum(move.from_id is not None for move in moves)
    return Balance(
        ask=ask, as_of=as_of, measures=names, standings=standings, moves=moves, n_moved=n_moved,
        n_placed=len(moves) - n_moved, n_accounts=n_accounts,
        n_allowed=ask.most if isinstance(ask.most, int) else int(ask.most * n_accounts),
        lockable=_lockable(rows, board, ask.locks), n_locked=int(rows["account_id"].is_in(sorted(ask.locks)).sum()),
        evenness=tuple(_evenness(rows, moves, name, at, *(side[1] for side in sides)) for at, name in enumerate(names)),
        state=found.state, sentence=_sentence(moves, n_moved, n_accounts, found.state),
        fingerprint=fingerprint((move.account_id, move.from_id, move.to_id) for move in moves),
    )  # fmt: skip


def _lockable(rows: pl.DataFrame, board: Mapping[int, Land], locks: frozenset[int]) -> tuple[Lockable, ...]:
    found = [
        Lockable(account_id=pk, account=name, territory=board[territory].name, is_locked=pk in locks)
        for pk, name, territory in rows.select("account_id", "name", "territory_id").iter_rows()
        if territory is not None
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_locked, one.territory, one.account))[:MOST_LOCKABLE])


Indices: TypeAlias = "dict[tuple[str, int], tuple[int, int, float | None]]"
"""By measure and territory: accounts, amount, index."""
Balances: TypeAlias = "dict[str, tuple[float | None, ...]]"
"""By measure: largest deviation, cv, gini."""


def _side(rows: pl.DataFrame, names: tuple[str, ...], board: list[int]) -> tuple[Indices, Balances]:
    """Indices and balance of accounts as they lie."""
    frame = nw.from_native(
        rows.select("account_id", "territory_id", *(pl.col(name).fill_null(0) for name in names)), eager_only=True
    )
    territories = nw.from_dict({"territory_id": board}, {"territory_id": nw.Int64}, backend="polars")
    indices = territory_indices(frame, names, territories)
    even = balance(frame, names, territories).select("measure", "largest_deviation", "cv", "gini")
    found = indices.select("measure", "territory_id", "n_accounts", "amount", "index").iter_rows()
    return {(row[0], row[1]): row[2:] for row in found}, {row[0]: row[1:] for row in even.iter_rows()}


def _standings(
    board: Mapping[int, Land], names: tuple[str, ...], before: Indices, after: Indices
) -> tuple[Standing, ...]:
    return tuple(
        Standing(
            territory_id=pk, name=land.name, holder=land.holder, person_id=land.person_id,
            n_before=before[names[0], pk][0], n_after=after[names[0], pk][0],
            amounts_before=tuple(before[name, pk][1] for name in names),
            amounts_after=tuple(after[name, pk][1] for name in names),
            before=tuple(before[name, pk][2] for name in names), after=tuple(after[name, pk][2] for name in names),
        )
        for pk, land in board.items()
    )  # fmt: skip


def _moves(
    rows: pl.DataFrame, went: dict[int, int], names: tuple[str, ...], standings: dict[int, Standing]
) -> tuple[Move, ...]:
    found = rows.filter(pl.col("account_id").is_in(list(went))).sort("name", "account_id")
    return tuple(
        Move(
            account_id=row["account_id"], account=row["name"], owner_id=row["owner_id"], from_id=row["territory_id"],
            from_name=standings[row["territory_id"]].name if row["territory_id"] else "",
            to_id=went[row["account_id"]], to_name=standings[went[row["account_id"]]].name,
            amounts=tuple(int(row[name] or 0) for name in names),
            why=_why(names, standings.get(row["territory_id"]), standings[went[row["account_id"]]]),
        )
        for row in found.iter_rows(named=True)
    )  # fmt: skip


def _why(names: tuple[str, ...], home: Standing | None, to: Standing) -> str:
    """What was uneven between the two before, by the measure on which they differ most."""
    if home is None:
        return f"It has no territory; {to.name} lacks most."
    apart = [abs((one or 0) - (other or 0)) for one, other in zip(home.before, to.before, strict=True)]
    at = max(range(len(names)), key=lambda which: apart[which])
    told = [f"{one.name} {_off(one.before[at])}" for one in (home, to)]
    return f"{MEASURES[names[at]].title}: {told[0]}, {told[1]} its even share."


def _off(index: float | None) -> str:
    off = (index or 0) - 1
    return f"{abs(off):.0%} {'above' if off >= 0 else 'below'}"


def _evenness(  # noqa: PLR0913, PLR0917  a measure, its place, and both sides
    rows: pl.DataFrame, moves: tuple[Move, ...], name: str, at: int, before: Balances, after: Balances
) -> Evenness:
    whole = int(rows.filter(pl.col("territory_id").is_not_null())[name].fill_null(0).sum())
    moved = sum(move.amounts[at] for move in moves if move.from_id is not None)
    return Evenness(
        measure=name, title=MEASURES[name].title, deviation_before=before[name][0], deviation_after=after[name][0],
        cv_before=before[name][1], cv_after=after[name][1], gini_before=before[name][2], gini_after=after[name][2],
        moved=Fraction(moved, whole) if whole > 0 else None,
    )  # fmt: skip


def _sentence(moves: tuple[Move, ...], n_moved: int, n_accounts: int, state: str) -> str:
    """What would change hands, and why it ends there."""
    if not moves:
        is_even = state == "near_enough"
        return (
            "Nothing would move: the territories are as even as asked."
            if is_even
            else f"Nothing would move. {_ENDS[state]}"
        )
    n_placed = len(moves) - n_moved
    placed = f" and {n_placed:,} without a territory would get one" if n_placed else ""
    accounts = "account" if n_accounts == 1 else "accounts"
    return f"{n_moved:,} of {n_accounts:,} {accounts} would change territory{placed}. {_ENDS[state]}"


def fingerprint(moves: Iterable[tuple[int, int | None, int]]) -> str:
    """A short text that two lists of moves share only when they are the same, in any order.

    >>> fingerprint([(1, 2, 3), (4, None, 3)]) == fingerprint([(4, None, 3), (1, 2, 3)]), len(fingerprint([]))
    (True, 16)
    """
    return hashlib.sha256(repr(sorted(moves, key=str)).encode()).hexdigest()[:16]


def refusal(why: str, next_step: str) -> Refusal:
    """What balancing refuses."""
    return Refusal(WHAT, why, next_step, RULE)
