"""Small pictures the server draws as SVG: sparklines and bars. They add nothing that is not also written in words.

(3, 0, 5)  ->  a line from zero up, its last point marked
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 96
HEIGHT: Final = 24
_MARGIN: Final = 2


def sparkline(values: Sequence[float | None], label: str = "") -> SafeString:
    """A line over the values, from zero (or the smallest negative) to the largest; gaps where there is nothing.

    >>> "M0,22" in sparkline([0, 4], "Calls")
    True
    """
    known = [value for value in values if value is not None]
    if not known:
        return SafeString("")
    low, high = min(0, *known), max(0, *known)
    span, step = (high - low) or 1, WIDTH / max(1, len(values) - 1)
    points = [
        None if value is None else (at * step, HEIGHT - _MARGIN - (value - low) / span * (HEIGHT - 2 * _MARGIN))
        for at, value in enumerate(values)
    ]
    last = next(point for point in reversed(points) if point)
    told = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" {}><path d="{}"/><circle cx="{}" cy="{}" r="2.2"/></svg>',
        WIDTH, HEIGHT, told, _path(points), _short(last[0]), _short(last[1]),
    )  # fmt: skip


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """Moves after each gap, lines between neighbours."""
    steps = []
    is_new = True
    for point in points:
        if point:
            steps.append(f"{'M' if is_new else 'L'}{_short(point[0])},{_short(point[1])}")
        is_new = point is None
    return "".join(steps)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


STROKES: Final = {"actual": "is-actual", "goal": "is-goal", "last_year": "is-past"}


def panel(lines: Sequence[tuple[str, Sequence[float | None]]], most: float, least: float = 0) -> SafeString:
    """One of several small charts on one scale, from `least` (zero, unless something is negative) to `most`.

    Lines by kind; the actual ends in a dot. Decoration: its numbers stand in a table.

    >>> drawn = panel([("actual", [0, 5]), ("goal", [5, 10])], 10)
    >>> 'class="is-actual" d="M0,58L200,30"' in drawn, 'class="is-goal" d="M0,30L200,2"' in drawn
    (True, True)
    """
    parts, span = [], (most - least) or 1
    zero = _short(58 - (0 - least) / span * 56)
    for kind, values in lines:
        step = 200 / max(1, len(values) - 1)
        points = [
            None if value is None else (at * step, 58 - (value - least) / span * 56) for at, value in enumerate(values)
        ]
        parts.append(format_html('<path class="{}" d="{}"/>', STROKES.get(kind, "is-past"), _path(points)))
        if kind == "actual" and (last := next((point for point in reversed(points) if point), None)):
            # A line of no length: its round end stays a dot however the picture is stretched.
            parts.append(format_html('<path class="dot" d="M{},{}h0"/>', _short(last[0]), _short(last[1])))
    return format_html(
        '<svg class="panel" viewBox="0 0 200 60" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="zero" d="M0,{}H200"/>{}</svg>', zero, SafeString("".join(parts)),
    )  # fmt: skip


def bar(done: float | None, whole: float | None, mark: float | None = None) -> SafeString:
    """The share of the whole that is done, at most all of it, with a mark at another value."""
    if not whole or whole <= 0:
        return SafeString("")
    width = [100 * min(max(float(value or 0) / float(whole), 0), 1) for value in (done, mark)]
    tick = format_html('<rect class="mark" x="{}" width="1" height="8"/>', _short(min(width[1], 99))) if mark else ""
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" y="1" width="100" height="6"/><rect class="fill" y="1" width="{}" height="6"/>{}</svg>',
        _short(width[0]), tick,
    )  # fmt: skip


def scale(unit: str, currency: str) -> int:
    """What a chart's axis divides by: minor units become whole ones, ratios percents.

    >>> scale("money", "USD"), scale("money", "JPY"), scale("count", "USD")
    (100, 1, 1)
    """
    return int(10 ** minor_digits(currency)) if unit == "money" else 1
