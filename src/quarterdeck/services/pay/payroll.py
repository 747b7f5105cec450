"""The payroll batch of a locked run: numbered, frozen, hashed; what is below zero is carried to the next one.

    person  settled   brought   paid     carried
    rita    4,210.00            4,210.00             a line of the file
    sam      -300.00     0.00       0.00  -300.00     no line: nobody gets a written zero for nothing
    next    1,000.00  -300.00     700.00             a line of the file

The sums are the engine's (`engine.pay.payroll`).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Max, Sum

from quarterdeck.engine.pay.payroll import paid_out
from quarterdeck.records.models import Payroll, PayrollRow, PayRun, PayRunState, PaySettlement
from quarterdeck.services import access
from quarterdeck.services.calendar import company
from quarterdeck.services.listing import Listing, whole
from quarterdeck.services.pay.states import stepped
from quarterdeck.terms.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.services.actor import Actor

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
    sums = PaySettlement.objects.filter(run=run).values("person_id").annotate(paid=Sum("paid_minor"))
    settled = dict(sums.values_list("person_id", "paid"))
    rows = [
        PayrollRow(person_id=person, settled_minor=one.settled, brought_minor=one.brought, paid_minor=one.paid,
            carried_minor=one.carried)
        for person, one in sorted(paid_out(settled, _brought()).items())
    ]  # fmt: skip
    number, currency = (Payroll.objects.aggregate(last=Max("number"))["last"] or 0) + 1, company().currency
    batch = Payroll.objects.create(
        run=run, number=number, currency=currency, sha256=_sha256(number, currency, rows), at=actor.now, by=actor.user
    )
    for row in rows:
        row.payroll = batch
    PayrollRow.objects.bulk_create(rows)


def _brought() -> dict[int, int]:
    """What each person's last batch left below zero."""
    rows = PayrollRow.objects.order_by("payroll__number").values_list("person_id", "carried_minor")
    return {person: carried for person, carried in dict(rows).items() if carried}


def _sha256(number: int, currency: str, rows: Iterable[PayrollRow]) -> str:
    """The hash of a batch: its number, its currency, and its rows in order of people."""
    lines = [
        f"{row.person_id},{row.settled_minor},{row.brought_minor},{row.paid_minor},{row.carried_minor}" for row in rows
    ]
    return hashlib.sha256("\n".join([f"{number},{currency}", *lines]).encode()).hexdigest()


def is_unchanged(batch: Payroll) -> bool:
    """Whether the rows are still those that were hashed."""
    return batch.sha256 == _sha256(batch.number, batch.currency, batch.rows.order_by("person_id"))


def payroll_for(actor: Actor, payroll_id: int) -> Payroll:
    """The batch, for who may see everybody's pay; else `not_visible`."""
    batch = None
    if access.may(actor, "see_pay"):
        batch = Payroll.objects.select_related("run", "by__person").filter(pk=payroll_id).first()
    if batch is None:
        raise access.not_visible("payroll batch")
    return batch


def payroll_listing(batch: Payroll) -> Listing[dict[str, Any]]:
    """The lines to be paid, in order of names; who gets nothing has none."""
    previewed = batch.run.states.filter(state="previewed").first()
    rows = [
        {"payroll": batch.number, "period": batch.run.name, "code": row.person.code, "name": row.person.name,
         "currency": batch.currency, "settled_minor": row.settled_minor, "brought_minor": row.brought_minor,
         "paid_minor": row.paid_minor, "run_sha256": previewed.outputs_sha256 if previewed else ""}
        for row in batch.rows.select_related("person").filter(paid_minor__gt=0).order_by("person__name", "pk")
    ]  # fmt: skip
    return whole(f"Payroll {batch.number}", COLUMNS, rows)
