"""What became of last year's revenue: kept, grown, shrunk, lost; and net and gross revenue retention.

    account   before  after   kind            start 200   new 40   expansion 15   contraction -5   churn -40   end 210
    a         100     115     expansion
    b          60      55     contraction     net retention    (200 + 15 - 5 - 40) / 200  = 0.85
    c          40       0     churn           gross retention  (200 - 5 - 40) / 200       = 0.775
    d           0      40     new

Whether contraction counts against gross retention is a convention, and named. Source: planning case arr-02; the terms
as in the SaaS Metrics Standards Board's definitions. See docs/methods/revenue-retention.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import narwhals as nw

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR
from quarterdeck.terms.planning import BRIDGE

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Contraction = Literal["counted", "not_counted"]
_PARTS: Final = ("start", "new", "expansion", "contraction", "churn", "other", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Net and gross revenue retention as exact ratios, None where nothing was there to keep; `because` is JSON."""

    net: Fraction | None
    gross: Fraction | None
    because: str


def revenue_bridge(accounts: Frame) -> Frame:
    """BRIDGE from the revenue before to that after: start, new, expansion, contraction, churn, other, end. Adds up.

    `accounts`: one row per account (before_minor, after_minor); empty is nothing. Who had nothing before is new, who
    has nothing now is churn; `other` is what changed where both, or the one there is, are below zero (more returns than
    sales). Raises Refusal for sums beyond 64 bits.

    >>> rows = {"before_minor": [100, 60, 40, 0], "after_minor": [115, 55, 0, 40]}
    >>> revenue_bridge(nw.from_dict(rows, backend="polars")).select("part", "amount_minor").rows()[1:6]
    [('new', 40), ('expansion', 15), ('contraction', -5), ('churn', -40), ('other', 0)]
    """
    sums = dict.fromkeys(_PARTS, 0)
    n = dict.fromkeys(_PARTS, 0)
    for before, after in accounts.select("before_minor", "after_minor").iter_rows():
        was, now = before or 0, after or 0
        sums["start"] += was
        sums["end"] += now
        if was != now:
            kind = _kind(was, now)
            sums[kind] += now - was
            n[kind] += 1
    if max(map(abs, sums.values())) > MAX_MINOR:
        raise _refusal("A sum is more than a column holds.", "Check the amounts.")
    data = {
        "part": list(sums),
        "amount_minor": list(sums.values()),
        "because": [json.dumps({"n_accounts": n[part]} if part in _PARTS[1:-1] else {}) for part in _PARTS],
    }
    return BRIDGE.check(nw.from_dict(data, BRIDGE.schema, backend="polars"))


def retention(bridge: Frame, *, contraction: Contraction) -> Retention:
    """Net and gross retention of a revenue bridge.

    net = (start + expansion + contraction + churn) / start; gross = (start + contraction, where counted, + churn) /
    start. New and other revenue are left out. Raises Refusal for an unknown convention.

    >>> rows = {"part": ["start", "expansion", "contraction", "churn"], "amount_minor": [100, 15, -5, -8]}
    >>> found = retention(nw.from_dict(rows, backend="polars"), contraction="counted")
    >>> float(found.net), float(found.gross)
    (1.02, 0.87)
    """
    if contraction not in get_args(Contraction):
        raise _refusal(f"'{contraction}' is no convention.", "Say counted or not_counted.")
    sums: dict[str, int] = dict.fromkeys(_PARTS, 0) | dict(bridge.select("part", "amount_minor").iter_rows())
    kept = sums["start"] + sums["churn"]
    net = kept + sums["contraction"] + sums["expansion"]
    gross = kept + (sums["contraction"] if contraction == "counted" else 0)
    why: dict[str, Any] = {"contraction_in_gross": contraction, "parts": sums}
    return Retention(net=_over(net, sums["start"]), gross=_over(gross, sums["start"]), because=json.dumps(why))


def _kind(was: int, now: int) -> str:
    if was <= 0:
        return "new" if now > 0 and was == 0 else "other"
    if now <= 0:
        return "churn" if now == 0 else "other"
    return "expansion" if now > was else "contraction"


def _over(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole > 0 else None


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The retention was not computed.", why, next_step, "growth")
