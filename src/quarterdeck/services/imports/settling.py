"""What follows from a write of facts: states of deals, whose each booking is, and totals.

    touched   deal 7 (its owner changed), booking o-9 (new, of deal 7)
    before    stored states of 7; bookings of 7                   -> day totals
    after     states of 7 made anew; bookings of 7 and o-9 attributed anew   -> day totals
    stored    + after - before

Only what is touched is read: the deals, bookings and accounts whose facts changed, and what hangs on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl
from django.db.models import Q, QuerySet

from quarterdeck.engine.ledger.attribution import attributed, attribution_findings
from quarterdeck.engine.ledger.contradictions import state_findings
from quarterdeck.engine.ledger.states import opportunity_states as states_of
from quarterdeck.records.models import (
    Booking,
    Opportunity,
    OpportunityState,
    OpportunityVersion,
    Payment,
    Person,
    Return,
)
from quarterdeck.services import frames
from quarterdeck.services.bulk import among, rows_framed, rows_inserted, rows_updated
from quarterdeck.services.imports.writes import ids_of, keys_of
from quarterdeck.services.totals import (
    OF_ACCOUNTS,
    OF_TOUCHED,
    day_totals,
    difference,
    named_bookings,
    summed,
    totals_changed,
)
from quarterdeck.terms.frames import FRAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.services.imports.writes import Write
    from quarterdeck.terms.tables import Frame

_DERIVED: Final = ("credited_id", "credited_by", "segment_id")
_FOLLOWING: Final[dict[str, Any]] = {"payments": Payment, "returns": Return}


@dataclass(frozen=True, slots=True)
class Change:
    """Rows of one kind before a write and after it, as one frame each."""

    before: pl.DataFrame
    after: pl.DataFrame


def settled(write: Write) -> None:
    """Make derived rows anew and bring the totals up to date; the last step of every write of facts."""
    if _has_only_activities(write):
        totals_changed(summed(write.touched.deltas))
        return
    states = _states(write)
    bookings = _bookings(write)
    accounts = _accounts(states, bookings)
    facts = {"opportunity_states": states, "bookings": bookings}
    facts |= {table: _following(write, table, bookings) for table in _FOLLOWING}
    of_accounts = _delta(_of_accounts(accounts, states, bookings), OF_ACCOUNTS)
    totals_changed(summed([*write.touched.deltas, _delta(facts, OF_TOUCHED), of_accounts]))
    _noted(write)


def _has_only_activities(write: Write) -> bool:
    """Nothing hangs on an activity; what would look for it costs half of a desk's quick log."""
    touched = write.touched
    derives = [touched.opportunities, touched.accounts, touched.territories, *touched.named.values()]
    return {*touched.gone, *touched.fresh} <= {"activity"} and not any(derives)


def _delta(facts: dict[str, Change], measures: Iterable[str]) -> pl.DataFrame:
    sides = [
        {name: _frame(name, getattr(change, side)) for name, change in facts.items()} for side in ("before", "after")
    ]
    wanted = tuple(measures)
    return difference(*(day_totals(side, wanted) for side in sides))


def _frame(name: str, rows: pl.DataFrame) -> Frame:
    return named_bookings(rows) if name == "bookings" else frames.framed(FRAMES[name], rows)


# Deals


def _states(write: Write) -> Change:
    """Stored states of the touched deals, and what they are now; the stored ones are replaced."""
    moved = ids_of(write.touched.accounts)
    deals = list(write.touched.opportunities)
    if moved.len():
        theirs = OpportunityVersion.current.filter(account__among=among(moved))
        deals.append(rows_framed(theirs, "opportunity_id")["opportunity_id"])
    ids = ids_of(deals)
    if ids.is_empty():
        return Change(*(nw.to_native(frames.opportunity_states(ids)) for _ in range(2)))
    before: pl.DataFrame = nw.to_native(frames.opportunity_states(ids))
    current, history = frames.deals_now(ids), frames.deal_changes(ids)
    after: pl.DataFrame = nw.to_native(states_of(current, history))
    OpportunityState.objects.filter(opportunity__among=among(ids)).delete()
    texts = [name for name, dtype in after.schema.items() if dtype == pl.String]
    rows_inserted(OpportunityState, after.with_columns(pl.col(texts).fill_null("")))
    return Change(before, after)


def _noted(write: Write) -> None:
    """What is contradictory about the deals and bookings that the write spoke of."""
    deals, keys = ids_of(write.touched.named["deals"]), keys_of(write.touched.named["bookings"])
    if deals.len():
        sides = (_with_codes(frame, deals) for frame in (frames.deals_now(deals), frames.deal_changes(deals)))
        write.findings.extend(state_findings(*sides))
    if keys.len():
        rows = _asked(Booking.current.filter(source_system=write.source_system, source_id__among=among(keys)))
        _attribution_noted(write, rows)


def _with_codes(frame: Frame, ids: pl.Series) -> Frame:
    """Deals under the code that their company knows: findings name it."""
    codes = rows_framed(Opportunity.objects.filter(pk__among=among(ids)), "id", "code").rename({"id": "opportunity_id"})
    rows: pl.DataFrame = nw.to_native(frame)
    named = rows.join(codes, on="opportunity_id", how="left", maintain_order="left")
    return nw.from_native(named.with_columns(opportunity_id="code").drop("code"), eager_only=True)


# Bookings, and what follows them


def _unchanged(write: Write, model: Any, condition: Q) -> QuerySet[Any]:  # noqa: ANN401  rows, fields and values of any model
    """Current rows that this write did not bring, but that may mean something else now."""
    rows: QuerySet[Any] = model.current.filter(condition, known_at__lt=write.moment)
    return rows


def _parts(write: Write, model: Any, conditions: Iterable[Q]) -> tuple[pl.Series, pl.Series]:  # noqa: ANN401  rows, fields and values of any model
    """Ids of the rows before the write, and after it."""
    name = model._meta.model_name
    gone = ids_of(write.touched.gone[name])
    keys = keys_of(write.touched.fresh[name])
    current = model.current.filter(
        source_system=write.source_system, source_id__among=among(keys), known_at=write.moment
    )
    fresh = rows_framed(current, "id")["id"] if keys.len() else pl.Series([], dtype=pl.Int64)
    kept = ids_of([rows_framed(_unchanged(write, model, condition), "id")["id"] for condition in conditions])
    known = ids_of([gone.filter(~gone.is_in(_brought(write, model, gone).implode()))])
    return ids_of([known, kept]), ids_of([fresh, kept])


def _brought(write: Write, model: Any, gone: pl.Series) -> pl.Series:  # noqa: ANN401  rows, fields and values of any model
    """Rows that this same write both brought and replaced: they were never seen."""
    if gone.is_empty():
        return gone
    return rows_framed(model.objects.filter(pk__among=among(gone), known_at=write.moment), "id")["id"]


def _bookings(write: Write) -> Change:
    touched = write.touched
    deals, accounts, lands = ids_of(touched.opportunities), ids_of(touched.accounts), ids_of(touched.territories)
    conditions = []
    if deals.len():
        conditions.append(Q(opportunity__among=among(deals)))
    if accounts.len():
        conditions.append(Q(account__among=among(accounts)))
    if lands.len():
        conditions += [Q(territory__among=among(lands)), Q(territory=None, account__territory__among=among(lands))]
    before_ids, after_ids = _parts(write, Booking, conditions)
    before = frames.booking_rows(Booking.objects.filter(pk__among=among(before_ids)))
    _attribute(after_ids)
    return Change(before, frames.booking_rows(Booking.objects.filter(pk__among=among(after_ids))))


def _asked(queryset: QuerySet[Any]) -> pl.DataFrame:
    """Bookings as attribution asks for them, in the territory they name or that of their account."""
    names = ("id", "source_id", "person_id", "opportunity_id", "territory_id", "booked_on", *_DERIVED)
    more = ("account_id", "account__territory_id", "account__segment_id")
    rows = _where_it_lay(rows_framed(queryset, *names, *more).rename({"id": "booking_id"}))
    return rows.with_columns(territory_id=pl.coalesce("territory_id", "account__territory_id")).sort("booking_id")


def _where_it_lay(rows: pl.DataFrame) -> pl.DataFrame:
    """Bookings with the territory in which their account lay on their day, where it moved since."""
    ended = frames.account_places(rows["account_id"]).rename({"territory_id": "lay"})
    if ended.is_empty():
        return rows
    day = pl.col("booked_on")
    then = rows.select("booking_id", "booked_on", "account_id").join(ended, on="account_id")
    then = then.filter(day < pl.col("effective_to"), day.ge(pl.col("effective_from")).fill_null(True))  # noqa: FBT003  a literal
    then = then.unique("booking_id").select("booking_id", "lay", has_moved=True)
    rows = rows.join(then, on="booking_id", how="left")
    lay = pl.when("has_moved").then("lay").otherwise("account__territory_id")
    return rows.with_columns(account__territory_id=lay).drop("lay", "has_moved")


def _attribute(ids: pl.Series) -> None:
    """Decide anew for whom bookings count and in which segment, and store what differs."""
    if ids.is_empty():
        return
    rows = _asked(Booking.objects.filter(pk__among=among(ids)))
    states, territories = frames.opportunity_states(rows["opportunity_id"]), frames.territories()
    made: pl.DataFrame = nw.to_native(attributed(nw.from_native(rows, eager_only=True), states, territories))
    derived = made.select(
        pl.col("booking_id").alias("id"), credited_id="person_id", credited_by="attributed_by",
        segment_id="account__segment_id",
        **{f"{name}_was": name for name in _DERIVED},
    )  # fmt: skip
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_was")) for name in _DERIVED)
    rows_updated(Booking, derived.filter(differs).select("id", *_DERIVED))


def _attribution_noted(write: Write, rows: pl.DataFrame) -> None:
    """Findings name bookings and people as their company does."""
    people = rows_framed(Person.objects.all(), "id", "name").rename({"id": "person_id"})

    def named(some: pl.DataFrame) -> Frame:
        joined = some.join(people, on="person_id", how="left", maintain_order="left")
        return nw.from_native(joined.with_columns(person_id="name").drop("name"), eager_only=True)

    states, territories = (
        _native(frame) for frame in (frames.opportunity_states(rows["opportunity_id"]), frames.territories())
    )
    bookings = named(rows.with_columns(booking_id="source_id"))
    write.findings.extend(attribution_findings(bookings, named(states), named(territories)))


def _following(write: Write, table: str, bookings: Change) -> Change:
    """Payments or returns that were written, or whose booking was."""
    model = _FOLLOWING[table]
    both = pl.concat([bookings.before, bookings.after]).select("source_system", "source_id").unique()
    conditions = [
        Q(source_system=system, booking_source_id__among=among(keys["source_id"]))
        for (system,), keys in both.partition_by("source_system", as_dict=True).items()
    ]
    sides = _parts(write, model, conditions)
    rows = [model.objects.filter(pk__among=among(ids)) for ids in sides]
    named = pl.concat([rows_framed(queryset, "source_system", "booking_source_id") for queryset in rows])
    others = _other_bookings(named, both)
    pairs = zip(rows, (bookings.before, bookings.after), strict=True)
    return Change(*(_native(frames.following(table, some, pl.concat([booked, others]))) for some, booked in pairs))


def _native(frame: Frame) -> pl.DataFrame:
    rows: pl.DataFrame = nw.to_native(frame)
    return rows


def _other_bookings(named: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Untouched bookings that touched payments or returns follow."""
    queryset = Booking.current.filter(source_id__among=among(named["booking_source_id"]))
    rows = frames.booking_rows(queryset if named.height else queryset.none())
    return rows.join(known, on=["source_system", "source_id"], how="anti")


# Accounts


def _accounts(states: Change, bookings: Change) -> pl.Series:
    """Accounts that may have become customers, or ceased to be."""
    won = [rows.filter(pl.col("stage_kind") == "won")["account_id"] for rows in (states.before, states.after)]
    return ids_of([*won, bookings.before["account_id"], bookings.after["account_id"]])


def _of_accounts(accounts: pl.Series, states: Change, bookings: Change) -> dict[str, Change]:
    """All states and bookings of the accounts, before and after; what the write did not touch is the same in both."""
    if accounts.is_empty():
        return {}
    now = OpportunityState.objects.filter(account__among=among(accounts))
    names = list(FRAMES["opportunity_states"].by_name)
    deals = pl.concat([states.before["opportunity_id"], states.after["opportunity_id"]])
    other_states = rows_framed(now, *names).filter(~pl.col("opportunity_id").is_in(deals.implode()))
    touched = pl.concat([bookings.before["booking_id"], bookings.after["booking_id"]])
    other_bookings = frames.booking_rows(Booking.current.filter(account__among=among(accounts)))
    other_bookings = other_bookings.filter(~pl.col("booking_id").is_in(touched.implode()))

    def both(change: Change, others: pl.DataFrame) -> Change:
        mine = pl.col("account_id").is_in(accounts.implode())
        return Change(*(pl.concat([others, rows.filter(mine)]) for rows in (change.before, change.after)))

    return {"opportunity_states": both(states, other_states), "bookings": both(bookings, other_bookings)}
