"""Which drivers hold for a team on a day, where each comes from, and stating another one.

    attrition   East     20 %    stated by Priya on 1 March: "two gave notice"
                West      6.8 %  measured: 1 left of 14.6 people a year
                any      15 %    in the scenario "A hard year"

The nearest statement above holds: a team's own, else that of the team above, else what is measured, else what is
assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

from quarterdeck.records.models import CapacityDriver
from quarterdeck.services import access
from quarterdeck.services.capacity.specs import SPECS, STATED
from quarterdeck.services.capacity.values import Value, checked, spec_of, value_said
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.texts import said
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.engine.capacity.measured import Estimate
    from quarterdeck.services.actor import Actor

WHAT: Final = "The driver was not stated."
Source = Literal["stated", "measured", "assumed", "scenario", "unknown"]
Rows = Mapping[tuple[int, str], CapacityDriver]
"""The statement that holds, by team and driver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A driver as it holds for a team: its value, where it comes from, and how sure one can be."""

    name: str
    title: str
    unit: str
    about: str
    value: Value | None
    source: Source
    why: str
    low: Fraction | None = None
    high: Fraction | None = None
    measured: Fraction | None = None
    """What is measured, whether it holds or not."""

    @property
    def ratio(self) -> Fraction:
        """The value as an exact number; nothing where there is none."""
        return Fraction(str(self.value)) if self.value is not None else Fraction()

    @property
    def whole(self) -> int:
        """The value as a whole number; nothing where there is none."""
        return int(self.value) if self.value is not None else 0


def drivers_stated(as_of: dt.date) -> Rows:
    """What teams had stated by a day, the last statement of each; one query."""
    rows = CapacityDriver.objects.filter(effective_from__lte=as_of).select_related("by__person", "team")
    return {(row.team_id, row.name): row for row in rows.order_by("effective_from", "pk")}


def driver_of(  # noqa: PLR0913  what a driver is made of
    name: str, path: list[int], rows: Rows, *, estimate: tuple[Estimate, str],
    overrides: Mapping[str, Value] | None = None, actor: Actor | None = None,
) -> Driver:  # fmt: skip
    """The driver that holds for the first team of a path (nearest first)."""
    spec = SPECS[name]
    measured, words = estimate
    known = measured.value
    base: dict[str, Any] = {
        "name": name, "title": spec.title, "unit": spec.unit, "about": spec.about, "measured": known,
    }  # fmt: skip
    if overrides and name in overrides:
        return Driver(**base, value=overrides[name], source="scenario", why="")
    row = _nearest(name, path, rows)
    if row is not None:
        return Driver(**base, value=row.value, source="stated", why=_stated(row, path[0], actor))
    if known is not None:
        value = str(known) if spec.unit == "ratio" else int(known)
        return Driver(**base, value=value, source="measured", why=words, low=measured.low, high=measured.high)
    if spec.assumed is not None:
        return Driver(**base, value=spec.assumed, source="assumed", why="a usual value, which nobody stated")
    return Driver(**base, value=None, source="unknown", why=words)


def source_said(of: Driver) -> str:
    """Where a driver comes from, in words: measured: 7 people ..., stated by Priya, ..."""
    if of.source in {"scenario", "unknown"}:
        return "named by the scenario" if of.source == "scenario" else of.why or "not stated"
    return f"stated {of.why}" if of.source == "stated" else f"{of.source}: {of.why}"


def _nearest(name: str, path: list[int], rows: Rows) -> CapacityDriver | None:
    """The nearest statement that has a value; hires are each team's own."""
    for team in path[:1] if name == "hires" else path:
        row = rows.get((team, name))
        if row is not None and row.value is not None:
            return row
    return None


def _stated(row: CapacityDriver, team: int, actor: Actor | None) -> str:
    for_whom = "" if row.team_id == team else f"for {row.team} "
    is_seen = actor is None or row.by is None or access.sees_person(actor, row.by.person_id, actor.today)
    by = "the command line" if row.by is None else str(row.by) if is_seen else "somebody above"
    reason = f": “{row.reason}”" if row.reason else ""
    return f"{for_whom}by {by}, from {row.effective_from:%-d %B %Y} on{reason}"


def driver_stated(  # noqa: PLR0913  what a statement consists of
    actor: Actor, team_id: int, name: str, value: Value | None, *, effective_from: dt.date, currency: str,
    reason: str = "", months: list[str] | None = None,
) -> CapacityDriver:  # fmt: skip
    """State a driver for a team and all below it from a day on; None takes the statement back.

    Raises Refusal (`capacity_driver`) for what is no value of it, `not_visible`, `needs_hat`.
    `months`: first days of the months in which hires may start.
    """
    access.require(actor, "edit_plans", WHAT)
    if not access.sees_people_of(actor, team_id, actor.today):
        raise access.not_visible("team")
    spec = spec_of(name, WHAT, STATED)
    kept = None if value is None else checked(spec, value, WHAT)
    if spec.unit == "hires" and months is not None and (strange := sorted(set(kept or {}) - set(months))):
        why = f"No month of the plan starts on '{strange[0][:20]}'."
        raise Refusal(WHAT, why, "Name the first day of one of its months.", "capacity_driver")
    with journaled(actor, "driver_stated", "capacity_driver") as entry:
        row = CapacityDriver.objects.create(
            team_id=team_id, name=name, value=kept, effective_from=effective_from, reason=said(reason), at=actor.now,
            by=actor.user,
        )  # fmt: skip
        words = value_said(name, kept, currency) if kept is not None else "no longer stated"
        entry.about(row.pk, f"{spec.title} of {row.team}: {words} from {effective_from}", after={"value": kept})
    return row
