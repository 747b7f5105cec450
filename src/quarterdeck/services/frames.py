"""The only place where querysets become the frames of `terms.frames`.

    Seat.current                                      seats()
    position  person  effective_from  effective_to    position_id  person_id  team_id  hat  effective_from  effective_to
    4         7       2024-01-01      2025-07-01      4            7          2        rep  2024-01-01      2025-07-01
                                                      4            (none)     2        rep  2025-07-01

Every function takes `known_at`: empty reads what we believe now, an instant what we believed then. Ids are the
database's integers, amounts minor units of the company's currency. Nouns that were withdrawn have no rows.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl
from django.db.models import FilteredRelation, Q, QuerySet

from quarterdeck.engine.ledger.states import opportunity_states as states_of
from quarterdeck.records.models import (
    AccountHolding,
    Activity,
    Company,
    Leave,
    OpportunityChange,
    OpportunityState,
    OpportunityVersion,
    Position,
    TeamLink,
    TerritoryHolding,
)
from quarterdeck.services.bulk import among, rows_framed
from quarterdeck.terms.frames import FRAMES
from quarterdeck.terms.tables import Frame, Table, column_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from quarterdeck.records.models.base import Fact

_STATED: Final = ("stage", "stage_kind", "forecast_category", "amount_minor", "close_on", "person_id")


def company() -> Company:
    """The company, or what one is like before anybody has said anything about it."""
    return Company.objects.first() or Company()


def known(model: type[Fact], known_at: dt.datetime | None = None) -> QuerySet[Any]:
    """Facts as we believe them now, or as we believed them at an instant."""
    return model.objects.filter(_known(known_at))


def _known(known_at: dt.datetime | None, prefix: str = "") -> Q:
    """Rows that we believe now, or that we believed at an instant; `prefix` walks to them."""
    still = Q(**{f"{prefix}superseded_at": None})
    if known_at is None:
        return still
    return (still | Q(**{f"{prefix}superseded_at__gt": known_at})) & Q(**{f"{prefix}known_at__lte": known_at})


def framed(table: Table, rows: pl.DataFrame) -> Frame:
    """Rows in the table's order, texts that mean nothing empty, and checked."""
    blanks = [column.name for column in table.columns if column.kind == "choice" and not column.is_required]
    rows = rows.with_columns(pl.col(name).replace("", None) for name in blanks)
    return table.check(nw.from_native(rows.select(column_names(table)), eager_only=True))


def _read(table: str, queryset: QuerySet[Any], **sources: str) -> Frame:
    """A frame of a table; columns come from attributes of their own name unless `sources` says otherwise."""
    names = {name: sources.get(name, name) for name in column_names(FRAMES[table])}
    rows = rows_framed(queryset, *dict.fromkeys(names.values()))
    return framed(FRAMES[table], rows.select(pl.col(source).alias(name) for name, source in names.items()))


def _of(queryset: QuerySet[Any], column: str, ids: pl.Series | Collection[int] | None) -> QuerySet[Any]:
    """The rows whose column is one of the ids; None means all."""
    if ids is None:
        return queryset
    values = ids if isinstance(ids, pl.Series) else pl.Series(list(ids), dtype=pl.Int64)
    return queryset.filter(**{f"{column}__among": among(values)})


# Who is where


def teams(*, known_at: dt.datetime | None = None) -> Frame:
    """TEAMS: every visible team under its parent for a time."""
    return _read("teams", known(TeamLink, known_at).filter(team__withdrawn_at=None))


def teams_of(links: Iterable[tuple[Any, ...]]) -> Frame:
    """The same from rows of services.access.team_links: id, name, link (none: it hangs nowhere), parent, days."""
    rows = [(team, *rest) for team, _, link, *rest in links if link is not None]
    schema: dict[str, Any] = {"team_id": pl.Int64, "parent_id": pl.Int64}
    schema |= {"effective_from": pl.Date, "effective_to": pl.Date}
    return framed(FRAMES["teams"], pl.DataFrame(rows, schema=schema, orient="row"))


def seats(*, known_at: dt.datetime | None = None) -> Frame:
    """SEATS: who sat in each position when, and when nobody did."""
    sat = FilteredRelation("seats", condition=_known(known_at, "seats__"))
    columns = ("pk", "team_id", "hat", "seat__person_id", "seat__effective_from", "seat__effective_to")
    found = Position.visible.annotate(seat=sat).values_list(*columns, "seat__person__withdrawn_at")
    of, held = {}, []
    for position, team, hat, person, begins, ends, withdrawn in found:
        of[position] = team, hat
        if person is not None and withdrawn is None:
            held.append((position, person, begins, ends))
    spans = [*held, *_vacancies(of, held)]
    spans.sort(key=lambda span: (span[0], span[2] or dt.date.min))
    rows = [(position, person, *of[position], begins, ends) for position, person, begins, ends in spans]
    schema: dict[str, Any] = {"position_id": pl.Int64, "person_id": pl.Int64, "team_id": pl.Int64, "hat": pl.String}
    schema |= {"effective_from": pl.Date, "effective_to": pl.Date}
    return framed(FRAMES["seats"], pl.DataFrame(rows, schema=schema, orient="row"))


_Span = tuple[int, int | None, dt.date | None, dt.date | None]


def _vacancies(positions: Iterable[int], held: list[_Span]) -> list[_Span]:
    """The stretches in which a position was empty: after its first holder, or always when it never had one."""
    gaps: list[_Span] = []
    taken: dict[int, list[tuple[dt.date, dt.date]]] = {position: [] for position in positions}
    for position, _, begins, ends in held:
        taken[position].append((begins or dt.date.min, ends or dt.date.max))
    for position, spans in taken.items():
        if not spans:
            gaps.append((position, None, None, None))
        until = dt.date.max
        for begins, ends in sorted(spans):
            if until < begins:
                gaps.append((position, None, until, begins))
            until = ends if until == dt.date.max else max(until, ends)
        if spans and until < dt.date.max:
            gaps.append((position, None, until, None))
    return gaps


def territories(*, known_at: dt.datetime | None = None) -> Frame:
    """Who held which territory when: territory_id, person_id, effective_from, effective_to."""
    names = ("territory_id", "person_id", "effective_from", "effective_to")
    return nw.from_native(rows_framed(known(TerritoryHolding, known_at), *names), eager_only=True)


def account_places(accounts: pl.Series) -> pl.DataFrame:
    """Where these accounts lay before they moved: account_id, territory_id, effective_from, effective_to."""
    ended = _of(known(AccountHolding).filter(effective_to__isnull=False), "account_id", accounts)
    return rows_framed(ended, "account_id", "territory_id", "effective_from", "effective_to")


def leave(*, people: Collection[int] | None = None, known_at: dt.datetime | None = None) -> Frame:
    """Absences: person_id, starts_on, ends_on, share."""
    rows = rows_framed(_of(known(Leave, known_at), "person_id", people), "person_id", "starts_on", "ends_on", "share")
    return nw.from_native(rows.with_columns(pl.col("share").cast(pl.Float64)), eager_only=True)


# Deals


def deals_now(ids: pl.Series | None = None, *, known_at: dt.datetime | None = None) -> Frame:
    """Deals as their source said that they stand: what engine.ledger.states takes as `current`."""
    queryset = _of(known(OpportunityVersion, known_at), "opportunity_id", ids)
    names = ("opportunity_id", *_STATED, "account_id", "product_id", "opened_on", "closed_on", "account__segment_id")
    rows = rows_framed(queryset.filter(opportunity__withdrawn_at=None).order_by("pk"), *names)
    return _stated(rows.rename({"account__segment_id": "segment_id"}))


def deal_changes(ids: pl.Series | None = None, *, known_at: dt.datetime | None = None) -> Frame:
    """What changed about deals: what engine.ledger.states takes as `history`."""
    queryset = _of(known(OpportunityChange, known_at), "opportunity_id", ids).order_by("pk")
    return _stated(rows_framed(queryset, "opportunity_id", "effective_from", *_STATED))


def _stated(rows: pl.DataFrame) -> Frame:
    return nw.from_native(
        rows.with_columns(pl.col("stage", "stage_kind", "forecast_category").replace("", None)), eager_only=True
    )


def opportunity_states(ids: pl.Series | None = None, *, known_at: dt.datetime | None = None) -> Frame:
    """OPPORTUNITY_STATES of these deals: as stored, or made from what was known at an instant."""
    if known_at is not None:
        return states_of(deals_now(ids, known_at=known_at), deal_changes(ids, known_at=known_at))
    return _read("opportunity_states", _of(OpportunityState.objects.all(), "opportunity_id", ids))


# Facts


def activities(queryset: QuerySet[Any] | None = None, *, known_at: dt.datetime | None = None) -> Frame:
    """ACTIVITIES: all of them, or those of a queryset."""
    return _read("activities", known(Activity, known_at) if queryset is None else queryset, activity_id="id")


def booking_rows(queryset: QuerySet[Any]) -> pl.DataFrame:
    """BOOKINGS with the keys that payments and returns follow: source_system and source_id."""
    columns = {name: name for name in column_names(FRAMES["bookings"])} | {
        "booking_id": "id",
        "person_id": "credited_id",
    }
    rows = rows_framed(queryset, *columns.values(), "source_system", "source_id")
    return rows.rename({source: name for name, source in columns.items() if source != name})


def following(table: str, queryset: QuerySet[Any], booked: pl.DataFrame) -> Frame:
    """PAYMENTS or RETURNS of a queryset, with the person, account, product and segment of their booking."""
    noun, day = ("payment_id", "paid_on") if table == "payments" else ("return_id", "returned_on")
    rows = rows_framed(queryset, "id", day, "amount_minor", "source_system", "booking_source_id")
    source = booked.select(
        "source_system",
        pl.col("source_id").alias("booking_source_id"),
        "person_id",
        "account_id",
        "product_id",
        "segment_id",
    )
    joined = rows.rename({"id": noun}).join(source, on=["source_system", "booking_source_id"], how="left")
    return framed(FRAMES[table], joined)
