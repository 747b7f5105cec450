"""Accounts and territories that changed hands since a published plan began, and whose number did not follow yet.

territory north   rita until 1 May, sam from then on        ->   amend: territory, rita to sam, from 1 May
account a-101     north until 1 July, south from then on    ->   amend: account, from who holds north to who holds south
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from quarterdeck.records.models import AccountHolding, TerritoryHolding
from quarterdeck.services.plans.suggestions import Suggestion
from quarterdeck.services.scene import Scene, holder_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from quarterdeck.services.plans.doors import Door

MOST: Final = 200
"""Accounts named in one suggestion."""
Move = tuple[dt.date, str, str, str]
"""Day, kind, giver and receiver."""


def hands_changed(found: Door, as_of: dt.date) -> list[Suggestion]:
    """What asks for an amendment as of a day, for who may decide on it; two queries and names."""
    if not found.may_approve or found.state != "published":
        return []
    done = {what for row in found.amendments for what, *_ in row.formula.get("handovers", ())}
    held = _until(TerritoryHolding.current.select_related("territory"), as_of)
    moves: dict[Move, dict[str, str]] = {}
    for day, giver, receiver, territory in _territories(held):
        if f"territory:{territory.pk}" not in done:
            moves.setdefault((day, "territory", giver, receiver), {})[territory.code] = territory.name
    for day, giver, receiver, account in _accounts(held, as_of):
        if f"account:{account.pk}" not in done:
            moves.setdefault((day, "account", giver, receiver), {})[account.code] = account.name
    return _said(found, Scene(found.actor, as_of), moves)


def _until(rows: QuerySet[Any], as_of: dt.date) -> list[Any]:
    """Dated rows that had begun by a day, the earliest first."""
    begun = rows.filter(Q(effective_from=None) | Q(effective_from__lte=as_of))
    return sorted(begun, key=lambda row: (row.effective_from or dt.date.min, row.pk))


def _territories(held: Iterable[TerritoryHolding]) -> Iterable[tuple[dt.date, str, str, Any]]:
    """Territories that went from one person to another on a day."""
    last: dict[int, TerritoryHolding] = {}
    for row in held:
        before = last.get(row.territory_id)
        if before and row.effective_from and before.person_id and row.person_id and before.person_id != row.person_id:
            yield row.effective_from, f"person:{before.person_id}", f"person:{row.person_id}", row.territory
        last[row.territory_id] = row


def _accounts(held: Iterable[TerritoryHolding], as_of: dt.date) -> Iterable[tuple[dt.date, str, str, Any]]:
    """Accounts that went from who looked after them to somebody else on a day."""
    rows = _until(AccountHolding.current.select_related("account"), as_of)
    before: dict[int, AccountHolding] = {}
    known = list(held)
    for row in rows:
        day, was = row.effective_from, before.get(row.account_id)
        before[row.account_id] = row
        if was is None or day is None:
            continue
        giver = was.owner_id or _holder(known, was.territory_id, day - dt.timedelta(days=1))
        receiver = row.owner_id or _holder(known, row.territory_id, day)
        if giver and receiver and giver != receiver:
            yield day, f"person:{giver}", f"person:{receiver}", row.account


def _holder(held: Iterable[TerritoryHolding], territory: int | None, day: dt.date) -> int | None:
    """Who held a territory on a day."""
    for row in held:
        begins, ends = row.effective_from or dt.date.min, row.effective_to or dt.date.max
        if row.territory_id == territory and begins <= day < ends:
            return row.person_id
    return None


def _said(found: Door, scene: Scene, moves: dict[Move, dict[str, str]]) -> list[Suggestion]:
    plan, due = found.plan, []
    inside = {move: names for move, names in moves.items() if move[2] in found.ground.nodes}
    scene.people([holder_of(node)[1] for _, _, *both in inside for node in both])
    for (day, kind, giver, receiver), names in sorted(inside.items()):
        if plan.starts_on < day < plan.ends_on:
            what = next(iter(names.values())) if len(names) == 1 else f"{len(names):,} {_many(kind)}"
            said = f"{what} went from {scene.name(giver)} to {scene.name(receiver)} on {day:%-d %B %Y}"
            due.append(
                Suggestion(
                    kind=kind, node=giver, name=scene.name(giver), effective_on=day, what=said, to=receiver,  # type: ignore[arg-type]  # one of two
                    things="\n".join(sorted(names)[:MOST]),
                )
            )  # fmt: skip
    return due


def _many(kind: str) -> str:
    return "accounts" if kind == "account" else "territories"
