"""What is doubtful about rows that can be read: same key twice, amounts out of all proportion, days in the wrong order.

opportunity  closed_on   amount        finding
d-1          2025-03-31  4800
d-1          2025-03-31  4900      ->  duplicate_key: the later row is kept
d-2          2031-01-01  4800      ->  future_close
d-3          2025-03-31  -12       ->  negative_amount
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.connectors.files.applying import Context, Mapped
from quarterdeck.connectors.files.raw import FILE, ROW
from quarterdeck.connectors.files.rules import finding
from quarterdeck.connectors.files.splits import split_sums
from quarterdeck.terms.tables import column_names
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from quarterdeck.terms.findings import Finding

_ABSURD_MINOR: Final = 10**12
_ABSURD_TIMES: Final = 1000
_MAX_KEYS: Final = 100
_SPANS: Final = (("effective_from", "effective_to"), ("starts_on", "ends_on"))
_NAMES_ACCOUNT: Final = frozenset({"opportunities", "bookings"})


def checked(one: Mapped, context: Context) -> Mapped:
    """The rows with each key once and no span without a day, and findings for all that is doubtful."""
    frame, found = _spanned(one.frame)
    n_refused = one.n_refused + one.frame.height - frame.height
    frame, twice = _once(one.template, frame)
    found += twice
    found += [
        doubt
        for doubts in (_amounts(one.template, frame), _days(frame, context), _accounts(one.template, frame))
        for doubt in doubts
    ]
    found += split_sums(frame) if one.template == "credit_splits" else []
    return Mapped(one.template, frame, one.findings + found, one.used, n_refused)


def _noticed(code: str, rows: pl.DataFrame, column: str, what: str, value: str | None = None) -> Finding:
    """One finding for all rows that share a doubt; the first is named."""
    row, shown = int(rows[ROW][0]), str(rows[column][0] if value is None else value)
    message = f"{what} in {rows.height} rows, first in row {row}." if rows.height > 1 else f"{what} in row {row}."
    return finding(code, rows[FILE][0], message, row=row, column=column, value=shown, n_rows=rows.height)


def _spanned(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    found = []
    for starts, ends in _SPANS:
        if ends in frame.columns:
            is_bad = (pl.col(ends) <= pl.col(starts)).fill_null(value=False)
            bad = frame.filter(is_bad)
            if bad.height:
                found.append(_noticed("ends_before_it_starts", bad, ends, f"{ends} is not after {starts}"))
                frame = frame.filter(~is_bad)
    return frame, found


def _once(template: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    key, names = list(TEMPLATES[template].key), column_names(TEMPLATES[template])
    is_twice = frame.select(key).is_duplicated()
    if not is_twice.any():
        return frame, []
    groups = (
        frame.filter(is_twice)
        .group_by(key, maintain_order=True)
        .agg(pl.len().alias("n"), pl.struct(names).n_unique().alias("n_kinds"), pl.col(ROW).last(), pl.col(FILE).last())
    )
    found = list(_twice(groups.filter(pl.col("n_kinds") > 1), key, "duplicate_key", "different rows"))
    found += _twice(groups.filter(pl.col("n_kinds") == 1), key, "duplicate_row", "equal rows")
    return frame.unique(subset=key, keep="last", maintain_order=True), found


def _twice(groups: pl.DataFrame, key: list[str], code: str, what: str) -> Iterator[Finding]:
    for group in groups.head(_MAX_KEYS).iter_rows(named=True):
        value = ", ".join(str(group[name]) for name in key if group[name] is not None)
        message = f"{group['n']} {what} are called {value!r}; row {group[ROW]} is kept."
        yield finding(code, group[FILE], message, row=group[ROW], column=", ".join(key), value=value, n_rows=group["n"])
    rest = groups.slice(_MAX_KEYS)
    if rest.height:
        message = f"{rest.height} more keys stand for several rows."
        yield finding(
            code, rest[FILE][0], message, row=rest[ROW][0], column=", ".join(key), n_rows=int(rest["n"].sum())
        )


def _amounts(template: str, frame: pl.DataFrame) -> Iterator[Finding]:
    for column in TEMPLATES[template].columns:
        if column.kind != "money" or not frame[column.name].count():
            continue
        size = pl.col(column.name).abs()
        usual = frame.select(size.quantile(0.99, interpolation="lower")).item()
        limit = min(_ABSURD_MINOR, usual * _ABSURD_TIMES if usual else _ABSURD_MINOR)
        if (bad := frame.filter(pl.col(column.name) < 0)).height:
            yield _noticed("negative_amount", bad, column.name, f"{column.name} is negative")
        if (bad := frame.filter(size > limit)).height:
            yield _noticed("absurd_amount", bad, column.name, f"{column.name} is far beyond all others")


def _days(frame: pl.DataFrame, context: Context) -> Iterator[Finding]:
    if "closed_on" not in frame.columns:
        return
    if (bad := frame.filter(pl.col("closed_on") > context.as_of)).height:
        yield _noticed("future_close", bad, "closed_on", f"closed_on is after {context.as_of}")
    if (bad := frame.filter(pl.col("closed_on") < pl.col("opened_on"))).height:
        yield _noticed("closed_before_opened", bad, "closed_on", "closed_on is before opened_on")


def _accounts(template: str, frame: pl.DataFrame) -> Iterator[Finding]:
    if template in _NAMES_ACCOUNT and (bad := frame.filter(pl.col("account").is_null())).height:
        yield _noticed("missing_account", bad, "account", "No account is named", "")
