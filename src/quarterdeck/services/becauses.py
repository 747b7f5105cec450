"""Because: a figure opens to what it is made of. Definition, formula with its numbers, whose it is, and the rows.

    figure.query()   {"metric": "won_amount", "holder": "person:7", "starts_on": "2018-01-01", ...}
    because(...)     Won value 42,000 = sum of 3 deals won in January   ->   d-1 20,000 · d-2 12,000 · d-3 10,000
    of a target      January 98,000: season 0.083 of the year's 1,180,000; that is weight 1,153,214 of 2,251,930 of
                     the team's 2,300,000; and so on up to the goal

The figure is computed again from what the query says, never passed along.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from quarterdeck.engine.metrics.because import because as explained
from quarterdeck.engine.metrics.definitions import METRICS, Slice, metric_named
from quarterdeck.services import access
from quarterdeck.services.cells import cells
from quarterdeck.services.derivations import Step, derivation
from quarterdeck.services.desks.building import figure
from quarterdeck.services.evidence import Fact, facts
from quarterdeck.services.figure_words import factors_said, formula_said, numbers_said, value_said
from quarterdeck.services.listing import Listing, Page
from quarterdeck.services.metrics import COMPARING, OF_TARGETS, grown, measured, slice_names, standing, unit_of
from quarterdeck.services.scene import Scene, holder_of
from quarterdeck.services.year_range import YearRange, method_said, range_of, range_said
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from quarterdeck.engine.metrics.holdings import Tree
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.desks.shapes import Figure

_WHAT: Final = "The figure was not explained."
_LINKED: Final = ("target", "expected", "remaining", "open_pipeline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a figure's query says, checked."""

    metric: str
    of: str
    holder: str
    period: Period
    as_of: dt.date
    slice_by: str = ""
    slice_value: str = ""
    tree: str = "then"


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """Everything a page shows about one figure."""

    figure: Figure
    holder_name: str
    slice_name: str
    sentence: str
    definition: str
    formula: str
    """As the definition has it: measures and columns."""
    with_numbers: str
    """The same in minor units and bare ratios, to be checked by machine."""
    formula_said: str
    """In words."""
    numbers_said: str
    """With amounts in the company's currency and rates as percents; empty where that says no more than the value."""
    whose: str
    method: str
    """Its page in docs/methods."""
    inputs: tuple[Figure, ...]
    """Other figures that it is computed from; each opens its own because."""
    steps: tuple[Step, ...]
    """Of a target: how it came about, from the holder's cells up to the goal."""
    rows: Listing[Fact] | None
    """The facts themselves; None for what is made of other figures."""
    detail: Mapping[str, Any]
    ends: YearRange | None = None
    """Of a year's projected finish: the range in which it may end."""
    ends_said: tuple[str, str] = ("", "")
    """The range in words, and what it was made of."""


def question(query: Mapping[str, str]) -> Question:
    """The question in a figure's query. Raises Refusal when it is none."""
    try:
        period = Period(dt.date.fromisoformat(query["starts_on"]), dt.date.fromisoformat(query["ends_on"]))
        kind, number = holder_of(query["holder"])
        as_of = dt.date.fromisoformat(query["as_of"])
    except (KeyError, ValueError) as error:
        raise Refusal(_WHAT, "The link to it is not complete.", "Open it from a page again.", "because") from error
    metric, of = query.get("metric", ""), query.get("of", "")
    slice_by, tree = query.get("slice_by", ""), query.get("tree") or "then"
    if metric not in METRICS and metric not in OF_TARGETS:
        metric_named(metric)
    if of and of not in METRICS:
        metric_named(of)
    if (slice_by and slice_by not in get_args(Slice)) or tree not in {"then", "now"}:
        raise Refusal(
            _WHAT, "The link to it names a slice or a tree that is none.", "Open it from a page again.", "because"
        )
    return Question(
        metric=metric, of=of, holder=f"{kind}:{number}", period=period, as_of=as_of, slice_by=slice_by,
        slice_value=query.get("slice_value", ""), tree=tree,
    )  # fmt: skip


def because(actor: Actor, query: Mapping[str, str], page: Page | None = None) -> Because:
    """Why a figure is what it is. Raises Refusal for a broken query and for a holder that the actor does not see."""
    asked = question(query)
    scene = Scene(actor, asked.as_of)
    _visible(scene, asked)
    asked_as = _named_period(scene, asked)
    if asked.metric in COMPARING:
        return _compared(scene, asked, asked_as)
    return _measured(scene, asked, asked_as, page or Page())


def _visible(scene: Scene, asked: Question) -> None:
    kind, number = holder_of(asked.holder)
    actor, as_of = scene.actor, scene.as_of
    if kind == "person":
        scene.know([access.person_for(actor, number, as_of)])
    elif kind == "team":
        access.team_for(actor, number, as_of)
    elif kind == "position":
        teams = {int(team) for pk, team in scene.seats.select("position_id", "team_id").iter_rows() if pk == number}
        if not any(access.sees_position(actor, number, team, as_of) for team in teams):
            raise access.not_visible("position")
    else:
        raise access.not_visible(kind)
    if asked.slice_by == "person_id" and not access.sees_person(actor, _id(asked.slice_value), as_of):
        raise access.not_visible("person")


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _named_period(scene: Scene, asked: Question) -> Period:
    """The period under the name that people use for it."""
    for kind in ("month", "quarter", "year", "week", "day"):
        found = scene.calendar.period_of(asked.period.starts_on, kind)
        if (found.starts_on, found.ends_on) == (asked.period.starts_on, asked.period.ends_on):
            return found
    last = asked.period.last_day
    return Period(asked.period.starts_on, asked.period.ends_on, "custom", f"{asked.period.starts_on} to {last}")


def _measured(scene: Scene, asked: Question, period: Period, page: Page) -> Because:
    """A metric that reads facts: its formula and the facts."""
    metric, slice_by, tree = (
        metric_named(asked.metric),
        cast("Slice | None", asked.slice_by or None),
        cast("Tree", asked.tree),
    )
    rows = measured(scene, [asked.metric], [asked.holder], [period], slice_by=slice_by, tree=tree)
    found = [row for row in rows.iter_rows(named=True) if row["slice"] == asked.slice_value]
    row = found[0] if found else {**_nothing(asked, period), "value": 0.0 if metric.kind in {"flow", "stock"} else None}
    why = explained(asked.metric, row, as_of=scene.as_of, tree=tree)
    shown = figure(
        scene, asked.metric, row["value"], asked.holder, period, slice_by=asked.slice_by, slice_value=asked.slice_value,
        tree=asked.tree,
    )  # fmt: skip
    named = slice_names(asked.slice_by, [asked.slice_value]) if asked.slice_by else {}
    factors, currency = _factors(scene, asked, period), scene.company.currency
    said = factors_said(metric, factors, row["value"], currency) or numbers_said(metric, row, currency)
    return Because(
        figure=shown, holder_name=scene.name(asked.holder), slice_name=named.get(asked.slice_value, asked.slice_value),
        **_words(why), **_said(scene, shown, period, formula_said(metric), said, metric.about),
        inputs=factors, steps=(), detail=why, ends=None, ends_said=("", ""),
        rows=facts(scene, asked.metric, asked.holder, period, tree, (asked.slice_by, asked.slice_value), page),
    )  # fmt: skip


def _nothing(asked: Question, period: Period) -> dict[str, Any]:
    kind, number = holder_of(asked.holder)
    return {
        "metric": asked.metric, "holder_kind": kind, "holder_id": number, "starts_on": period.starts_on,
        "ends_on": period.ends_on, "slice": asked.slice_value, "numerator": None, "denominator": None,
    }  # fmt: skip


def _words(why: dict[str, Any]) -> dict[str, str]:
    return {name: str(why[name]) for name in ("definition", "formula", "with_numbers", "whose", "method")}


def _said(scene: Scene, shown: Figure, period: Period, formula: str, numbers: str, about: str) -> dict[str, str]:  # noqa: PLR0913, PLR0917  what a sentence is made of
    """The formula for people, and all of it in a sentence."""
    value = value_said(shown.metric, shown.value, scene.company.currency, shown.of)
    made = f"{value}, which is {numbers.rpartition(' = ')[0]}" if " = " in numbers and "where" not in numbers else value
    sentence = f"{shown.title} of {scene.name(shown.holder)} in {period.name}, as of {scene.as_of:%-d %B %Y}: {made}."
    return {"formula_said": formula, "numbers_said": numbers, "sentence": f"{sentence} {about}"}


def _factors(scene: Scene, asked: Question, period: Period) -> tuple[Figure, ...]:
    """The metrics that a metric multiplies."""
    names = [name for name, _ in metric_named(asked.metric).factors]
    if not names or asked.slice_by:
        return ()
    values = measured(scene, names, [asked.holder], [period], tree=cast("Tree", asked.tree)).iter_rows(named=True)
    return tuple(figure(scene, row["metric"], row["value"], asked.holder, period, tree=asked.tree) for row in values)


def _compared(scene: Scene, asked: Question, period: Period) -> Because:
    """A figure that compares others: those figures, and of a target its derivation."""
    of = asked.of or scene.metric
    row = _growth_row(scene, asked, of, period) if asked.metric == "growth" else _standing_row(scene, asked, of, period)
    value = row.get("actual") if asked.metric == "actual" else row.get(asked.metric)
    shown = figure(
        scene, asked.metric, value, asked.holder, period, of=of, slice_by=asked.slice_by, slice_value=asked.slice_value
    )
    why = _explained(asked, row, scene) if asked.metric in METRICS else _of_target(asked, of, row)
    metric, text, currency = METRICS.get(asked.metric), _TARGET_TEXTS.get(asked.metric, ""), scene.company.currency
    about = metric or METRICS[of]
    said = numbers_said(about, {**row, "value": value}, currency, of=of, text=text) if metric or text else ""
    formula = formula_said(about, of, text) if metric or text else str(why["formula"])
    ends = _ends(scene, asked, of, period)
    return Because(
        figure=shown, holder_name=scene.name(asked.holder), slice_name=asked.slice_value, **_words(why),
        **_said(scene, shown, period, formula, said, str(why["definition"])),
        inputs=_inputs(scene, asked, of, period, row), detail=why, rows=None,
        steps=derivation(scene, of, asked.holder, period) if asked.metric != "growth" else (),
        ends=ends, ends_said=_ends_said(scene, asked, of, ends),
    )  # fmt: skip


def _ends(scene: Scene, asked: Question, of: str, period: Period) -> YearRange | None:
    """A year's projected finish is a range, too."""
    if asked.metric != "projected_finish" or period.kind != "year" or asked.holder.startswith("position:"):
        return None
    return range_of(scene, of, asked.holder, period)


def _ends_said(scene: Scene, asked: Question, of: str, ends: YearRange | None) -> tuple[str, str]:
    if ends is None:
        return "", ""
    return range_said(ends, unit_of(asked.metric, of), scene.company.currency), method_said(ends)  # type: ignore[arg-type]  # one of four units


def _standing_row(scene: Scene, asked: Question, of: str, period: Period) -> dict[str, Any]:
    if asked.holder.startswith("position:"):
        return _seat_row(scene, asked, of, period)
    rows = standing(scene, of, [asked.holder], [period], tree=cast("Tree", asked.tree))
    return dict(next(rows.iter_rows(named=True)))


def _seat_row(scene: Scene, asked: Question, of: str, period: Period) -> dict[str, Any]:
    """A seat carries a target and nothing else: what is done in it counts for whoever sits there."""
    amount = cells(scene, of, period, [asked.holder]).amount(asked.holder, period, scene.calendar)
    kind, number = holder_of(asked.holder)
    return {
        "holder_kind": kind, "holder_id": number, "starts_on": period.starts_on, "ends_on": period.ends_on,
        "target": amount,
    }  # fmt: skip


def _growth_row(scene: Scene, asked: Question, of: str, period: Period) -> dict[str, Any]:
    slice_by = cast("Slice | None", asked.slice_by or None)
    tree = cast("Tree", asked.tree)
    rows = grown(scene, of, [asked.holder], [period], slice_by=slice_by, tree=tree).iter_rows(named=True)
    found = [row for row in rows if row["slice"] == asked.slice_value]
    nothing = {**_nothing(asked, period), "actual": None, "earlier": None, "growth": None}
    return dict(found[0]) if found else nothing


def _explained(asked: Question, row: dict[str, Any], scene: Scene) -> dict[str, Any]:
    return explained(asked.metric, row, as_of=scene.as_of, tree=cast("Tree", asked.tree))


_TARGET_WORDS: Final = {
    "target": ("The number to reach.", "sum of the holder's targets in the period"),
    "actual": ("What was reached so far.", "actual"),
    "expected": ("The part of the target that the working days so far should have brought.",
        "target x days_elapsed / days_total"),
}  # fmt: skip


_TARGET_TEXTS: Final = {"expected": "target x days_elapsed / days_total"}
"""Formulas of what is no metric of its own."""


def _of_target(asked: Question, of: str, row: dict[str, Any]) -> dict[str, Any]:
    """Words for a target, an actual or what is expected by now: they are no metrics of their own."""
    about, formula = _TARGET_WORDS[asked.metric]
    numbers = formula
    for name in ("target", "days_elapsed", "days_total", "actual"):
        if row.get(name) is not None:
            numbers = numbers.replace(name, f"{row[name]:,}")
    return {
        "definition": f"{about} It is about {metric_named(of).title.lower()}.", "formula": formula,
        "with_numbers": numbers, "whose": "A person's target is their own plus that of the positions they hold.",
        "method": "methods/pace" if asked.metric == "expected" else "methods/cascade",
    }  # fmt: skip


def _inputs(scene: Scene, asked: Question, of: str, period: Period, row: dict[str, Any]) -> tuple[Figure, ...]:
    """The other figures in the row, each with its own because."""
    actual = figure(
        scene, of, row.get("actual"), asked.holder, period, slice_by=asked.slice_by, slice_value=asked.slice_value,
        tree=asked.tree,
    )  # fmt: skip
    if asked.metric == "growth":
        return (actual,)
    found = [
        figure(scene, name, row[name], asked.holder, period, of="" if name == "open_pipeline" else of,
            tree=asked.tree)
        for name in _LINKED
        if name in row and name != asked.metric
    ]  # fmt: skip
    return (actual, *found) if "actual" in row and asked.metric != "actual" else tuple(found)
