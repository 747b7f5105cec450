"""Why revenue changed: price, volume and mix, per product, summing exactly.

    product  units  revenue   ->  units  revenue     price   volume   mix     change
    ABC      50     60.00         60     66.00       -6.00   13.33    -1.33    6.00
    DEF      40     32.00         50     50.00       10.00    7.11     0.89   18.00

    volume = (before's share of all units x all units now - units before) x price before
    mix    = (units now - before's share of all units x all units now) x price before
    price  = (price now - price before) x units now        joint "in_price"
             (price now - price before) x units before     joint "separate", and the rest is joint

Source: planning case pvm-01; Horngren, Cost Accounting (sales-volume, sales-mix and price variances). See
docs/methods/price-volume-mix.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import narwhals as nw

from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import MAX_MINOR, whole_parts
from quarterdeck.terms.planning import PRICE_VOLUME_MIX

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

Joint = Literal["in_price", "separate"]
_INPUTS: Final = ("product_id", "units_before", "before_minor", "units_after", "after_minor")


@dataclass(frozen=True, slots=True)
class _Sale:
    """One product before and after."""

    product: Any
    units_before: int
    before: int
    units_after: int
    after: int


def price_volume_mix(products: Frame, *, joint: Joint) -> Frame:
    """PRICE_VOLUME_MIX: one row per product, in the order given; its parts sum to its change in minor units exactly.

    `products`: product_id, units_before, before_minor, units_after, after_minor (units whole and not below zero, empty
    is nothing). `joint` says where price change times unit change goes: "in_price", or "separate". A product that is
    new or gone has one price, and no price effect. Revenue without units (fees, returns) cannot be split: its change is
    `other`. Raises Refusal for units below zero, an unknown convention and amounts beyond 64 bits.

    >>> rows = {"product_id": ["ABC", "DEF"], "units_before": [50, 40], "before_minor": [6000, 3200],
    ...     "units_after": [60, 50], "after_minor": [6600, 5000]}
    >>> found = price_volume_mix(nw.from_dict(rows, backend="polars"), joint="in_price")
    >>> found.select("price_minor", "volume_minor", "mix_minor", "change_minor").rows()
    [(-600, 1333, -133, 600), (1000, 711, 89, 1800)]
    """
    if joint not in get_args(Joint):
        raise _refusal(f"'{joint}' is no convention.", f"Choose one of {', '.join(get_args(Joint))}.")
    sales = [
        _Sale(product, *(value or 0 for value in values)) for product, *values in products.select(*_INPUTS).iter_rows()
    ]
    if any(min(sale.units_before, sale.units_after) < 0 for sale in sales):
        raise _refusal("A product has units below zero.", "Give units sold, and returns as revenue without units.")
    all_before, all_after = sum(sale.units_before for sale in sales), sum(sale.units_after for sale in sales)
    growth = Fraction(all_after, all_before) if all_before else None
    rows = [_row(sale, growth, joint) for sale in sales]
    if any(abs(value) > MAX_MINOR for row in rows for value in row[1:-1]):
        raise _refusal("A part is more than a column holds.", "Check the amounts.")
    schema = {**PRICE_VOLUME_MIX.schema, "product_id": products.schema["product_id"]}
    data = {name: [row[at] for row in rows] for at, name in enumerate(schema)}
    return PRICE_VOLUME_MIX.check(nw.from_dict(data, schema, backend="polars"))


def _row(sale: _Sale, growth: Fraction | None, joint: Joint) -> tuple[Any, ...]:
    """The product, its price, volume, mix, joint and other part, its change, and because."""
    change = sale.after - sale.before
    exact = _exact(sale, growth, joint)
    rounded = whole_parts([*exact, change - sum(exact, Fraction())])
    why = {"joint": joint, "exact": [str(part) for part in exact], "state": _state(sale)}
    return sale.product, *rounded, change, json.dumps(why)


def _exact(sale: _Sale, growth: Fraction | None, joint: Joint) -> list[Fraction]:
    """Price, volume, mix, joint; what they leave of the change has no units and is other."""
    before, after = _price(sale.before, sale.units_before), _price(sale.after, sale.units_after)
    was, now = (after if before is None else before), (before if after is None else after)
    if was is None or now is None:
        return [Fraction()] * 4
    even = sale.units_after if growth is None else sale.units_before * growth
    price = (now - was) * (sale.units_after if joint == "in_price" else sale.units_before)
    cross = Fraction() if joint == "in_price" else (now - was) * (sale.units_after - sale.units_before)
    return [price, (even - sale.units_before) * was, (sale.units_after - even) * was, cross]


def _price(minor: int, units: int) -> Fraction | None:
    return Fraction(minor, units) if units else None


def _state(sale: _Sale) -> str:
    if not sale.units_before and not sale.units_after:
        return "without_units"
    return "new" if not sale.units_before else "gone" if not sale.units_after else "kept"


def _refusal(why: str, next_step: str) -> Refusal:
    return Refusal("The change was not split.", why, next_step, "growth")
