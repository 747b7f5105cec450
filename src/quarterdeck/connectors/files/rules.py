"""Every rule an import can cite: its code, how grave it is, and what mends it.

    code                severity   remedy
    ragged_row          error      Put quotes round values that hold the delimiter, ...
    unknown_reference   warning    Map the value to a known one under `values:` ...
    future_close        warning    Correct the day in the source system, ...
    duplicate_row       note       Nothing to do: the row is counted once.

A warning about a required column becomes an error, because the row cannot stand without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from quarterdeck.terms.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong with a file; `remedy` is what the person who sent it can do."""

    code: str
    title: str
    severity: Severity
    remedy: str


# fmt: off
_RULES: Final = (
    Rule("unreadable_file", "The file cannot be read", "error", "Export it again as CSV, XLSX or Parquet, without a password."),
    Rule("nested_archive", "An archive inside the archive", "error", "Unpack it and add its files on their own."),
    Rule("encoding_guessed", "The characters were guessed", "note", "Look at names with accents; export as UTF-8 if they are wrong."),
    Rule("nul_bytes", "NUL characters were taken out", "note", "Nothing to do unless a value looks wrong; export the file again then."),
    Rule("empty_table", "The table has no rows", "note", "Check the export's filter if rows were expected."),
    Rule("missing_header", "The first row looks like data", "warning", "Put a row of column names first, or map column_1, column_2, ..."),
    Rule("blank_header", "A column has no name", "note", "Name the column if it is needed."),
    Rule("duplicate_header", "Two columns share a name", "warning", "Rename one of them; the mapping can use the numbered name."),
    Rule("ragged_row", "A row has too many or too few fields", "error", "Put quotes round values that hold the delimiter or a line end."),
    Rule("nested_values", "A column holds lists or records", "note", "Flatten the column if its parts are needed."),
    Rule("no_template", "Nothing says what the table holds", "warning", "Name a preset, or map its columns in a mapping file."),
    Rule("unmapped_column", "A column is not used", "note", "Map it if it is needed."),
    Rule("missing_column", "A column named by the mapping is not there", "note", "Correct the name in the mapping, or export the column."),
    Rule("missing_file", "A file named by the mapping is not there", "note", "Add the file if its columns are needed."),
    Rule("duplicate_join", "A joined file has several rows for one key", "note", "The first is used; make the key unique if another is meant."),
    Rule("unreadable_date", "Not a day", "warning", "Write days as 2025-03-31, or say `dates: day-first` or `dates: month-first`."),
    Rule("ambiguous_date", "Day and month could be swapped", "error", "Say `dates: day-first` or `dates: month-first` in the mapping."),
    Rule("date_order_proven", "The order of day and month was read off the column", "note", "Say `dates:` in the mapping if it is wrong."),
    Rule("unreadable_amount", "Not an amount", "warning", "Write plain numbers such as 1234.50, or map the value to an empty one."),
    Rule("ambiguous_amount", "The mark could divide thousands or decimals", "error", 'Say `decimal_mark: "."` or `decimal_mark: ","` in the mapping.'),
    Rule("unreadable_number", "Not a number", "warning", "Write plain numbers such as 25 or 0.8."),
    Rule("unreadable_flag", "Neither yes nor no", "warning", "Write yes or no."),
    Rule("unreadable_currency", "Not a currency", "warning", "Use a three-letter code such as EUR; the amount stays empty until then."),
    Rule("negative_amount", "A negative amount", "warning", "Kept as it is. Put what came back into the returns template."),
    Rule("absurd_amount", "An amount far beyond all others", "warning", "Kept as it is. Check its unit; say `scale:` if the sheet is in thousands."),
    Rule("unknown_choice", "Not one of the words allowed here", "warning", "Map the value to an allowed word under `values:` in the mapping."),
    Rule("missing_required", "A required field is empty", "error", "Fill it in, or map a column or a text to it."),
    Rule("missing_account", "No account is named", "note", "Kept: they count for their owner, but not by account or segment. Name the account in the source system."),
    Rule("duplicate_row", "The same row twice", "note", "Nothing to do: the row is counted once."),
    Rule("duplicate_key", "Two different rows share a key", "warning", "The later row is kept. Remove the other, or make the key unique."),
    Rule("future_close", "Closed after the day we look from", "warning", "Kept as it is. Correct the day, or move an expected close to close_on."),
    Rule("closed_before_opened", "Closed before it was opened", "warning", "Kept as it is. Correct one of the two days in the source system."),
    Rule("ends_before_it_starts", "The end is not after the start", "error", "The end is the first day no longer so; set it after the start."),
    Rule("unknown_reference", "The code is not known", "warning", "Map the value to a known one under `values:`, or add it."),
    Rule("ambiguous_name", "Several go by that name", "warning", "Name them by code, or map the value to a code under `values:`."),
    Rule("unknown_holder", "Nobody has such a target", "error", "Use the code of a person, team, position or territory, or add it first."),
    Rule("unknown_metric", "Not a metric", "error", "Use a metric's name, such as bookings; docs/methods lists them."),
    Rule("no_period", "The calendar does not reach that day", "error", "Correct the day, or extend the company's calendar."),
    Rule("missing_rate", "No exchange rate is known", "warning", "Add the rate to exchange_rates and apply again: the amount is not counted until then."),
    Rule("unreadable_rate", "Not an exchange rate", "error", "Write what one unit is worth as a plain number, such as 1.0842."),
    Rule("negative_return", "A return is written as a negative amount", "note", "Nothing to do: what came back is counted by its size."),
    Rule("no_place", "Not one account, territory or segment", "error", "Name exactly one of the three in a row."),
    Rule("potential_below_zero", "A potential is below zero", "error", "Write zero or more."),
    Rule("bad_share", "Not a share", "error", "Write an exact share such as 0.4 or 40%, with at most 8 decimals."),
    Rule("split_of_nothing", "A share of nothing, or of two things", "error", "Name either the booking or the deal that is shared."),
    Rule("split_sum", "Shares that do not make a whole", "warning", "Correct the shares, or call what is beside the owner by another role than split: a pay run does not pay around it."),
    Rule("team_cycle", "A team would hang under itself", "error", "Name a parent that is not below it; the team keeps its place until then."),
    Rule("seat_shared", "Two people in one seat", "warning", "Kept, and the seat's targets count for both. End one of them, or give each a seat."),
    Rule("key_too_long", "A code is too long", "error", "Use a shorter code: at most 200 characters, and 300 for a row's whole key."),
    Rule("text_cut", "A text is too long", "note", "Nothing to do unless its end matters; shorten it then."),
    Rule("out_of_range", "A number beyond all reason", "warning", "Correct it in the source system; the field is empty until then."),
    Rule("more_values", "More values of the same kind", "note", "Mend the ones that are listed first; the rest shows then."),
)
# fmt: on

RULES: Final[dict[str, Rule]] = {rule.code: rule for rule in _RULES}
"""By code, in the order in which an import meets them."""

UNREADABLE: Final = {
    "day": "unreadable_date",
    "money": "unreadable_amount",
    "count": "unreadable_number",
    "ratio": "unreadable_number",
    "flag": "unreadable_flag",
    "choice": "unknown_choice",
}
"""The rule that a value breaks when it cannot be read as a column of that kind."""


def finding(  # noqa: PLR0913  a finding has that many parts
    code: str,
    file: str,
    message: str,
    *,
    row: int | None = None,
    column: str = "",
    value: str = "",
    n_rows: int = 1,
    is_fatal: bool = False,
    remedy: str = "",
) -> Finding:
    """One finding with its rule's severity and remedy; `is_fatal` turns a warning into an error.

    >>> finding("unreadable_date", "deals.csv", "'soon' is not a day.", row=3, column="closed_on").severity
    'warning'
    """
    rule = RULES[code]
    severity: Severity = "error" if is_fatal and rule.severity == "warning" else rule.severity
    return Finding(
        file=file, row=row if n_rows == 1 else None, column=column, value=value[:200], rule=code, severity=severity,
        message=message, remedy=remedy or rule.remedy, n_rows=n_rows,
    )  # fmt: skip
