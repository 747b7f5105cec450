"""What a person has earned in the running period, as known now: the statement of the open period, not stored.

    17 March   rita would be paid 720.00 USD for March 2026 so far: 720.00 USD commission.
    o-17 is corrected to 50,000.00   ->   the next look says 750.00 USD; nobody else was computed

The frames are those of a run (`computing.computed`) over the person's own inputs; the words are those of a statement.
Balances are as if the period ended now.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from quarterdeck.records.models import PayLine, PayRun, PaySettlement
from quarterdeck.services.calendar import company
from quarterdeck.services.kept import kept
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.pay.computing import computed
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.services.pay.running import running
from quarterdeck.services.pay.sources import sources_said
from quarterdeck.services.pay.statements import COLUMNS, Line, Reached, line_of, sentence_of, unit_of

if TYPE_CHECKING:
    from quarterdeck.records.models import CompPlanVersion, Person
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.pay.computing import Computed
    from quarterdeck.services.pay.running import Running
    from quarterdeck.terms.period import Period

_MONEY = (
    "earned_minor", "corrected_minor", "held_minor", "brought_minor", "guaranteed_minor", "drawn_minor",
    "recovered_minor", "carried_minor", "paid_minor", "debt_minor",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The open period of a person, as known now."""

    person: Person
    period: Period
    as_of: dt.date
    is_own: bool
    sentence: str
    total_minor: int
    currency: str
    lines: tuple[Line, ...]
    n_silent: int
    """Credits that count towards a measure and add nothing yet."""
    reached: tuple[Reached, ...]
    versions: tuple[CompPlanVersion, ...]


def statement_now(actor: Actor, person_id: int, as_of: dt.date) -> Now | None:
    """The running period of a person, computed from what is known now; None for who is on no plan.

    Nothing is written. Raises Refusal: `not_visible`, and what a run would refuse.
    """
    found = running(actor, person_id, as_of)
    if not found.parts:
        return None
    return _shown(actor, found, as_of, kept(f"pay now of {person_id} on {as_of}", lambda: _computed(found)))


def _computed(found: Running) -> list[tuple[CompPlanVersion, Computed]]:
    return [(version, computed(version.text, part, found.inputs)) for version, part in found.parts]


def _shown(actor: Actor, found: Running, as_of: dt.date, done: list[tuple[CompPlanVersion, Computed]]) -> Now:
    own = {
        version.pk: {name: _theirs(frame, found.person.code) for name, frame in one.frames.items()}
        for version, one in done
    }
    plans = {version.pk: version for version, _ in done}
    rows = [PayLine(version_id=pk, **_plain(row)) for pk, frames in own.items() for row in _rows(frames["lines"])]
    settled = [
        PaySettlement(version_id=pk, **{name: row[name] for name in _MONEY})
        for pk, frames in own.items()
        for row in _rows(frames["settlements"])
    ]
    home = company().currency
    currencies = {pk: plan_of(version.text).currency for pk, version in plans.items()}
    run = PayRun(name=f"{found.period.name} so far", known_at=actor.now)
    is_home = set(currencies.values()) == {home}
    sources = sources_said(run, rows, currencies, home) if is_home else {}
    is_own = found.person.pk == actor.person_id
    return Now(
        person=found.person, period=found.period, as_of=as_of, is_own=is_own,
        sentence=sentence_of(settled, rows, run, currencies, "You would be" if is_own else f"{found.person} would be"),
        total_minor=sum(one.paid_minor for one in settled),
        currency=min(currencies.values(), key=lambda one: (one != home, one)),
        lines=tuple(line_of(row, plans, sources) for row in rows if row.amount_minor),
        n_silent=sum(not row.amount_minor for row in rows), versions=tuple(plans.values()),
        reached=tuple(_reached(plans[pk], row) for pk, frames in own.items() for row in _rows(frames["measures"])),
    )  # fmt: skip


def _theirs(frame: pl.DataFrame, code: str) -> pl.DataFrame:
    return frame.filter(pl.col("person_id") == code)


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dicts()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A line of the engine as a record has it."""
    texts = ("component", "event_id", "rate", "multiplier")
    kept_out = ("person_id", "starts_on")
    return {name: (value or "") if name in texts else value for name, value in row.items() if name not in kept_out}


def _reached(version: CompPlanVersion, row: dict[str, Any]) -> Reached:
    return Reached(
        plan=version.plan.code, measure=row["measure"], unit=unit_of(version, row["measure"]), value=row["value"],
        to_date=row["to_date"], target=row["target"], attainment=row["attainment"],
    )  # fmt: skip


def now_listing(found: Now) -> Listing[Line]:
    """The lines as a file has them."""
    return whole(f"Pay so far {found.period.name} {found.person.code}", COLUMNS, found.lines)
