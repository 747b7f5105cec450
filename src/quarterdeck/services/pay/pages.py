"""What the pages of pay show: the home of pay by hat, plans with who is on them, a run with what changed and why.

run of March      last run     this run     change
rita              1,980.00     4,210.00     2,230.00
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Prefetch, Q, Sum

from quarterdeck.records.models import (
    CompAssignment,
    CompPlan,
    CompPlanVersion,
    Payroll,
    PayRun,
    PayRunState,
    PaySettlement,
    Person,
)
from quarterdeck.services import access
from quarterdeck.services.calendar import company_for
from quarterdeck.services.pay.acceptances import ASKED, own_standings
from quarterdeck.services.pay.disputes import OPEN, disputes_seen, standing
from quarterdeck.services.pay.plan_checks import version_differences
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.services.pay.runs import period_due
from quarterdeck.services.pay.settled import locked_runs
from quarterdeck.services.pay.statements import StatementLine, currencies_of, statements_in, statements_of
from quarterdeck.services.pay.states import STEPS, may_step, run_for, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.records.models import PayDispute
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.pay.acceptances import Standing
    from quarterdeck.terms.period import Period

_SHOWN: Final = 24
_STATES: Final = Prefetch("states", PayRunState.objects.select_related("by__person").order_by("pk"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run in a list."""

    run: PayRun
    state: str
    paid: tuple[tuple[str, int], ...]
    """By currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with how it stands."""

    dispute: PayDispute
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The first page of pay, as far as the actor's hats open it."""

    own: tuple[StatementLine, ...]
    disputes: tuple[Asked, ...]
    n_open: int
    may_see_all: bool
    may_run: bool
    runs: tuple[RunLine, ...]
    due: Period | None
    """The period to be run next, for who may run it."""
    payrolls: tuple[Payroll, ...]
    waiting: tuple[Standing, ...]
    """Documents of the actor's own plans that they have not accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A person in a run beside the run before."""

    line: StatementLine
    before_minor: int | None

    @property
    def change_minor(self) -> int:
        """More than in the run before."""
        return self.line.total_minor - (self.before_minor or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """A run: where it stands, what may be done, who is paid what, what it found."""

    run: PayRun
    state: str
    states: tuple[PayRunState, ...]
    steps: tuple[str, ...]
    people: tuple[Changed, ...]
    before: PayRun | None
    totals: tuple[tuple[str, int], ...]
    """What is paid in all, by currency."""
    findings: tuple[dict[str, Any], ...]
    n_errors: int
    outputs_sha256: str
    versions: tuple[CompPlanVersion, ...]
    payroll: Payroll | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A comp plan in the list."""

    plan: CompPlan
    title: str
    n_people: int
    published: CompPlanVersion | None
    draft: CompPlanVersion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """A comp plan: its versions, who is on it, what a person's assignment may say."""

    plan: CompPlan
    versions: tuple[CompPlanVersion, ...]
    shown: CompPlanVersion
    assignments: tuple[CompAssignment, ...]
    values: tuple[str, ...]
    people: tuple[tuple[int, str], ...]
    """Whom one may put on it; empty without the right to."""
    may_write: bool
    sees_all: bool
    """Also who drafted and published it, and everybody on it."""
    before: int | None
    """The version that the shown one is held against; None for the first."""
    differences: tuple[tuple[str, str, str], ...]
    """Part, before and after of everything that it says differently."""


def home(actor: Actor) -> Home:
    """The home of pay; at most ten queries."""
    sees_all, may_run = access.may(actor, "see_pay"), access.may(actor, "run_pay")
    asked = [Asked(dispute=one, state=standing(one)) for one in disputes_seen(actor)[:_SHOWN]]
    return Home(
        own=tuple(statements_of(actor, actor.person_id)) if actor.person_id is not None else (),
        disputes=tuple(asked), n_open=sum(one.state == OPEN for one in asked), may_see_all=sees_all, may_run=may_run,
        runs=tuple(_runs()) if sees_all else (), due=period_due(actor.now, company_for(actor)) if may_run else None,
        payrolls=tuple(Payroll.objects.select_related("run")[:_SHOWN]) if sees_all else (),
        waiting=tuple(one for one in own_standings(actor) if one.standing == ASKED),
    )  # fmt: skip


def _runs() -> list[RunLine]:
    runs = list(PayRun.objects.prefetch_related(_STATES).order_by("-starts_on", "-pk")[:_SHOWN])
    settled = PaySettlement.objects.filter(run__in=runs).values_list("run_id", "version_id")
    rows = list(settled.annotate(paid=Sum("paid_minor")))
    currencies = currencies_of(version for _, version, _ in rows)
    return [
        RunLine(
            run=run, state=state_of(list(run.states.all())),
            paid=_summed((currencies[version], paid) for of, version, paid in rows if of == run.pk),
        )
        for run in runs
    ]  # fmt: skip


def _summed(parts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Amounts by currency."""
    found: dict[str, int] = {}
    for currency, amount in parts:
        found[currency] = found.get(currency, 0) + amount
    return tuple(sorted(found.items()))


def run_page(actor: Actor, run_id: int) -> RunPage:
    """A run as who may see everybody's pay sees it; at most ten queries."""
    run = run_for(actor, run_id)
    states = list(run.states.select_related("by__person").order_by("pk"))
    computed = next((row for row in states if row.state == "previewed"), None)
    before = locked_runs().filter(starts_on__lt=run.starts_on).order_by("-starts_on").first()
    last = _paid_by_person(before) if before is not None else {}
    people = [
        Changed(line=line, before_minor=last.get((line.person_id, line.currency))) for line in statements_in(actor, run)
    ]
    findings = tuple(computed.findings) if computed is not None else ()
    versions = CompPlanVersion.objects.filter(pk__in=[part["version"] for part in run.parts]).select_related("plan")
    return RunPage(
        run=run, state=state_of(states), states=tuple(states),
        steps=tuple(name for name in STEPS if may_step(actor, states, name)),
        people=tuple(sorted(people, key=lambda one: (-abs(one.change_minor), one.line.person))), before=before,
        totals=_summed((one.line.currency, one.line.total_minor) for one in people), findings=findings,
        n_errors=sum(one["severity"] == "error" for one in findings),
        outputs_sha256=computed.outputs_sha256 if computed is not None else "", versions=tuple(versions),
        payroll=Payroll.objects.filter(run=run).first(),
    )  # fmt: skip


def _paid_by_person(run: PayRun) -> dict[tuple[int, str], int]:
    """By person and currency."""
    rows = list(PaySettlement.objects.filter(run=run).values_list("person_id", "version_id", "paid_minor"))
    currencies = currencies_of(version for _, version, _ in rows)
    found: dict[tuple[int, str], int] = {}
    for person, version, paid in rows:
        key = person, currencies[version]
        found[key] = found.get(key, 0) + paid
    return found


def plan_lines(actor: Actor) -> list[PlanLine]:
    """Comp plans: all of them with a hat for pay, else those that the actor is on; three queries."""
    plans = _plans_seen(actor).annotate(n=Count("assignments", Q(assignments__superseded_at=None), distinct=True))
    sees_all = access.may(actor, "see_pay")
    return [_plan_line(plan, sees_all=sees_all) for plan in plans.prefetch_related("versions").order_by("code")]


def _plan_line(plan: Any, *, sees_all: bool) -> PlanLine:  # noqa: ANN401  a CompPlan with its count
    published = [one for one in plan.versions.all() if one.published_at is not None]
    last = list(plan.versions.all())[-1] if sees_all else published[-1]
    return PlanLine(
        plan=plan, title=last.title, n_people=plan.n if sees_all else 1, published=published[-1] if published else None,
        draft=last if last.published_at is None else None,
    )  # fmt: skip


def _plans_seen(actor: Actor) -> Any:  # noqa: ANN401  a queryset, annotated by callers
    plans = CompPlan.objects.all()
    if access.may(actor, "see_pay"):
        return plans
    return plans.filter(
        assignments__person_id=actor.person_id or 0,
        assignments__superseded_at=None,
        versions__published_at__isnull=False,
    ).distinct()


def plan_page(actor: Actor, plan_id: int, number: int | None = None) -> PlanPage:
    """A comp plan; who is on it sees published versions and their own assignment."""
    plan = _plans_seen(actor).filter(pk=plan_id).first()
    if plan is None:
        raise access.not_visible("comp plan")
    sees_all, may_write = access.may(actor, "see_pay"), access.may(actor, "write_comp_plans")
    versions = [
        one for one in plan.versions.select_related("by__person", "published_by__person").order_by("-number")
        if sees_all or one.published_at is not None
    ]  # fmt: skip
    shown = next((one for one in versions if one.number == number), versions[0])
    rows = CompAssignment.current.filter(plan=plan).select_related("person").order_by("person__name", "effective_from")
    own = rows if sees_all else rows.filter(person_id=actor.person_id or 0)
    people = Person.visible.order_by("name").values_list("pk", "name") if may_write else ()
    before = next((one for one in versions if one.number < shown.number), None)
    changed = version_differences(before.text, shown.text) if before is not None else []
    return PlanPage(
        plan=plan, versions=tuple(versions), shown=shown, assignments=tuple(own),
        values=tuple(plan_of(shown.text).values), people=tuple(people), may_write=may_write,
        sees_all=sees_all, before=before.number if before is not None else None, differences=tuple(changed),
    )  # fmt: skip
