"""Whose event it is, and how much of it: rows of one measure, still with the engine that holds the events.

    event  e1  rita  100.00   splits  e1  rita 60 %, sam 40 %    ->   sales  rita  e1  60.00
                                                                      sales  sam   e1  40.00

Splits are rounded along the running sum of shares, in the order of people's codes: parts of a whole sum to it exactly.
A roll-up credits each event once to everybody above its owner on its day; what takes a sale back goes to whom the sale
went, because it names the sale's day in `credited_on`. Sums are whole numbers, so every engine finds
the same. Source: cumulative rounding, an error-feedback form of largest remainder. See docs/methods/pay-credits.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import numpy as np

from quarterdeck.engine.pay.exact import fraction, overflow
from quarterdeck.engine.pay.facts import PayFacts, collected
from quarterdeck.engine.pay.language import LanguageError
from quarterdeck.engine.pay.prepared import with_scaled
from quarterdeck.engine.pay.reporting import reporting_lines, team_members
from quarterdeck.engine.pay.values import condition
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Measure, Plan
    from quarterdeck.engine.pay.exact import Array
    from quarterdeck.engine.pay.grid import Grid
    from quarterdeck.terms.tables import LazyFrame

COMPANY = "*"
"""Who is credited with what the whole company did."""
_LIMIT = 2.0**62
_ROUNDED_LIMIT = 2.0**53
_FINEST = 10**8
_GRAIN: Final = ["event_id", "deal_id", "happened_on", "person_id"]
_SHARES: Final[dict[str, Any]] = {"share": nw.String, "share_num": nw.Int64}


@dataclass(frozen=True)
class Crediting:
    """Credits of any measure from prepared events (see `prepared`): the frames they are joined with are made once."""

    facts: PayFacts
    cells: Grid
    events: LazyFrame
    sizes: dict[Any, tuple[float, float]] = field(default_factory=dict)
    """The largest value and the sum of all sizes, by what is measured."""

    @cached_property
    def on_plan(self) -> LazyFrame:
        """payee_id, payee_at, on_from, on_to: when each payee is on the plan."""
        rows = [(who, at, *span) for at, who in enumerate(self.cells.payees) for span in self.cells.spans[who]]
        columns = {
            name: [row[at] for row in rows] for at, name in enumerate(("person_id", "payee_at", "on_from", "on_to"))
        }
        schema: dict[str, Any] = {"person_id": nw.String, "payee_at": nw.Int64, "on_from": nw.Date, "on_to": nw.Date}
        return self.facts.lifted(nw.from_dict(columns, schema, backend="polars"))

    @cached_property
    def lines_up(self) -> LazyFrame:
        """person_id, above_id, depth and time of the reporting line."""
        return self.facts.lifted(reporting_lines(self.facts.people))

    @cached_property
    def members(self) -> LazyFrame:
        """person_id and the payee_id of everybody in the same team at the same time."""
        return self.facts.lifted(team_members(self.facts.people))

    @cached_property
    def shares(self) -> tuple[LazyFrame, int]:
        """Splits with `share_num` over one denominator."""
        splits = self.facts.large("splits")
        texts = collected(splits.select("share").unique())["share"].drop_nulls().to_list()
        known = {text: _share(text) for text in texts}
        den = lcm(*(share.denominator for share in known.values()), 1)
        table = {"share": list(known), "share_num": [int(share * den) for share in known.values()]}
        named = nw.from_dict(table, _SHARES, backend="polars")
        return splits.join(self.facts.lifted(named), on="share"), den

    def rows(self, measure: Measure, *, by_day: bool = False) -> LazyFrame:
        """payee_at, happened_on, value (and event_id, deal_id unless `by_day`): credits within the plan.

        `by_day` sums events of one owner and stretch of days first, which is all that sums over periods need.
        """
        found = self.valued(measure)
        grain = ["person_id", "happened_on"] if by_day else ["person_id", "happened_on", "event_id", "deal_id"]
        is_rounded = measure.credit.to == "splits" or measure.credit.share != 1  # event by event, before any sum
        is_rounded = is_rounded or self._looks_back(measure)
        found = self._summed(found, measure) if by_day and not is_rounded else found
        found = self.credited(found, measure, by_day=by_day)
        found = self._summed(found, measure) if by_day and is_rounded else found
        return self._within(found.select(*grain, "value"), measure)

    @cached_property
    def stretches(self) -> LazyFrame:
        """happened_on and the first day of its stretch: in a stretch no period, coverage or reporting line changes."""
        plan, begins = self.cells.plan, first_day(self.cells.plan)
        before = plan.calendar.periods(begins, plan.effective_from, plan.period) if begins < plan.effective_from else []
        ends = [
            day for name in ("effective_from", "effective_to") for day in self.facts.people[name].drop_nulls().to_list()
        ]
        edges = {begins, *(period.starts_on for period in (*before, *self.cells.periods)), *ends}
        days = range(begins.toordinal(), plan.effective_to.toordinal())
        cuts = sorted(day.toordinal() for day in edges)
        first = np.array(cuts)[np.searchsorted(cuts, days, side="right") - 1]
        table = {"happened_on": _dates(np.array(days)), "first_on": _dates(first)}
        frame = nw.from_dict(table, backend="polars").with_columns(nw.col("happened_on", "first_on").cast(nw.Date))
        return self.facts.lifted(frame)

    def _summed(self, rows: LazyFrame, measure: Measure) -> LazyFrame:
        """One row per person and stretch of days."""
        placed = rows.join(self.stretches, on="happened_on")
        found = placed.group_by("person_id", "first_on").agg(_aggregate(measure))
        return found.rename({"first_on": "happened_on"})

    def valued(self, measure: Measure) -> LazyFrame:
        """Events that the measure counts, with their value for their owner."""
        try:
            rows = self.events if measure.where is None else self.events.filter(condition(measure.where))
            rows = rows.with_columns(value=_value(measure)).filter(~nw.col("value").is_null())
            rows = _weighted(rows, measure).filter(~nw.col("value").is_null()) if measure.weights else rows
            rows.collect_schema()
        except (LanguageError, nw.exceptions.NarwhalsError) as error:
            raise _unfitting(measure, error) from error
        looked = ["credited_on"] if self._looks_back(measure) else []
        return rows.select("event_id", "deal_id", "person_id", "happened_on", "value", *looked)

    @cached_property
    def _has_days(self) -> bool:
        return "credited_on" in self.events.collect_schema()

    def _looks_back(self, measure: Measure) -> bool:
        """Whether an event may ask for the people above or beside its owner on another day than its own."""
        return measure.credit.to in {"roll_up", "team"} and self._has_days

    def credited(self, rows: LazyFrame, measure: Measure, *, by_day: bool = False) -> LazyFrame:
        """One row per event (or day) and person credited."""
        credit = measure.credit
        if credit.to == "company":
            return rows.with_columns(person_id=nw.lit(COMPANY))
        if credit.to == "splits":
            return self._split(rows, measure, by_day=by_day)
        if credit.to == "roll_up":
            least, most = 0 if credit.includes_own else 1, credit.depth or 99
            up = self.lines_up.filter(nw.col("depth") >= least, nw.col("depth") <= most)
            rows = self._on_its_day(rows.join(up, on="person_id"), measure).with_columns(person_id=nw.col("above_id"))
        if credit.to == "team":
            rows = self._on_its_day(rows.join(self.members, on="person_id"), measure).with_columns(
                person_id=nw.col("payee_id")
            )
        return rows if credit.share == 1 else with_scaled(rows, "value", "value", credit.share)

    def _on_its_day(self, rows: LazyFrame, measure: Measure) -> LazyFrame:
        day = nw.coalesce("credited_on", "happened_on") if self._looks_back(measure) else nw.col("happened_on")
        return rows.filter(day >= nw.col("up_from"), day < nw.col("up_to"))

    def _split(self, rows: LazyFrame, measure: Measure, *, by_day: bool) -> LazyFrame:
        credit = measure.credit
        splits, den = self._shares_of(measure)
        shared = rows.join(splits, on="event_id").with_columns(person_id=nw.col("payee_id"))
        share = Fraction(credit.share, den)
        if measure.of == "events" or measure.aggregate == "count":
            part = nw.col("value")
        elif credit.sums_to_one:
            shared = with_scaled(shared, "upto_value", "value", share, "upto")
            shared = with_scaled(shared, "before_value", "value", share, "before")
            part = nw.col("upto_value") - nw.col("before_value")
        else:
            shared, part = with_scaled(shared, "share_value", "value", share, "share_num"), nw.col("share_value")
        shared = shared.with_columns(value=part).select([*_GRAIN, "value"])
        if not by_day:  # somebody may share an event in two roles
            shared = shared.group_by(_GRAIN).agg(_aggregate(measure)).with_columns(nw.col("value").cast(nw.Int64))
        if not credit.sums_to_one:
            return shared
        alone = rows.join(splits.select("event_id"), on="event_id", how="anti")
        return nw.concat([shared, alone.select([*_GRAIN, "value"])])

    def _shares_of(self, measure: Measure) -> tuple[LazyFrame, int]:
        """event_id, payee_id, share_num and the running sums before and up to it, in the order of people's codes."""
        splits, den = self.shares
        role = measure.credit.role
        splits = splits.filter(nw.col("role") == role) if role else splits
        upto = nw.col("share_num").cum_sum().over("event_id", order_by=["person_id", "role"]).cast(nw.Int64)
        splits = (
            splits.with_columns(upto=upto)
            if measure.credit.sums_to_one
            else splits.with_columns(upto=nw.col("share_num"))
        )
        found = splits.with_columns(before=nw.col("upto") - nw.col("share_num"))
        return found.select("event_id", "share_num", "upto", "before", payee_id="person_id"), den

    def _within(self, rows: LazyFrame, measure: Measure) -> LazyFrame:
        """Only days on which the payee is on the plan; a measure of years before asks only for the payee."""
        if measure.credit.to == "company":
            return rows.with_columns(payee_at=nw.lit(0).cast(nw.Int64)).drop("person_id")
        if measure.years_later:
            payees = self.on_plan.select("person_id", "payee_at").unique()
            return rows.join(payees, on="person_id").drop("person_id")
        day = nw.col("happened_on")
        joined = rows.join(self.on_plan, on="person_id").filter(day >= nw.col("on_from"), day < nw.col("on_to"))
        return joined.drop("person_id", "on_from", "on_to")

    def check_sizes(self, measure: Measure) -> None:
        """Refuse what could pass 64 bits on the way, or 2^53 where parts are rounded. One pass over the events."""
        weights = [abs(one.weight) for one in measure.weights]
        is_scaled = (
            measure.credit.to == "splits" or measure.credit.share != 1 or any(one.denominator > 1 for one in weights)
        )
        key = (measure.of, measure.aggregate, measure.where, measure.weights)
        if key not in self.sizes:
            size = nw.col("value").cast(nw.Float64).abs()
            try:
                found = collected(self.valued(measure).select(most=size.max(), total=size.sum()))
            except Exception as error:  # each engine has errors of its own, and only a condition can raise here
                if measure.where is None and not measure.weights:
                    raise
                raise _unfitting(measure, error) from error
            self.sizes[key] = float(found["most"][0] or 0), float(found["total"][0] or 0)
        most, total = self.sizes[key]
        factor = max([Fraction(1), *weights]) * abs(measure.credit.share)
        if most > (_ROUNDED_LIMIT if is_scaled else _LIMIT) or total * max(factor, Fraction(1)) > _LIMIT:
            raise overflow(max(most, total * factor))


def _dates(days: Array) -> Array:
    return np.datetime64("0001-01-01", "D") + (days - 1).astype("timedelta64[D]")


def first_line(error: Exception) -> str:
    """What an engine says first; the rest is its plan of the query."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _unfitting(measure: Measure, error: Exception) -> Refusal:
    return Refusal(
        "Nothing was paid.",
        f"A condition of {measure.name} does not fit the events: {first_line(error)}.",
        "Ask for columns that the events have, with values of their kind.",
        "pay_input",
    )


def _share(text: str) -> Fraction:
    try:
        share = fraction(text)
    except ValueError:
        share = Fraction(-1)
    if share < 0 or share.denominator > _FINEST:
        raise Refusal("Nothing was paid.", f"A split has the share {text!r}.",
            "Write shares from zero, like 0.5 or 50%, with at most 8 decimals.", "pay_input")  # fmt: skip
    return share


def _aggregate(measure: Measure) -> nw.Expr:
    value = nw.col("value")
    return value.max().alias("value") if measure.aggregate == "maximum" else value.sum().alias("value")


def _value(measure: Measure) -> nw.Expr:
    """What an event is worth: its amount, its quantity, or one (minus one where it takes back)."""
    if measure.of == "events" or measure.aggregate == "count":
        takes_back = (nw.col("quantity") < 0) | (nw.col("amount_minor") < 0)
        return nw.when(takes_back.fill_null(value=False)).then(nw.lit(-1)).otherwise(nw.lit(1)).cast(nw.Int64)
    if measure.of == "quantity":
        return nw.col("quantity").fill_null(1).cast(nw.Int64)
    return nw.col("amount_minor")


def _weighted(rows: LazyFrame, measure: Measure) -> LazyFrame:
    """The value by the first weight whose condition holds; nothing, not zero, where none does."""
    names = [f"worth{at}" for at in range(len(measure.weights))]
    for name, one in zip(names, measure.weights, strict=True):
        rows = with_scaled(rows, name, "value", one.weight)
    found: nw.Expr = nw.lit(None).cast(nw.Int64)
    for name, one in reversed(list(zip(names, measure.weights, strict=True))):
        worth = nw.col(name)
        found = worth if one.where is None else nw.when(condition(one.where)).then(worth).otherwise(found)
    return rows.with_columns(value=found).drop(names)


def first_day(plan: Plan) -> dt.date:
    """The first day on which an event can matter: a measure of years before looks back that far."""
    years = max((one.years_later for one in plan.measures.values()), default=0)
    calendar, begins = plan.calendar, plan.effective_from
    return calendar.year(calendar.year_of(begins) - years).starts_on if years else begins
