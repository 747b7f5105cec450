"""Cells of territories: an amount of a measure, and beside it how that stands against an even share.

{% weighed line measure %}  ->  1,420,000 <small>1.18</small>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import template
from django.utils.html import format_html

from quarterdeck.faces.web.numbers import NONE, shown
from quarterdeck.faces.web.templatetags.quarterdeck import to
from quarterdeck.services.territories.measures import year_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.template import Context
    from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def two(value: float | None) -> str:
    """A number without a unit, to two digits.

    >>> two(0.0688), two(None)
    ('0.07', '—')
    """
    return NONE if value is None else f"{value:.2f}"


@register.simple_tag(takes_context=True)
def amount(context: Context, line: Any, measure: Any) -> str:  # noqa: ANN401  any line with amounts by measure
    """What a line has of a measure."""
    return shown(line.amounts.get(measure.name), measure.unit, _currency(context))


@register.simple_tag
def against(line: Any, measure: Any) -> str:  # noqa: ANN401  a TerritoryLine and a Measure
    """How a line stands against its even share, in words."""
    index = line.indices.get(measure.name)
    if index is None:
        return ""
    return "its even share" if round(index, 2) == 1 else f"{index:.2f} of its even share"


@register.simple_tag(takes_context=True)
def weighed(context: Context, line: Any, measure: Any) -> SafeString | str:  # noqa: ANN401  a TerritoryLine and a Measure
    """An amount that opens the accounts it is summed from, and its index small beside it."""
    if not line.is_told:
        return NONE
    href, text = to(context, "territory", line.territory_id), amount(context, line, measure)
    index = line.indices.get(measure.name)
    small = format_html(' <small class="terr-index">{}</small>', two(index)) if index is not None else ""
    return format_html('<a class="figure" href="{}">{}</a>{}', href, text, small)


ROWS: Final = {"sales": "bookings", "pipeline": "deals", "activities": "activities", "potential": "account-page"}
"""The pages that hold the rows behind an account's amounts."""


@register.simple_tag(takes_context=True)
def opened(context: Context, line: Any, measure: Any) -> SafeString:  # noqa: ANN401  an AccountLine and a Measure
    """An account's amount, which opens the rows that it is summed from."""
    page = ROWS[measure.name]
    at = [line.account_id] if page == "account-page" else []
    query: dict[str, object] = {} if at else {"account": line.account_id}
    if page == "bookings":
        query["since"] = year_before(context["as_of"])
    href = to(context, page, *at, **query)
    return format_html('<a class="figure" href="{}">{}</a>', href, amount(context, line, measure))


@register.simple_tag(takes_context=True)
def sided(context: Context, amounts: Sequence[int | None], at: int, measure: Any) -> str:  # noqa: ANN401  a Measure
    """The amount of one of several measures."""
    return shown(amounts[at], measure.unit, _currency(context))


def _currency(context: Context) -> str:
    return str(context.get("currency") or "USD")
