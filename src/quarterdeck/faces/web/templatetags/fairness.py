"""The fairness pack on a page: values of checks, and attainment drawn against something with the table behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from quarterdeck.faces.web import drawings
from quarterdeck.faces.web.numbers import NONE, shown, unit_name

if TYPE_CHECKING:
    from django.template import Context

    from quarterdeck.services.plans.fairness_shapes import Check, Point, Relation

register = template.Library()


@register.simple_tag
def checked(value: float | None, unit: str) -> str:
    """A check's value: a share in percent, a coefficient to two digits.

    >>> checked(0.8, "ratio"), checked(0.424, "number"), checked(None, "number")
    ('80.0 %', '0.42', '—')
    """
    if value is None:
        return NONE
    return shown(value, "ratio") if unit == "ratio" else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


@register.simple_tag
def meaning(check: Check) -> str:
    """What a check means; what a relation or a shape would mean is not claimed with too few people."""
    is_told = check.unit == "ratio" or check.trust != "too few to tell"
    return check.means if is_told else f"Too few to tell: {check.n} people."


@register.inclusion_tag("parts/scatter.html", takes_context=True)
def scatter(context: Context, of: Relation) -> dict[str, Any]:
    """Points by name with the line through them and its band."""
    currency = str(context.get("currency") or "USD")
    unit = unit_name(of.unit, currency)
    title = f"{of.x_title[0].upper()}{of.x_title[1:]}{f', {unit}' if unit else ''}"
    return {
        "of": of, "unit": unit, "x_title": title, "is_drawn": len({point.x for point in of.points}) > 1,
        "scale": drawings.scale(of.unit, currency), "percent": "yes" if of.unit == "ratio" else "",
        "rows": [(point.name, _cells(point, of.unit, currency)) for point in of.points],
    }  # fmt: skip


def _cells(point: Point, unit: str, currency: str) -> list[tuple[str, str]]:
    ends = [
        (None if value is None else f"{value:.6f}", shown(value, "ratio"))
        for value in (point.line, point.low, point.high)
    ]
    first = [(f"{point.x:.6f}", shown(point.x, unit, currency)), (f"{point.y:.6f}", shown(point.y, "ratio"))]
    return [*first, *((value or "", text) for value, text in ends)]
