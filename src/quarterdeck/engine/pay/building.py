"""From the document of a plan file to its definitions, noting everything that does not hold together.

    {measures: {sales: {window: year, target: quota}}, values: {quota: money}}   ->   Measure("sales", window="year",
    ...)

Checked here: days, currencies, names said once and known, units, windows that hold pay periods, measures without
cycles. Components are read in `components`, rate tables in `bands`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.pay.components import Context, components, money_scale, settlement
from quarterdeck.engine.pay.definitions import ACTIVE_SHARE, Credit, Measure, Plan, Value, Weight
from quarterdeck.engine.pay.language import FUNCTIONS, LanguageError, names
from quarterdeck.engine.pay.problems import Problems, said
from quarterdeck.engine.pay.units import Unit, unit_of
from quarterdeck.terms.errors import Refusal

_LENGTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_NAME: Final = re.compile(r"[^\W\d]\w*")
_RESERVED: Final = {"and", "or", "not", "in", "under", "true", "false", *FUNCTIONS, ACTIVE_SHARE}


def built(document: Mapping[str, Any], problems: Problems, version: str) -> Plan | None:
    """The plan that a document means.

    Problems are added to, and the plan is None when days or calendar mean nothing.
    """
    begins, ends = (_day(document[name], name, problems) for name in ("effective_from", "effective_to"))
    calendar = _calendar(document.get("calendar"), problems)
    if begins is None or ends is None or calendar is None:
        return None
    if begins >= ends:
        problems.add(
            "effective_to", "the plan ends before it begins", "Set it to the first day no longer paid by this plan."
        )
        return None
    currency = str(document["currency"])
    if not re.fullmatch("[A-Z]{3}", currency):
        problems.add("currency", f"{currency!r} is no currency", "Write its ISO 4217 code, like USD.")
    period = document.get("period", "month")
    values = _values(document.get("values", {}), currency, problems)
    measures = _measures(document["measures"], values, currency, period, problems)
    scope: dict[str, Unit] = _units(values, measures)
    targeted = frozenset(name for name, one in measures.items() if one.target is not None)
    context = Context(problems, scope, targeted, currency, measures, document.get("tables", {}))
    return Plan(
        name=str(document["plan"]),
        title=str(document.get("title", document["plan"])),
        currency=currency,
        effective_from=begins,
        effective_to=ends,
        calendar=calendar,
        period=period,
        who=problems.condition(document.get("who"), "who"),
        values=values,
        measures=measures,
        components=components(document["components"], context),
        settlement=settlement(document.get("settlement", {}), context),
        capitalised_months=problems.whole(document.get("capitalise_months"), "capitalise_months", 1, 0),
        examples=tuple(document.get("examples", ())),
        version=version,
    )


def _day(value: object, path: str, problems: Problems) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        problems.add(path, f"{value!r} is no day", "Write it like 2025-01-01.")
        return None


def _calendar(stored: dict[str, Any] | None, problems: Problems) -> FiscalCalendar | None:
    try:
        return FiscalCalendar.from_dict(stored or {})
    except Refusal as refusal:
        problems.add("calendar", refusal.why.rstrip("."), refusal.next_step)
        return None


def _values(stored: Mapping[str, Any], currency: str, problems: Problems) -> dict[str, Value]:
    found = {}
    for name, item in stored.items():
        path, one = f"values.{name}", said(item, "unit")
        _check_name(name, path, problems)
        unit = one["unit"]
        if unit not in {"money", "count", "ratio"}:
            problems.add(path, f"{unit!r} is no unit", "Choose money, count or ratio.")
            continue
        default = problems.number(one["default"], path) * money_scale(unit, currency) if "default" in one else None
        found[name] = Value(name, unit, default, one.get("per"))
    return found


def _check_name(name: object, path: str, problems: Problems) -> None:
    if not _NAME.fullmatch(str(name)) or name in _RESERVED:
        problems.add(path, f"{name!r} cannot be a name", "Use letters, digits and _, and no word of the language.")


def _measures(
    stored: Mapping[str, Any], values: dict[str, Value], currency: str, period: str, problems: Problems
) -> dict[str, Measure]:
    """In an order in which each comes after those that it is made of."""
    found = {name: _measure(name, one, period, problems) for name, one in stored.items()}
    for name in sorted(set(found) & set(values)):
        problems.add(f"measures.{name}", "a value has the same name", "Rename one of the two.")
    needs = {name: _needs(one) & set(found) for name, one in found.items()}
    ordered: dict[str, Measure] = {}
    while ready := [name for name in found if name not in ordered and needs[name] <= set(ordered)]:
        for name in ready:
            ordered[name] = _with_units(found[name], ordered, values, currency, problems)
    for name in found:
        if name not in ordered:
            problems.add(
                f"measures.{name}",
                f"it is made of itself, through {', '.join(sorted(needs[name]))}",
                "Let targets and scores ask for measures that do not ask back.",
            )
    return ordered


def _needs(measure: Measure) -> set[str]:
    return set().union(*(names(node) for node in (measure.target, measure.score) if node is not None))


def _measure(name: str, one: Mapping[str, Any], period: str, problems: Problems) -> Measure:
    path = f"measures.{name}"
    _check_name(name, path, problems)
    window = one.get("window", period)
    if _LENGTHS.get(window, 99) < _LENGTHS[period]:
        problems.add(
            f"{path}.window", f"a {window} is shorter than the pay period, a {period}", f"Set period to {window}."
        )
    if window == "deal" and "target" in one:
        problems.add(f"{path}.target", "a single deal has no target", "Choose another window, or drop the target.")
    if "score" in one and set(one) - {"score", "window"}:
        problems.add(path, "a score is made of other measures and of nothing else", "Keep only score and window.")
    weights = [
        Weight(
            problems.condition(item.get("where"), f"{path}.weights[{at}].where"),
            problems.number(item["weight"], f"{path}.weights[{at}]"),
        )
        for at, item in enumerate(one.get("weights", ()))
    ]
    return Measure(
        name,
        _credit(said(one.get("credit"), "to"), f"{path}.credit", problems),
        one.get("of", "amount"),
        one.get("as", "sum"),
        window,
        problems.whole(one.get("periods"), f"{path}.periods", 1, 1),
        problems.condition(one.get("where"), f"{path}.where"),
        tuple(weights),
        problems.whole(one.get("years_later"), f"{path}.years_later", 0, 0),
        problems.node(one.get("target"), f"{path}.target"),
        one.get("target_to_date", False),
        one.get("prorate_target", False),
        problems.node(one.get("score"), f"{path}.score"),
    )


def _credit(one: dict[str, Any], path: str, problems: Problems) -> Credit:
    share = problems.number(one.get("share", 1), f"{path}.share")
    if share <= 0 or one.get("to", "owner") not in {"owner", "splits", "roll_up", "team", "company"}:
        problems.add(
            path, "this is no credit", "Credit owner, splits, roll_up, team or company, with a share above zero."
        )
    depth = problems.whole(one.get("depth"), f"{path}.depth", 1, 0)
    return Credit(
        one.get("to", "owner"),
        one.get("role", ""),
        one.get("sums_to_one", not one.get("role")),
        depth or None,
        one.get("own", True),
        share,
    )


def _with_units(
    measure: Measure, before: Mapping[str, Measure], values: Mapping[str, Value], currency: str, problems: Problems
) -> Measure:
    """The measure with its score's unit, its target having been found to be in its own."""
    scope: dict[str, Unit] = _units(values, before)
    targeted = frozenset(name for name, one in before.items() if one.target is not None)
    path = f"measures.{measure.name}"
    try:
        if measure.score is not None:
            return replace(measure, score_unit=unit_of(measure.score, scope, targeted, currency))
        if measure.target is not None:
            unit = unit_of(measure.target, scope, targeted, currency)
            if unit != measure.unit and (unit, measure.unit) != ("ratio", "count"):
                problems.add(
                    f"{path}.target", f"the target is {unit}, the measure {measure.unit}", "Let both be the same."
                )
    except LanguageError as error:
        problems.add(path, f"{error}", "Use values of the plan and other measures, in units that go together.")
    return measure


def _units(values: Mapping[str, Value], measures: Mapping[str, Measure]) -> dict[str, Unit]:
    found: dict[str, Unit] = {ACTIVE_SHARE: "ratio", **{name: one.unit for name, one in values.items()}}
    return found | {name: one.unit for name, one in measures.items()}
