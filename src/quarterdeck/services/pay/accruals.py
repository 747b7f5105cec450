"""What pay costs by month: earned, settled, sent to payroll, outstanding; beside bookings; by team without names.

    month     opening    earned      owed on its last day   settled    sent to payroll   outstanding
    January      0.00  9,000.00                  9,000.00  8,500.00           8,500.00        500.00   held until cash
    February   500.00  7,000.00                  7,500.00  7,200.00                         7,500.00   no batch yet

Earned is what the month's run says was earned, what it corrects of earlier months, guarantees, and advances that nobody
owes back: the expense before capitalisation. Outstanding is the liability; recoverable advances lower it. Whoever sees
costs and not pay is shown no figure that fewer than three people make up, nor one from which such a figure follows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Sum

from quarterdeck.records.models import CompPlanVersion, PayLine, PayrollRow, PayRun, PaySettlement
from quarterdeck.services import access
from quarterdeck.services.calendar import company
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.services.pay.states import PUBLIC, state_of

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.services.scene import Scene

FEWEST: Final = 3
"""People who together make up a figure that others may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run cost for one person under one plan version, in minor units of the company's currency."""

    run_id: int
    version_id: int
    person_id: int
    earned_minor: int
    corrected_minor: int
    other_minor: int
    """Guarantees, and advances that nobody owes back: never capitalised."""
    settled_minor: int

    @property
    def cost_minor(self) -> int:
        """The expense before capitalisation."""
        return self.earned_minor + self.corrected_minor + self.other_minor


@dataclass(slots=True)
class Costs:
    """Everything the pages of cost are made from, read once."""

    currency: str
    runs: dict[int, PayRun] = field(default_factory=dict)
    """The last run of every period that is not discarded, computed at least."""
    states: dict[int, str] = field(default_factory=dict)
    plans: dict[int, Plan] = field(default_factory=dict)
    rows: list[Cost] = field(default_factory=list)
    sent: dict[tuple[int, int], int] = field(default_factory=dict)
    """By run and person, what a payroll batch pays."""
    corrections: list[tuple[int, int, int, dt.date, int]] = field(default_factory=list)
    """Run, version, person, first day of the period corrected, amount."""
    n_foreign: int = 0
    """People who are paid in another currency, of whom nothing is here."""


def costs_read(as_of: dt.date, people: Collection[int] | None) -> Costs:
    """Costs of periods that had begun by a day, of these people (None: all); six queries."""
    found = Costs(company().currency)
    for run in PayRun.objects.filter(starts_on__lte=as_of).prefetch_related("states").order_by("starts_on", "pk"):
        state = state_of(list(run.states.all()))
        if state not in {"draft", "discarded"}:
            found.runs = {pk: one for pk, one in found.runs.items() if one.starts_on != run.starts_on} | {run.pk: run}
            found.states[run.pk] = state
    _settled(found, people)
    wanted = PayLine.objects.filter(run_id__in=found.runs, kind="correction", version_id__in=found.plans)
    keys = ("run_id", "version_id", "person_id", "for_starts_on")
    for run_id, version, person, day, amount in (
        wanted.values_list(*keys).annotate(amount=Sum("amount_minor")).order_by(*keys)
    ):
        if people is None or person in people:
            found.corrections.append((run_id, version, person, day or found.runs[run_id].starts_on, amount))
    batches = PayrollRow.objects.filter(payroll__run_id__in=found.runs, currency="")
    for run_id, person, paid in batches.values_list("payroll__run_id", "person_id", "paid_minor"):
        if people is None or person in people:
            found.sent[run_id, person] = paid
    return found


def _settled(found: Costs, people: Collection[int] | None) -> None:
    names = (
        "run_id", "version_id", "person_id", "earned_minor", "corrected_minor", "guaranteed_minor", "drawn_minor",
        "paid_minor",
    )  # fmt: skip
    rows = list(PaySettlement.objects.filter(run_id__in=found.runs).order_by("pk").values(*names))
    versions = {row["version_id"] for row in rows}
    texts = CompPlanVersion.objects.filter(pk__in=versions).values_list("pk", "text")
    plans = {pk: plan_of(text) for pk, text in texts}
    found.plans = {pk: plan for pk, plan in plans.items() if plan.currency == found.currency}
    foreign = {row["person_id"] for row in rows if row["version_id"] not in found.plans}
    found.n_foreign = len(foreign if people is None else foreign & set(people))
    for row in rows:
        if row["version_id"] in found.plans and (people is None or row["person_id"] in people):
            found.rows.append(_cost(row, found.plans[row["version_id"]]))


def _cost(row: Mapping[str, Any], plan: Plan) -> Cost:
    draw = plan.settlement.draw
    given = row["drawn_minor"] if draw is not None and not draw.is_recoverable else 0
    return Cost(
        run_id=row["run_id"], version_id=row["version_id"], person_id=row["person_id"],
        earned_minor=row["earned_minor"], corrected_minor=row["corrected_minor"],
        other_minor=row["guaranteed_minor"] + given, settled_minor=row["paid_minor"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCost:
    """A pay period's cost; amounts in minor units, empty where nobody may see them."""

    run_id: int
    starts_on: dt.date
    ends_on: dt.date
    name: str
    state: str
    n_people: int
    opening_minor: int
    earned_minor: int
    settled_minor: int | None
    """Empty while the run is not locked."""
    sent_minor: int | None
    """Empty while no batch is made."""

    @property
    def owed_minor(self) -> int:
        """The liability on the period's last day, before its batch."""
        return self.opening_minor + self.earned_minor

    @property
    def outstanding_minor(self) -> int:
        """What is left of it after the batch."""
        return self.owed_minor - (self.sent_minor or 0)


def months_of(costs: Costs) -> list[MonthCost]:
    """Every period that was run, oldest first, each opening with what the one before left."""
    found: list[MonthCost] = []
    opening = 0
    for run in sorted(costs.runs.values(), key=lambda one: one.starts_on):
        rows = [row for row in costs.rows if row.run_id == run.pk]
        state = costs.states[run.pk]
        sent = [paid for (run_id, _), paid in costs.sent.items() if run_id == run.pk]
        month = MonthCost(
            run_id=run.pk, starts_on=run.starts_on, ends_on=run.ends_on, name=run.name, state=state,
            n_people=len({row.person_id for row in rows}), opening_minor=opening,
            earned_minor=sum(row.cost_minor for row in rows),
            settled_minor=sum(row.settled_minor for row in rows) if state in PUBLIC else None,
            sent_minor=sum(sent) if state == "paid" else None,
        )  # fmt: skip
        opening = month.outstanding_minor
        found.append(month)
    return found


# Teams


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCost:
    """What a team, with all teams below it, cost in each period; None where too few people make it up."""

    team_id: int
    name: str
    level: int
    costs: tuple[int | None, ...]


Children = dict[int | None, list[int]]
"""Teams by the one they hang under; None: those at the top of what is seen."""


def team_costs(
    scene: Scene, costs: Costs, months: Sequence[MonthCost], seen: Collection[int] | None, *, sees_people: bool
) -> list[TeamCost]:
    """Every team seen in which somebody paid sat on the last day of a period, from the top down."""
    shown: dict[int, list[int | None]] = {}
    for at, month in enumerate(months):
        day = month.ends_on - dt.timedelta(days=1)
        by_person = _by_person(costs, month.run_id)
        sums, sizes = _by_team(scene, day, by_person, seen)
        told = set(sizes) if sees_people else told_apart(sizes, children_on(scene, day, seen))
        for team, amount in sums.items():
            shown.setdefault(team, [0] * len(months))[at] = amount if team in told else None
    last = months[-1].ends_on - dt.timedelta(days=1) if months else scene.as_of
    return [
        TeamCost(team_id=team, name=scene.team_names.get(team, "a former team"), level=level, costs=tuple(shown[team]))
        for team, level in _ordered(children_on(scene, last, seen), shown)
    ]


def _by_person(costs: Costs, run_id: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in costs.rows:
        if row.run_id == run_id:
            found[row.person_id] = found.get(row.person_id, 0) + row.cost_minor
    return found


def _by_team(
    scene: Scene, day: dt.date, by_person: Mapping[int, int], seen: Collection[int] | None
) -> tuple[dict[int, int], dict[int, int]]:
    """By team, the sum over everybody paid who was in it or below it on a day, and how many they are."""
    sums, sizes = {}, {}
    for team, spans in scene.tree.spans.items():
        people = {who for who, begins, ends in spans if begins <= day < ends and who in by_person}
        if people and (seen is None or team in seen):
            sums[team], sizes[team] = sum(by_person[who] for who in people), len(people)
    return sums, sizes


def children_on(scene: Scene, day: dt.date, seen: Collection[int] | None = None) -> Children:
    """The tree of a day, as far as it is seen."""
    above: dict[int, int | None] = {}
    for team, _, link, parent, begins, ends in access.team_links(scene.actor):
        above.setdefault(team, None)
        if link is not None and (begins or day) <= day < (ends or dt.date.max):
            above[team] = parent
    found: Children = {}
    for team, parent in above.items():
        if seen is None or team in seen:
            found.setdefault(parent if seen is None or parent in seen else None, []).append(team)
    return found


def _ordered(children: Children, wanted: Collection[int]) -> list[tuple[int, int]]:
    """Teams with their level, each under the one it hangs under."""
    found: list[tuple[int, int]] = []
    todo = [(team, 0) for team in reversed(children.get(None, []))]
    seen: set[int] = set()
    while todo:
        team, level = todo.pop()
        if team not in seen:
            seen.add(team)
            found += [(team, level)] if team in wanted else []
            todo += [(one, level + 1) for one in reversed(children.get(team, []))]
    return found + [(team, 0) for team in wanted if team not in seen]


def told_apart(sizes: Mapping[int, int], children: Children) -> set[int]:
    """Teams whose sum may be shown: at least three people, and so is what a team has beside its shown parts, or nobody.

    `sizes` are people in a team and below. A team under one that is not shown is not shown either.

    >>> told_apart({1: 9, 2: 5, 3: 4}, {None: [1], 1: [2, 3]})
    {1, 2, 3}
    >>> told_apart({1: 7, 2: 5, 3: 2}, {None: [1], 1: [2, 3]}), told_apart({1: 2}, {None: [1]})
    ({1}, set())
    """
    found: set[int] = set()
    todo = [team for team in children.get(None, []) if sizes.get(team, 0) >= FEWEST]
    while todo:
        team = todo.pop()
        found.add(team)
        parts = sorted(
            (one for one in children.get(team, []) if sizes.get(one, 0) >= FEWEST), key=lambda one: sizes[one]
        )
        while parts and 0 < sizes[team] - sum(sizes[one] for one in parts) < FEWEST:
            parts.pop(0)
        todo += parts
    return found
