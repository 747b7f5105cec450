"""Why capacity at the end differs from that at the start: ramp, attrition, hires.

Ten heads at half ramp, later fully ramped, of whom a tenth leave, at 1,000 a head; five hires fully ramped by the end:

    order            start   ramp    attrition   hires   end
    ramp_first       5,000   5,000   -1,000      5,000   14,000
    attrition_first  5,000   4,500     -500      5,000   14,000

Which of the two comes first is a convention, and named. Parts are exact, then rounded together so that they add up.
See docs/methods/capacity.md.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, get_args

import narwhals as nw

from quarterdeck.engine.capacity.months import productive_heads
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import whole_parts
from quarterdeck.terms.planning import BRIDGE

if TYPE_CHECKING:
    from quarterdeck.engine.capacity.ramp import Outlook, Presence
    from quarterdeck.terms.tables import Frame

Order = Literal["ramp_first", "attrition_first"]
_PARTS: Final = ("start", "ramp", "attrition", "hires")


def capacity_bridge(cohorts: Frame, outlook: Outlook, *, order: Order) -> Frame:
    """BRIDGE from the capacity of the outlook's first month to that of its last: start, ramp, attrition, hires, end.

    `hires` is what people bring who start after the first month; a start within it counts as ramp, a known end as
    attrition. `season` is left out: a bridge compares like with like. Raises Refusal for an unknown order.

    >>> import datetime as dt
    >>> from quarterdeck.engine.capacity.ramp import Attrition, Outlook
    >>> from quarterdeck.terms.period import Period
    >>> from quarterdeck.terms.planning import COHORTS
    >>> rows = {"cohort_id": ["now"], "n_heads": [10], "starts_on": [dt.date(2025, 1, 1)], "ends_on": [None],
    ...     "productive_minor": [1000]}
    >>> outlook = Outlook(months=[Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2)],
    ...     ramp=[Fraction(1, 2)], attrition=Attrition(annual=1, shape="linear", counted="start"))
    >>> cohorts = nw.from_dict(rows, COHORTS.schema, backend="polars")
    >>> dict(capacity_bridge(cohorts, outlook, order="ramp_first").select("part", "amount_minor").rows())
    {'start': 5000, 'ramp': 5000, 'attrition': -833, 'hires': 0, 'end': 9167}
    """
    if order not in get_args(Order):
        why = f"'{order}' is no order of parts."
        raise Refusal("The bridge was not built.", why, f"Choose one of {', '.join(get_args(Order))}.", "capacity")
    exact = [Fraction()] * len(_PARTS)
    for n_heads, productive, starts_on, heads in productive_heads(cohorts, outlook):
        is_hire = starts_on >= outlook.months[0].ends_on
        for at, part in enumerate(_head_parts(heads[0], heads[-1], order, is_hire=is_hire)):
            exact[at] += n_heads * productive * part
    amounts = whole_parts(exact)
    told = [str(part) for part in [*exact, sum(exact, Fraction())]]
    data = {
        "part": [*_PARTS, "end"],
        "amount_minor": [*amounts, sum(amounts)],
        "because": [json.dumps(outlook.told() | {"order": order, "exact": value}) for value in told],
    }
    return BRIDGE.check(nw.from_dict(data, BRIDGE.schema, backend="polars"))


def _head_parts(first: Presence, last: Presence, order: Order, *, is_hire: bool) -> tuple[Fraction, ...]:
    """Start, ramp, attrition and hires of one head; they sum to its share in the last month."""
    if is_hire:
        return Fraction(), Fraction(), Fraction(), last.share
    gained, lost = last.ramped - first.ramped, last.there - first.there
    if order == "ramp_first":
        return first.share, gained * first.there, last.ramped * lost, Fraction()
    return first.share, gained * last.there, first.ramped * lost, Fraction()
