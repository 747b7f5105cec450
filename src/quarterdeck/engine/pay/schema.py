"""The JSON Schema of a plan file, and findings for a document that does not fit it.

    components[0].table.mode: 'marginl'   ->   finding: not one of marginal, retroactive, ...; did you mean 'marginal'?

The schema is made from `definitions`, so that editors, the reference page and the check cannot disagree. The check
knows the few keywords that the schema uses; what JSON Schema cannot say (bands that touch, units, cycles) is in
`reading`. Source: JSON Schema 2020-12.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final, get_args

from quarterdeck.engine.pay import definitions as d
from quarterdeck.engine.pay.about import ABOUT
from quarterdeck.engine.pay.exact import ROUNDING_RULES

Problem = tuple[str, str, str]
"""Path, what is wrong, what to do."""

_NUMBER: Final = {"type": ["number", "string"], "description": "An exact number: 8%, 0.08, 1250.50."}
_EXPRESSION: Final = {"type": ["string", "number"], "description": "An expression of the plan's language."}
_CONDITION: Final = {"type": ["string", "boolean"], "description": "A condition of the plan's language."}
_TEXT: Final = {"type": "string"}
_FLAG: Final = {"type": "boolean"}
_DAY: Final = {"type": "string", "format": "date"}


def _choice(literal: Any) -> dict[str, Any]:  # noqa: ANN401  a typing.Literal
    return {"enum": list(get_args(literal))}


def _object(
    of: str, properties: dict[str, Any], required: tuple[str, ...] = (), kind: str | list[str] = "object"
) -> dict[str, Any]:
    """A mapping with keys of its own; `of` is where their meaning is written."""
    told = {
        name: {**part, "description": " ".join(filter(None, [ABOUT[of][name], part.get("description", "")]))}
        for name, part in properties.items()
    }
    return {"type": kind, "properties": told, "required": list(required), "additionalProperties": False}


_BAND: Final = _object(
    "band",
    {"from": _NUMBER, "to": {"type": ["number", "string", "null"]}, "pays": _NUMBER, "starts": _NUMBER},
    ("from",),
)
_DIMENSION: Final = _object(
    "dimension", {"of": _EXPRESSION, "bands": {"type": "array", "items": _BAND}}, ("of", "bands")
)
_TABLE: Final = _object(
    "table",
    {
        "mode": _choice(d.Mode),
        "value": _choice(d.ValueKind),
        "closed": _choice(d.Closed),
        "by": _EXPRESSION,
        "bands": {"type": "array", "items": _BAND},
        "dimensions": {"type": "array", "items": _DIMENSION},
        "values": {"type": "array"},
    },
    ("mode", "value"),
    ["object", "string"],
)
_CREDIT: Final = _object(
    "credit",
    {
        "to": _choice(d.CreditTo),
        "role": _TEXT,
        "sums_to_one": _FLAG,
        "depth": {"type": "integer"},
        "own": _FLAG,
        "share": _NUMBER,
    },
    ("to",),
    ["object", "string"],
)
_MEASURE: Final = _object(
    "measure",
    {
        "credit": _CREDIT,
        "of": {"enum": ["amount", "quantity", "events"]},
        "as": _choice(d.Aggregate),
        "window": _choice(d.Window),
        "periods": {"type": "integer"},
        "where": _CONDITION,
        "weights": {"type": "array", "items": _object("weight", {"where": _CONDITION, "weight": _NUMBER}, ("weight",))},
        "years_later": {"type": "integer"},
        "target": _EXPRESSION,
        "target_to_date": _FLAG,
        "prorate_target": _FLAG,
        "score": _EXPRESSION,
    },
)
_BOUND: Final = _object(
    "bound",
    {"amount": _EXPRESSION, "per": {"enum": ["window", "period"]}, "excess": {"enum": ["lost", "carried"]}},
    ("amount",),
    ["object", "string", "number"],
)
_ROUNDING: Final = _object("rounding", {"to": _NUMBER, "rule": {"enum": list(ROUNDING_RULES)}})
_COMPONENT: Final = _object(
    "component",
    {
        "name": _TEXT,
        "measure": _TEXT,
        "rate": _EXPRESSION,
        "amount": _EXPRESSION,
        "table": _TABLE,
        "formula": _EXPRESSION,
        "pool": _object("pool", {"rate": _EXPRESSION, "weight": _EXPRESSION, "of_weights": _NUMBER}, ("rate",)),
        "eligibility": _CONDITION,
        "gate": _CONDITION,
        "multiplier": {**_TABLE, "type": ["object", "string", "number"]},
        "floor": _BOUND,
        "cap": _BOUND,
        "prorate": _FLAG,
        "rounding": _ROUNDING,
        "release": _choice(d.Release),
    },
    ("name", "measure"),
)
_DRAW: Final = _object(
    "draw", {"amount": _EXPRESSION, "recoverable": _FLAG, "limit": _EXPRESSION, "recovery_share": _NUMBER}, ("amount",)
)
_SETTLEMENT: Final = _object(
    "settlement", {"guarantee": _EXPRESSION, "draw": _DRAW, "negative": {"enum": ["carried", "taken_back"]}}
)
_VALUE: Final = _object(
    "value",
    {"unit": {"enum": ["money", "count", "ratio"]}, "default": _NUMBER, "per": _choice(d.PayPeriod)},
    ("unit",),
    ["object", "string"],
)
_ROWS: Final = {"type": "array", "items": {"type": "object"}}
_EXAMPLE: Final = _object(
    "example",
    {
        "name": _TEXT,
        "as_of": _DAY,
        "events": _ROWS,
        "people": _ROWS,
        "values": {"type": ["array", "object"]},
        "splits": _ROWS,
        "exchange": _ROWS,
        "receipts": _ROWS,
        "settled": _ROWS,
        "open_from": _DAY,
        "expect": {"type": "object", "additionalProperties": _ROWS},
    },
    ("name", "expect"),
)

PLAN_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Comp plan",
    **_object(
        "plan",
        {
            "plan": _TEXT,
            "title": _TEXT,
            "currency": _TEXT,
            "effective_from": _DAY,
            "effective_to": _DAY,
            "calendar": {"type": "object"},
            "period": _choice(d.PayPeriod),
            "who": _CONDITION,
            "values": {"type": "object", "additionalProperties": _VALUE},
            "tables": {"type": "object", "additionalProperties": _TABLE},
            "measures": {"type": "object", "additionalProperties": _MEASURE},
            "components": {"type": "array", "items": _COMPONENT},
            "settlement": _SETTLEMENT,
            "capitalise_months": {"type": "integer"},
            "examples": {"type": "array", "items": _EXAMPLE},
        },
        ("plan", "currency", "effective_from", "effective_to", "measures", "components"),
    ),
}

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str, dt.date),
    "integer": (int,),
    "number": (int, float, Decimal),
    "boolean": (bool,),
    "null": (type(None),),
}


def schema_problems(value: object, schema: dict[str, Any] = PLAN_SCHEMA, path: str = "") -> Iterator[Problem]:
    """What does not fit the schema, each with its path and remedy.

    >>> list(schema_problems({"to": "ownr"}, PLAN_SCHEMA["properties"]["measures"]["additionalProperties"]
    ...     ["properties"]["credit"], "measures.sales.credit"))[0][:2]
    ('measures.sales.credit.to', "'ownr' is not one of owner, splits, roll_up, team, company")
    """
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is_a(value, kind) for kind in kinds):
        yield path, f"{value!r:.60} is no {' or '.join(kinds)}", f"Write {_a(kinds[0])} here."
    elif "enum" in schema and value not in schema["enum"]:
        choices = ", ".join(map(str, schema["enum"]))
        yield (
            path,
            f"{value!r:.60} is not one of {choices}",
            _meant(value, schema["enum"]) or f"Choose one of {choices}.",
        )
    elif isinstance(value, dict):
        yield from _object_problems(value, schema, path)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from schema_problems(item, schema.get("items", {}), f"{path}[{at}]")


def _object_problems(value: dict[Any, Any], schema: dict[str, Any], path: str) -> Iterator[Problem]:
    known, more = schema.get("properties", {}), schema.get("additionalProperties", {})
    where = f"{path}." if path else ""
    for name in schema.get("required", ()):
        if name not in value:
            about = f" It is one of {', '.join(map(str, known[name]['enum']))}." if "enum" in known[name] else ""
            yield f"{where}{name}", f"'{name}' is missing", f"Add '{name}' under {path or 'the plan'}.{about}"
    for name, item in value.items():
        if name in known:
            yield from schema_problems(item, known[name], f"{where}{name}")
        elif isinstance(more, dict):
            yield from schema_problems(item, more, f"{where}{name}")
        else:
            remedy = _meant(name, known) or f"Use only {', '.join(known)}."
            yield f"{where}{name}", f"'{name}' means nothing here", remedy


def _is_a(value: object, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _a(kind: str) -> str:
    return {"object": "a mapping", "array": "a list", "integer": "a whole number"}.get(kind, f"a {kind}")


def _meant(value: object, known: Any) -> str:  # noqa: ANN401  anything that lists names
    close = get_close_matches(str(value), [str(name) for name in known], 1)
    return f"Did you mean '{close[0]}'?" if close else ""
