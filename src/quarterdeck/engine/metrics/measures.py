"""What is summed: facts to totals per day, person and slice. A metric reads totals and never facts.

    activities   t-1  rita  call  2025-03-03       totals   activity  2025-03-03  rita  call   n 2
                 t-2  rita  call  2025-03-03                activity  2025-03-03  rita  email  n 1
                 t-3  rita  email 2025-03-03

Everything here is additive. What ends or is taken back has a row of its own, negative, on the day it ended: a deal
leaves the pipeline on the day it closes, a win is taken back on the day the deal is opened again. So the sum of all
totals up to a day is right as of that day, and no total is changed by what happens later (the law `as-of ignores the
future`).

Source of the method: additive facts and semi-additive stocks kept as flows (Kimball, The Data Warehouse Toolkit, 2013,
chapter 3); stock-flow consistency (Forrester, Industrial Dynamics, 1961).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import narwhals as nw

from quarterdeck.engine.ledger.dtypes import common_dtype
from quarterdeck.engine.metrics.customers import customer_moves
from quarterdeck.engine.metrics.moves import opportunity_moves
from quarterdeck.terms.frames import TOTALS
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.tables import column_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from quarterdeck.terms.tables import LazyFrame

Scope = Literal["row", "opportunity", "account"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One kind of row that a measure writes: which source rows, dated how, credited to whom, counting what.

    `prefix` picks the columns to credit: "" the row's own, "was_" those of the state before, "credit_" those of the
    run.
    """

    where: nw.Expr | None = None
    sign: int = 1
    prefix: str = ""
    n: nw.Expr | None = None
    amount: nw.Expr | None = None
    days: nw.Expr | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is summed, from which source, and how much must be read again when a fact changes.

    `scope` "row": the fact alone decides. "opportunity": all states of the deal. "account": all wins and bookings of
    the account.
    """

    name: str
    source: str
    day: str
    scope: Scope
    entries: tuple[Entry, ...]
    about: str


_KIND, _WAS_KIND = nw.col("stage_kind"), nw.col("was_stage_kind").fill_null(nw.lit(""))
_STAGE, _WAS_STAGE = nw.col("stage"), nw.col("was_stage")
_AMOUNT, _WAS_AMOUNT = nw.col("amount_minor"), nw.col("was_amount_minor")
_ONE, _NONE = nw.lit(1), nw.lit(0)
_MOVES = "opportunity_moves"
_LEFT = (_WAS_KIND == "open") & ((_KIND != "open") | (_STAGE != _WAS_STAGE))


def _closing(kind: str) -> tuple[Entry, ...]:
    """A closing, later changes of its amount, and its being taken back."""
    is_now, was_so = nw.lit(kind) == _KIND, nw.lit(kind) == _WAS_KIND
    began, stayed, ended = is_now & ~was_so, is_now & was_so, ~is_now & was_so
    return (
        Entry(where=began, prefix="credit_", n=_ONE, amount=_AMOUNT),
        Entry(where=stayed, prefix="credit_", n=_NONE, amount=_AMOUNT - _WAS_AMOUNT),
        Entry(where=ended, prefix="was_credit_", sign=-1, n=_ONE, amount=_WAS_AMOUNT),
    )


def _of_rows(name: str, source: str, day: str, about: str, entry: Entry) -> Measure:
    return Measure(name=name, source=source, day=day, scope="row", entries=(entry,), about=about)


def _of_deals(name: str, about: str, *entries: Entry, day: str = "effective_from") -> Measure:
    return Measure(name=name, source=_MOVES, day=day, scope="opportunity", entries=entries, about=about)


MEASURES: Final[dict[str, Measure]] = {
    measure.name: measure
    for measure in (
        _of_deals(
            "opportunity_opened", "Deals on the day they began, for their owner and at their worth that day.",
            Entry(where=(_WAS_KIND == "") & (nw.col("opened_on") == nw.col("effective_from")), n=_ONE, amount=_AMOUNT),
        ),
        _of_deals("opportunity_won", "Deals won, for their owner that day; taken back when opened again.",
            *_closing("won")),
        _of_deals("opportunity_lost", "Deals lost, for their owner that day; taken back when opened again.",
            *_closing("lost")),
        _of_deals(
            "opportunity_cycle",
            "Days from opening to winning where the opening is known, for the owner on the day won.",
            Entry(where=(_KIND == "won") & (_WAS_KIND != "won") & ~nw.col("run_days").is_null(), prefix="credit_",
                n=_ONE, days=nw.col("run_days")),
            Entry(where=(_KIND != "won") & (_WAS_KIND == "won") & ~nw.col("was_run_days").is_null(),
                prefix="was_credit_", sign=-1, n=_ONE, days=nw.col("was_run_days")),
        ),
        _of_deals(
            "pipeline",
            "Open deals as flows, for their owner: in when one opens, out when it closes, both on a move.",
            Entry(where=_KIND == "open", n=_ONE, amount=_AMOUNT, detail="stage"),
            Entry(where=_WAS_KIND == "open", prefix="was_", sign=-1, n=_ONE, amount=_WAS_AMOUNT, detail="was_stage"),
        ),
        _of_deals(
            "stage_entered", "Deals on the day they came into an open stage, for the owner that day.",
            Entry(where=(_KIND == "open") & ((_WAS_KIND != "open") | (_STAGE != _WAS_STAGE)), n=_ONE, amount=_AMOUNT,
                detail="stage"),
        ),
        _of_deals(
            "stage_left", "Deals on the day they left an open stage, whichever way, for the owner until then.",
            Entry(where=_LEFT, prefix="was_", n=_ONE, amount=_WAS_AMOUNT, detail="was_stage"),
        ),
        _of_deals(
            "stage_passed", "Deals on the day they left an open stage for another one that is not lost.",
            Entry(where=_LEFT & (_KIND != "lost"), prefix="was_", n=_ONE, amount=_WAS_AMOUNT, detail="was_stage"),
        ),
        _of_rows("activity", "activities", "happened_on", "Activities, by kind, for the person who did them.",
            Entry(n=_ONE, detail="kind")),
        _of_rows("activity_minutes", "activities", "happened_on", "Minutes spent on activities, by kind.",
            Entry(where=~nw.col("minutes").is_null(), n=nw.col("minutes"), detail="kind")),
        _of_rows("booking", "bookings", "booked_on",
            "Order and invoice lines, for the person on them, else the deal's owner, else the territory's holder.",
            Entry(n=_ONE, amount=_AMOUNT)),
        _of_rows("return", "returns", "returned_on", "Returns, positive, for the person of their booking.",
            Entry(n=_ONE, amount=_AMOUNT)),
        _of_rows("payment", "payments", "paid_on", "Money received, for the person of its booking.",
            Entry(n=_ONE, amount=_AMOUNT)),
        Measure(
            name="account_new", source="customer_moves", day="day", scope="account",
            entries=(Entry(n=nw.col("change")),),
            about="Accounts on the day of their first win or booking, for its person; taken back with the win.",
        ),
    )
}  # fmt: skip
"""What can be summed. Ids of people, products and segments pass through; `detail` is a stage or a kind of activity."""

_KEYS: Final = ("measure", "starts_on", "person_id", "product_id", "segment_id", "detail")
_SUMS: Final = ("n", "amount_minor", "n_days")
_IDS: Final = ("person_id", "product_id", "segment_id")
_SOURCES: Final[dict[str, tuple[tuple[str, ...], Callable[..., LazyFrame]]]] = {
    _MOVES: (("opportunity_states",), opportunity_moves),
    "customer_moves": (("opportunity_states", "bookings"), customer_moves),
}
"""Sources that are computed from facts; the others are facts themselves."""


def totals(facts: Mapping[str, LazyFrame], measures: Iterable[str] = tuple(MEASURES)) -> LazyFrame:
    """TOTALS at day grain, lazy: the measures summed per day, person, product, segment and detail.

    `facts` holds lazy frames by name (opportunity_states, activities, bookings, returns, payments), all of one backend;
    measures whose facts are missing are left out. Rows that sum to nothing are dropped. A sum that does not fit 64 bits
    comes out empty, which TOTALS.check refuses: nothing wraps. Raises ValueError when no measure can be computed.

    >>> import datetime as dt
    >>> done = {"activity_id": [1, 2], "person_id": [7, 7], "kind": ["call", "call"],
    ...     "happened_on": [dt.date(2025, 3, 3)] * 2, "minutes": [10, 5]}
    >>> calls = totals({"activities": nw.from_dict(done, backend="polars").lazy()}).collect().sort("measure")
    >>> calls.select("measure", "detail", "n").rows()
    [('activity', 'call', 2), ('activity_minutes', 'call', 15)]
    """
    dtypes = _id_dtypes(facts)
    sources = _sources(facts, set(measures))
    rows = [
        _rows(measure, entry, sources[measure.source], dtypes)
        for measure in (MEASURES[name] for name in measures)
        if measure.source in sources
        for entry in measure.entries
    ]
    return _summed(nw.concat(rows))


def month_totals(day_totals: LazyFrame) -> LazyFrame:
    """TOTALS at the grain of calendar months: the same columns, `starts_on` the month's first day.

    >>> import datetime as dt
    >>> done = {"activity_id": [1, 2], "person_id": [7, 7], "kind": ["call", "call"], "minutes": [1, 2],
    ...     "happened_on": [dt.date(2025, 3, 3), dt.date(2025, 3, 31)]}
    >>> days = totals({"activities": nw.from_dict(done, backend="polars").lazy()}, ["activity"])
    >>> month_totals(days).collect().select("starts_on", "n").rows()
    [(datetime.date(2025, 3, 1), 2)]
    """
    return _summed(day_totals.with_columns(nw.col("starts_on").dt.truncate("1mo").cast(nw.Date)))


def person_totals(day_totals: LazyFrame) -> LazyFrame:
    """TOTALS of people as a whole: the same columns, summed over products, segments and details, which are empty.

    >>> import datetime as dt
    >>> done = {"activity_id": [1, 2], "person_id": [7, 7], "kind": ["call", "email"], "minutes": [1, 2],
    ...     "happened_on": [dt.date(2025, 3, 3), dt.date(2025, 3, 3)]}
    >>> days = totals({"activities": nw.from_dict(done, backend="polars").lazy()}, ["activity"])
    >>> person_totals(days).collect().select("person_id", "detail", "n").rows()
    [(7, '', 2)]
    """
    schema = day_totals.collect_schema()
    nothing = {name: nw.lit(None).cast(schema[name]) for name in ("product_id", "segment_id")}
    return _summed(day_totals.with_columns(**nothing, detail=nw.lit("")))


def _sources(facts: Mapping[str, LazyFrame], measures: set[str]) -> dict[str, LazyFrame]:
    """Facts by name, and what is computed from those that are there and wanted."""
    wanted = {MEASURES[name].source for name in measures}
    computed = {
        name: build(*(facts.get(fact) for fact in needs))
        for name, (needs, build) in _SOURCES.items()
        if name in wanted and any(fact in facts for fact in needs)
    }
    return {**facts, **computed}


def _id_dtypes(facts: Mapping[str, LazyFrame]) -> dict[str, Any]:
    """One type per id column over all facts; products without any take that of people."""
    schemas = [frame.collect_schema() for frame in facts.values()]
    person = common_dtype(schema["person_id"] for schema in schemas if "person_id" in schema)
    return {name: common_dtype((schema[name] for schema in schemas if name in schema), person) for name in _IDS}


def _rows(measure: Measure, entry: Entry, source: LazyFrame, dtypes: Mapping[str, Any]) -> LazyFrame:
    """The rows that one entry writes, in the shape of TOTALS, not yet summed."""
    columns = source.collect_schema().names()
    kept = source if entry.where is None else source.filter(entry.where)
    ids = {
        name: (nw.col(entry.prefix + name) if entry.prefix + name in columns else nw.lit(None)).cast(dtypes[name])
        for name in _IDS
    }
    sums = {"n": entry.n, "amount_minor": entry.amount, "n_days": entry.days}
    return kept.select(
        measure=nw.lit(measure.name),
        starts_on=nw.col(measure.day),
        **ids,
        detail=nw.col(entry.detail).cast(nw.String) if entry.detail else nw.lit(""),
        **{name: _whole(value) * entry.sign for name, value in sums.items()},
    ).filter(~nw.col("starts_on").is_null())


def _whole(value: nw.Expr | None) -> nw.Expr:
    return (nw.lit(0) if value is None else value).cast(nw.Int64)


def _summed(rows: LazyFrame) -> LazyFrame:
    """Sums per key without rows that come to nothing. The float sums beside them show what would wrap."""
    sizes = {f"size_{name}": nw.col(name).cast(nw.Float64).abs().sum() for name in _SUMS}
    sums = rows.with_columns(nw.col(name).alias(f"size_{name}") for name in _SUMS).group_by(*_KEYS)
    summed = sums.agg(*(nw.col(name).sum() for name in _SUMS), **sizes)
    fits = {name: nw.col(f"size_{name}") < MAX_MINOR for name in _SUMS}
    whole = summed.with_columns(
        nw.when(fit).then(nw.col(name)).cast(nw.Int64).alias(name) for name, fit in fits.items()
    )
    is_nothing = nw.all_horizontal(*((nw.col(name) == 0).fill_null(value=False) for name in _SUMS), ignore_nulls=False)
    return whole.filter(~is_nothing).select(column_names(TOTALS))
