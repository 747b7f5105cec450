"""What the capacity of a plan is made of on a day, each thing read once: seats, what was brought, drivers, figures.

Room(plan 3 as Dana meets it, 17 March)   .staff      who sits where          two queries and the tree's
.past       what was brought        one query
.driver("attrition", East)   20 %, stated by Priya
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import narwhals as nw

from quarterdeck.engine.capacity.measured import Estimate
from quarterdeck.records.models import Account
from quarterdeck.services.calendar import company_for
from quarterdeck.services.capacity.drivers import Driver, Rows, driver_of, drivers_stated
from quarterdeck.services.capacity.measures import (
    Past,
    measured_attrition,
    measured_fill,
    measured_productivity,
    past_of,
    year_back,
)
from quarterdeck.services.capacity.staff import Staff, staff_of
from quarterdeck.services.desks.words import exactly_said
from quarterdeck.services.metrics import measured
from quarterdeck.services.plans.changes import edits_of
from quarterdeck.services.plans.figures import figures_now
from quarterdeck.services.scene import Scene

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.capacity.values import Value
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.figures import Figures
    from quarterdeck.terms.tables import Frame


def scene_of(actor: Actor, as_of: dt.date) -> Scene:
    """The company on a day, the same for all of a request: the tree is read once."""
    if actor.is_system:
        return Scene(actor, as_of)
    found: Scene = actor.memo.setdefault(("scene", as_of), Scene(actor, as_of))
    return found


@dataclass
class Room:
    """All that outcomes of one plan and day are made of."""

    found: Door
    as_of: dt.date

    @cached_property
    def scene(self) -> Scene:
        """The company on the day."""
        return scene_of(self.found.actor, self.as_of)

    @cached_property
    def currency(self) -> str:
        """The company's currency."""
        return str(company_for(self.found.actor).currency)

    @cached_property
    def day(self) -> dt.date:
        """The day of the tree: within the plan's year."""
        months = self.found.ground.months
        return min(max(self.as_of, months[0].starts_on), months[-1].last_day)

    @property
    def running(self) -> int:
        """The position of the running month; before the plan 0, after it the number of its months."""
        months = self.found.ground.months
        return next((at for at, month in enumerate(months) if month.ends_on > self.as_of), len(months))

    @cached_property
    def staff(self) -> Staff:
        """Who sits where."""
        return staff_of(self.scene, self.found.ground, self.day)

    @cached_property
    def figures(self) -> Figures:
        """What the plan asks for."""
        return figures_now(self.found.plan, edits_of(self.found), self.found.amendments)

    @cached_property
    def rows(self) -> Rows:
        """What was stated."""
        is_any = getattr(company_for(self.found.actor), "has_drivers", True)
        return drivers_stated(self.as_of) if is_any else {}

    @cached_property
    def past(self) -> Past:
        """What was brought."""
        teams = {self.staff.root, *self.staff.parents}
        return past_of(self.scene, self.found.plan.metric, self.staff, teams, self.found.ground.months)

    def driver(self, name: str, team: int, overrides: Mapping[str, Value] | None = None) -> Driver:
        """The driver that holds for a team."""
        path = self.staff.path(team)
        return driver_of(name, path, self.rows, estimate=self.estimate(name), overrides=overrides,
            actor=self.found.actor)  # fmt: skip

    def estimate(self, name: str) -> tuple[Estimate, str]:
        """What is measured of a driver in the whole plan, and the same in words; each measured once."""
        if name not in self._estimates:
            measuring: dict[str, Callable[[], tuple[Estimate, str]]] = {
                "productivity": self._brings, "attrition": self._leaves, "days_to_fill": self._fills,
                "win_rate": lambda: self._deals("win_rate"), "average_deal": lambda: self._deals("average_deal_size"),
                "calls_per_account": self._contacts,
            }  # fmt: skip
            self._estimates[name] = measuring[name]() if name in measuring else (Estimate(value=None), "")
        return self._estimates[name]

    @cached_property
    def _estimates(self) -> dict[str, tuple[Estimate, str]]:
        return {}

    def _brings(self) -> tuple[Estimate, str]:
        """Ramped is who passed the months stated at the plan's top."""
        ramp = self.driver("ramp_months", self.staff.root).whole
        found = measured_productivity(self.staff, self.past, ramp)
        if found.value is None:
            return found, "nobody was in a rep seat, and ramped, in a month that is over"
        unit = "money" if self.found.is_money else "count"
        people = "1 person" if found.n == 1 else f"{found.n:,} people"
        last = self.past.months[-1]
        words = f"{people} in {float(found.over):.1f} ramped months to {last.name}"
        return found, words + self._range(found, unit)

    def _leaves(self) -> tuple[Estimate, str]:
        found = measured_attrition(self.staff, self.past)
        if found.value is None:
            return found, "nobody sat in a rep seat"
        years = f"{float(found.over):.1f} years of people in rep seats"
        words = f"{found.n:,} left in {years} since {self.past.since:%-d %B %Y}"
        return found, words + self._range(found, "ratio")

    def _range(self, found: Estimate, unit: str) -> str:
        if found.low is None or found.high is None:
            return "; too few to say how sure that is"
        low, high = (exactly_said(end, unit, self.currency) for end in (found.low, found.high))
        return f"; 8 times in 10 between {low} and {high}"

    def _fills(self) -> tuple[Estimate, str]:
        found = measured_fill(self.staff, self.past)
        seats = "1 seat" if found.n == 1 else f"{found.n:,} seats"
        return found, f"the middle of {seats} filled again since {self.past.since:%-d %B %Y}"

    def _deals(self, metric: str) -> tuple[Estimate, str]:
        """A ratio of the deals decided in the last year by the plan's team; one query."""
        period = year_back(self.past, self.as_of)
        values = self._decided.filter(nw.col("metric") == metric).drop_nulls("value")
        if values.is_empty():
            return Estimate(value=None), "no deal was decided in the last year"
        row = next(values.iter_rows(named=True))
        n = int(row["denominator"] or 0)
        value = Fraction(str(round(row["value"], 4))) if metric == "win_rate" else Fraction(round(row["value"]))
        words = f"{n:,} deals from {period.starts_on:%-d %B %Y} to {period.last_day:%-d %B %Y}"
        return Estimate(value=value, n=n), words

    @cached_property
    def _decided(self) -> Frame:
        """Win rate and average deal of the last year; one query."""
        period = year_back(self.past, self.as_of)
        return measured(self.scene, ["win_rate", "average_deal_size"], [f"team:{self.staff.root}"], [period])

    def _contacts(self) -> tuple[Estimate, str]:
        """Activities over accounts of those in the plan's seats, in the last year; two queries."""
        period = year_back(self.past, self.as_of)
        n_accounts = Account.visible.filter(owner_id__in=sorted(self.staff.careers)).count()
        values = measured(self.scene, ["activities"], [f"team:{self.staff.root}"], [period]).drop_nulls("value")
        n = sum(int(value) for value in values["value"].to_list())
        if not n_accounts or not n:
            return Estimate(value=None), "no account has an owner in a rep seat, or nobody logged what they did"
        words = f"{n:,} activities of the last year over {n_accounts:,} accounts"
        return Estimate(value=Fraction(round(n / n_accounts)), n=n_accounts), words
