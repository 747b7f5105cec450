"""The form of a scenario: a field per driver, what it is in the plan beside it, what the scenario names in it.

Leave in a year, in percent   [ 15 ]    in the plan 6.8 %
Planned hires                 March [ 2 ]  April [   ] ...
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from quarterdeck.services.capacity.room import Room
from quarterdeck.services.capacity.scenarios import door_for
from quarterdeck.services.capacity.specs import OVERRIDDEN, SPECS
from quarterdeck.services.capacity.values import Value, value_said
from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from quarterdeck.services.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverField:
    """One field: what is written in it, and what holds where it is left empty."""

    name: str
    title: str
    unit: str
    about: str
    written: str
    """As people write it; empty: as in the plan."""
    in_plan: str
    choices: tuple[str, ...]
    months: tuple[tuple[str, str, str], ...] = ()
    """Of hires: first day, name and number of each month."""
    is_none: bool = False
    """Of hires: that the scenario plans none."""

    def typed(self, form: Mapping[str, Any]) -> DriverField:
        """The same with what a form has in it."""
        months = tuple((day, name, str(form.get(f"hires-{day}", ""))) for day, name, _ in self.months)
        return replace(self, written=str(form.get(self.name, "")), months=months, is_none="no-hires" in form)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioForm:
    """What a new scenario starts from."""

    plan_id: int
    plan: str
    team_id: int
    team: str
    fields: tuple[DriverField, ...]


def scenario_form(actor: Actor, plan_id: int, team_id: int, as_of: dt.date) -> ScenarioForm:
    """The empty form of a team's part of a plan."""
    found = door_for(actor, plan_id, team_id)
    room = Room(found, as_of)
    return ScenarioForm(
        plan_id=plan_id, plan=found.plan.name, team_id=team_id, team=room.scene.team_names.get(team_id, ""),
        fields=driver_fields(room, team_id, {}),
    )  # fmt: skip


def driver_fields(room: Room, team_id: int, overrides: Mapping[str, Value]) -> tuple[DriverField, ...]:
    """The fields with what is overridden; a query where win rate and average deal have a field."""
    names = [name for name in OVERRIDDEN if room.found.is_money or name not in {"win_rate", "average_deal"}]
    return tuple(_field(room, team_id, name, overrides.get(name)) for name in names)


def _field(room: Room, team_id: int, name: str, value: Value | None) -> DriverField:
    spec = SPECS[name]
    planned = value if isinstance(value, dict) else {}
    months = tuple(
        (str(month.starts_on), month.name, str(planned.get(str(month.starts_on), "")))
        for month in room.found.ground.months
    )
    return DriverField(
        name=name, title=spec.title, unit=spec.unit, about=spec.about, choices=spec.choices,
        written="" if spec.unit == "hires" else written(name, value, room.currency),
        in_plan=_in_plan(room, team_id, name),
        months=months if spec.unit == "hires" else (), is_none=value == {},
    )  # fmt: skip


def _in_plan(room: Room, team_id: int, name: str) -> str:
    node = f"team:{team_id}"
    if name == "goal_amount":
        return value_said(name, room.figures.year(node), room.currency)
    if name == "growth":
        last = room.found.ground.nodes[node].last_year
        growth = Fraction(room.figures.year(node), last) - 1 if last > 0 else None
        return value_said(name, None if growth is None else str(growth), room.currency)
    return value_said(name, room.driver(name, team_id).value, room.currency)


def written(name: str, value: Value | None, currency: str) -> str:
    """A value as people write it into a field.

    >>> written("attrition", "0.125", "USD"), written("productivity", 3766200, "USD"), written("attrition", None, "USD")
    ('12.5', '37662', '')
    """
    if value is None:
        return ""
    unit = SPECS[name].unit
    if unit == "ratio":
        return f"{(Decimal(str(value)) * 100).normalize():f}"
    if unit == "money":
        return f"{Decimal(int(value)).scaleb(-minor_digits(currency)).normalize():f}"
    return str(value)
