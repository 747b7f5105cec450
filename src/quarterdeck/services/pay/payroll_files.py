"""Files of a payroll batch: their bytes are kept when they are made, so that a batch is one file whenever asked for.

payroll 7   csv    payroll-7.csv      made with the batch
xlsx   payroll-7.xlsx     made with the batch
adp    EPIHHX07.csv       made when finance asks for it: nobody in it is without an id
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Final

from django.db.models import Max

from quarterdeck.records.models import Payroll, PayrollFile
from quarterdeck.services import access, exports
from quarterdeck.services.journal import journaled
from quarterdeck.services.pay.layouts import File, Payee, layout_file, layout_findings
from quarterdeck.services.pay.settings import SYSTEMS, payroll_codes, setting_on, settings_said
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.listing import Listing
    from quarterdeck.terms.findings import Finding

_WHAT: Final = "The file was not made."
_SHOWN: Final = 5


def kept(actor: Actor, batch: Payroll, layout: str, file: File) -> PayrollFile:
    """Keep a file; the same bytes once more are the file that there is."""
    digest = hashlib.sha256(file.body).hexdigest()
    same = batch.files.filter(layout=layout, sha256=digest).first()
    if isinstance(same, PayrollFile):
        return same
    number = (batch.files.filter(layout=layout).aggregate(last=Max("number"))["last"] or 0) + 1
    return PayrollFile.objects.create(
        payroll=batch, layout=layout, number=number, name=file.name, sha256=digest, n_rows=file.n_rows,
        total_minor=file.total_minor, data=base64.b64encode(file.body).decode(), at=actor.now, by=actor.user,
    )  # fmt: skip


def own_files_kept(actor: Actor, batch: Payroll, listing: Listing[Any], currency: str) -> None:
    """The product's own two files of a batch that was just made."""
    total = sum(row["paid_minor"] for row in listing.rows if row["currency"] == batch.currency)
    for layout, body in (
        ("csv", exports.csv_of(listing, currency)),
        ("xlsx", exports.xlsx_of(listing, currency, made_at=batch.at)),
    ):
        kept(actor, batch, layout, File(f"payroll-{batch.number}.{layout}", body, len(listing.rows), total))


def body_of(file: PayrollFile) -> bytes:
    """The bytes of a file."""
    return base64.b64decode(file.data)


def own_file(batch: Payroll, layout: str) -> PayrollFile | None:
    """The product's own file of a batch in a layout; none of batches that were made before files were kept."""
    found = batch.files.filter(layout=layout).order_by("number").first()
    return found if isinstance(found, PayrollFile) else None


def payroll_file_for(actor: Actor, payroll_file_id: int) -> PayrollFile:
    """A file, for who may see everybody's pay; else `not_visible`."""
    file = None
    if access.may(actor, "see_pay"):
        file = PayrollFile.objects.filter(pk=payroll_file_id).first()
    if file is None:
        raise access.not_visible("payroll file")
    return file


def payees(batch: Payroll, codes: Mapping[int, str]) -> list[Payee]:
    """The lines to be paid in order of people's codes; one query."""
    rows = batch.rows.select_related("person").filter(paid_minor__gt=0).order_by("person__code", "pk")
    return [
        Payee(
            name=row.person.name, person_code=row.person.code, payroll_code=codes.get(row.person_id, ""),
            paid_minor=row.paid_minor, currency=row.currency or batch.currency,
        )
        for row in rows
    ]  # fmt: skip


def payroll_findings(batch: Payroll, system: str) -> list[Finding]:
    """What keeps a batch from being a file of a payroll system, before anybody makes it; three queries."""
    people, setting = _asked(batch, system)
    return layout_findings(system, people, setting, batch.currency)


def _asked(batch: Payroll, system: str) -> tuple[list[Payee], dict[str, str] | None]:
    """The lines with the ids of today, and what is set for the period's last day."""
    ids = [row.person_id for row in batch.rows.all() if row.paid_minor > 0]
    last_day = batch.run.ends_on - dt.timedelta(days=1)
    setting = setting_on(settings_said(system), system, last_day)
    return payees(batch, payroll_codes(system, ids)), setting.values if setting is not None else None


def payroll_file_made(actor: Actor, payroll_id: int, system: str) -> PayrollFile:
    """A batch in the layout of a payroll system. Raises Refusal (`payroll_file`) with what is missing; `needs_hat`."""
    access.require(actor, "approve_pay", _WHAT)
    if system not in SYSTEMS:
        raise access.not_visible("payroll layout")
    with journaled(actor, "payroll_file_made", "payroll") as entry:
        batch = Payroll.objects.select_for_update().filter(pk=payroll_id).first()
        if batch is None:
            raise access.not_visible("payroll batch")
        people, setting = _asked(batch, system)
        errors = [
            one for one in layout_findings(system, people, setting, batch.currency) if one.severity == "error"
        ]  # fmt: skip
        if errors or setting is None:
            raise _refused(errors)
        made = layout_file(system, batch.number, people, setting, batch.currency)
        if not made.n_rows:
            raise Refusal(_WHAT, "Nobody is paid by the batch.", "Nothing is left to do.", "payroll_file")
        row = kept(actor, batch, system, made)
        entry.about(batch.pk, f"{batch}: {row.name}, {row.n_rows} lines", after={"sha256": row.sha256})
    return row


def _refused(errors: list[Finding]) -> Refusal:
    said = " ".join(one.message for one in errors[:_SHOWN])
    more = f" And {len(errors) - _SHOWN} more." if len(errors) > _SHOWN else ""
    remedies = " ".join(dict.fromkeys(one.remedy for one in errors))
    return Refusal(_WHAT, said + more, remedies, "payroll_file")
