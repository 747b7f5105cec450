"""What a plan would have cost: the days of a published version replayed under another version, file or set of quotas.

    reps 1, 2026 up to March     as it is 41,200.00     under reps 2   43,900.00   +2,700.00   5 get more, 1 less
                                 as it is 41,200.00     quota x 110 %  38,050.00   -3,150.00

Both sides are computed from the same facts, as known now, by the code of the run, and without what locked runs
settled: the difference is the rules' alone. Nothing is written. Names need the hat for everybody's pay; who has only
that for its cost compares what is stored already, and sees sums of three people and more.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import narwhals as nw
import polars as pl

from quarterdeck.engine.pay.exact import fraction
from quarterdeck.engine.pay.findings import pay_findings
from quarterdeck.engine.pay.run import pay_run
from quarterdeck.records.models import CompPlanVersion, Person
from quarterdeck.services import access
from quarterdeck.services.calendar import fiscal_calendar
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.pay.accruals import FEWEST
from quarterdeck.services.pay.computing import facts_of
from quarterdeck.services.pay.inputs import Inputs, Part, inputs_of, running_plan, windows
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.services.pay.running import SOON
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.findings import Finding
    from quarterdeck.terms.period import Period

_WHAT: Final = "Nothing was compared."
_MOST_FINDINGS: Final = 20
_LONGEST: Final = 20_000
COLUMNS: Final = (
    Column("person", "text", "Who."),
    Column("base_minor", "money", "What the plan as it is pays for all periods shown."),
    Column("other_minor", "money", "What the other would have paid."),
    Column("change_minor", "money", "The difference."),
)
MONTH_COLUMNS: Final = (
    Column("period", "text", "The pay period."),
    Column("base_minor", "money", "What the plan as it is pays."),
    Column("other_minor", "money", "What the other would have paid."),
    Column("change_minor", "money", "The difference."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is compared: a published version with another one or a file, its quotas multiplied or said by person.

    `factor` multiplies the value `scaled` (1.1 is ten percent more); `quotas` are lines `person, value, number`, whose
    numbers hold for all days. Empty is as it is.
    """

    version_id: int
    other_id: int | None = None
    text: str = ""
    scaled: str = ""
    factor: str = ""
    quotas: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Something under the plan as it is and under the other."""

    name: str
    base_minor: int
    other_minor: int
    person_id: int | None = None

    @property
    def change_minor(self) -> int:
        """More under the other."""
        return self.other_minor - self.base_minor

    @property
    def person(self) -> str:
        """The name of somebody."""
        return self.name

    @property
    def period(self) -> str:
        """The name of a period."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The answer. `people` is empty for who may see sums only."""

    version: CompPlanVersion
    other_said: str
    begins: dt.date
    last_day: dt.date
    currency: str
    months: tuple[Sides, ...]
    people: tuple[Sides, ...]
    n_more: int
    n_less: int
    n_same: int
    findings: tuple[Finding, ...]
    """What keeps the other from paying somebody: the first of each kind."""
    is_hidden: bool
    """Too few people make the sums up."""

    @property
    def base_minor(self) -> int:
        """Cost as it is."""
        return sum(one.base_minor for one in self.months)

    @property
    def other_minor(self) -> int:
        """Cost under the other."""
        return sum(one.other_minor for one in self.months)

    @property
    def change_minor(self) -> int:
        """More under the other."""
        return self.other_minor - self.base_minor

    @property
    def share(self) -> float | None:
        """The change as a share of the cost as it is; None where that is nothing."""
        return self.change_minor / self.base_minor if self.base_minor else None


def may_ask(actor: Actor) -> bool:
    """Whether the actor may compare at all."""
    return access.may(actor, "see_pay") or access.may(actor, "see_pay_costs")


def versions_to_compare(actor: Actor) -> list[CompPlanVersion]:
    """Every version of every plan, published or not, the newest first; one query. Raises Refusal `needs_hat`."""
    if not may_ask(actor):
        access.require(actor, "see_pay_costs", _WHAT)
    return list(CompPlanVersion.objects.select_related("plan").order_by("plan__code", "-number"))


def what_if(actor: Actor, as_of: dt.date, asked: Question) -> WhatIf:
    """The days of a version up to the last pay period that is over, as it is and under the other.

    Nothing is written. Costs two runs of the plan over all its days. Raises Refusal: `needs_hat`, `what_if`,
    `comp_plan`, and what a run would refuse.
    """
    found = {one.pk: one for one in versions_to_compare(actor)}
    sees_all = access.may(actor, "see_pay")
    version, other = found.get(asked.version_id), found.get(asked.other_id or 0)
    if version is None or version.published_at is None:
        raise _refused("Only what is published has days to replay.", "Choose a published version.")
    if not sees_all and (asked.text.strip() or asked.quotas.strip()):
        raise _refused("Files and quotas by person show what single people are paid.", "Ask finance for it.")
    if len(asked.text) + len(asked.quotas) > _LONGEST:
        raise _refused("The file is longer than 20,000 letters.", "Draft it as a version, and choose that.")
    part, period = _part(version, as_of, actor.now)
    text = asked.text.strip() or (other.text if other is not None else version.text)
    plan = plan_of(text)
    if plan.currency != plan_of(version.text).currency:
        raise _refused(f"The other pays in {plan.currency}.", "Compare plans in one currency.")
    known_at = actor.now + SOON
    base = inputs_of([part], period, known_at)
    changed = inputs_of([part], period, known_at, instead={version.pk: text}) if text != version.text else base
    codes = {code: (pk, name) for pk, code, name in Person.visible.values_list("pk", "code", "name")}
    changed = _with_values(changed, part, _values(asked, changed.of(part, "values"), set(plan.values), codes.keys()))
    before, _ = _paid(version.text, part, base)
    after, findings = _paid(text, part, changed)
    people = _by_person(before, after, codes)
    return WhatIf(
        version=version, other_said=_said(asked, other, version), begins=part.begins, last_day=period.last_day,
        currency=plan.currency, months=_by_month(before, after), people=tuple(people) if sees_all else (),
        n_more=sum(one.change_minor > 0 for one in people), n_less=sum(one.change_minor < 0 for one in people),
        n_same=sum(one.change_minor == 0 for one in people), findings=_told(findings) if sees_all else (),
        is_hidden=not sees_all and len(people) < FEWEST,
    )  # fmt: skip


def _refused(why: str, next_step: str) -> Refusal:
    return Refusal(_WHAT, why, next_step, "what_if")


def _part(version: CompPlanVersion, as_of: dt.date, known_at: dt.datetime) -> tuple[Part, Period]:
    """The version's days as one part, whose period is the last that is over by the day."""
    begins, ends = next((low, high) for one, low, high in windows(known_at) if one.pk == version.pk)
    plan = plan_of(version.text)
    last = min(as_of, ends - dt.timedelta(days=1))
    own = plan.calendar.period_of(last, plan.period)
    if own.ends_on > as_of + dt.timedelta(days=1):
        own = plan.calendar.period_of(own.starts_on - dt.timedelta(days=1), plan.period)
    if own.starts_on < begins:
        raise _refused(f"No pay period of it is over by {as_of:%-d %B %Y}.", "Look from a later day.")
    month = fiscal_calendar().period_of(own.ends_on - dt.timedelta(days=1), "month")
    return Part(version.pk, version.sha256, begins, ends, own.starts_on, own.ends_on), month


def _paid(text: str, part: Part, inputs: Inputs) -> tuple[pl.DataFrame, list[Finding]]:
    """person_id, starts_on, paid_minor of every period up to the part's, as if nothing had been settled yet."""
    plan, last = running_plan(text, part), part.ends_on - dt.timedelta(days=1)
    facts = replace(facts_of(part, inputs), settled=None)
    run = pay_run(plan, facts, last, with_lines=False)
    rows: pl.DataFrame = nw.to_native(run.settlements).select("person_id", "starts_on", "paid_minor")
    return rows, [*pay_findings(plan, facts, last), *run.findings]


def _by_month(before: pl.DataFrame, after: pl.DataFrame) -> tuple[Sides, ...]:
    both = _both(before, after, "starts_on")
    return tuple(
        Sides(name=f"{day:%B %Y}", base_minor=base, other_minor=other) for day, base, other in both.iter_rows()
    )


def _by_person(before: pl.DataFrame, after: pl.DataFrame, codes: Mapping[str, tuple[int, str]]) -> list[Sides]:
    """Whose pay differs first, the largest difference before."""
    found = [
        Sides(name=codes[code][1], person_id=codes[code][0], base_minor=base, other_minor=other)
        for code, base, other in _both(before, after, "person_id").iter_rows()
        if code in codes
    ]
    return sorted(found, key=lambda one: (-abs(one.change_minor), one.name))


def _both(before: pl.DataFrame, after: pl.DataFrame, key: str) -> pl.DataFrame:
    sums = [
        frame.group_by(key).agg(pl.col("paid_minor").sum().alias(name)) for frame, name in ((before, "a"), (after, "b"))
    ]
    return sums[0].join(sums[1], on=key, how="full", coalesce=True).fill_null(0).sort(key)


def _values(asked: Question, rows: pl.DataFrame, known: set[str], people: Collection[str]) -> pl.DataFrame:
    """PAY_VALUES with one value multiplied, and what is said of single people in place of their own."""
    if asked.scaled.strip() and asked.factor.strip():
        rows = _scaled(rows, asked.scaled.strip(), _number(asked.factor, "the factor"))
    for at, line in enumerate(asked.quotas.splitlines(), start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.replace(";", ",").split(",", 2)]
        if len(cells) != 3:  # noqa: PLR2004  person, value, number
            raise _refused(
                f"Line {at} of the quotas is not 'person, value, number'.", "Write it like: rita, quota, 90000."
            )
        code, name, text = cells
        if code not in people or name not in known:
            what = f"no person '{code[:60]}'" if code not in people else f"no value '{name[:60]}' in the plan"
            raise _refused(f"Line {at} of the quotas: there is {what}.", "Use codes of people and names of the plan.")
        own = (pl.col("person_id") == code) & (pl.col("name") == name)
        number = _written(_number(text.replace(",", ""), f"line {at} of the quotas"))
        said = pl.DataFrame([{"person_id": code, "name": name, "value": number}])
        rows = pl.concat([rows.filter(~own.fill_null(value=False)), said], how="diagonal")
    return rows


def _scaled(rows: pl.DataFrame, name: str, factor: Fraction) -> pl.DataFrame:
    if factor <= 0:
        raise _refused("A factor is above zero.", "Write 1.1 for ten percent more.")
    if not rows.filter(pl.col("name") == name).height:
        raise _refused(
            f"Nobody's '{name}' is said by an assignment or a target.", "Choose another value, or say it by person."
        )
    known = {text: _written(fraction(text) * factor) for text in rows.filter(pl.col("name") == name)["value"].unique()}
    value = pl.col("value").replace_strict(known, default=pl.col("value"))
    return rows.with_columns(value=pl.when(pl.col("name") == name).then(value).otherwise("value"))


def _number(text: str, where: str) -> Fraction:
    try:
        return fraction(text)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise _refused(f"'{text[:40]}' in {where} is no exact number.", "Write it like 1.1 or 90000.") from error


def _written(number: Fraction) -> str:
    """An exact decimal: people write no other fractions."""
    return format(Decimal(number.numerator) / Decimal(number.denominator), "f")


def _with_values(inputs: Inputs, part: Part, values: pl.DataFrame) -> Inputs:
    return Inputs(inputs.frames | {f"{part.version}:values": values})


def _told(findings: list[Finding]) -> tuple[Finding, ...]:
    """Errors, each message once."""
    seen: dict[str, Finding] = {}
    for one in findings:
        if one.severity == "error":
            seen.setdefault(one.message, one)
    return tuple(seen.values())[:_MOST_FINDINGS]


def _said(asked: Question, other: CompPlanVersion | None, version: CompPlanVersion) -> str:
    """The other in words."""
    parts = []
    if asked.text.strip():
        parts.append("the file below")
    elif other is not None and other.pk != version.pk:
        parts.append(f"{other.plan.code}, version {other.number}" + ("" if other.published_at else " (a draft)"))
    if asked.scaled.strip() and asked.factor.strip():
        parts.append(f"{asked.scaled.strip()} times {asked.factor.strip()}")
    if asked.quotas.strip():
        parts.append("the quotas below")
    return " with ".join(parts) or "the same plan"


def people_listing(found: WhatIf) -> Listing[Sides]:
    """People as a file has them."""
    return whole(f"What if {found.version.plan.code}", COLUMNS, found.people)


def months_listing(found: WhatIf) -> Listing[Sides]:
    """Periods as a file has them."""
    return whole(f"What if {found.version.plan.code} by period", MONTH_COLUMNS, found.months)
