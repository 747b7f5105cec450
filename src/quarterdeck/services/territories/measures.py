"""What accounts weigh as of a day: potential, sales of twelve months, open pipeline, activities; one row per account.

    account      territory  owner  n_accounts  potential  sales    pipeline  activities
    Hollis Oak   north      rita   1           480,000    120,000    60,000          14
    Marsh Tools  north      rita   1           empty            0         0           2

An account lies where a row that ended says, else where its own row says. Facts come through the doors of
services.access: what counts for somebody out of sight adds nothing. Money in whole minor units; days up to and with
`as_of`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl
from django.db.models import Aggregate, Count, FilteredRelation, Q, QuerySet, Sum

from quarterdeck.records.models import Account, Activity, Booking, OpportunityState, Potential
from quarterdeck.services import access
from quarterdeck.services.bulk import rows_framed
from quarterdeck.services.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.services.actor import Actor

Unit = Literal["money", "count"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What accounts may be weighed by."""

    name: str
    title: str
    unit: Unit
    says: str


MEASURES: Final = {
    measure.name: measure
    for measure in (
        Measure("n_accounts", "Accounts", "count", "How many accounts lie in it."),
        Measure("potential", "Potential", "money", "What could be sold in a year, as imported for its accounts."),
        Measure("sales", "Sales, 12 months", "money", "What its accounts bought in the twelve months up to the day."),
        Measure("pipeline", "Open pipeline", "money", "Value of deals with its accounts that are open on the day."),
        Measure("activities", "Activities, 12 months", "count", "Workload: what was done with its accounts."),
    )
}


def year_before(as_of: dt.date) -> dt.date:
    """The first of the twelve months' days that end with a day.

    >>> year_before(dt.date(2026, 3, 17)), year_before(dt.date(2024, 2, 29))
    (datetime.date(2025, 3, 18), datetime.date(2023, 3, 1))
    """
    is_leap_day = (as_of.month, as_of.day) == (2, 29)
    before = as_of.replace(year=as_of.year - 1, day=28 if is_leap_day else as_of.day)
    return before + dt.timedelta(days=1)


def accounts_weighed(actor: Actor, as_of: dt.date, names: Sequence[str] = tuple(MEASURES)) -> pl.DataFrame:
    """Accounts with where they lie, whose they are, and what they weigh of these measures; a query each and one.

    Columns account_id, name, territory_id, owner_id and the measures; potential is empty where nobody said it, the
    others are zero where there is nothing. By account_id.
    """
    rows = accounts_placed(actor, as_of)
    weighing: dict[str, Any] = {
        "potential": _potential, "sales": _sales, "pipeline": _pipeline, "activities": _activities
    }  # fmt: skip
    parts = [weighing[name](actor, as_of) for name in names if name in weighing]
    rows = reduce(lambda left, right: left.join(right, on="account_id", how="left"), parts, rows)
    zeros = [pl.col(name).fill_null(0) for name in names if name in weighing and name != "potential"]
    return rows.with_columns(*zeros, n_accounts=pl.lit(1, pl.Int64)).sort("account_id")


def accounts_placed(actor: Actor, as_of: dt.date) -> pl.DataFrame:
    """account_id, name, territory_id and owner_id of every account on a day; one query.

    A row that ended says where an account lay; without one it is where it lies today.
    """
    ended = Q(holdings__superseded_at=None, holdings__effective_to__isnull=False)
    named = access.accounts_seen(actor, Account.visible.all(), as_of)
    names = ("pk", "name", "territory_id", "owner_id", "lay__effective_from", "lay__effective_to")
    rows = named.annotate(lay=FilteredRelation("holdings", condition=ended)).order_by("pk", "lay__effective_to")
    places: dict[int, tuple[str, int | None, int | None]] = {}
    for pk, name, territory, owner, begins, ends, *then in rows.values_list(
        *names, "lay__territory_id", "lay__owner_id"
    ):
        if ends is not None and as_of < ends and (begins is None or begins <= as_of):
            places[pk] = (name, *then)
        else:
            places.setdefault(pk, (name, territory, owner))
    schema = {"account_id": pl.Int64, "name": pl.String, "territory_id": pl.Int64, "owner_id": pl.Int64}
    return pl.DataFrame([(pk, *place) for pk, place in places.items()], schema=schema, orient="row")


def _potential(actor: Actor, as_of: dt.date) -> pl.DataFrame:  # noqa: ARG001  as the others
    """The last amount said of each account; what is said of a territory as a whole cannot move with an account."""
    said = Potential.current.filter(Q(effective_from=None) | Q(effective_from__lte=as_of), account__isnull=False)
    rows = rows_framed(said, "account_id", "effective_from", "amount_minor")
    latest = rows.sort("effective_from", nulls_last=False).group_by("account_id").last()
    return latest.select("account_id", potential="amount_minor")


def _sales(actor: Actor, as_of: dt.date) -> pl.DataFrame:
    """Bookings of twelve months; where a company has none, deals won."""
    since = year_before(as_of)
    if getattr(Scene(actor, as_of).company, "has_bookings", False):
        booked = Booking.current.filter(booked_on__gte=since, booked_on__lte=as_of)
        return _summed(access.bookings_seen(actor, booked, as_of), Sum("amount_minor"), "sales")
    won = OpportunityState.objects.filter(stage_kind="won", effective_from__gte=since, effective_from__lte=as_of)
    won = won.filter(opportunity__withdrawn_at=None)
    return _summed(access.states_seen(actor, won, as_of), Sum("amount_minor"), "sales")


def _pipeline(actor: Actor, as_of: dt.date) -> pl.DataFrame:
    states = OpportunityState.objects.filter(stage_kind="open", opportunity__withdrawn_at=None)
    return _summed(access.states_seen(actor, states, as_of), Sum("amount_minor"), "pipeline")


def _activities(actor: Actor, as_of: dt.date) -> pl.DataFrame:
    done = Activity.current.filter(happened_on__gte=year_before(as_of), happened_on__lte=as_of)
    return _summed(access.activities_seen(actor, done, as_of), Count("pk"), "activities")


def _summed(queryset: QuerySet[Any], total: Aggregate, name: str) -> pl.DataFrame:
    """One row per account of a queryset, summed by the database."""
    rows = queryset.filter(account__isnull=False).order_by().values_list("account_id").annotate(total=total)
    found = [(account, int(amount or 0)) for account, amount in rows]
    return pl.DataFrame(found, schema={"account_id": pl.Int64, name: pl.Int64}, orient="row")
