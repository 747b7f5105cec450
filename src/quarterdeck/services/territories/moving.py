"""Accepted moves become dated rows: where each account lies and who looks after it, from the stated day on.

    account  territory  owner  from         to            a-101 moves on 1 July from north (rita) to south (walt)
    a-101    north      rita                1 July
    a-101    south      walt   1 July

An account's own row says where it lies today; rows that ended say where it lay. Bookings count by where an account lay
on their day, so those before the day stay where they were. A day still to come is written now and takes effect when it
comes: `accounts_due` then changes the account's own row; the server asks every hour.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from django.db.models.functions import TruncDate

from quarterdeck.records.models import Account, AccountHolding, Notice, TerritoryStep
from quarterdeck.services.dated import BY_HAND, by_hand
from quarterdeck.services.imports.settling import settled
from quarterdeck.services.imports.writes import fact_write
from quarterdeck.services.journal import journaled
from quarterdeck.services.territories.holders import held_from
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from quarterdeck.records.models import TerritoryMove
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.territories.doors import Door

_WHAT: Final = "The accounts were not moved."
_NAMED: Final = 3
_LISTED: Final = 200
"""Moves that the journal lists; the proposal has all of them."""

Place = tuple[int | None, int | None]
"""Territory and owner."""


def moves_made(found: Door) -> dt.date:
    """Move the accounts of an accepted proposal and tell their holders; returns the first day in the new territory.

    Belongs into the transaction of the acceptance. Raises Refusal (`territory_conflict`) when an account was moved or
    withdrawn since, or a territory is not there or not held any more: then nothing moves.
    """
    actor, proposal = found.actor, found.proposal
    day = held_from(proposal.effective_on, actor.today)
    with fact_write(actor, BY_HAND) as write:
        places = _places(move.account_id for move in found.moves)
        _require_unmoved(found, places)
        with journaled(replace(actor, now=write.moment), "accounts_moved", "account") as entry:
            _dated(found, places, day, write.moment)
            entry.about(
                proposal.pk, f"{len(found.moves):,} accounts move on {day:%-d %B %Y} as proposed: {proposal.name}",
                after={row.account.code: f"{_from(row)} to {row.to_territory.code}" for row in found.moves[:_LISTED]},
            )  # fmt: skip
        if day <= actor.today:
            _placed({move.account_id: _to(found, move) for move in found.moves})
        write.touched.accounts.append(pl.Series([move.account_id for move in found.moves], dtype=pl.Int64))
        settled(write)
    TerritoryStep.objects.create(proposal=proposal, step="moved", at=actor.now, by=actor.user)
    _told(found, day)
    return day


def _from(move: TerritoryMove) -> str:
    return move.from_territory.code if move.from_territory else "nowhere"


def _to(found: Door, move: TerritoryMove) -> Place:
    return move.to_territory_id, found.lands[move.to_territory_id].person_id


def _places(accounts: Iterable[int]) -> dict[int, Place]:
    """Where accounts that are there lie today."""
    rows = Account.visible.filter(pk__among=list(accounts)).values_list("pk", "territory_id", "owner_id")
    return {pk: (territory, owner) for pk, territory, owner in rows}


def _require_unmoved(found: Door, places: Mapping[int, Place]) -> None:
    ids = [move.account_id for move in found.moves]
    ahead = AccountHolding.current.filter(account__among=ids, effective_from__gt=found.actor.today)
    planned = set(ahead.values_list("account_id", flat=True))
    moved = [
        move.account.name
        for move in found.moves
        if move.account_id in planned or places.get(move.account_id, (0,))[0] != move.from_territory_id
    ]
    if moved:
        more = f" and {len(moved) - _NAMED:,} more" if len(moved) > _NAMED else ""
        why = f"Since it was proposed, {', '.join(moved[:_NAMED])}{more} moved elsewhere or went away."
        raise Refusal(_WHAT, why, "Withdraw or decline it, and balance the territories anew.", "territory_conflict")
    held = {land.territory_id for land in found.lands.values() if land.person_id}
    gone = {move.to_territory.name for move in found.moves if move.to_territory_id not in held}
    if gone:
        why = f"Nobody holds {', '.join(sorted(gone))} on {found.scene.as_of:%-d %B %Y}."
        raise Refusal(_WHAT, why, "Give it a holder, or balance the territories anew.", "territory_conflict")


def _dated(found: Door, places: Mapping[int, Place], day: dt.date, moment: dt.datetime) -> None:
    """What held until the day ends with it; what an account without a row had was so always."""
    accounts = [move.account_id for move in found.moves]
    open_rows = {
        row.account_id: row for row in AccountHolding.current.filter(account__among=accounts, effective_to=None)
    }
    AccountHolding.objects.filter(pk__among=[row.pk for row in open_rows.values()]).update(superseded_at=moment)
    rows = []
    for move in found.moves:
        until = _until(open_rows.get(move.account_id), places[move.account_id], day, moment)
        rows += [AccountHolding(account_id=move.account_id, **until)] if until else []
        to, holder = _to(found, move)
        new: Any = by_hand(moment) | {"territory_id": to, "owner_id": holder, "effective_from": day}
        rows.append(AccountHolding(account_id=move.account_id, **new))
    AccountHolding.objects.bulk_create(rows, batch_size=1_000)


def _until(held: AccountHolding | None, place: Place, day: dt.date, moment: dt.datetime) -> dict[str, Any]:
    """The row that says where an account lay until a day; nothing where that leaves no day."""
    began = held.effective_from if held else None
    if began is not None and began >= day:
        return {}
    source = by_hand(moment)
    if held:
        source |= {"source_system": held.source_system, "source_id": held.source_id}
    return source | {
        "territory_id": place[0], "owner_id": place[1], "effective_from": began, "effective_to": day
    }  # fmt: skip


def _placed(places: Mapping[int, Place]) -> None:
    """Accounts' own rows as they are from today on."""
    rows = Account.objects.in_bulk(list(places))
    for pk, row in rows.items():
        row.territory_id, row.owner_id = places[pk]
    Account.objects.bulk_update(rows.values(), ["territory", "owner"], batch_size=200)


def accounts_due(actor: Actor) -> int:
    """Change the rows of accounts whose planned day has come; how many. One query while there is none.

    An account that somebody placed elsewhere in the meantime stays where it is.
    """
    begun = AccountHolding.current.filter(
        effective_to=None, effective_from__lte=actor.today, effective_from__gt=TruncDate("known_at"),
        account__withdrawn_at=None,
    )  # fmt: skip
    rows = {row.account_id: row for row in begun.select_related("account")}
    before = AccountHolding.current.filter(account__among=list(rows), effective_to__isnull=False).order_by(
        "effective_to"
    )
    lay = {row.account_id: (row.territory_id, row.owner_id, row.effective_to) for row in before} if rows else {}
    due = {
        pk: (row.territory_id, row.owner_id)
        for pk, row in rows.items()
        if lay.get(pk) == (row.account.territory_id, row.account.owner_id, row.effective_from)
        and lay[pk][:2] != (row.territory_id, row.owner_id)
    }
    if due:
        _arrived(actor, due)
    return len(due)


def _arrived(actor: Actor, due: Mapping[int, Place]) -> None:
    with fact_write(actor, BY_HAND) as write:  # noqa: SIM117  the journal needs the write's instant
        with journaled(replace(actor, now=write.moment), "accounts_moved", "account") as entry:
            _placed(due)
            write.touched.accounts.append(pl.Series(sorted(due), dtype=pl.Int64))
            settled(write)
            entry.about("", f"{len(due):,} accounts lie elsewhere from today on, as was accepted before")


def _told(found: Door, day: dt.date) -> None:
    """Everybody who loses or gains an account reads which ones, from when on."""
    gone: dict[int, list[str]] = defaultdict(list)
    come: dict[int, list[str]] = defaultdict(list)
    for move in found.moves:
        land, taker = found.lands.get(move.from_territory_id or 0), found.lands[move.to_territory_id].person_id
        for giver in {move.from_owner_id, land.person_id if land else None} - {taker}:
            if giver:
                gone[giver].append(move.account.name)
        if taker:
            come[taker].append(move.account.name)
    Notice.objects.bulk_create(
        Notice(
            territory_proposal=found.proposal, person_id=person, at=found.actor.now, by=found.actor.user,
            text=_text(gone.get(person, []), come.get(person, []), day),
        )
        for person in sorted({*gone, *come})
    )  # fmt: skip


def _text(gone: list[str], come: list[str], day: dt.date) -> str:
    """What moves, in a sentence.

    >>> _text(["Hollis", "Marsh"], ["Oak"], dt.date(2026, 7, 1))
    'From 1 July 2026 on 1 account comes to you (Oak), and 2 accounts leave you (Hollis, Marsh).'
    """
    parts = [
        f"{len(names):,} {'account' if len(names) == 1 else 'accounts'} {verb if len(names) == 1 else plural} you"
        f" ({', '.join(names[:10])}{f' and {len(names) - 10:,} more' if len(names) > 10 else ''})"  # noqa: PLR2004  names read at once
        for names, verb, plural in ((come, "comes to", "come to"), (gone, "leaves", "leave"))
        if names
    ]
    return f"From {day:%-d %B %Y} on {', and '.join(parts)}."
