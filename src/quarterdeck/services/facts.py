"""Facts one by one or in bulk, from a page or a program: the same path as a file's rows.

    activity_logged(actor, kind="call", person=7, ...)            one activity, by hand
    facts_ingested(actor, "activities", [{"activity": "t-9", ...}])  rows in template form, as their source knows them

Rows from a program are known by their key within `source_system`, so posting them twice changes nothing.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from quarterdeck.connectors.files import Context, Field, RawTable, TableRule, read_tables
from quarterdeck.connectors.files import Mapping as FileMapping
from quarterdeck.connectors.files.raw import ROW
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import Account, Activity, FieldReport, Opportunity
from quarterdeck.services import access
from quarterdeck.services.bulk import schema_of
from quarterdeck.services.dated import BY_HAND, by_hand, saved
from quarterdeck.services.frames import company
from quarterdeck.services.imports.applying import rows_applied
from quarterdeck.services.imports.settling import settled
from quarterdeck.services.imports.undoing import retracted
from quarterdeck.services.imports.versions import versions_written
from quarterdeck.services.imports.writes import Counts, fact_write
from quarterdeck.services.journal import journaled
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import ACTIVITY_KINDS, TEMPLATES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.findings import Finding

MAX_ROWS: Final = 10_000
"""Rows of one call; a file carries more."""
_MAX_MINUTES: Final = 24 * 60
_NOT_LOGGED: Final = "Nothing was logged."


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of rows that were handed in: counts as {read, new, changed, same, left_out}, and what was noticed."""

    counts: Counts
    findings: list[Finding]


def activity_logged(  # noqa: PLR0913  each part is one a person names
    actor: Actor,
    *,
    kind: str,
    person: int | None,
    happened_on: dt.date,
    account: int | None = None,
    opportunity: int | None = None,
    minutes: int | None = None,
    outcome: str = "",
    subject: str = "",
) -> Activity:
    """Log one activity of a person the actor sees (empty: the actor's own). Ids are the database's.

    Refuses another kind, a day in the future, an account or a deal that is not there, and what is not theirs to write.
    """
    access.require(actor, "log_work", _NOT_LOGGED)
    who = access.person_for(actor, _somebody(actor, person), actor.today)
    _refuse_nonsense(actor, kind, happened_on, minutes)
    deal = _deal(actor, opportunity)
    row = {
        "source_id": str(uuid.uuid4()), "kind": kind, "person_id": who.pk, "happened_on": happened_on,
        "account_id": _account(actor, account, deal), "opportunity_id": deal, "minutes": minutes,
        "outcome": _clean(outcome)[:200], "subject": _clean(subject)[:300],
    }  # fmt: skip
    with (
        fact_write(actor, BY_HAND) as write,
        journaled(replace(actor, now=write.moment), "activity_logged", "activity") as entry,
    ):
        versions_written(write, Activity, pl.DataFrame([row], schema=schema_of(Activity, row)), Counts())
        settled(write)
        logged: Activity = Activity.current.get(source_system=BY_HAND, source_id=row["source_id"])
        entry.about(logged.pk, f"{kind.capitalize()} by {who.name} on {happened_on}", after=row)
    return logged


def activity_by_hand(actor: Actor, activity_id: int) -> Activity:
    """An activity that was logged by hand and is the actor's to see; raises Refusal (`not_visible`)."""
    seen = access.activities_seen(actor, Activity.current.filter(pk=activity_id, source_system=BY_HAND), actor.today)
    found: Activity | None = seen.first()
    if found is None:
        raise access.not_visible("activity")
    return found


def activity_retracted(actor: Actor, activity: Activity) -> None:
    """Take back an activity that was logged by hand: it is superseded and counts no more."""
    access.require(actor, "log_work", "Nothing was taken back.")
    seen = access.activities_seen(actor, Activity.current.filter(pk=activity.pk, source_system=BY_HAND), actor.today)
    if not seen.exists():
        raise access.not_visible("activity")
    with (
        fact_write(actor, BY_HAND) as write,
        journaled(replace(actor, now=write.moment), "activity_retracted", "activity") as entry,
    ):
        retracted(write, Activity, [activity.pk])
        settled(write)
        entry.about(activity.pk, f"Taken back: {activity.kind} on {activity.happened_on}")


def _somebody(actor: Actor, person: int | None) -> int:
    if person is None and actor.person_id is None:
        raise Refusal(_NOT_LOGGED, "Nobody is named who did it.", "Name a person.", "no_person")
    return actor.person_id if person is None else person  # type: ignore[return-value]  # one of the two is there


def _refuse_nonsense(actor: Actor, kind: str, happened_on: dt.date, minutes: int | None) -> None:
    if kind not in ACTIVITY_KINDS:
        raise Refusal(
            _NOT_LOGGED, f"{kind!r} is no kind of activity.", f"Choose one of {', '.join(ACTIVITY_KINDS)}.", "bad_value"
        )
    if (happened_on - actor.today).days > 1:  # a day's grace for time zones ahead of the server's
        raise Refusal(_NOT_LOGGED, f"{happened_on} lies ahead.", "Log what has happened.", "future_day")
    if minutes is not None and not 0 <= minutes <= _MAX_MINUTES:
        raise Refusal(
            _NOT_LOGGED, f"{minutes} minutes are no part of a day.", f"Give 0 to {_MAX_MINUTES}.", "bad_value"
        )


def _clean(text: str) -> str:
    """Text that every database keeps: no NUL, no half characters."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _deal(actor: Actor, opportunity: int | None) -> int | None:
    if opportunity is None:
        return None
    if not access.deals_seen(actor, Opportunity.visible.filter(pk=opportunity), actor.today).exists():
        raise access.not_visible("deal")
    return opportunity


def _account(actor: Actor, account: int | None, deal: int | None) -> int | None:
    """The account named, or that of the deal."""
    if account is not None:
        if not access.accounts_seen(actor, Account.visible.filter(pk=account), actor.today).exists():
            raise access.not_visible("account")
        return account
    if deal is None:
        return None
    found: int | None = Opportunity.objects.filter(pk=deal).values_list("states__account_id", flat=True).first()
    return found


def field_report_logged(  # noqa: PLR0913  each part is one a person names
    actor: Actor,
    *,
    person: int | None,
    reported_on: dt.date,
    text: str,
    account: int | None = None,
    opportunity: int | None = None,
) -> FieldReport:
    """Keep what a person heard in the field. Refuses an empty note, and what `activity_logged` refuses."""
    access.require(actor, "log_work", _NOT_LOGGED)
    who = access.person_for(actor, _somebody(actor, person), actor.today)
    _refuse_nonsense(actor, "other", reported_on, None)
    if not _clean(text).strip():
        raise Refusal(_NOT_LOGGED, "The note is empty.", "Write a sentence.", "bad_value")
    deal = _deal(actor, opportunity)
    with journaled(actor, "field_report_logged", "field_report") as entry:
        note = FieldReport(
            person=who, reported_on=reported_on, text=" ".join(_clean(text).split()), opportunity_id=deal,
            account_id=_account(actor, account, deal), **by_hand(actor.now),
        )  # fmt: skip
        saved(note, _NOT_LOGGED)
        entry.about(note.pk, f"Field note by {who.name}", after={"text": note.text, "reported_on": reported_on})
    return note


def facts_ingested(
    actor: Actor, template: str, rows: Sequence[Mapping[str, Any]], *, source_system: str = "api"
) -> Ingested:
    """Write rows in template form; each is checked as a row of a file is, and findings say what was left out.

    Refuses an unknown template and more than MAX_ROWS rows; a bad row is left out, and the others are written.
    """
    access.require(actor, "import_facts", "The rows were not written.")
    if template not in TEMPLATES:
        raise Refusal("The rows were not written.", f"There is no template {template!r}.",
            f"Use {', '.join(TEMPLATES)}.", "unknown_template")  # fmt: skip
    if len(rows) > MAX_ROWS:
        raise Refusal("The rows were not written.", f"{len(rows):,} rows are more than {MAX_ROWS:,}.",
            "Send them in parts, or as a file.", "too_many_rows")  # fmt: skip
    counted = frozenset(name for name, metric in METRICS.items() if metric.unit == "count")
    table = _table(template, rows)
    context = Context(actor.today, company().currency, counted)
    reading = read_tables([table], _as_it_is(template, table.columns), context)
    with fact_write(actor, source_system[:40]) as write:  # noqa: SIM117  the journal needs the write's instant
        with journaled(replace(actor, now=write.moment), "facts_ingested", template) as entry:
            rows_applied(write, [(one.template, one.frame) for one in reading.mapped if one.frame.height])
            counts = write.counts[template]
            counts.read, counts.left_out = len(rows), len(rows) - counts.new - counts.changed - counts.same
            entry.about(
                source_system,
                f"{counts.new:,} new and {counts.changed:,} changed {template.replace('_', ' ')} from {source_system}",
            )
    return Ingested(counts, reading.findings + write.findings)


def _table(template: str, rows: Sequence[Mapping[str, Any]]) -> RawTable:
    names = list(dict.fromkeys(_clean(str(name)) for row in rows for name in row if name != ROW))
    columns = {name: [_text(row.get(name)) for row in rows] for name in names}
    frame = pl.DataFrame(
        {ROW: range(1, len(rows) + 1), **columns}, schema={ROW: pl.Int64, **dict.fromkeys(names, pl.String)}
    )
    return RawTable("rows", template, names, frame)


def _text(value: Any) -> str | None:  # noqa: ANN401  rows, fields and values of any model
    """A value as a file would have it; a whole number written as 12.0 is 12."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return (
        _clean(value) if isinstance(value, str) else _clean(str(value) if isinstance(value, int) else json.dumps(value))
    )


def _as_it_is(template: str, names: list[str]) -> FileMapping:
    """Every column feeds the field of its name; a required one that is missing is asked for."""
    asked = [column.name for column in TEMPLATES[template].columns if column.is_required or column.name in names]
    fields = tuple((name, Field(column=name)) for name in asked)
    rule = TableRule(template=template, file=template, fields=fields)
    return FileMapping(name="rows", dates="iso", decimal_mark=".", tables=(rule,))
