"""Pages of imports: files are handed in, read, asked about, applied, undone; nothing is written before one says so."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from quarterdeck.records.models import Account, Activity, Batch, Opportunity

if TYPE_CHECKING:
    from django.http import HttpResponse

    from small_company import SmallCompany

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ACCOUNTS = ("accounts.csv", "account,name,segment\nn-1,Hollis Tools,retail\nn-2,Marsh & Sons,trade\n")
DEALS = (
    "opportunities.csv",
    (
        "opportunity,name,owner,account,product,stage,stage_kind,amount,opened_on\n"
        "x-1,Hollis 40,p-rita,n-1,Prodd,Won,won,100.50,2025-03-01\n"
        "x-2,=cmd(),p-rita,n-1,Prodd,Open,open,20,2025-03-02\n"
    ),
)
DAYS = ("activities.csv", "activity,kind,person,happened_on\nt-1,call,p-rita,03/04/2025\nt-2,call,p-rita,05/04/2025\n")


@pytest.fixture
def small(small_made: SmallCompany) -> SmallCompany:
    return small_made


def client(small: SmallCompany, who: str = "olga", *, checks: bool = False) -> Client:
    made = Client(enforce_csrf_checks=checks)
    made.force_login(small.users[who], backend=BACKEND)
    return made


def handed_in(small: SmallCompany, *files: tuple[str, str | bytes], who: str = "olga", **form: str) -> HttpResponse:
    sent = [SimpleUploadedFile(name, body if isinstance(body, bytes) else body.encode()) for name, body in files]
    return client(small, who).post("/imports/new", {"files": sent, "made_on": "2025-06-30", **form}, follow=True)


def page(small: SmallCompany, batch: Batch, **asked: str) -> str:
    return str(client(small).get(f"/imports/{batch.pk}", asked).content.decode())


def posted(small: SmallCompany, batch: Batch, step: str, **form: str) -> HttpResponse:
    return client(small).post(f"/imports/{batch.pk}/{step}", form, follow=True)


def worked() -> int:
    """What a worker does: every queued job, once."""
    jobs = list(DBTaskResult.objects.ready())
    for job in jobs:
        import_string(job.task_path).func(*job.args_kwargs["args"])
        job.status = "SUCCESSFUL"
        job.save(update_fields=["status"])
    return len(jobs)


def text(answer: HttpResponse) -> str:
    return str(answer.content.decode())


def test_files_are_read_and_shown_and_nothing_is_written(small: SmallCompany) -> None:
    before = Account.objects.count()
    shown = text(handed_in(small, ACCOUNTS))
    assert ": previewed" in shown
    assert "Hollis Tools" in shown, "the first rows, as they will be written"
    assert "as our own templates" in shown
    assert Account.objects.count() == before


def test_a_batch_is_applied_by_a_worker_while_the_page_asks_again(small: SmallCompany) -> None:
    handed_in(small, ACCOUNTS)
    batch = Batch.objects.get()
    waiting = text(posted(small, batch, "apply"))
    assert 'hx-trigger="every 1s"' in waiting
    assert "Waiting for a worker" in waiting
    assert not Account.objects.filter(code="n-1").exists()
    assert worked() == 1
    shown = page(small, batch)
    assert ": applied" in shown
    assert "every 1s" not in shown
    assert Account.visible.filter(code="n-1", name="Hollis Tools").exists()


def test_undo_says_what_it_does_before_it_does(small: SmallCompany) -> None:
    handed_in(small, ACCOUNTS)
    batch = Batch.objects.get()
    posted(small, batch, "apply")
    worked()
    assert "Everything that can be seen will be as it was" in text(client(small).get(f"/imports/{batch.pk}/undo"))
    assert Account.visible.filter(code="n-1").exists()
    assert "every 1s" in text(posted(small, batch, "undo")), "the page waits for the worker"
    worked()
    assert ": undone" in page(small, batch)
    assert not Account.visible.filter(code="n-1").exists()


def test_what_was_never_applied_is_not_undone(small: SmallCompany) -> None:
    handed_in(small, ACCOUNTS)
    assert posted(small, Batch.objects.get(), "undo").status_code == 409
    assert DBTaskResult.objects.count() == 0


def test_an_unknown_value_is_asked_for_and_the_nearest_is_offered_and_not_taken(small: SmallCompany) -> None:
    shown = text(handed_in(small, ACCOUNTS, DEALS))
    batch = Batch.objects.get()
    assert 'name="value:opportunities.product:Prodd"' in shown
    assert '<option value="prod" selected>prod (nearest)</option>' in shown
    assert batch.translations == {}
    answered = text(posted(small, batch, "values", **{"value:opportunities.product:Prodd": "prod"}))
    assert "have a meaning now" in answered
    assert "value:opportunities.product:Prodd" not in answered
    posted(small, batch, "apply")
    worked()
    state = Opportunity.visible.get(code="x-1").states.latest("pk")
    assert (state.product.code, state.amount_minor) == ("prod", 10_050)


def test_a_value_may_be_left_unknown(small: SmallCompany) -> None:
    handed_in(small, ACCOUNTS, DEALS)
    assert "Nothing was chosen" in text(
        posted(small, Batch.objects.get(), "values", **{"value:opportunities.product:Prodd": ""})
    )


def test_days_that_could_be_read_in_two_ways_are_asked_about(small: SmallCompany) -> None:
    shown = text(handed_in(small, DAYS))
    assert "Which comes first?" in shown
    batch = Batch.objects.get()
    assert "Which comes first?" not in text(posted(small, batch, "read", dates="day-first"))
    posted(small, batch, "apply")
    worked()
    assert str(Activity.current.get(source_id="t-1").happened_on) == "2025-04-03"


def test_findings_are_filtered_by_severity_and_handed_out_as_a_file_no_spreadsheet_runs(small: SmallCompany) -> None:
    handed_in(small, ACCOUNTS, DEALS, ("bookings.csv", "booking,person,booked_on,amount\n=1+1,p-rita,never,5\n"))
    batch = Batch.objects.get()
    everything = page(small, batch)
    errors = page(small, batch, severity="error")
    assert "is no known product" in everything
    assert "is no known product" not in errors
    body = text(client(small).get(f"/imports/{batch.pk}/findings.csv"))
    rows = list(csv.DictReader(io.StringIO(body)))
    assert {row["severity"] for row in rows} >= {"error", "warning"}
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values() if cell)


def test_a_mapping_that_is_none_is_shown_with_the_line_of_the_mistake(small: SmallCompany) -> None:
    handed_in(small, ("export.csv", "Kunde;Name\n1;Hollis\n"))
    batch = Batch.objects.get()
    answer = posted(small, batch, "read", mapping="quarterdeck mapping: 1\nfiles:\n  - [\n")
    assert answer.status_code == 409
    assert "line" in text(answer)
    assert 'aria-invalid="true"' in text(answer)
    assert "files:" in text(answer), "what was typed stays"


def test_a_file_that_nobody_knows_is_drafted_and_waits_for_a_person(small: SmallCompany) -> None:
    shown = text(handed_in(small, ("export.csv", "Kunde;Firma\n1;Hollis\n2;Marsh\n")))
    assert "How is it read?" in shown
    assert "<textarea" in shown
    assert "Apply: write it" not in shown


def test_a_zip_of_files_is_files(small: SmallCompany) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("accounts.csv", ACCOUNTS[1])
    assert "Hollis Tools" in text(handed_in(small, ("all.zip", packed.getvalue())))


@pytest.mark.parametrize(
    ("files", "form"),
    [
        ((), {}),
        ((ACCOUNTS,), {"made_on": "yesterday"}),
        ((ACCOUNTS,), {"preset": "sap"}),
        ((ACCOUNTS,), {"mapping": "- ["}),
        ((("accounts.csv", ""),), {}),
        ((("../../etc/passwd", "a,b\n1,2\n"),), {}),
        ((("nul\x00.csv", b"\x00\xff\xfe\x00"),), {}),
        ((("broken.xlsx", b"PK\x03\x04nothing"),), {}),
        ((("bomb.zip", b"PK\x05\x06" + b"\x00" * 18),), {}),
    ],
)
def test_what_cannot_be_read_is_refused_or_noticed_and_never_breaks(
    small: SmallCompany, files: tuple[Any, ...], form: dict[str, str]
) -> None:
    answer = handed_in(small, *files, **form)
    assert answer.status_code in {200, 409}
    assert 'role="alert"' in text(answer) or "What was noticed?" in text(answer)


def test_a_file_from_elsewhere_keeps_its_name_without_its_way(small: SmallCompany) -> None:
    handed_in(small, ("../../etc/accounts.csv", ACCOUNTS[1]))
    assert Batch.objects.get().files[0]["name"] == "accounts.csv"


def test_who_may_not_import_sees_none_of_it(small: SmallCompany) -> None:
    handed_in(small, ACCOUNTS)
    batch = Batch.objects.get()
    for who in ("rita", "mona", "fred"):
        assert handed_in(small, ACCOUNTS, who=who).status_code == 403
        reading = client(small, who)
        for address in ("/imports", "/imports/new", f"/imports/{batch.pk}", f"/imports/{batch.pk}/findings.csv"):
            assert reading.get(address).status_code in {403, 404}, (who, address)
        for step in ("apply", "undo", "values", "read"):
            assert reading.post(f"/imports/{batch.pk}/{step}").status_code in {403, 404}, (who, step)
    assert Batch.objects.count() == 1


def test_a_form_from_elsewhere_hands_nothing_in(small: SmallCompany) -> None:
    sent = SimpleUploadedFile(*[ACCOUNTS[0], ACCOUNTS[1].encode()])
    answer = client(small, checks=True).post("/imports/new", {"files": sent, "made_on": "2025-06-30"})
    assert answer.status_code == 403
    assert not Batch.objects.exists()


def test_templates_are_files_to_fill_in(small: SmallCompany) -> None:
    assert client(small).get("/imports/templates/accounts").content.startswith(b"account,")
    assert client(small).get("/imports/templates/all").content[:2] == b"PK"
    assert client(small).get("/imports/templates/none").status_code == 404


def test_an_empty_list_offers_templates_and_the_first_upload(small: SmallCompany) -> None:
    shown = text(client(small).get("/imports"))
    assert "/imports/templates/all" in shown
    assert 'href="/imports/new"' in shown


def test_a_list_of_batches_names_files_people_and_counts(small: SmallCompany) -> None:
    handed_in(small, ACCOUNTS)
    shown = text(client(small).get("/imports"))
    assert "accounts.csv" in shown
    assert "Olga Umberfield" in shown
