"""What an event was worth where it came from: amount, rate and the rate's day, for statement lines of foreign money.

    plan USD   o-17  9,000.00 EUR booked     ->   "9,000.00 EUR at 1.0842 of 3 March 2026"   as the import converted it
    plan EUR   o-18  1,000.00 USD booked     ->   "1,000.00 USD at 0.92 of 1 March 2026"     as the run converted it
    plan EUR   o-17  9,000.00 EUR booked     ->   ""

Bookings and returns are read as they were known when the run was made, rates from the run's frozen inputs.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quarterdeck.records.models import Booking, PayInput, Return
from quarterdeck.services.desks.words import exactly_said
from quarterdeck.services.frames import known
from quarterdeck.services.pay.facts import RETURNED
from quarterdeck.services.pay.inputs import Inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from quarterdeck.records.models import PayLine, PayRun

Rates = list[tuple[dt.date, str]]
_MOST: int = 2000
"""Events of one statement that are looked up; a statement of more shows the first of them."""


@dataclass(frozen=True, slots=True)
class Source:
    """An event's amount as its source wrote it; the rate is empty for the company's own currency."""

    amount_minor: int
    currency: str
    rate: str
    rate_on: dt.date | None


def sources_said(
    run: PayRun, rows: Iterable[PayLine], currencies: Mapping[int, str], home: str
) -> dict[tuple[int, str], str]:
    """By plan version and event, what it was worth at its source, where that is another currency; three queries."""
    wanted = [row for row in rows if row.event_id][:_MOST]
    found = _sources({row.event_id for row in wanted}, run.known_at, home)
    abroad = [version for version, currency in currencies.items() if currency != home]
    rates = _frozen(run, abroad) if abroad else {}
    said = {}
    for row in wanted:
        source, currency = found.get(row.event_id), currencies[row.version_id]
        if source is not None and source.currency != currency:
            rate, on = source.rate, source.rate_on
            if currency != home:
                rate, on = _rate_of(rates.get(row.version_id, {}).get(source.currency, []), row.happened_on)
            said[row.version_id, row.event_id] = _said(source, rate, on)
    return said


def _said(source: Source, rate: str, on: dt.date | None) -> str:
    day = f" of {on:%-d %B %Y}" if on else ""
    amount = exactly_said(source.amount_minor, "money", source.currency)
    return f"{amount} at {rate}{day}" if rate else amount


def _sources(events: set[str], known_at: dt.datetime, home: str) -> dict[str, Source]:
    """Bookings and returns among the events."""
    parts = [event.split(":", 2) for event in events]
    returned = {(part[0], part[2]) for part in parts if len(part) == 3 and part[1] == RETURNED}  # noqa: PLR2004  system:return:code
    booked = {tuple(event.split(":", 1)) for event in events}
    found = {}
    for model, keys, middle, sign in ((Booking, booked, ":", 1), (Return, returned, f":{RETURNED}:", -1)):
        for row in _rows(model, keys, known_at):
            is_home = not row.source_currency
            amount = row.amount_minor if is_home else row.source_amount_minor or 0
            found[f"{row.source_system}{middle}{row.source_id}"] = Source(
                sign * amount, home if is_home else row.source_currency, row.exchange_rate, row.exchange_rate_on
            )
    return found


def _rows(model: Any, keys: set[Any], known_at: dt.datetime) -> Any:  # noqa: ANN401  rows of a fact
    if not keys:
        return ()
    systems, codes = {key[0] for key in keys}, {key[1] for key in keys if len(key) > 1}
    rows = known(model, known_at).filter(source_system__in=systems, source_id__in=codes).order_by("pk")
    return rows.only(
        "source_system", "source_id", "amount_minor", "source_amount_minor", "source_currency", "exchange_rate",
        "exchange_rate_on",
    )  # fmt: skip


def _frozen(run: PayRun, versions: list[int]) -> dict[int, dict[str, Rates]]:
    """Rates of the run by plan version and currency, in order of days."""
    inputs = PayInput.objects.filter(run=run, name__in=[f"{version}:exchange" for version in versions])
    found: dict[int, dict[str, Rates]] = {}
    for name, frame in Inputs.thawed(inputs).frames.items():
        by_currency = found.setdefault(int(name.partition(":")[0]), {})
        for currency, on, rate in frame.sort("on").iter_rows():
            by_currency.setdefault(currency, []).append((on, rate))
    return found


def _rate_of(rates: Rates, day: dt.date | None) -> tuple[str, dt.date | None]:
    """The rate last said by the day."""
    on, rate = max(((on, rate) for on, rate in rates if day and on <= day), default=(None, ""))
    return rate, on
