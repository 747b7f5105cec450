"""What each metric is, as data: which totals it adds up and divides, in which unit, and which way is good.

    win_rate    = opportunity_won.n / (opportunity_won.n + opportunity_lost.n)
    net_bookings = booking.amount_minor - return.amount_minor

A *flow* sums totals inside a period, a *stock* sums all totals up to its end, a *ratio* divides two flows and is never
averaged. A *derived* metric is made of others: of `factors` (velocity), or of a metric and a target (`progress`).

To add a metric, add an entry here and its page in docs/methods. Every value is computed, sliced and explained from
that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from quarterdeck.terms.errors import Refusal

Unit = Literal["money", "count", "ratio", "days"]
Kind = Literal["flow", "stock", "ratio", "derived"]
SumColumn = Literal["n", "amount_minor", "n_days"]
Slice = Literal["product_id", "segment_id", "person_id", "detail"]

SLICE_NAMES: Final[dict[Slice, str]] = {
    "product_id": "product", "segment_id": "segment", "person_id": "person", "detail": "detail",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One summand: a column of a measure, all of it or the part with one `detail`, added or taken away."""

    measure: str
    column: SumColumn = "n"
    sign: Literal[1, -1] = 1
    detail: str | None = None

    def __str__(self) -> str:
        """As formulas show it: `activity.n[call]`."""
        return f"{self.measure}.{self.column}" + (f"[{self.detail}]" if self.detail else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A definition. `factors` are metrics multiplied (1) or divided by (-1); `method` is its page in docs/methods."""

    name: str
    title: str
    unit: Unit
    kind: Kind
    about: str
    direction: Literal["up", "down"] = "up"
    numerator: tuple[Term, ...] = ()
    denominator: tuple[Term, ...] = ()
    factors: tuple[tuple[str, Literal[1, -1]], ...] = ()
    slices: tuple[Slice, ...] = ()
    text: str = ""
    """The formula of a metric that `progress` computes; its words are columns there."""
    method: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """All summands."""
        return self.numerator + self.denominator

    @property
    def formula(self) -> str:
        """The definition as a line of text.

        >>> METRICS["average_deal_size"].formula
        'opportunity_won.amount_minor / opportunity_won.n'
        >>> METRICS["velocity"].formula
        'open_deals x win_rate x average_deal_size / cycle_time'
        """
        if self.factors:
            over = "".join(f" / {name}" for name, power in self.factors if power < 0)
            return " x ".join(name for name, power in self.factors if power > 0) + over
        if self.text:
            return self.text
        below = _sum_text(self.denominator)
        if not below:
            return _sum_text(self.numerator)
        return f"{_sum_text(self.numerator)} / " + (f"({below})" if len(self.denominator) > 1 else below)


def _sum_text(terms: tuple[Term, ...]) -> str:
    text = "".join(f" {'+' if term.sign > 0 else '-'} {term}" for term in terms)
    return text.removeprefix(" + ").strip()


_WON, _LOST = Term("opportunity_won"), Term("opportunity_lost")
_BY_NOUN: Final[tuple[Slice, ...]] = ("product_id", "segment_id", "person_id")
_BY_STAGE: Final[tuple[Slice, ...]] = (*_BY_NOUN, "detail")


def _sum_of(name: str, title: str, unit: Unit, about: str, *terms: Term, **more: object) -> Metric:
    """A flow of deals, bookings or money, sliced by product, segment and person."""
    fields = {"kind": "flow", "slices": _BY_NOUN, "method": name.replace("_", "-"), **more}
    return Metric(name=name, title=title, unit=unit, about=about, numerator=terms, **fields)  # type: ignore[arg-type]  # fields are Metric's own


def _activity(name: str, title: str, kind: str) -> Metric:
    about = f"{title} that people did, each once."
    return _sum_of(
        name, title, "count", about, Term("activity", detail=kind), slices=("person_id",), method="activities"
    )


def _derived(name: str, title: str, unit: Unit, about: str, **more: object) -> Metric:
    fields = {"method": name.replace("_", "-"), **more}
    return Metric(name=name, title=title, unit=unit, kind="derived", about=about, **fields)  # type: ignore[arg-type]  # fields are Metric's own


METRICS: Final[dict[str, Metric]] = {
    metric.name: metric
    for metric in (
        _sum_of("bookings", "Bookings", "money", "Value of order and invoice lines on the day they count.",
            Term("booking", "amount_minor")),
        _sum_of("net_bookings", "Net bookings", "money", "Bookings less returns, each on its own day.",
            Term("booking", "amount_minor"), Term("return", "amount_minor", -1)),
        _sum_of("returns", "Returns", "money", "Value returned or cancelled, as a positive amount.",
            Term("return", "amount_minor"), direction="down"),
        _sum_of("payments", "Payments", "money", "Money received.", Term("payment", "amount_minor")),
        _sum_of("won_amount", "Won value", "money", "What won deals were worth.",
            Term("opportunity_won", "amount_minor")),
        _sum_of("deals_won", "Deals won", "count", "Deals that were won.", _WON),
        _sum_of("deals_lost", "Deals lost", "count", "Deals that were lost.", _LOST, direction="down"),
        _sum_of("win_rate", "Win rate", "ratio", "Deals won, of all deals decided in the period.", _WON, kind="ratio",
            denominator=(_WON, _LOST)),
        _sum_of("average_deal_size", "Average deal size", "money", "Won value per deal won.",
            Term("opportunity_won", "amount_minor"), kind="ratio", denominator=(_WON,)),
        _sum_of("cycle_time", "Cycle time", "days", "Days from opening to winning, per deal won in the period.",
            Term("opportunity_cycle", "n_days"), kind="ratio", denominator=(Term("opportunity_cycle"),),
            direction="down"),
        _sum_of("deals_opened", "Deals opened", "count", "Deals that began.", Term("opportunity_opened")),
        _sum_of("pipeline_created", "Pipeline created", "money", "What deals were worth on the day they began.",
            Term("opportunity_opened", "amount_minor")),
        _sum_of("open_pipeline", "Open pipeline", "money", "What the deals open at the end of the period are worth.",
            Term("pipeline", "amount_minor"), kind="stock", slices=_BY_STAGE),
        _sum_of("open_deals", "Open deals", "count", "Deals that are open at the end of the period.", Term("pipeline"),
            kind="stock", slices=_BY_STAGE),
        _sum_of("stage_conversion", "Stage conversion", "ratio",
            "Of the deals that left a stage in the period, the share that moved on and was not lost.",
            Term("stage_passed"), kind="ratio", denominator=(Term("stage_left"),), slices=_BY_STAGE),
        _sum_of("activities", "Activities", "count", "Calls, emails, meetings, demos, proposals and other things done.",
            Term("activity"), slices=("person_id", "detail")),
        _activity("calls", "Calls", "call"),
        _activity("emails", "Emails", "email"),
        _activity("meetings", "Meetings", "meeting"),
        _activity("demos", "Demos", "demo"),
        _activity("proposals", "Proposals", "proposal"),
        _activity("other_activities", "Other activities", "other"),
        _sum_of("new_accounts", "New accounts", "count", "Accounts on their first deal won or order placed.",
            Term("account_new")),
        _derived("velocity", "Sales velocity", "money",
            "Won value that the open deals yield per day at the period's win rate, deal size and cycle time.",
            factors=(("open_deals", 1), ("win_rate", 1), ("average_deal_size", 1), ("cycle_time", -1)),
            slices=_BY_NOUN),
        _derived("growth", "Growth on last year", "ratio", "The change on the same part of last year, as its share.",
            text="(actual - earlier) / earlier"),
        _derived("attainment", "Attainment", "ratio", "The actual as a share of the target.",
            text="actual / target"),
        _derived("pace", "Pace", "ratio", "The actual as a share of what the working days so far should have brought.",
            text="actual / expected, expected = target x days_elapsed / days_total"),
        _derived("projected_finish", "Projected finish", "money",
            "Where the period ends if each working day left brings what a working day so far brought.",
            text="actual x days_total / days_elapsed"),
        _derived("remaining", "Remaining", "money", "What is missing to the target; nothing once it is reached.",
            direction="down", text="max(target - actual, 0)"),
        _derived("coverage", "Coverage", "ratio", "Open pipeline as a multiple of what remains to the target.",
            text="open_pipeline / remaining"),
        _derived("needed_per_day", "Needed per day", "money", "What each working day left must bring.",
            direction="down", text="remaining / days_left"),
    )
}  # fmt: skip
"""Every metric there is, in the order in which pages list them."""


def metric_named(name: str) -> Metric:
    """The definition; refuses a name that is none.

    >>> metric_named("win_rate").unit
    'ratio'
    """
    if name in METRICS:
        return METRICS[name]
    raise Refusal(f"There is no metric {name!r}.", "Metrics are known by name.",
        f"Name one of: {', '.join(METRICS)}.", "metric")  # fmt: skip
