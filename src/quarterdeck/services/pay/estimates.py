"""What one more deal would pay: the running period computed with it and without it, by the same engine.

rita, 17 March   earned so far in March 0.00    with 50,000.00 more   2,000.00      it would pay 2,000.00
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from quarterdeck.services.calendar import company
from quarterdeck.services.kept import kept
from quarterdeck.services.pay.computing import payouts_of
from quarterdeck.services.pay.inputs import Inputs
from quarterdeck.services.pay.running import running
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.pay.running import Running
    from quarterdeck.terms.period import Period

_WHAT: Final = "Nothing was estimated."
_EXTRA: Final = "estimate:one-more-deal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A component of the person's plans in the running period, without the deal and with it."""

    plan: str
    name: str
    so_far_minor: int
    with_it_minor: int

    @property
    def more_minor(self) -> int:
        """What the deal adds."""
        return self.with_it_minor - self.so_far_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a person has earned in the running period so far, and would with one more deal."""

    period: Period
    amount_minor: int | None
    components: tuple[Component, ...]

    @property
    def so_far_minor(self) -> int:
        """Earned so far."""
        return sum(one.so_far_minor for one in self.components)

    @property
    def more_minor(self) -> int:
        """What the deal adds."""
        return sum(one.more_minor for one in self.components)


def estimate(actor: Actor, person_id: int, as_of: dt.date, *, amount_minor: int | None = None) -> Estimate | None:
    """The running period of a person, with one more deal of that amount; None for who is on no plan.

    Nothing is written. What the deal is added to is read and computed once for a version of the data; then each amount
    costs one run of one person. Raises Refusal: `not_visible`, `estimate`.
    """
    found = running(actor, person_id, as_of)
    if amount_minor is not None and not 0 < amount_minor <= MAX_MINOR:
        raise Refusal(_WHAT, "A deal is worth more than nothing.", "Give its amount.", "estimate")
    if not found.parts:
        return None
    before = kept(f"earned by {person_id} on {as_of}", lambda: _earned(found, found.inputs))
    with_it = before
    if amount_minor is not None:
        with_it = _earned(found, _with_one(found.inputs, found.person.code, as_of, amount_minor))
    components = [
        Component(plan=plan, name=name, so_far_minor=amount, with_it_minor=with_it[plan, name])
        for (plan, name), amount in before.items()
    ]
    return Estimate(period=found.period, amount_minor=amount_minor, components=tuple(components))


def _with_one(inputs: Inputs, code: str, as_of: dt.date, amount_minor: int) -> Inputs:
    """The same with one more order of the person's, in the company's currency."""
    events, home = inputs.frames["events"], company().currency
    row = {
        "event_id": _EXTRA, "happened_on": as_of, "person_id": code, "amount_minor": amount_minor, "kind": "order",
        "source_amount_minor": amount_minor, "source_currency": home, "booking_id": _EXTRA,
    }  # fmt: skip
    extra = pl.DataFrame([{name: row.get(name) for name in events.columns}], schema=events.schema)
    return Inputs(inputs.frames | {"events": pl.concat([events, extra]).sort("happened_on", "event_id")})


def _earned(found: Running, inputs: Inputs) -> dict[tuple[str, str], int]:
    """By plan and component, what the person earns in the running period."""
    earned: dict[tuple[str, str], int] = {}
    for version, part in found.parts:
        rows = payouts_of(version.text, part, inputs).filter(pl.col("person_id") == found.person.code)
        for name, amount in rows.select("component", "amount_minor").iter_rows():
            key = version.plan.code, name
            earned[key] = earned.get(key, 0) + amount  # two versions may share a month
    return earned
