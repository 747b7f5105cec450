"""What single templates need before their codes are looked up: whatever is left unsaid gets its usual meaning.

template        said                        prepared
people          position empty              position rita:rep:east, a seat of the person's own
opportunities   stage Closed Won, no kind   stage_kind won
returns         amount -12.00               amount 12.00, with a note
targets         holder rita, metric empty   person rita, metric bookings, the whole fiscal month
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.connectors.files.raw import FILE, ROW
from quarterdeck.connectors.files.rules import finding
from quarterdeck.connectors.files.splits import SPLIT, split_share
from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.services.frames import company
from quarterdeck.services.imports.references import found
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import HOLDER_KINDS, POTENTIAL_OF

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from quarterdeck.records.models import Batch
    from quarterdeck.services.imports.writes import Write

_WON: Final = r"(?i)\b(won|signed|completed|gewonnen|gagn\p{L}*|gana\p{L}*|ganh\p{L}*|vint\p{L}*)\b"
_LOST: Final = r"(?i)\b(lost|disqualified|abandoned|cancel\p{L}*|verloren|perd\p{L}*|pers[aoie])\b"
_MAX_RATE: Final = 30
"""Characters that the column holds."""
_HOLDERS: Final = dict(zip(HOLDER_KINDS, ("people", "teams", "positions", "territories"), strict=True))


def prepared(write: Write, template: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a template with what it leaves unsaid; rows that cannot mean anything are left out with a finding."""
    rows = translated(write.batch, template, rows)
    special = _SPECIAL.get(template)
    return special(write, rows) if special and rows.height else rows


def left_out(write: Write, rows: pl.DataFrame, good: pl.Expr, rule: str, column: str, message: str) -> pl.DataFrame:  # noqa: PLR0913, PLR0917  each part is one a person names
    """The rows for which `good` holds; one finding for each value of the column among the others."""
    bad = rows.filter(~good.fill_null(value=False))
    noted(write, bad, rule, column, message, is_fatal=True)
    return rows.filter(good.fill_null(value=False)) if bad.height else rows


def noted(write: Write, bad: pl.DataFrame, rule: str, column: str, message: str, *, is_fatal: bool = False) -> None:  # noqa: PLR0913  each part is one a person names
    """One finding per value of the column, at most a hundred; `{value}` in the message stands for it."""
    named = bad.select(pl.col(column).cast(pl.String).fill_null("").alias("value"), ROW, FILE)
    groups = named.group_by("value", maintain_order=True).agg(pl.col(ROW).first(), pl.col(FILE).first(), pl.len())
    for value, row, file, n in groups.head(100).iter_rows():
        text = message.format(value=value)
        write.findings.append(
            finding(rule, file, text, row=row, column=column, value=value, n_rows=n, is_fatal=is_fatal)
        )


def translated(batch: Batch | None, template: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Values mapped in the page: {"opportunities.product": {"GTXPro": "GTX Pro"}}."""
    translations = batch.translations if batch else {}
    names = {name: translations.get(f"{template}.{name}") for name in rows.columns if rows.schema[name] == pl.String}
    return rows.with_columns(pl.col(name).replace(values) for name, values in names.items() if values)


def _people(_: Write, rows: pl.DataFrame) -> pl.DataFrame:
    own = pl.concat_str("person", pl.lit(":"), "hat", pl.lit(":"), "team")
    return rows.with_columns(said_position="position", position=pl.coalesce("position", own))


def _deals(_: Write, rows: pl.DataFrame) -> pl.DataFrame:
    said = pl.col("stage")
    kind = pl.when(said.str.contains(_WON)).then(pl.lit("won")).when(said.str.contains(_LOST)).then(pl.lit("lost"))
    return rows.with_columns(stage_kind=pl.coalesce("stage_kind", kind.otherwise(pl.lit("open"))))


def _returns(write: Write, rows: pl.DataFrame) -> pl.DataFrame:
    noted(
        write, rows.filter(pl.col("amount") < 0), "negative_return", "return", "{value} is negative; its size is taken."
    )
    return rows.with_columns(pl.col("amount").abs())


def _rates(write: Write, rows: pl.DataFrame) -> pl.DataFrame:
    good = pl.col("rate").is_in([text for text in rows["rate"].unique() if text and _is_rate(text)])
    return left_out(write, rows, good, "unreadable_rate", "rate", "{value!r} is no rate.")


def _is_rate(text: str) -> bool:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        return False
    return rate.is_finite() and Decimal("1e-9") < rate < Decimal("1e9") and len(text) <= _MAX_RATE


def _splits(write: Write, rows: pl.DataFrame) -> pl.DataFrame:
    rows = rows.with_columns(role=pl.col("role").fill_null(SPLIT))
    is_one = pl.col("booking").is_null() != pl.col("opportunity").is_null()
    rows = left_out(
        write, rows, is_one, "split_of_nothing", "person", "A share of {value} names no booking and no deal, or both."
    )
    good = pl.col("share").is_in([text for text in rows["share"].unique() if text and split_share(text) is not None])
    return left_out(write, rows, good, "bad_share", "share", "{value!r} is no share.")


def _targets(write: Write, rows: pl.DataFrame) -> pl.DataFrame:
    metric = pl.col("metric").fill_null("bookings").str.strip_chars().str.to_lowercase().str.replace_all(r"[ -]+", "_")
    defaults = {"period_kind": "month", "layer": "plan"}
    rows = rows.with_columns(
        *(pl.col(name).fill_null(value) for name, value in defaults.items()),
        metric=metric, is_quota=pl.col("is_quota").fill_null(value=False),
    )  # fmt: skip
    rows = left_out(
        write, rows, pl.col("metric").is_in(list(METRICS)), "unknown_metric", "metric", "{value!r} is no metric."
    )
    return _held(write, _with_periods(write, rows))


def _with_periods(write: Write, rows: pl.DataFrame) -> pl.DataFrame:
    """The fiscal period in which the day lies, whole."""
    calendar = FiscalCalendar.from_dict(company().calendar)
    found_periods: list[tuple[dt.date, str, dt.date, dt.date]] = []
    for day, kind in rows.select("starts_on", "period_kind").unique().iter_rows():
        try:
            period = calendar.period_of(day, kind)
        except Refusal:
            continue
        found_periods.append((day, kind, period.starts_on, period.ends_on))
    schema = {"starts_on": pl.Date, "period_kind": pl.String, "first": pl.Date, "ends_on": pl.Date}
    periods = pl.DataFrame(found_periods, schema=schema, orient="row")
    rows = rows.join(periods, on=["starts_on", "period_kind"], how="left")
    rows = left_out(
        write, rows, pl.col("first").is_not_null(), "no_period", "starts_on", "The calendar has no period of {value}."
    )
    return rows.with_columns(starts_on="first").drop("first")


def _potentials(write: Write, rows: pl.DataFrame) -> pl.DataFrame:
    places = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in POTENTIAL_OF)
    rows = left_out(write, rows, places == 1, "no_place", "amount", "{value} is of none of the three, or of several.")
    return left_out(write, rows, pl.col("amount") >= 0, "potential_below_zero", "amount", "{value} is below zero.")


def _held(write: Write, rows: pl.DataFrame) -> pl.DataFrame:
    """The holder's code in the column of its kind; without a kind the first noun that has the code."""
    kinds = rows["holder_kind"].to_list()
    for kind, template in _HOLDERS.items():
        unsaid = rows["holder"].filter(pl.Series([value in {None, kind} for value in kinds], dtype=pl.Boolean))
        values = found(unsaid, template, write.aliases[template])["value"].to_list()
        is_it = pl.col("holder").is_in(values) & (pl.col("holder_kind").fill_null(kind) == kind)
        rows = rows.with_columns(pl.when(is_it).then("holder").alias(kind))
        rows = rows.with_columns(holder_kind=pl.when(is_it).then(pl.lit(kind)).otherwise("holder_kind"))
        kinds = rows["holder_kind"].to_list()
    is_held = pl.any_horizontal(pl.col(kind).is_not_null() for kind in _HOLDERS)
    return left_out(
        write, rows, is_held, "unknown_holder", "holder", "{value!r} is no known person, team, position or territory."
    )


_SPECIAL: Final[dict[str, Callable[[Write, pl.DataFrame], pl.DataFrame]]] = {
    "people": _people, "opportunities": _deals, "opportunity_history": _deals, "returns": _returns,
    "exchange_rates": _rates, "targets": _targets, "credit_splits": _splits, "potentials": _potentials,
}  # fmt: skip
