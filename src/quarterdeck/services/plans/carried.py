"""What somebody's accounts brought in the twelve months before a day, so that a part of their number can be told.

    rita's accounts on 15 May     brought    Hollis Tools goes    its part of her number
    Hollis Tools                  200        200 of 1,000         1/5
    Marlow Works (her territory)  800

Accounts are hers that she owns or that lie in a territory which she held the day before; one that moves counts as hers
until then, whatever its row says by now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import Account, Activity, Booking, OpportunityState, Territory, TerritoryHolding
from quarterdeck.services import access
from quarterdeck.services.plans.amendment_shapes import WHAT
from quarterdeck.services.scene import holder_of
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.amendment_shapes import Handover
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.scene import Scene

WINDOW_DAYS: Final = 365
MOST_NAMED: Final = 200
"""Things named by hand in one amendment."""


@dataclass(slots=True)
class Carried:
    """One giver's accounts, and what they brought."""

    accounts: set[int] = field(default_factory=set)
    inside: dict[str, set[int]] = field(default_factory=dict)
    """Accounts by what moves: account:12 or territory:3."""
    names: dict[str, str] = field(default_factory=dict)
    brought: Mapping[int, int] = field(default_factory=dict)

    def sales(self, what: str) -> tuple[int, int]:
        """What one thing that moves brought, and what all the giver's accounts did; below zero counts as nothing."""
        return self._sum(self.inside[what]), self._sum(self.accounts)

    def n_accounts(self, what: str) -> tuple[int, int]:
        """How many accounts it is, and how many the giver has."""
        return len(self.inside[what]), len(self.accounts)

    def name(self, what: str) -> str:
        """The name of what moves."""
        return self.names[what]

    def _sum(self, accounts: Iterable[int]) -> int:
        return sum(max(self.brought.get(pk, 0), 0) for pk in accounts)


def carried_by(found: Door, scene: Scene, handovers: Iterable[Handover]) -> dict[str, Carried]:
    """By giver, their accounts and what each brought; five queries. Raises Refusal (`amendment`, `not_visible`)."""
    asked = list(handovers)
    names = _names(found, scene, {one.what for one in asked})
    inside = _inside({one.what for one in asked})
    own = _own({one.giver for one in asked}, scene.as_of - dt.timedelta(days=1))
    found_by: dict[str, Carried] = {}
    for one in asked:
        have = found_by.setdefault(one.giver, Carried(accounts=set(own.get(one.giver, ())), names=names))
        have.inside[one.what] = inside.get(one.what, set())
    for giver, have in found_by.items():
        if giver in own:
            have.accounts |= {pk for accounts in have.inside.values() for pk in accounts}
    everything = {pk for have in found_by.values() for pk in have.accounts}
    brought = _brought(found.plan.metric, everything, scene.as_of)
    for have in found_by.values():
        have.brought = brought
    return found_by


def things_named(actor: Actor, kind: str, text: str, day: dt.date) -> list[str]:
    """What people name by code or name, one a line, as account:12 or territory:3. Raises Refusal (`amendment`)."""
    wanted = list(dict.fromkeys(part for line in text.splitlines() if (part := line.strip())))
    if not 0 < len(wanted) <= MOST_NAMED:
        why = f"It names no {kind}, or more than {MOST_NAMED}."
        raise Refusal(WHAT, why, f"Name each {kind} by its code or name, one a line.", "amendment")
    rows: Any = (
        access.accounts_seen(actor, Account.visible.all(), day) if kind == "account" else Territory.visible.all()
    )
    named = Q(code__in=wanted) | Q(name__in=wanted)
    found: dict[str, set[int]] = {}
    for pk, *texts in rows.filter(named).values_list("pk", "code", "name"):
        for each in texts:
            found.setdefault(each, set()).add(pk)
    for part in wanted:
        if len(found.get(part, ())) != 1:
            how = "is several" if part in found else "is not known"
            why = f"The {kind} “{part[:60]}” {how}."
            raise Refusal(WHAT, why, "Write its code as in the list of accounts, or of territories.", "amendment")
    return [f"{kind}:{next(iter(found[part]))}" for part in wanted]


def _ids(texts: Iterable[str], kind: str) -> list[int]:
    found = []
    for text in texts:
        name, _, number = text.partition(":")
        if name not in {"account", "territory"} or not (number.isascii() and number.isdigit() and len(number) < 19):  # noqa: PLR2004  a 64-bit id
            raise access.not_visible("account")
        if name == kind:
            found.append(int(number))
    return sorted(found)


def _names(found: Door, scene: Scene, texts: Collection[str]) -> dict[str, str]:
    """Names of what moves; who may not know them has no such account or territory."""
    accounts = access.accounts_seen(found.actor, Account.visible.filter(pk__in=_ids(texts, "account")), scene.as_of)
    names = {f"account:{pk}": name or code for pk, name, code in accounts.values_list("pk", "name", "code")}
    territories = Territory.visible.filter(pk__in=_ids(texts, "territory"))
    names |= {f"territory:{pk}": name or code for pk, name, code in territories.values_list("pk", "name", "code")}
    if missing := sorted(set(texts) - names.keys()):
        raise access.not_visible(missing[0].partition(":")[0])
    return names


def _inside(texts: Collection[str]) -> dict[str, set[int]]:
    """Accounts that go along with each thing."""
    found = {f"account:{pk}": {pk} for pk in _ids(texts, "account")}
    rows = Account.visible.filter(territory_id__in=_ids(texts, "territory")).values_list("pk", "territory_id")
    for pk, territory in rows:
        found.setdefault(f"territory:{territory}", set()).add(pk)
    return found


def _own(givers: Collection[str], day: dt.date) -> dict[str, set[int]]:
    """By giver who is a person, accounts they own, or that lay in a territory of theirs on a day."""
    people = sorted(number for kind, number in map(holder_of, givers) if kind == "person")
    held = TerritoryHolding.current.filter(access.so_on(day), person_id__in=people)
    holders = dict(held.values_list("territory_id", "person_id"))
    found: dict[str, set[int]] = {f"person:{person}": set() for person in people}
    rows = Account.visible.filter(Q(owner_id__in=people) | Q(territory_id__in=sorted(holders)))
    for pk, owner, territory in rows.values_list("pk", "owner_id", "territory_id"):
        person = owner if owner in people else holders.get(territory)
        if person is not None:
            found[f"person:{person}"].add(pk)
    return found


def _brought(metric: str, accounts: Collection[int], day: dt.date) -> dict[int, int]:
    """By account what it brought of a metric in the twelve months before a day, in its unit; bookings are gross."""
    since, is_count = day - dt.timedelta(days=WINDOW_DAYS), METRICS[metric].unit == "count"
    measure = METRICS[metric].numerator[0].measure
    rows: Iterable[tuple[int | None, int | None]]
    if measure == "activity":
        done = Activity.current.filter(happened_on__gte=since, happened_on__lt=day)
        rows = ((account, 1) for account in done.values_list("account_id", flat=True))
    elif measure.startswith("opportunity"):
        won = OpportunityState.objects.filter(
            stage_kind="won", effective_from__gte=since, effective_from__lt=day, opportunity__withdrawn_at=None
        )
        last = {deal: (account, amount) for deal, account, amount in won.order_by("effective_from").values_list(
            "opportunity_id", "account_id", "amount_minor")}  # fmt: skip
        rows = last.values()
    else:
        booked = Booking.current.filter(booked_on__gte=since, booked_on__lt=day)
        rows = booked.values_list("account_id", "amount_minor").iterator()
    found: dict[int, int] = {}
    for account, amount in rows:
        if account is not None and account in accounts:
            found[account] = found.get(account, 0) + (1 if is_count else amount or 0)
    return found
