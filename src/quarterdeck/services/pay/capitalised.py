"""The asset of capitalised commissions (ASC 340-40): by month from its opening to its closing, and by pay period.

    36 months from 1 January 2026; what serves a year or less at once
    January   opening      0.00   additions 9,000.00   amortised 250.00   closing 8,750.00
    February  opening  8,750.00   additions 7,200.00   amortised 450.00   closing 15,500.00

A plan's own `capitalise_months` goes before the setting. What is earned is capitalised when it is earned; guarantees
and advances that are not owed back are not incremental to a contract, and are expensed at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.pay.amortisation import capitalisation, capitalised_runs, served_months
from quarterdeck.services.desks.shapes import Line, Series
from quarterdeck.services.desks.words import exactly_said
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.pay.costs import seen_costs
from quarterdeck.services.pay.settings import CAPITALISATION, setting_on, settings_said
from quarterdeck.services.pay.states import PUBLIC
from quarterdeck.terms.pay import PAY_COSTS
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quarterdeck.records.models import PaySetting
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.pay.accruals import Costs
    from quarterdeck.terms.tables import Frame

_AHEAD: Final = 12
"""Months after the one looked from that the page shows; the file has all."""
ASSET_COLUMNS: Final = (
    Column("month", "day", "First day of the month."),
    Column("opening_minor", "money", "The asset at its beginning."),
    Column("additions_minor", "money", "Capitalised in it."),
    Column("amortised_minor", "money", "Expensed of what was capitalised."),
    Column("closing_minor", "money", "The asset at its end."),
    Column("expensed_minor", "money", "Expensed at once."),
    Column("expense_minor", "money", "The month's whole expense."),
)
RUN_COLUMNS: Final = (
    Column("starts_on", "day", "First day of the pay period."),
    Column("n_months", "count", "Over how many months."),
    Column("ends_on", "day", "First day of the last of them."),
    Column("additions_minor", "money", "Capitalised, with what was corrected since."),
    Column("amortised_minor", "money", "Expensed of it so far."),
    Column("closing_minor", "money", "What is left."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetMonth:
    """A month of the asset."""

    month: dt.date
    opening_minor: int
    additions_minor: int
    amortised_minor: int
    closing_minor: int
    expensed_minor: int
    is_ahead: bool

    @property
    def expense_minor(self) -> int:
        """Amortised and expensed at once."""
        return self.amortised_minor + self.expensed_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetPage:
    """The asset of capitalised commissions, month by month and pay period by pay period."""

    as_of: dt.date
    sentence: str
    months: tuple[AssetMonth, ...]
    shown: tuple[AssetMonth, ...]
    runs: tuple[dict[str, Any], ...]
    chart: Series | None
    within_year_minor: int
    closing_minor: int
    setting: PaySetting | None
    is_hidden: bool
    n_foreign: int


def asset_page(actor: Actor, as_of: dt.date) -> AssetPage:
    """The capitalised asset of all locked periods, as of a day; at most fifteen queries."""
    found, settings = seen_costs(actor, as_of), settings_said(CAPITALISATION)
    costs = _framed(found.costs, settings)
    this = as_of.replace(day=1)
    months = tuple(
        AssetMonth(**dict(zip(capitalisation(costs).columns, row, strict=True)), is_ahead=row[0] > this)
        for row in capitalisation(costs).iter_rows()
    )
    ahead = [one for one in months if one.is_ahead][:_AHEAD]
    past = [one for one in months if not one.is_ahead]
    closing = past[-1].closing_minor if past else 0
    runs = capitalised_runs(costs, as_of)
    setting = setting_on(settings, CAPITALISATION, as_of)
    within = sum(one.amortised_minor for one in ahead)
    return AssetPage(
        as_of=as_of, months=months, shown=(*past, *ahead), closing_minor=closing, within_year_minor=within,
        runs=tuple(dict(zip(runs.columns, row, strict=True)) for row in runs.iter_rows()), setting=setting,
        chart=_asset_chart((*past, *ahead)) if closing or within else None, is_hidden=found.is_hidden,
        n_foreign=found.costs.n_foreign, sentence=_asset_sentence(found.costs.currency, this, closing, within),
    )  # fmt: skip


def _framed(costs: Costs, settings: Sequence[PaySetting]) -> Frame:
    """PAY_COSTS of locked runs: each in the span that its plan, or the setting of its period's last day, names."""
    rows = list(_rows(costs, settings))
    data = {name: [row[at] for row in rows] for at, name in enumerate(PAY_COSTS.schema)}
    return nw.from_dict(data, PAY_COSTS.schema, backend="polars")


def _rows(costs: Costs, settings: Sequence[PaySetting]) -> Iterator[tuple[dt.date, dt.date, int, int]]:
    ends = {run.starts_on: run.ends_on for run in costs.runs.values()}

    def span(version_id: int, starts_on: dt.date) -> int:
        own = costs.plans[version_id].capitalised_months
        last_day = ends.get(starts_on, starts_on + dt.timedelta(days=1)) - dt.timedelta(days=1)
        return own or span_of(setting_on(settings, CAPITALISATION, last_day))

    locked = {pk: run for pk, run in costs.runs.items() if costs.states[pk] in PUBLIC}
    for row in costs.rows:
        if (run := locked.get(row.run_id)) is not None:
            yield run.starts_on, run.starts_on, span(row.version_id, run.starts_on), row.earned_minor
            yield run.starts_on, run.starts_on, 0, row.other_minor
    for run_id, version_id, _, starts_on, amount in costs.corrections:
        if (run := locked.get(run_id)) is not None:
            yield min(starts_on, run.starts_on), run.starts_on, span(version_id, starts_on), amount


def span_of(setting: PaySetting | None) -> int:
    """Over how many months a setting spreads a cost; 0, at once, without one."""
    if setting is None:
        return 0
    return served_months(int(setting.values["benefit_months"]), is_expedient=setting.values["expedient"] == "yes")


def _asset_sentence(currency: str, month: dt.date, closing: int, within: int) -> str:
    if not closing:
        return f"No commission is capitalised at the end of {month:%B %Y}."
    said = exactly_said(closing, "money", currency)
    year = exactly_said(within, "money", currency)
    return f"{said} is capitalised at the end of {month:%B %Y}; {year} of it becomes expense within a year."


def _asset_chart(months: Sequence[AssetMonth]) -> Series:
    return Series(
        title="How large is the asset, and what becomes expense?", unit="money",
        labels=tuple(f"{one.month:%b %Y}" for one in months),
        lines=(
            Line(name="Expense", values=tuple(one.expense_minor for one in months), kind="bar"),
            Line(name="Asset", values=tuple(one.closing_minor for one in months)),
        ),
        note="What is to come is what is capitalised so far.",
    )  # fmt: skip


def asset_listing(page: AssetPage) -> Listing[AssetMonth]:
    """Every month up to the last expense, as a file has it."""
    return whole("Capitalised commissions", ASSET_COLUMNS, page.months)


def runs_listing(page: AssetPage) -> Listing[dict[str, Any]]:
    """What is left of each pay period, as a file has it."""
    return whole("Capitalised by pay period", RUN_COLUMNS, page.runs)
