"""What balancing is asked, read off the query; and what it came to as charts.

?measure=sales&measure=activities&weight_sales=3&how=blend&within=5&most=15&count=share&lock=12   ->   BalanceAsk
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.faces.web.asked import whole
from quarterdeck.services.desks.shapes import Line, Series
from quarterdeck.services.territories.measures import MEASURES
from quarterdeck.services.territories.shapes import BalanceAsk
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from quarterdeck.services.territories.shapes import Standing

WHAT: Final = "The territories were not balanced."
MOST_LOCKS: Final = 2_000
_DIGITS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceForm:
    """The form as it was filled in, and what it asks; nothing is asked before a measure is chosen."""

    measures: tuple[tuple[Any, bool, int], ...]
    """Each measure, whether it is chosen, and its weight."""
    how: str
    within: str
    most: str
    count: str
    team: int | None
    places: bool
    locks: frozenset[int]
    ask: BalanceAsk | None


def balance_form(request: HttpRequest) -> BalanceForm:
    """The form by its query; Raises Refusal (`number`) for what is no number."""
    asked = request.GET
    chosen = [name for name in asked.getlist("measure") if name in MEASURES]
    weights = {name: whole(asked.get(f"weight_{name}"), WHAT) or 1 for name in MEASURES}
    locks = frozenset(pk for text in asked.getlist("lock")[:MOST_LOCKS] if (pk := whole(text, WHAT)) is not None)
    form: dict[str, Any] = {
        "how": "blend" if asked.get("how") == "blend" else "each", "within": asked.get("within", "5")[:10],
        "most": asked.get("most", "15")[:10], "count": "number" if asked.get("count") == "number" else "share",
        "team": whole(asked.get("team"), WHAT), "places": asked.get("places") == "yes", "locks": locks,
    }  # fmt: skip
    return BalanceForm(
        **form, measures=tuple((MEASURES[name], name in chosen, weights[name]) for name in MEASURES),
        ask=_ask(form, {name: weights[name] for name in MEASURES if name in chosen}) if chosen else None,
    )  # fmt: skip


def _ask(form: dict[str, Any], weights: dict[str, int]) -> BalanceAsk:
    most: int | Fraction = _percent(form["most"]) if form["count"] == "share" else whole(form["most"], WHAT) or 0
    return BalanceAsk(
        weights=weights, how=form["how"], within=_percent(form["within"]), most=most, locks=form["locks"],
        team_id=form["team"], places=form["places"],
    )  # fmt: skip


def _percent(text: str) -> Fraction:
    """A percentage as a ratio.

    >>> _percent("15"), _percent("2.5 %")
    (Fraction(3, 20), Fraction(1, 40))
    """
    cleaned = text.replace("%", "").strip()
    digits = cleaned.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(cleaned) <= _DIGITS):
        raise Refusal(WHAT, f"'{text[:20]}' is no percentage.", "Write it as 15 or 2.5.", "number")
    return Fraction(cleaned) / 100


def before_and_after(measures: Sequence[str], standings: Sequence[Standing]) -> list[Series]:
    """A chart a measure: each territory against its even share, 100 being even."""
    return [_chart(MEASURES[name].title.split(",")[0].lower(), at, standings) for at, name in enumerate(measures)]


def _chart(title: str, at: int, standings: Sequence[Standing]) -> Series:
    after, now = ([_hundreds(getattr(row, side)[at]) for row in standings] for side in ("after", "before"))
    return Series(
        title=f"How near is each territory to its even share of {title}?", unit="count",
        labels=tuple(row.name for row in standings), note="100 is the even share.",
        lines=(
            Line(name="After the moves", kind="actual", values=tuple(after)),
            Line(name="Now", kind="goal", values=tuple(now)),
            Line(name="Even", kind="expected", values=(100,) * len(standings)),
        ),
    )  # fmt: skip


def _hundreds(index: float | None) -> float | None:
    return None if index is None else round(index * 100, 1)
