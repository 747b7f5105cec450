"""Exchange rates of the invented years, and foreign amounts from USD by them.

currency  on          rate
EUR       2025-02-01  1.0844
GBP       2025-02-01  1.2561
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from quarterdeck.connectors.worlds.days import month_starts, months
from quarterdeck.connectors.worlds.tables import framed

if TYPE_CHECKING:
    import polars as pl

    from quarterdeck.connectors.worlds.days import Flags, Ints, Window

CURRENCIES: Final = ("USD", "EUR", "GBP")
_BEGAN_AT: Final = (10_000, 10_800, 12_500)


@dataclass(frozen=True)
class Rates:
    """Ten-thousandths of a USD per unit, one row per currency and one column per month from `first` on."""

    first: int
    per_unit: Ints

    def currencies(self, accounts: Ints, is_foreign: Flags) -> Ints:
        """Positions in CURRENCIES: foreign accounts buy in EUR, every third in GBP."""
        return np.where(is_foreign, np.where(accounts % 3 == 0, 2, 1), 0)

    def minor(self, worth: Ints, currency: Ints, days: Ints) -> Ints:
        """Minor units of each currency for whole USD; foreign amounts are rounded to ten units, as they are priced."""
        at = np.clip(months(days) - self.first, 0, self.per_unit.shape[1] - 1)
        rate = self.per_unit[currency, at]
        return np.where(currency == 0, worth * 100, worth * 10_000 // rate // 10 * 1000)

    def frame(self) -> pl.DataFrame:
        """One row per foreign currency and month."""
        n = self.per_unit.shape[1]
        on = month_starts(self.first + np.arange(n))
        rate = [f"{row // 10_000}.{row % 10_000:04}" for row in self.per_unit[1:].ravel().tolist()]
        return framed("exchange_rates", 2 * n, currency=["EUR"] * n + ["GBP"] * n, on=np.tile(on, 2), rate=rate)


def rates(rng: np.random.Generator, window: Window) -> Rates:
    """Monthly rates from a year before the first fact, since deals may have begun before it, up to today."""
    first = int(months(np.array([window.start]))[0]) - 12
    n = int(months(np.array([window.today]))[0]) - first + 1
    walk = np.cumsum(rng.normal(0, 90, (3, n)), axis=1).round().astype(np.int64)
    return Rates(first, np.array(_BEGAN_AT)[:, None] + np.clip(walk, -900, 900) * (np.arange(3) > 0)[:, None])
