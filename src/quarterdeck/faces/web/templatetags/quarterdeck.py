"""Template tags: figures that open their because, states, sparklines, links that keep the chosen day.

{% load quarterdeck %}
{% figure row.actual %}   ->  <a class="figure" href="/because?metric=won_amount&..." title="42,000.00 USD">42,000</a>
{% to "deals" %}          ->  /deals?as_of=2017-12-31  (when the reader chose a day)
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from quarterdeck.faces.web import drawings, nav
from quarterdeck.faces.web.numbers import NONE, compact, exactly, shown, unit_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.template import Context

    from quarterdeck.faces.web.numbers import Number
    from quarterdeck.services.derivations import Step
    from quarterdeck.services.desks.shapes import Figure, Line, Series, TeamRow
    from quarterdeck.services.year_range import YearRange

register = template.Library()

STANDINGS: Final = {
    "ahead": "ahead",
    "on_pace": "on pace",
    "behind": "behind",
    "far_behind": "far behind",
    "unknown": "not known",
}
UNITS: Final = {"coverage": "times"}
"""Ratios that people say as a multiple, not as a percentage."""
DRAW: Final = {
    "actual": "line", "expected": "dashed", "goal": "dashed", "last_year": "faint", "low": "low", "high": "high",
    "bar": "bar",
}  # fmt: skip
BARS: Final = {"actual": "bar", "expected": "tick", "goal": "ring", "last_year": "ring"}
KEYS: Final = {"bar": "the bar", "tick": "the line", "ring": "the ring"}
NBSP: Final = "\N{NO-BREAK SPACE}"
MOST_BARS: Final = 30
"""Beyond, nobody reads a chart of names; the table says it all."""


def _currency(context: Context) -> str:
    return str(context.get("currency") or "USD")


@register.simple_tag(takes_context=True)
def figure(context: Context, of: Figure | None, *, exact: bool = False, signed: bool = False) -> SafeString:
    """A figure as a link to its because: short in the text, exact in the title; nothing at all for no figure."""
    if of is None:
        return SafeString("")
    currency = _currency(context)
    unit = UNITS.get(of.metric, of.unit)
    text = (exactly if exact else shown)(of.value, unit, currency)
    text = f"+{text}" if signed and of.value is not None and of.value > 0 else text
    title = f"{of.title}: {exactly(of.value, unit, currency) if of.value is not None else of.note or 'not defined'}"
    if of.value is None and of.holder.startswith("position:"):
        # A vacant seat carries a target and nothing else: there is nothing to open.
        return format_html('<span class="figure is-none" title="{}">{}</span>', title, text)
    css = "figure is-none" if of.value is None else "figure"
    href = _because(of)
    return format_html('<a class="{}" href="{}" title="{}">{}</a>', css, href, title, text)


def _because(of: Figure) -> str:
    """The address at which a figure is explained; a page has a hundred, made of a few days, holders and names."""
    return f"{_because_path()}?{'&'.join(f'{name}={_quoted(value)}' for name, value in of.query().items())}"


@lru_cache(maxsize=1)
def _because_path() -> str:
    return reverse("because")


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    return quote_plus(value)


@register.simple_tag(takes_context=True)
def range_figure(context: Context, of: Figure, low: Number | None, high: Number | None) -> SafeString:
    """A range as a link to the because of its figure: short in the text, exact in the title."""
    currency = _currency(context)
    ends = (low, high) if of.value is not None else (None, None)
    text, title = (
        " to ".join(write(end, of.unit, currency).replace(" ", NBSP) for end in ends) if None not in ends else NONE
        for write in (compact, exactly)
    )
    href = _because(of)
    return format_html('<a class="figure range" href="{}" title="{}: {}">{}</a>', href, of.title, title, text)


@register.simple_tag
def told(steps: Sequence[Step]) -> list[tuple[str, str, int, str]]:
    """Steps as name, period, amount and reason; neighbours with one reason (the months of a year) are told at once."""
    found = []
    for _, group in groupby(steps, key=lambda step: (step.name, step.why)):
        same = list(group)
        period = same[0].period if len(same) == 1 else f"{same[0].period} to {same[-1].period}"
        found.append((same[0].name, period, sum(step.amount for step in same), same[0].why))
    return found


@register.simple_tag
def ends_rows(of: YearRange) -> list[tuple[str, float, int | None, int | None, int | None]]:
    """A year's months: their share of the season, what they brought, and where the year may stand at their end."""
    whole = sum(of.season) or 1
    names, shares = [month.name.split()[0] for month in of.months], [part / whole for part in of.season]
    return list(zip(names, shares, of.brought, of.ends.low, of.ends.high, strict=True))


@register.inclusion_tag("parts/panels.html", takes_context=True)
def panels(context: Context, rows: Sequence[TeamRow], labels: Sequence[str], unit: str) -> dict[str, Any]:
    """Small charts of the year so far, one per team, all on one scale; the table behind them."""
    currency = _currency(context)
    drawn = [row for row in rows if row.lines]
    known = [value for row in drawn for line in row.lines for value in line.values if value is not None]
    most, least = max(known, default=0), min(0, *known, 0)
    return {
        "currency": currency,
        "request": context.get("request"),
        "as_of_asked": context.get("as_of_asked"),
        "panels": [
            (row, drawings.panel([(line.kind, line.values) for line in row.lines], most, least)) for row in drawn
        ],
        "most": compact(most, unit, currency) if most else "",
        "unit": unit_name(unit, currency),
        "n_left_out": len(rows) - len(drawn),
        "names": list(dict.fromkeys(line.name for row in drawn for line in row.lines)),
        "tables": [(row.name, _so_far(row, labels, unit, currency)) for row in drawn],
    }


def _so_far(row: TeamRow, labels: Sequence[str], unit: str, currency: str) -> list[tuple[str, list[str]]]:
    return [
        (label, [shown(line.values[at] if at < len(line.values) else None, unit, currency) for line in row.lines])
        for at, label in enumerate(labels)
    ]


@register.simple_tag(takes_context=True)
def number(context: Context, value: Number | None, unit: str = "count", *, exact: bool = False) -> str:
    """A plain number that no metric stands behind."""
    return (exactly if exact else shown)(value, unit, _currency(context))


@register.simple_tag(takes_context=True)
def exact(context: Context, of: Figure) -> str:
    """A figure with every digit and its unit, without a link: on its own because."""
    return exactly(of.value, UNITS.get(of.metric, of.unit), _currency(context))


@register.filter
def amount_unit(name: str) -> str:
    """The unit of the targets behind a figure: ratios compare amounts."""
    return "count" if name == "count" else "money"


@register.filter
def day_before(value: dt.date) -> dt.date:
    """The last day of a period that ends before this one."""
    return value - dt.timedelta(days=1)


@register.simple_tag(takes_context=True)
def unit(context: Context, name: str) -> str:
    """What a column's header adds: the currency, %, days or nothing."""
    return unit_name(name, _currency(context))


@register.simple_tag
def change(of: Figure | None) -> SafeString | str:
    """The change beside a value: an arrow, the ratio and against what."""
    if of is None or of.change is None:
        return ""
    arrow, word = ("↑", "more than") if of.change > 0 else ("↓", "less than") if of.change < 0 else ("→", "as")
    size = shown(abs(of.change), "ratio")
    return format_html('<span class="change">{} {} {} {}</span>', arrow, size, word, of.change_from)


@register.simple_tag
def standing(name: str) -> SafeString:
    """A state as a shape and a word."""
    known = name if name in STANDINGS else "unknown"
    return format_html('<span class="state state-{}">{}</span>', known, STANDINGS[known])


@register.simple_tag
def spark(values: Sequence[int | float | None], label: str = "") -> SafeString:
    """A sparkline from zero, drawn here; its label says it in words."""
    return drawings.sparkline(values, label)


@register.simple_tag
def bar(done: float | None, whole: float | None, mark: float | None = None) -> SafeString:
    """How much of the whole is there, with a mark where it was expected to be; decoration beside its number."""
    return drawings.bar(done, whole, mark)


@register.simple_tag(takes_context=True)
def to(context: Context, name: str, *args: object, **query: object) -> str:
    """The address of a page, with the day the reader chose, and a query where given."""
    asked = {"as_of": context.get("as_of_asked"), **query}
    kept = {key: value for key, value in asked.items() if value not in (None, "")}
    url = reverse(name, args=[arg for arg in args if arg is not None])
    return f"{url}?{urlencode(kept)}" if kept else url


@register.simple_tag(takes_context=True)
def same_page(context: Context, **changes: object) -> str:
    """This page with other parameters; an empty value takes one away."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"{context['request'].path}?{query.urlencode()}"


@register.filter
def day(value: dt.date | None) -> str:
    """A day as people read it: 31 Dec 2017.

    >>> day(dt.date(2017, 12, 3)), day(None)
    ('3 Dec 2017', '—')
    """
    return f"{value.day} {value:%b %Y}" if value else NONE


@register.filter
def split(text: str) -> list[str]:
    """Words of a literal in a template."""
    return text.split()


@register.filter
def key(draw: str) -> str:
    """What a mark of a chart of bars is called in its key."""
    return KEYS.get(draw, draw)


@register.filter
def words(name: str) -> str:
    """A code as words: best_case is best case."""
    return str(name).replace("_", " ")


@register.simple_tag(takes_context=True)
def age(context: Context, at: dt.datetime | None) -> str:
    """How old an instant is, in the largest unit that fits."""
    if at is None or "now" not in context:
        return "never"
    return ago(context["now"] - at)


def ago(span: dt.timedelta) -> str:
    """A span as people say it.

    >>> ago(dt.timedelta(seconds=20)), ago(dt.timedelta(hours=2)), ago(dt.timedelta(days=1, hours=3))
    ('just now', '2 hours ago', '1 day ago')
    """
    for name, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if n := int(span.total_seconds() // seconds):
            return f"{n} {name}{'' if n == 1 else 's'} ago" if n > 0 else "just now"
    return "just now"


@register.inclusion_tag("parts/chart.html", takes_context=True)
def chart(context: Context, of: Series, *, small: bool = False, bars: bool = False) -> dict[str, Any]:
    """A chart and the table it is drawn from; its caption is the question. `bars`: labels are names, not times."""
    currency = _currency(context)
    columns = [(line, (BARS if bars else DRAW).get(line.kind, "line")) for line in of.lines]
    rows = [(label, [_cell(of, line, at, currency) for line in of.lines]) for at, label in enumerate(of.labels)]
    unit = unit_name(of.unit, currency)
    return {
        "title": of.title,
        "unit": unit,
        "columns": columns,
        "rows": rows,
        "scale": drawings.scale(of.unit, currency),
        "note": of.note,
        "head": of.head,
        "small": small,
        "bars": bars,
        "is_drawn": not bars or len(rows) <= MOST_BARS,
    }


def _cell(of: Series, line: Line, at: int, currency: str) -> tuple[str, str]:
    value = line.values[at]
    return ("" if value is None else str(float(value)), shown(value, of.unit, currency))


@register.simple_tag
def attributes(**given: object) -> SafeString:
    """HTML attributes, without the empty ones."""
    return mark_safe(" ".join(format_html('{}="{}"', key, value) for key, value in given.items() if value))  # noqa: S308  each is escaped


@register.simple_tag
def has_page(name: str) -> bool:
    """Whether a page of this name exists, so that nothing links into the void."""
    return nav.is_page(name)


@register.simple_tag(takes_context=True)
def other_parameters(context: Context, *without: str) -> list[tuple[str, str]]:
    """The page's query without the day (and without those named): what the day's form must keep."""
    left_out = {"as_of", *without}
    return [(key, value) for key, values in context["request"].GET.lists() if key not in left_out for value in values]


@register.simple_tag
def team_id(key: str) -> str:
    """The team's id in a breakdown's key, empty for segments and products.

    >>> team_id("team:3"), team_id("segment:4")
    ('3', '')
    """
    kind, _, number = key.partition(":")
    return number if kind == "team" else ""
