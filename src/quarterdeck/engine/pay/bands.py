"""Rate tables of a plan file: bands that touch, values of one kind, a mode that is always said.

    bands: [{from: 0, to: 100%, pays: 8%}, {from: 100%, pays: 12%}]   ->   bounds (0, 1, open), values (2/25, 3/25)

A gap or an overlap would pay nothing, or twice, for a result in it: both are problems with their place. The mode has no
default because marginal and retroactive pay differ most where most money is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.engine.pay.definitions import Dimension, Measure, RateTable
from quarterdeck.engine.pay.language import Call, Name, Node
from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    from quarterdeck.engine.pay.components import Context
    from quarterdeck.engine.pay.problems import Problems

_RUNNING: Final = {"marginal", "retroactive", "retroactive_over_target"}


def rate_table(one: Mapping[str, Any], path: str, measure: Measure, context: Context) -> RateTable | None:
    """The table, or None where its axes mean nothing; problems are noted."""
    problems, mode = context.problems, one["mode"]
    if ("bands" in one) == ("dimensions" in one):
        problems.add(
            path,
            "it has bands and dimensions, or neither",
            "Say bands (and by) for one axis, dimensions and values for several.",
        )
        return None
    axes = one.get("dimensions") or [{"of": one.get("by", measure.name), "bands": one["bands"]}]
    found = [
        _dimension(axis, path if "bands" in one else f"{path}.dimensions[{at}]", context)
        for at, axis in enumerate(axes)
    ]
    dimensions = tuple(axis for axis in found if axis is not None)
    if len(dimensions) < len(axes):
        return None
    _check_mode(mode, dimensions, path, measure, problems)
    scale = 10 ** minor_digits(context.currency) if one["value"] == "amount" else 1
    values = _band_values(one, path, problems) if "bands" in one else _flat_values(one, dimensions, path, problems)
    starts = (
        problems.number(one["bands"][0].get("starts", 0), f"{path}.bands[0].starts")
        if one.get("bands")
        else Fraction(0)
    )
    return RateTable(
        mode,
        one["value"],
        dimensions,
        tuple(value * scale for value in values),
        one.get("closed", "left"),
        starts * scale,
    )


def _dimension(axis: Mapping[str, Any], path: str, context: Context) -> Dimension | None:
    from quarterdeck.engine.pay.units import unit_of  # noqa: PLC0415  beside its only use

    node = context.problems.checked(
        axis["of"], f"{path}.by", ("money", "count", "ratio"), context.scope, context.targeted, context.currency
    )
    bounds = _bounds(axis["bands"], f"{path}.bands", context.problems)
    if node is None or not bounds:
        return None
    unit = unit_of(node, context.scope, context.targeted, context.currency)
    scale = 10 ** minor_digits(context.currency) if unit == "money" else 1
    measure, is_attainment = measured(node)
    scaled = tuple(None if bound is None else bound * scale for bound in bounds)
    return Dimension(node, scaled, unit, measure if measure in context.measures else "", is_attainment)


def measured(node: Node) -> tuple[str, bool]:
    """The name that an expression is, and whether of its attainment; empty for anything else.

    >>> measured(Call("attainment", (Name("sales"),))), measured(Name("sales")), measured(Call("+", ()))
    (('sales', True), ('sales', False), ('', False))
    """
    if isinstance(node, Name):
        return node.name, False
    if isinstance(node, Call) and node.name == "attainment" and isinstance(node.args[0], Name):
        return node.args[0].name, True
    return "", False


def _bounds(bands: Sequence[Mapping[str, Any]], path: str, problems: Problems) -> list[Fraction | None]:
    """From the first band's beginning to the last one's end.

    Each band's end may be left to the next one's beginning.
    """
    if not bands:
        problems.add(path, "it has no bands", "Add one.")
        return []
    begins = [problems.number(band["from"], f"{path}[{at}].from") for at, band in enumerate(bands)]
    ends = [
        problems.number(band["to"], f"{path}[{at}].to") if band.get("to") is not None else None
        for at, band in enumerate(bands)
    ]
    for at, (end, begin) in enumerate(zip(ends, begins[1:], strict=False)):
        if end is not None and end != begin:
            what = "a gap" if end < begin else "an overlap"
            problems.add(
                f"{path}[{at + 1}].from",
                f"there is {what} between {end} and {begin}",
                "Begin each band where the one before it ends.",
            )
    bounds = [*begins, ends[-1]]
    for at, (low, high) in enumerate(itertools.pairwise(bounds)):
        if low is not None and high is not None and low >= high:
            problems.add(
                f"{path}[{at}]", f"the band from {low} ends at {high}", "List bands from the lowest to the highest."
            )
    return bounds


def _band_values(one: Mapping[str, Any], path: str, problems: Problems) -> list[Fraction]:
    for at, band in enumerate(one["bands"]):
        if "pays" not in band:
            problems.add(f"{path}.bands[{at}].pays", "'pays' is missing", "Say what the band pays.")
        if "starts" in band and (at or one["mode"] != "interpolated"):
            problems.add(
                f"{path}.bands[{at}].starts", "only the first band of an interpolated table has it", "Remove it."
            )
    return [problems.number(band.get("pays", 0), f"{path}.bands[{at}].pays") for at, band in enumerate(one["bands"])]


def _flat_values(one: Mapping[str, Any], axes: Sequence[Dimension], path: str, problems: Problems) -> list[Fraction]:
    """Nested lists, first dimension outermost, as one list; each level as long as its dimension has bands."""
    level: list[Any] = [one.get("values")]
    for at, axis in enumerate(axes):
        wrong = [part for part in level if not isinstance(part, list) or len(part) != axis.n_bands]
        if wrong:
            problems.add(
                f"{path}.values",
                f"level {at + 1} needs lists of {axis.n_bands} values, one a band",
                "List a value for every band.",
            )
            return [Fraction(0)] * math.prod(axis.n_bands for axis in axes)
        level = [item for part in level for item in part]
    return [problems.number(item, f"{path}.values") for item in level]


def _check_mode(mode: str, axes: Sequence[Dimension], path: str, measure: Measure, problems: Problems) -> None:
    first = axes[0]
    if mode in _RUNNING and first.measure != measure.name:
        problems.add(f"{path}.by", f"a {mode} table runs along {measure.name} or its attainment",
            f"Use by: {measure.name}, by: attainment({measure.name}), or mode: lookup.")  # fmt: skip
    if mode == "retroactive_over_target" and not first.is_attainment:
        problems.add(f"{path}.by", "over target needs an attainment", f"Use by: attainment({measure.name}).")
    if mode == "interpolated" and len(axes) > 1:
        problems.add(path, "an interpolated table has one axis", "Use mode: lookup, or multiply two tables.")
    if mode == "interpolated" and first.bounds[-1] is None:
        problems.add(
            f"{path}.bands", "an interpolated table has no open end", "End the last band where pay stops growing."
        )
