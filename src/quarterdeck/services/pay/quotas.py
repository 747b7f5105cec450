"""Values of a plan that targets say: quotas, by the name of the value.

    value            comes from
    quota            the person's target of bookings
    won_amount_quota the person's target of that metric
    team_quota       the target of bookings of the team that the person leads
    anything else    the assignment, or the plan's default

A value meant for a stretch (`per: month`, `quarter`) has a row for each; one that is not meant for any is the fiscal
year's. What an assignment says goes before what targets say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.services.cells import Cells, carried_by, cells, target_of
from quarterdeck.services.pay.reporting import LEADS
from quarterdeck.terms.money import minor_digits

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan, Value
    from quarterdeck.services.scene import Scene
    from quarterdeck.terms.period import Period

QUOTA: Final = "quota"
TEAM: Final = "team_"
USUAL: Final = "bookings"


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A row of PAY_VALUES; the person by the database's id."""

    person_id: int
    name: str
    value: str
    begins: dt.date | None
    ends: dt.date | None


def quota_metric(name: str) -> tuple[str, bool] | None:
    """The metric whose target a value of this name is, and whether the team's; None for a value that is no quota.

    >>> quota_metric("quota"), quota_metric("team_quota"), quota_metric("won_amount_quota"), quota_metric("rate")
    (('bookings', False), ('bookings', True), ('won_amount', False), None)
    """
    own = name.removeprefix(TEAM)
    metric = USUAL if own == QUOTA else own.removesuffix(f"_{QUOTA}") if own.endswith(f"_{QUOTA}") else ""
    return (metric, name.startswith(TEAM)) if metric in METRICS else None


def quota_rows(
    scene: Scene, plan: Plan, people: Mapping[int, set[str]], begins: dt.date, ends: dt.date
) -> list[ValueRow]:
    """Rows of every quota that the plan names, for people on it; `people` says which values they were given by name."""
    found: list[ValueRow] = []
    for name, value in plan.values.items():
        of = quota_metric(name)
        if value.unit == "money" and plan.currency != scene.company.currency:
            continue  # targets are in the company's currency: such a plan's quotas are said by assignments
        wanted = [person for person, given in people.items() if name not in given]
        if of is not None and wanted:
            found += _rows(scene, value, of, wanted, list(_stretches(scene, value, begins, ends)))
    return found


def _stretches(scene: Scene, value: Value, begins: dt.date, ends: dt.date) -> Iterator[Period]:
    kind = value.per or "year"
    first = scene.calendar.period_of(begins, kind).starts_on
    last = scene.calendar.period_of(ends - dt.timedelta(days=1), kind).ends_on
    yield from scene.calendar.periods(first, last, kind)


def _rows(
    scene: Scene, value: Value, of: tuple[str, bool], people: list[int], stretches: list[Period]
) -> Iterator[ValueRow]:
    metric, is_team = of
    led = _led(scene) if is_team else {}
    whole = stretches[0].until(stretches[-1].last_day) if len(stretches) == 1 else None
    around = whole or type(stretches[0])(stretches[0].starts_on, stretches[-1].ends_on)
    holders = [f"team:{team}" for team in set(led.values())] if is_team else carried_by(scene, people)
    known = cells(scene, metric, around, holders)
    scale = minor_digits(scene.company.currency) if value.unit == "money" else 0
    for person in people:
        holder = f"team:{led[person]}" if person in led else "" if is_team else f"person:{person}"
        for period in stretches if holder else ():
            amount = _amount(scene, known, holder, period)
            if amount is not None:
                yield ValueRow(person, value.name, _text(amount, scale), period.starts_on, period.ends_on)


def _amount(scene: Scene, known: Cells, holder: str, period: Period) -> int | None:
    return target_of(scene, known, holder, period)


def _text(amount: int, scale: int) -> str:
    """A whole number of minor units as an exact decimal.

    >>> _text(9000050, 2), _text(-5, 2), _text(12, 0)
    ('90000.50', '-0.05', '12')
    """
    if not scale:
        return str(amount)
    whole, rest = divmod(abs(amount), 10**scale)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:0{scale}}"


def _led(scene: Scene) -> dict[int, int]:
    """The team that each leader leads on the scene's day; of several the one they began to lead last."""
    names = ("person_id", "team_id", "hat", "effective_from", "effective_to")
    found: dict[int, tuple[dt.date, int]] = {}
    for person, team, hat, begins, ends in scene.seats.select(names).iter_rows():
        start = begins or dt.date.min
        if person is not None and hat in LEADS and start <= scene.as_of < (ends or dt.date.max):
            found[person] = max(found.get(person, (dt.date.min, team)), (start, team))
    return {person: team for person, (_, team) in found.items()}
