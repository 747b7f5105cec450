"""What the people there can bring, month by month, against a target; and the same under other assumptions.

Two heads at 1,000 a month, one of them new on February 1 with a ramp of a half in the first month, nobody leaves:

    month     heads  ramped  capacity  target  gap
    January   1      1       1,000     1,500   -500
    February  2      1.5     1,500     1,500   0
    March     2      2       2,000     1,500   500

Each month's amount is exact until it is rounded once, half away from zero. Source and conventions:
docs/methods/capacity.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import narwhals as nw

from quarterdeck.engine.capacity.ramp import Outlook, Presence, presences
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, whole
from quarterdeck.terms.planning import CAPACITY, COHORTS

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.terms.tables import Frame


def capacity(cohorts: Frame, outlook: Outlook, targets: Sequence[int] | None = None) -> Frame:
    """CAPACITY of the people in COHORTS: one row per month of the outlook, in its order.

    `targets`: minor units by month; without them target and gap are empty. Heads are floats, since part of a head may
    have left; amounts are exact and rounded once per month. Raises Refusal for heads or amounts below zero, targets
    that do not fit the months, and sums beyond 64 bits.

    >>> import datetime as dt
    >>> from quarterdeck.engine.capacity.ramp import Attrition
    >>> from quarterdeck.terms.period import Period
    >>> rows = {"cohort_id": ["rita", "sam"], "n_heads": [1, 1], "ends_on": [None, None],
    ...     "starts_on": [dt.date(2024, 1, 1), dt.date(2025, 2, 1)], "productive_minor": [1000, 1000]}
    >>> cohorts = nw.from_dict(rows, COHORTS.schema, backend="polars")
    >>> outlook = Outlook(months=[Period(dt.date(2025, at, 1), dt.date(2025, at + 1, 1)) for at in (1, 2, 3)],
    ...     ramp=[Fraction(1, 2)], attrition=Attrition(annual=0, shape="compound", counted="end"))
    >>> capacity(cohorts, outlook, [1500] * 3).select("ramped_heads", "capacity_minor", "gap_minor").rows()
    [(1.0, 1000, -500), (1.5, 1500, 0), (2.0, 2000, 500)]
    """
    n = len(outlook.months)
    if targets is not None and len(targets) != n:
        raise _refusal(f"{len(targets)} targets do not fit {n} months.", "Give each month one target.")
    heads, ramped, amounts = ([Fraction()] * n for _ in range(3))
    for n_heads, productive, _, presence in productive_heads(cohorts, outlook):
        for at, head in enumerate(presence):
            heads[at] += n_heads * head.begun * head.there
            ramped[at] += n_heads * head.share
            amounts[at] += n_heads * productive * head.share
    seasoned = [_fitting(whole(amount * outlook.weight(at))) for at, amount in enumerate(amounts)]
    gaps = [None] * n if targets is None else [made - want for made, want in zip(seasoned, targets, strict=True)]
    data: dict[str, list[Any]] = {
        "starts_on": [month.starts_on for month in outlook.months],
        "ends_on": [month.ends_on for month in outlook.months],
        "n_heads": [float(count) for count in heads],
        "ramped_heads": [float(count) for count in ramped],
        "capacity_minor": seasoned,
        "target_minor": [None] * n if targets is None else list(targets),
        "gap_minor": gaps,
        "because": [_because(outlook, at, amounts[at]) for at in range(n)],
    }
    return CAPACITY.check(nw.from_dict(data, CAPACITY.schema, backend="polars"))


def capacity_scenarios(scenarios: Mapping[str, tuple[Frame, Outlook]], targets: Sequence[int] | None = None) -> Frame:
    """CAPACITY of each scenario, one under the other, with its name in `scenario`: one row per scenario and month.

    A scenario is a name with the cohorts and the outlook that differ: the same function with other inputs.
    """
    frames = [
        capacity(cohorts, outlook, targets).with_columns(scenario=nw.lit(name))
        for name, (cohorts, outlook) in scenarios.items()
    ]
    if not frames:
        raise _refusal("There is no scenario.", "Name at least one.")
    return nw.concat(frames)


def productive_heads(cohorts: Frame, outlook: Outlook) -> Iterator[tuple[int, int, dt.date, list[Presence]]]:
    """Each cohort's heads, what one brings in a month, their first day, and what one is in each month."""
    names = ("n_heads", "productive_minor", "starts_on", "ends_on")
    for n_heads, productive, starts_on, ends_on in COHORTS.check(cohorts).select(names).iter_rows():
        if n_heads < 0 or productive < 0:
            raise _refusal(f"{n_heads} heads at {productive} are below zero.", "Give zero or more of both.")
        yield n_heads, productive, starts_on, presences(starts_on, ends_on, outlook)


def _because(outlook: Outlook, at: int, exact: Fraction) -> str:
    why = {"exact": str(exact * outlook.weight(at)), "season": str(outlook.weight(at)), "tenure": "months of the plan"}
    return json.dumps(outlook.told() | why)


def _fitting(amount: int) -> int:
    if amount > MAX_MINOR:
        raise _refusal(f"{amount} is more than a column holds.", "Check heads and amounts.")
    return amount


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The capacity was not computed.", why, next_step, "capacity")
