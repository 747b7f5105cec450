"""Values of drivers: from what people write to what is kept, and back into words.

attrition  "12,5 %"               ->  "0.125"                ->  12.5 %
hires      {"2026-03-01": "2"}    ->  {"2026-03-01": 2}      ->  2 in March 2026
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.services.capacity.specs import SPECS, Spec
from quarterdeck.services.desks.words import exactly_said
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, minor_from_text

if TYPE_CHECKING:
    from collections.abc import Collection

Value = Any
"""What is kept: a whole number, an exact ratio as text, a word, or hires by first day of the month."""
MOST_HIRES: Final = 10_000


def spec_of(name: str, what: str, allowed: Collection[str]) -> Spec:
    """The driver of a name. Raises Refusal (`capacity_driver`) where there is none, or not here."""
    if name not in allowed:
        raise Refusal(what, f"There is no driver '{name[:30]}' here.", "Choose one of the list.", "capacity_driver")
    return SPECS[name]


def value_written(spec: Spec, text: str, currency: str, what: str) -> Value | None:
    """What people wrote in a form: percents with or without a sign, amounts with their grouping; nothing is None."""
    cleaned = text.strip()
    if not cleaned:
        return None
    try:
        if spec.unit == "ratio":
            return str(Decimal(cleaned.removesuffix("%").strip().replace(",", ".")) / 100)
        if spec.unit == "money":
            return minor_from_text(cleaned, currency)
        return cleaned if spec.unit == "word" else int(cleaned.replace(",", ""))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise _refusal(spec, cleaned, what) from error


def checked(spec: Spec, value: Value, what: str) -> Value:
    """The value as it is kept, within the bounds of its driver. Raises Refusal (`capacity_driver`)."""
    if spec.unit == "word":
        if value in spec.choices:
            return value
        why = f"'{str(value)[:30]}' is none of {', '.join(spec.choices)}."
        raise Refusal(what, why, "Choose one of them.", "capacity_driver")
    if spec.unit == "hires":
        return _hires(spec, value, what)
    if spec.unit == "ratio":
        return str(_bounded(spec, _decimal(spec, value, what), what))
    if type(value) is not int or value > MAX_MINOR:
        raise _refusal(spec, value, what)
    return _bounded(spec, value, what)


def _decimal(spec: Spec, value: Value, what: str) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise _refusal(spec, value, what) from error
    if not found.is_finite() or len(found.as_tuple().digits) > 12:  # noqa: PLR2004  a ratio, not a number
        raise _refusal(spec, value, what)
    return found


def _bounded(spec: Spec, value: Any, what: str) -> Any:  # noqa: ANN401  a decimal or a whole number
    if not spec.least <= value <= spec.most:
        why = f"{spec.title}: {value} does not lie between {spec.least:,} and {spec.most:,}."
        raise Refusal(what, why, "Give a value between the two.", "capacity_driver")
    return value


def _hires(spec: Spec, value: Value, what: str) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise _refusal(spec, value, what)
    for day, count in value.items():
        if type(count) is not int or not 0 <= count <= MOST_HIRES:
            why = f"{str(count)[:30]} hires in {str(day)[:20]} cannot be."
            raise Refusal(what, why, f"Give 0 to {MOST_HIRES:,} for a month.", "capacity_driver")
    return {str(day): count for day, count in sorted(value.items()) if count}


def _refusal(spec: Spec, value: object, what: str) -> Refusal:
    example = {"ratio": "12.5 for 12.5 %", "money": "38,000"}.get(spec.unit, "3")
    why = f"{spec.title}: '{str(value)[:40]}' is no such value."
    return Refusal(what, why, f"Write it like {example}.", "capacity_driver")


def value_said(name: str, value: Value | None, currency: str) -> str:
    """A value in words; a dash for none.

    >>> value_said("attrition", "0.125", "USD"), value_said("ramp_months", 1, "USD"), value_said("margin", None, "USD")
    ('12.5 %', '1', '—')
    >>> value_said("hires", {"2026-03-01": 2}, "USD"), value_said("marginal_rule", "best_total", "USD")
    ('2 in March 2026', 'best total')
    """
    if value is None or value == {}:
        return "none" if name == "hires" else "—"
    spec = SPECS[name]
    if spec.unit == "hires":
        return ", ".join(f"{n} in {dt.date.fromisoformat(day):%B %Y}" for day, n in value.items())
    if name == "season" and value == "plan":
        return "as in the plan"
    if spec.unit == "word":
        return str(value).replace("_", " ")
    return exactly_said(Fraction(str(value)), spec.unit, currency)
