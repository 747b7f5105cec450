"""Second opinions on how many people a team needs: a year's chain, the hours its accounts take, and what a head costs.

by the year's target   5,100,000 / (38,000 x 12) = 11.2 ramped, 11.6 with those who leave, 12.4 with those who ramp   13
by the work            420 accounts x 24 contacts x 60 minutes / (1,800 hours x 35 % selling)                         16
by what a hire adds    the third adds 41,000 and costs 38,000, the fourth 12,000: hire three (while_above)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from quarterdeck.engine.capacity.chain import Headcount, HeadcountDrivers, headcount
from quarterdeck.engine.capacity.response import Sizing, marginal_sizing
from quarterdeck.engine.capacity.workload import AccountClass, Workload, workload
from quarterdeck.records.models import Account
from quarterdeck.services.capacity.hiring import Hiring, hiring
from quarterdeck.services.capacity.outcomes import outcome
from quarterdeck.services.capacity.pages import CapacityPage, page_of
from quarterdeck.services.capacity.room import Room
from quarterdeck.services.capacity.scenarios import door_for
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.money import whole

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.capacity.drivers import Driver
    from quarterdeck.services.capacity.shapes import Outcome

SIZING = (
    "cost_of_rep", "margin", "marginal_rule", "calls_per_account", "minutes_per_call", "hours_per_year",
    "selling_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """Numbers of people by three roads; None where a driver is missing, and `missing` says which."""

    seats: float
    chain: Headcount | None
    work: Workload | None
    n_accounts: int
    marginal: Sizing | None
    adds: tuple[tuple[int, int, int], ...]
    """How many hires, what they bring together before their cost, what the last one adds."""
    cost: int
    """What one costs from the first day still possible to the year's end."""
    hires: Hiring
    drivers: dict[str, Driver]
    missing: tuple[str, ...]
    """Titles of drivers without which the last opinion cannot be given."""

    @property
    def marginal_rule(self) -> str:
        """The rule by which the next hire is judged."""
        return str(self.drivers["marginal_rule"].value or "")


def sizing_page(actor: Actor, plan_id: int, team_id: int, as_of: dt.date) -> tuple[CapacityPage, Opinions]:
    """The opinions beside the page they are second to."""
    room = Room(door_for(actor, plan_id, team_id), as_of)
    page = page_of(room, team_id, outcome(room, team_id))
    return page, opinions(room, team_id, page.outcome)


def opinions(room: Room, team: int, found: Outcome) -> Opinions:
    """The three; a query for accounts, and one for activities where contacts are not stated."""
    drivers = {name: room.driver(name, team) for name in SIZING}
    people = {
        one.person_id for one in room.staff.stretches if one.team_id in room.staff.below(team) and _is_now(room, one)
    }
    n_accounts = Account.visible.filter(owner_id__in=sorted(people - {None})).count()
    hires = hiring(room, found)
    cost, adds, marginal = _marginal(room, drivers, hires)
    lacking = tuple(drivers[name].title for name in SIZING[:3] if drivers[name].value is None)
    return Opinions(
        seats=found.year.seats, chain=_chain(found), work=_work(drivers, n_accounts), n_accounts=n_accounts,
        marginal=marginal, adds=adds, cost=cost, hires=hires, drivers=drivers, missing=lacking,
    )  # fmt: skip


def _is_now(room: Room, stretch: Any) -> bool:  # noqa: ANN401  a Stretch
    return bool(stretch.person_id) and stretch.starts_on <= room.day < stretch.ends_on


def _chain(found: Outcome) -> Headcount | None:
    year = found.year
    productive = found.brings
    ramping = 1 - Fraction(str(round(year.ramped_heads / year.heads, 6))) if year.heads > 0 else Fraction()
    try:
        return headcount(
            HeadcountDrivers(
                target_minor=max(year.goal, 0), quota_minor=productive * len(found.months), attainment=1,
                attrition=found.drivers["attrition"].ratio, attrition_timing="mid_year",
                share_ramping=min(max(ramping, Fraction()), Fraction(1)), ramping_productivity=0,
            )
        )  # fmt: skip
    except Refusal:
        return None


def _work(drivers: dict[str, Driver], n_accounts: int) -> Workload | None:
    calls, hours, share = (drivers[name] for name in ("calls_per_account", "hours_per_year", "selling_share"))
    if calls.value is None or not n_accounts or hours.ratio * share.ratio <= 0:
        return None
    classes = [
        AccountClass(n_accounts=n_accounts, calls_per_year=calls.ratio,
            minutes_per_call=drivers["minutes_per_call"].ratio)
    ]  # fmt: skip
    return workload(classes, hours_per_year=hours.ratio, selling_share=share.ratio, rounding="up")


def _marginal(
    room: Room, drivers: dict[str, Driver], hires: Hiring
) -> tuple[int, tuple[tuple[int, int, int], ...], Sizing | None]:
    """Hires bring what is missing and no more: beyond the goal nothing is known to be sold."""
    if any(drivers[name].value is None for name in SIZING[:3]) or not hires.one_hire or hires.starts_on is None:
        return 0, (), None
    last = room.found.ground.months[-1].ends_on
    cost = whole(Fraction(drivers["cost_of_rep"].whole * (last - hires.starts_on).days, 365))
    most = (hires.n_hires or 0) + 2
    margin = drivers["margin"].ratio
    brings = [whole(margin * min(n * hires.one_hire, hires.missing)) for n in range(most + 1)]
    adds = tuple((n, brings[n], brings[n] - brings[n - 1]) for n in range(1, most + 1))
    rule: Any = drivers["marginal_rule"].value
    return cost, adds, marginal_sizing(brings, cost, rule=rule)
