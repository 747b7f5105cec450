"""Comp plans: a file handed in becomes a version; publishing it checks it, tries its examples, and puts it in force.

    reps.yaml   ->   comp_plan reps, version 2, a draft
                ->   findings: reps.yaml, line 14, components[0].table: bands leave a gap from 80 % to 100 %
                ->   published: in force from its first day, until a later version takes over

All that is wrong with a file is said by the engine, with place and remedy. A published version is never edited.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from django.db.models import Max

from quarterdeck.engine.pay.editing import document
from quarterdeck.engine.pay.examples import plan_examples
from quarterdeck.engine.pay.reading import plan_from_text, plan_read, text_findings
from quarterdeck.records.models import CompPlan, CompPlanVersion, ExchangeRate
from quarterdeck.services import access
from quarterdeck.services.calendar import company, fiscal_calendar
from quarterdeck.services.journal import journaled
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.findings import Finding

if TYPE_CHECKING:
    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.services.actor import Actor

DRAFTED: Final = "The plan was not taken."
PUBLISHED: Final = "The plan was not published."
_SHOWN: Final = 20
_LONGEST_NAME: Final = 200
_LONGEST_DAYS: Final = 5 * 366
_EARLIEST: Final = 1970


@lru_cache(maxsize=64)
def plan_of(text: str) -> Plan:
    """A stored file as the engine's plan; read once a process."""
    return plan_from_text(text)


def plan_findings(text: str, file: str = "plan.yaml") -> list[Finding]:
    """Everything that keeps a file from being published: what does not hold together, and examples that fail."""
    plan, findings = plan_read(text, file)
    if plan is None:
        return findings
    of = company()
    if (plan.effective_to - plan.effective_from).days > _LONGEST_DAYS or plan.effective_from.year < _EARLIEST:
        why = f"It covers {plan.effective_from} to {plan.effective_to}: that is no plan of pay."
        return [_finding(file, "effective_to", str(plan.effective_to), why, "Let it cover at most five years.")]
    found = list(plan_examples(plan))
    if plan.currency != of.currency and not ExchangeRate.current.filter(currency=plan.currency).exists():
        why = f"It pays in {plan.currency}, and no rate of exchange into {of.currency} is known."
        remedy = f"Import exchange_rates of {plan.currency}, or write currency: {of.currency}."
        found.append(_finding(file, "currency", plan.currency, why, remedy))
    if plan.calendar != fiscal_calendar(of):
        why = "Its pay periods are not those of the company's calendar."
        found.append(_finding(file, "calendar", "", why, "Give it the calendar of the settings."))
    if not plan.examples:
        why = "It carries no worked example, so nothing says what it is meant to pay."
        found.append(_finding(file, "examples", "", why, "Add an example with what it expects."))
    return found


def _finding(file: str, column: str, value: str, message: str, remedy: str) -> Finding:
    return Finding(
        file=file, row=None, column=column, value=value, rule="comp_plan", severity="error", message=message,
        remedy=remedy,
    )  # fmt: skip


def comp_plan_drafted(actor: Actor, text: str, *, file: str = "plan.yaml") -> CompPlanVersion:
    """A file as a new version, a draft. Raises Refusal (`comp_plan`) for one that means no plan, with every reason."""
    access.require(actor, "write_comp_plans", DRAFTED)
    plan, findings = plan_read(text.replace("\r\n", "\n"), file)
    if plan is None:
        raise refused(DRAFTED, findings)
    if long := [name for name in _names(plan) if len(name) > _LONGEST_NAME or not name.isprintable()]:
        why = f"The name '{long[0][:40]}...' is too long, or has characters that cannot be shown."
        raise refused(DRAFTED, [_finding(file, "plan", "", why, f"Use at most {_LONGEST_NAME} characters.")])
    with journaled(actor, "comp_plan_drafted", "comp_plan") as entry:
        of, _ = CompPlan.objects.get_or_create(code=plan.name)
        last = of.versions.aggregate(last=Max("number"))["last"] or 0
        row = CompPlanVersion.objects.create(
            plan=of, number=last + 1, title=plan.title, text=text.replace("\r\n", "\n"), sha256=plan.version,
            effective_from=plan.effective_from, effective_to=plan.effective_to, at=actor.now, by=actor.user,
        )  # fmt: skip
        entry.about(of.pk, f"Comp plan {of.code}, version {row.number}: a draft", after={"sha256": row.sha256})
    return row


def version_to_be(text: str) -> tuple[str, int]:
    """The plan's name in a file and the number that it would have as a version; nothing for a file without a name."""
    name = str(document(text).get("plan") or "") if not text_findings(text) else ""
    last = CompPlanVersion.objects.filter(plan__code=name).aggregate(last=Max("number"))["last"] if name else None
    return name, (last or 0) + 1


def comp_plan_kept(actor: Actor, text: str) -> tuple[CompPlanVersion, bool]:
    """A file from the editor as a draft, unless it is the plan's last version to the letter; whether it is new."""
    plan, _ = plan_read(text)
    last = None
    if plan is not None and access.may(actor, "write_comp_plans"):
        last = CompPlanVersion.objects.filter(plan__code=plan.name).select_related("plan").order_by("-number").first()
    if plan is not None and last is not None and last.sha256 == plan.version:
        return last, False
    return comp_plan_drafted(actor, text), True


def _names(plan: Plan) -> list[str]:
    return [plan.name, plan.title, *plan.measures, *plan.values, *(one.name for one in plan.components)]


def comp_plan_published(actor: Actor, version_id: int) -> CompPlanVersion:
    """Put a draft in force. Raises Refusal (`comp_plan`) with the engine's findings when it, or an example, fails."""
    access.require(actor, "write_comp_plans", PUBLISHED)
    with journaled(actor, "comp_plan_published", "comp_plan") as entry:
        row = CompPlanVersion.objects.select_for_update().filter(pk=version_id).first()
        if row is None:
            raise access.not_visible("comp plan")
        if row.published_at is not None:
            raise Refusal(PUBLISHED, "It is published already.", "Draft another version.", "comp_plan_state")
        if findings := plan_findings(row.text, f"{row.plan.code}.yaml"):
            raise refused(PUBLISHED, findings)
        row.published_at, row.published_by = actor.now, actor.user
        row.save(update_fields=["published_at", "published_by"])
        entry.about(
            row.plan_id, f"Comp plan {row.plan.code}, version {row.number}: published", after={"sha256": row.sha256}
        )
    return row


def refused(what: str, findings: list[Finding]) -> Refusal:
    """All findings in one refusal: file, line, path, what is wrong; then every remedy once."""
    said = [_place(one) + one.message.rstrip(".") for one in findings[:_SHOWN]]
    remedies = dict.fromkeys(one.remedy for one in findings[:_SHOWN])
    return Refusal(what, "; ".join(said) + ".", " ".join(remedies), "comp_plan", row=findings[0].file)


def _place(one: Finding) -> str:
    parts = [one.file, f"line {one.row}" if one.row else "", one.column]
    return ", ".join(part for part in parts if part) + ": "
