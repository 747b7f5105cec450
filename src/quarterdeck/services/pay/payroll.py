"""The payroll batch of a locked run: numbered, frozen, hashed; what is below zero is carried to the next one.

    person  settled   brought   paid     carried
    rita    4,210.00            4,210.00             a line of the file
    sam      -300.00     0.00       0.00  -300.00     no line: nobody gets a written zero for nothing
    next    1,000.00  -300.00     700.00             a line of the file

The sums are the engine's (`engine.pay.payroll`), each currency by itself: who is paid by a plan in another currency
than the company's has a line in that one.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Max, Prefetch, Sum

from quarterdeck.engine.pay.payroll import paid_out
from quarterdeck.records.models import CompPlanVersion, Payroll, PayrollRow, PayRun, PayRunState, PaySettlement
from quarterdeck.services import access
from quarterdeck.services.calendar import company
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.pay.payroll_files import own_files_kept
from quarterdeck.services.pay.plans import plan_of
from quarterdeck.services.pay.states import stepped
from quarterdeck.terms.money import minor_digits
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.services.actor import Actor

Key = tuple[int, str]
"""A person's id and a currency; empty for the company's."""

_ROWS: Final = Prefetch("rows", PayrollRow.objects.select_related("person").order_by("person_id", "currency"))
COLUMNS: Final = (
    Column("payroll", "count", "The batch's number."),
    Column("period", "text", "What it pays for."),
    Column("code", "id", "The person's code."),
    Column("name", "text", "Their name."),
    Column("currency", "text", "ISO 4217."),
    Column("settled_minor", "money", "What the run settled."),
    Column("brought_minor", "money", "What an earlier batch left below zero."),
    Column("paid_minor", "money", "What is to be paid."),
    Column("run_sha256", "text", "The hash of all that the run computed."),
)


def payroll_made(actor: Actor, run_id: int, *, note: str = "") -> PayRunState:
    """Freeze what a locked run pays as a batch, and mark the run paid: one transaction."""
    return stepped(actor, run_id, "pay", note, also=lambda run: _made(actor, run))


def _made(actor: Actor, run: PayRun) -> None:
    sums = PaySettlement.objects.filter(run=run).values("person_id", "version_id").annotate(paid=Sum("paid_minor"))
    texts = dict(CompPlanVersion.objects.filter(pk__in=[row["version_id"] for row in sums]).values_list("pk", "text"))
    home = company().currency
    settled: dict[Key, int] = {}
    for row in sums:
        of = plan_of(texts[row["version_id"]]).currency
        key = row["person_id"], "" if of == home else of
        settled[key] = settled.get(key, 0) + row["paid"]
    rows = [
        PayrollRow(person_id=person, currency=currency, settled_minor=one.settled, brought_minor=one.brought,
            paid_minor=one.paid, carried_minor=one.carried)
        for (person, currency), one in sorted(paid_out(settled, _brought()).items())
    ]  # fmt: skip
    number = (Payroll.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    batch = Payroll.objects.create(
        run=run, number=number, currency=home, sha256=_sha256(number, home, rows), at=actor.now, by=actor.user
    )
    for line in rows:
        line.payroll = batch
    PayrollRow.objects.bulk_create(rows)
    own_files_kept(actor, batch, payroll_listing(batch), payroll_currency(batch))


def _brought() -> dict[Key, int]:
    """What each person's last batch left below zero, by currency."""
    names = ("person_id", "currency", "carried_minor")
    rows = PayrollRow.objects.order_by("payroll__number").values_list(*names)
    last = {(person, currency): carried for person, currency, carried in rows}
    return {key: carried for key, carried in last.items() if carried}


def _sha256(number: int, currency: str, rows: Iterable[PayrollRow]) -> str:
    """The hash of a batch: its number, its currency, and its rows in order of people."""
    lines = [
        f"{row.person_id},{row.settled_minor},{row.brought_minor},{row.paid_minor},{row.carried_minor}"
        + (f",{row.currency}" if row.currency else "")
        for row in rows
    ]
    return hashlib.sha256("\n".join([f"{number},{currency}", *lines]).encode()).hexdigest()


def is_unchanged(batch: Payroll) -> bool:
    """Whether the rows are still those that were hashed."""
    rows = sorted(batch.rows.all(), key=lambda row: (row.person_id, row.currency))
    return batch.sha256 == _sha256(batch.number, batch.currency, rows)


def payroll_for(actor: Actor, payroll_id: int) -> Payroll:
    """The batch, for who may see everybody's pay; else `not_visible`."""
    batch = None
    if access.may(actor, "see_pay"):
        found = Payroll.objects.select_related("run", "by__person").prefetch_related(_ROWS)
        batch = found.filter(pk=payroll_id).first()
    if batch is None:
        raise access.not_visible("payroll batch")
    return batch


def payroll_currency(batch: Payroll) -> str:
    """The currency with the most digits of all that the batch pays in: its amounts are written with so many."""
    found = {row.currency or batch.currency for row in batch.rows.all()} | {batch.currency}
    return max(sorted(found), key=lambda one: (minor_digits(one), one == batch.currency))


def payroll_listing(batch: Payroll) -> Listing[dict[str, Any]]:
    """The lines to be paid, in order of names; who gets nothing has none. In minor units of `payroll_currency`."""
    digits = minor_digits(payroll_currency(batch))
    previewed = batch.run.states.filter(state="previewed").first()
    rows = [
        {"payroll": batch.number, "period": batch.run.name, "code": row.person.code, "name": row.person.name,
         "currency": of, "settled_minor": row.settled_minor * scale, "brought_minor": row.brought_minor * scale,
         "paid_minor": row.paid_minor * scale, "run_sha256": previewed.outputs_sha256 if previewed else ""}
        for row in sorted(batch.rows.all(), key=lambda one: (one.person.name, one.pk))
        if row.paid_minor > 0
        for of in [row.currency or batch.currency]
        for scale in [10 ** (digits - minor_digits(of))]
    ]  # fmt: skip
    return whole(f"Payroll {batch.number}", COLUMNS, rows)
