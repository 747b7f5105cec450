"""The mapping language: which columns of which files feed which fields of which templates.

    tables:                                       sales_pipeline.csv           opportunities
    - template: opportunities                     deal_stage  close_value  ->  stage_kind  amount
      file: sales_pipeline                        Won         1054             won         105400
      fields:                                     Engaging                     open
        stage_kind: {column: deal_stage, values: {Won: won, Lost: lost, "*": open}}
        amount: close_value

These dataclasses are the language: the parser, the JSON Schema and the reference page are generated from them. Every text
that is compared (files, values, conditions) ignores case and outer spaces, and may use `*` as in file names; "" is an
empty cell, and "*" alone any cell that is not empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

DateOrder = Literal["ask", "iso", "day-first", "month-first"]
DecimalMark = Literal["ask", ".", ","]

DATE_ORDERS: Final = ("ask", "iso", "day-first", "month-first")
DECIMAL_MARKS: Final = ("ask", ".", ",")

Pairs: TypeAlias = tuple[tuple[str, str], ...]
Conditions: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


def _key(  # noqa: PLR0913  a key of the language has that many sides
    kind: str,
    about: str,
    default: Any = None,  # noqa: ANN401  whatever the key holds
    *,
    choices: tuple[str, ...] = (),
    is_required: bool = False,
    example: str = "",
) -> Any:  # noqa: ANN401  dataclasses.field is typed so, too
    """A key of the language: how it is written, and what it means. Kinds are spelled out in `parsing`."""
    metadata = {"kind": kind, "about": about, "choices": choices, "is_required": is_required, "example": example}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Where one field of a template comes from. A bare text stands for `{column: text}`."""

    column: str = _key("text", "The column it is read from.", "", example="close_value")
    first_of: tuple[str, ...] = _key(
        "texts", "Columns of which the first that is not empty is taken.", (), example="[owner_id, created_by]"
    )
    text: str = _key(
        "text",
        "A text in which {column} stands for a column's value; without braces a constant.",
        "",
        example='"{first_name} {last_name}"',
    )
    values: Pairs = _key(
        "pairs",
        'Translations, value by value; `"*"` is for all others, `""` for empty cells.',
        (),
        example="{GTXPro: GTX Pro}",
    )
    null_values: tuple[str, ...] = _key("texts", "Values that mean an empty cell.", (), example='["0", "n/a"]')
    when: Conditions = _key(
        "conditions",
        "Only filled in rows in which these columns hold one of these values.",
        (),
        example="{deal_stage: [Won]}",
    )
    scale: str = _key("scale", "What a number is multiplied by: a number or a fraction.", "1", example="1000")
    slug: bool = _key(
        "flag",
        "Written as a code: small letters, and hyphens for what is no letter or digit.",
        default=False,
        example="true",
    )
    dates: DateOrder | None = _key("choice", "As for the whole mapping, for this field alone.", choices=DATE_ORDERS)
    decimal_mark: DecimalMark | None = _key(
        "choice", "As for the whole mapping, for this field alone.", choices=DECIMAL_MARKS
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Columns of another file beside each row, as `name.column`. The first row with the key is taken."""

    file: str = _key("text", "The other file, matched as `file` of a table.", is_required=True, example="engagement")
    on: Pairs = _key(
        "on",
        "The column that both share, or pairs of this file's and the other's column.",
        (),
        is_required=True,
        example="{id: engagement_id}",
    )
    name: str = _key("text", "What its columns are prefixed with; the file's name unless said.", "", example="manager")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpivot:
    """A wide sheet made long: one row per row and matching column, which then has columns `column` and `value`."""

    columns: str = _key(
        "pattern",
        "A regular expression for whole headings; its named groups become columns.",
        is_required=True,
        example="(?P<year>\\\\d{4})-(?P<month>\\\\d{2})",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRule:
    """How one file feeds one template. A file may feed several, and several files one."""

    template: str = _key("template", "The template that is filled.", is_required=True, example="opportunities")
    file: str = _key(
        "text",
        "The file or sheet, without folders and extension; alternatives are divided by `|`.",
        is_required=True,
        example="sales_pipeline",
    )
    fields: tuple[tuple[str, Field], ...] = _key("fields", "Field by field, where it comes from.", (), is_required=True)
    joins: tuple[Join, ...] = _key("joins", "Other files whose columns are needed.", ())
    unpivot: Unpivot | None = _key("unpivot", "Turns a wide sheet long.")
    where: Conditions = _key(
        "conditions",
        "Only rows in which these columns hold one of these values.",
        (),
        example='{is_deleted: ["false", ""]}',
    )
    distinct: bool = _key(
        "flag", "Rows that come out the same count once, without a finding.", default=False, example="true"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A whole mapping file."""

    name: str = _key("text", "A short name.", is_required=True, example="maven")
    title: str = _key("text", "What people call it.", "", example="Maven CRM sales opportunities")
    dates: DateOrder = _key(
        "choice",
        "How days are written. `ask`: ISO and month names are read; where day and month could be swapped, the column's other values decide, or it is asked.",
        "ask",
        choices=DATE_ORDERS,
        example="iso",
    )
    decimal_mark: DecimalMark = _key(
        "choice",
        "What divides decimals; `ask` reads it off the column, or asks.",
        "ask",
        choices=DECIMAL_MARKS,
        example='"."',
    )
    currency: str = _key(
        "currency", "The currency of amounts that name none; the company's unless said.", "", example="USD"
    )
    tables: tuple[TableRule, ...] = _key("tables", "Which file feeds which template.", (), is_required=True)
