"""What a run is computed from: which plan versions pay for the period, and their frames, frozen with the run.

    reps 1: 2026    reps 2: 2026 from 1 July      run of August   ->   part  version 1  [Jan, Jul)  late facts
                                                                       part  version 2  [Jul, Jan)  pays

A version pays in its days until a later one takes over. One whose days are over stays in the run for what is late: its
last pay period is then the run's, in which nobody is on it any more, and which takes up the differences.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from quarterdeck.engine.pay.language import Call, Name, Node, Text
from quarterdeck.engine.pay.reaching import owners_reaching
from quarterdeck.records.models import CompAssignment, CompPlanVersion, PayInput, Person
from quarterdeck.services.actor import Actor
from quarterdeck.services.calendar import company
from quarterdeck.services.frames import known
from quarterdeck.services.pay.exchange import pay_exchange
from quarterdeck.services.pay.facts import pay_events
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.services.pay.quotas import quota_rows
from quarterdeck.services.pay.reporting import person_rows
from quarterdeck.services.pay.settled import is_settled, settled_rows
from quarterdeck.services.pay.splits import pay_splits
from quarterdeck.services.pay.whose import Whose
from quarterdeck.services.scene import Scene
from quarterdeck.terms.templates import ACTIVITY_KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.services.pay.reporting import PersonRow
    from quarterdeck.terms.period import Period

ON_PLAN: Final = "on_plan"
"""A column of PAY_PEOPLE beside its own: who is assigned to the plan says yes."""
_PEOPLE: Final[dict[str, Any]] = {
    "person_id": pl.String, "manager_id": pl.String, "team_id": pl.String, "hat": pl.String,
    "effective_from": pl.Date, "effective_to": pl.Date, ON_PLAN: pl.String,
}  # fmt: skip
_VALUES: Final[dict[str, Any]] = {
    "person_id": pl.String, "name": pl.String, "value": pl.String, "effective_from": pl.Date, "effective_to": pl.Date,
}  # fmt: skip
_FIRST, _LAST = dt.date.min, dt.date.max
Published = list[tuple[CompPlanVersion, dt.date, dt.date]]
"""Versions with the days in which each is in force."""


@dataclass(frozen=True, slots=True)
class Part:
    """A plan version in a run: its days, and the pay period that the run settles."""

    version: int
    sha256: str
    begins: dt.date
    ends: dt.date
    starts_on: dt.date
    ends_on: dt.date

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {name: str(value) if isinstance(value, dt.date) else value for name, value in asdict(self).items()}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Part:
        """From JSON."""
        days = {name: dt.date.fromisoformat(stored[name]) for name in ("begins", "ends", "starts_on", "ends_on")}
        return cls(stored["version"], stored["sha256"], **days)


def parts_of(period: Period, known_at: dt.datetime, published: Published | None = None) -> list[Part]:
    """Every plan version that pays for the period, or may have something late to post in it; two queries.

    `published` is `windows(known_at)` where it is known already.
    """
    found = []
    for version, begins, ends in windows(known_at) if published is None else published:
        plan = plan_of(version.text)
        own = plan.calendar.period_of(period.last_day, plan.period)
        is_due = own.ends_on == period.ends_on and begins < period.ends_on
        if is_due and (ends > own.starts_on or is_settled(version.plan_id, begins)):
            found.append(Part(version.pk, version.sha256, begins, ends, own.starts_on, own.ends_on))
    return found


def windows(known_at: dt.datetime) -> Published:
    """Published versions with the days in which each is in force."""
    found: Published = []
    for version in CompPlanVersion.objects.filter(published_at__lte=known_at).order_by("plan_id", "number"):
        begins = version.effective_from
        found = [
            (one, starts, min(ends, begins) if one.plan_id == version.plan_id else ends) for one, starts, ends in found
        ]
        found = [row for row in found if row[1] < row[2]]
        found.append((version, begins, version.effective_to))
    return found


def first_unpaid(published: Published) -> dt.date | None:
    """The first day for which a published plan pays; None without any plan."""
    return min((begins for _, begins, _ in published), default=None)


def running_plan(text: str, part: Part) -> Plan:
    """The plan as a run needs it: only who is assigned is paid, and it lasts up to the run's period."""
    plan = plan_of(text)
    assigned: Node = Call("==", (Name(ON_PLAN), Text("yes")))
    who = assigned if plan.who is None else Call("and", (plan.who, assigned))
    return replace(plan, who=who, effective_from=part.begins, effective_to=max(part.ends, part.ends_on))


@dataclass
class Inputs:
    """The frames of a run: `events`, `receipts`, `splits`; of each part `people`, `values`, `settled`, as `7:people`.

    A part whose plan is in another currency than the company's has `exchange`, too.
    """

    frames: dict[str, pl.DataFrame]

    def of(self, part: Part, name: str) -> pl.DataFrame:
        """A frame of a part."""
        return self.frames[f"{part.version}:{name}"]

    def frozen(self) -> tuple[list[PayInput], str]:
        """Rows to store, without their run, and one hash over all of them."""
        digest, rows = hashlib.sha256(), []
        for name, frame in self.frames.items():
            buffer = io.BytesIO()
            frame.write_parquet(buffer, compression="zstd")
            digest.update(name.encode() + b"\n" + frame.write_csv().encode())
            rows.append(PayInput(name=name, n_rows=frame.height, data=base64.b64encode(buffer.getvalue()).decode()))
        return rows, digest.hexdigest()

    @classmethod
    def thawed(cls, rows: Iterable[PayInput]) -> Inputs:
        """The frames as they were frozen."""
        return cls({row.name: pl.read_parquet(io.BytesIO(base64.b64decode(row.data))) for row in rows})


def inputs_of(
    parts: Sequence[Part],
    period: Period,
    known_at: dt.datetime,
    few: Collection[str] | None = None,
    instead: Mapping[int, str] | None = None,
) -> Inputs:
    """All frames of a run, as known at the instant.

    Of a `few` people, by their codes, what their pay can need; `instead` has texts in place of those of versions.
    """
    texts = {version.pk: version for version in CompPlanVersion.objects.filter(pk__in=[part.version for part in parts])}
    plans = [plan_of((instead or {}).get(part.version, texts[part.version].text)) for part in parts]
    begins = min((_looks_back(plan, part) for plan, part in zip(plans, parts, strict=True)), default=period.starts_on)
    home = company().currency
    scene = Scene(Actor(now=known_at), period.last_day, known_at)
    codes: dict[int, str] = dict(Person.visible.values_list("pk", "code"))
    rows = person_rows(scene.tree, codes)
    found: dict[str, pl.DataFrame] = {}
    reaching: list[set[str] | None] = []
    for part, plan in zip(parts, plans, strict=True):
        of = texts[part.version].plan_id
        assigned = list(known(CompAssignment, known_at).filter(plan_id=of).order_by("pk"))
        people = _people(rows, codes, assigned, part)
        owners = owners_reaching(plan, nw.from_native(people, eager_only=True), few) if few is not None else None
        reaching.append(owners)
        if owners is not None and few is not None:
            assigned = [one for one in assigned if codes.get(one.person_id) in few]
            is_theirs = pl.col("person_id").is_in(list(few))
            people = people.with_columns(pl.when(is_theirs).then(ON_PLAN).otherwise(pl.lit("no")))
        found[f"{part.version}:people"] = people
        found[f"{part.version}:values"] = _values(scene, plan, codes, assigned, part)
        found[f"{part.version}:settled"] = settled_rows(of, part.begins, part.ends, None if owners is None else few)
        if plan.currency != home:
            found[f"{part.version}:exchange"] = pay_exchange(known_at, plan.currency, home)
    activities = any(asks_for_activities(plan) for plan in plans)
    whose = _whose(reaching, few or (), codes)
    events, receipts = pay_events(known_at, begins, period.ends_on, activities=activities, whose=whose)
    return Inputs({"events": events, "receipts": receipts, "splits": pay_splits(known_at, events, whose)} | found)


def _whose(reaching: Sequence[set[str] | None], few: Collection[str], codes: Mapping[int, str]) -> Whose | None:
    """Whose events are to be read for all parts; None: everybody's."""
    owners: set[str] = set()
    for one in reaching:
        if one is None:
            return None
        owners |= one
    ids = {code: pk for pk, code in codes.items()}
    return Whose(sorted(ids[one] for one in owners if one in ids), sorted(ids[one] for one in few if one in ids))


def _looks_back(plan: Plan, part: Part) -> dt.date:
    """The first day whose events the plan can ask for."""
    years = max((one.years_later for one in plan.measures.values()), default=0)
    number = plan.calendar.year_of(part.begins) - years
    return plan.calendar.year(number).starts_on if years else part.begins


def asks_for_activities(plan: Plan) -> bool:
    """Whether a condition names a kind of activity; without that, bookings alone are read."""
    conditions = [one.where for one in plan.measures.values()]
    conditions += [weight.where for one in plan.measures.values() for weight in one.weights]
    return bool({text for node in conditions if node is not None for text in _texts(node)} & set(ACTIVITY_KINDS))


def _texts(node: Node) -> Iterable[str]:
    if isinstance(node, Text):
        yield node.value
    if isinstance(node, Call):
        for arg in node.args:
            yield from _texts(arg)


def _people(
    rows: Sequence[PersonRow], codes: Mapping[int, str], assigned: Sequence[CompAssignment], part: Part
) -> pl.DataFrame:
    """PAY_PEOPLE, with each row cut where an assignment begins or ends, inside the part's days."""
    spans: dict[int, list[tuple[dt.date, dt.date]]] = {}
    for one in assigned:
        begins, ends = max(one.effective_from or _FIRST, part.begins), min(one.effective_to or _LAST, part.ends)
        if begins < ends:
            spans.setdefault(one.person_id, []).append((begins, ends))
    found = []
    for row in rows:
        for begins, ends, is_on in _cut(row.begins, row.ends, sorted(spans.get(row.person_id, []))):
            found.append((
                codes[row.person_id], codes.get(row.manager_id or 0),
                None if row.team_id is None else str(row.team_id), row.hat,
                None if begins == _FIRST else begins, None if ends == _LAST else ends, "yes" if is_on else "no",
            ))  # fmt: skip
    return pl.DataFrame(found, schema=_PEOPLE, orient="row")


def _cut(
    begins: dt.date, ends: dt.date, spans: Sequence[tuple[dt.date, dt.date]]
) -> Iterable[tuple[dt.date, dt.date, bool]]:
    """A stretch as pieces inside and outside of disjoint spans.

    >>> days = [dt.date(2026, 1, number) for number in (1, 3, 5, 9)]
    >>> [(begin.day, end.day, on) for begin, end, on in _cut(days[0], days[3], [(days[1], days[2])])]
    [(1, 3, False), (3, 5, True), (5, 9, False)]
    """
    at = begins
    for start, end in spans:
        low, high = max(start, at), min(end, ends)
        if low < high:
            if at < low:
                yield at, low, False
            yield low, high, True
            at = high
    if at < ends:
        yield at, ends, False


def _values(
    scene: Scene, plan: Plan, codes: Mapping[int, str], assigned: Sequence[CompAssignment], part: Part
) -> pl.DataFrame:
    """PAY_VALUES: what assignments say, then what targets say of the rest; within the part's days."""
    given: dict[int, set[str]] = {}
    found = []
    for one in assigned:
        given.setdefault(one.person_id, set()).update(one.values)
        for name, text in sorted(one.values.items()):
            found.append((codes.get(one.person_id), name, text, one.effective_from, one.effective_to))
    quotas = quota_rows(scene, plan, given, part.begins, part.ends)
    found += [(codes.get(row.person_id), row.name, row.value, row.begins, row.ends) for row in quotas]
    frame = pl.DataFrame([row for row in found if row[0]], schema=_VALUES, orient="row")
    return frame.with_columns(
        effective_from=pl.max_horizontal("effective_from", pl.lit(part.begins)),
        effective_to=pl.min_horizontal("effective_to", pl.lit(part.ends)),
    ).filter(pl.col("effective_from") < pl.col("effective_to"))


def people_paid(inputs: Inputs, part: Part) -> set[str]:
    """Codes of everybody who is on the plan in the part's pay period."""
    rows = inputs.of(part, "people").filter(
        pl.col(ON_PLAN) == "yes",
        pl.col("effective_from").fill_null(_FIRST) < part.ends_on,
        pl.col("effective_to").fill_null(_LAST) > part.starts_on,
    )
    return set(rows["person_id"].to_list())
