"""Amounts to the last cent, the currency standing in the heading: pay is never rounded for reading."""

from __future__ import annotations

from typing import Any

from django import template

from quarterdeck.terms.money import Money

register = template.Library()


@register.simple_tag(takes_context=True)
def cents(context: Any, minor: int, of: str = "") -> str:  # noqa: ANN401  Django's context
    """Minor units with every digit and a true minus; a currency `of` that is not the page's is said beside."""
    currency = str(context.get("currency") or "USD")
    text = str(Money(minor, of or currency)).removesuffix(f" {currency}")
    return text.replace("-", "\N{MINUS SIGN}")


@register.simple_tag
def amount_in(minor: int, currency: str) -> str:
    """Minor units with every digit of a currency and a true minus, without its code."""
    return str(Money(minor, currency)).removesuffix(f" {currency}").replace("-", "\N{MINUS SIGN}")


@register.simple_tag(takes_context=True)
def measured(context: Any, value: int | None, unit: str, of: str = "") -> str:  # noqa: ANN401  Django's context
    """What a measure came to: money to the cent, a count as it is, nothing for nothing."""
    if value is None:
        return ""
    return str(cents(context, value, of)) if unit == "money" else f"{value:,}"


@register.simple_tag
def value_of(values: dict[str, Any], name: str) -> str:
    """A value by its name; nothing where there is none."""
    return str(values.get(name, ""))


@register.filter
def entry(values: dict[str, str], name: str) -> str:
    """What stands under a name; nothing where it does not."""
    return values.get(name, "")
