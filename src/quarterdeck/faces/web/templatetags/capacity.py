"""Drivers of capacity as pages show them: their value in words, and as it is written into a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from quarterdeck.faces.web.numbers import unit_name
from quarterdeck.services.capacity.drivers import source_said
from quarterdeck.services.capacity.fields import written
from quarterdeck.services.capacity.specs import SPECS
from quarterdeck.services.capacity.values import value_said
from quarterdeck.services.desks.words import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.template import Context

    from quarterdeck.services.capacity.compared import Compared, LinePair
    from quarterdeck.services.capacity.drivers import Driver
    from quarterdeck.services.capacity.fields import DriverField
    from quarterdeck.services.capacity.scenarios import ScenarioSeen
    from quarterdeck.services.desks.shapes import Unit

register = template.Library()


def _currency(context: Context) -> str:
    return str(context.get("currency") or "USD")


@register.simple_tag(takes_context=True)
def driver(context: Context, of: Driver) -> str:
    """A driver's value in words."""
    return value_said(of.name, of.value, _currency(context))


@register.simple_tag
def driver_from(of: Driver) -> str:
    """Where it comes from, in words."""
    return source_said(of)


@register.simple_tag(takes_context=True)
def driver_measured(context: Context, of: Driver) -> str:
    """What is measured of it, in words."""
    return value_said(of.name, None if of.measured is None else str(of.measured), _currency(context))


@register.simple_tag(takes_context=True)
def driver_written(context: Context, of: Driver) -> str:
    """Its stated value as people write it; empty where it is not stated."""
    return written(of.name, of.value, _currency(context)) if of.source == "stated" else ""


@register.simple_tag(takes_context=True)
def driver_unit(context: Context, of: Driver) -> str:
    """What its field is in: the currency, percent, days."""
    return {"ratio": "percent", "days": "days", "money": unit_name("money", _currency(context))}.get(of.unit, "")


@register.simple_tag
def driver_choices(of: Driver) -> tuple[str, ...]:
    """The words it may be."""
    return SPECS[of.name].choices


@register.simple_tag
def driver_hires(of: Driver, months: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Each month with the hires planned in it, as text."""
    planned = of.value if isinstance(of.value, dict) else {}
    return [(day, name, str(planned.get(day, ""))) for day, name in months]


@register.simple_tag(takes_context=True)
def overridden(context: Context, of: ScenarioSeen) -> str:
    """What a scenario names, in words."""
    currency = _currency(context)
    told = [f"{SPECS[name].title.lower()} {value_said(name, value, currency)}" for name, value in of.overrides.items()]
    return "; ".join(told) or "nothing yet"


@register.simple_tag(takes_context=True)
def field_unit(context: Context, of: DriverField) -> str:
    """What a field is in."""
    return {"ratio": "percent", "days": "days", "money": unit_name("money", _currency(context))}.get(of.unit, "")


@register.simple_tag
def why_of(pair: Compared, line: LinePair) -> dict[str, str]:  # noqa: ARG001  tags name what they are about
    """What the because of a line is asked with."""
    is_group = line.key.partition(":")[0] in {"team", "people"}
    return {"of": "" if is_group else line.key, "group": line.key if is_group else ""}


@register.simple_tag(takes_context=True)
def scenario_sentence(context: Context, pair: Compared) -> str:
    """What the right one makes of the left one, in one sentence."""
    unit: Unit = "money" if pair.unit == "money" else "count"
    left, right, more = pair.year.cell("expected")
    gap = pair.year.cell("gap")[1]
    currency = _currency(context)
    change = said(abs(more), unit, currency)
    moves = "as much as" if not more else f"{change} {'more' if more > 0 else 'less'} than"
    end = "the goal is met" if gap >= 0 else f"{said(-gap, unit, currency)} are missing to the goal"
    where = "as the plan stands" if pair.left is None else f"in “{pair.left_name}”"
    before = f"{where} ({said(left, unit, currency)})"
    return f"{said(right, unit, currency)} are expected, {moves} {before}: {end}."
