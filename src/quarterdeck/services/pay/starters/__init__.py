"""Comp plans to start from: nine whole files, each with worked examples that hold, fitted to a company's year.

    sdr-meetings   "A development rep is paid for each meeting held ..."   ->   a plan file of this fiscal year, in USD

A file here is a plan file with a few names in it ($currency, $begins, $ends, $calendar, ...). No database is needed:
`quarterdeck compute pay --template NAME` prints them, too.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.terms.period import Period

NAMES: Final = (
    "rep-accelerators", "manager-team", "director-growth-margin", "two-hat-leader", "sdr-meetings",
    "account-manager-retention", "spiff", "overlay-specialist", "pool",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Starter:
    """A plan to start from: its name, its title, and in a sentence or two whom it pays for what."""

    name: str
    title: str
    about: str


@cache
def starters() -> tuple[Starter, ...]:
    """All of them, in the order in which they are offered.

    >>> [one.name for one in starters()][:2], starters()[4].about.partition(",")[0]
    (['rep-accelerators', 'manager-team'], 'A development rep is paid for each meeting held')
    """
    found = []
    for name in NAMES:
        lines = _text(name).splitlines()
        about = " ".join(line.removeprefix("# ") for line in lines if line.startswith("# "))
        title = next(line.removeprefix("title: ") for line in lines if line.startswith("title: "))
        found.append(Starter(name, title, about))
    return tuple(found)


def starter_text(name: str, year: Period, currency: str = "USD", calendar: FiscalCalendar | None = None) -> str:
    """The plan file of a fiscal year. Raises Refusal (`comp_plan_starter`) for a name that is none."""
    if name not in NAMES:
        why = f"There is no template called '{name[:60]}'."
        raise Refusal("No plan was begun.", why, f"Choose one of {', '.join(NAMES)}.", "comp_plan_starter")
    of = calendar or FiscalCalendar()
    first = of.period_of(year.starts_on, "month")
    before = of.period_of(year.starts_on - dt.timedelta(days=1), "year")
    return Template(_text(name)).substitute(
        currency=currency, begins=year.starts_on, ends=year.ends_on, calendar=json.dumps(of.to_dict()),
        last_year=before.starts_on, first_month_end=first.last_day,
    )  # fmt: skip


@cache
def _text(name: str) -> str:
    return resources.files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
