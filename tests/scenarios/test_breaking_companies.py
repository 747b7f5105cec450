"""Companies that are empty, tiny or hostile: every page opens for every hat, and says nothing a browser would run."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import pytest
from django.conf import settings

from quarterdeck.records.models import Account, Opportunity, Person, Product, Team
from quarterdeck.services.totals import totals_differences
from quarterdeck.terms.templates import HATS
from small_files import applied
from small_files import csv as file
from walking import pages, signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

pytestmark = pytest.mark.django_db

EVIL: Final = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{7*7}}"
RTL: Final = "\u202eمدير\u202c שירה 你好 🜁"
LONG: Final = "Wolfeschlegelsteinhausenbergerdorff " * 8 + "the last one"
FORMULA: Final = "=HYPERLINK(1)+cmd|' /C calc'!A0"
NAMES = {"markup": EVIL, "right to left": RTL, "long": LONG, "formula": FORMULA}
if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
    # What a page escapes is the same on every database; what the database itself may stumble over is not.
    NAMES = {"right to left": RTL}
RAW: Final = ("<img src=x", "<script>alert", ">49<", 'onerror=alert(1)>"')


def quoted(*cells: str) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def company(name: str) -> tuple[tuple[str, bytes], ...]:
    """Everything that has a name or a text is called the same."""
    hats = [quoted(f"p-{hat}", f"{name} {hat}"[-300:], f"{hat}@example.com", hat, "top", f"s-{hat}") for hat in HATS]
    return (
        file("teams", "team,name,parent", quoted("top", name, "")),
        file("people", "person,name,email,hat,team,position", *hats),
        file("products", "product,name,family", quoted("p", name, name)),
        file("territories", "territory,name,person", quoted("t", name, "p-rep")),
        file("accounts", "account,name,segment,territory,owner", quoted("a", name, name, "t", "p-rep")),
        file("opportunities",
            "opportunity,name,owner,account,product,stage,stage_kind,amount,opened_on,competitor,loss_reason",
            quoted("d", name, "p-rep", "a", "p", name, "open", "10", "2025-03-01", name, name),
            quoted("w", name, "p-rep", "a", "p", "Won", "won", "10", "2025-03-01", name, name)),
        file("activities", "activity,kind,person,happened_on,account,opportunity,outcome,subject",
            quoted("t", "call", "p-rep", "2025-06-30", "a", "d", name, name)),
        file("bookings", "booking,person,account,product,booked_on,amount",
            quoted("b", "p-rep", "a", "p", "2025-06-30", "5")),
        file("leave", "person,starts_on,ends_on,reason", quoted("p-rep", "2025-06-30", "2025-07-02", name)),
    )  # fmt: skip


def opened(client: Client, address: str, **query: str) -> HttpResponse:
    answer = client.get(address, query, follow=True)
    assert answer.status_code in (200, 405), (address, answer.status_code)
    return answer


def said(answer: HttpResponse) -> str:
    return (b"".join(answer) if answer.streaming else answer.content).decode("utf-8", "replace")


@pytest.mark.parametrize("hat", HATS)
def test_every_page_of_a_company_without_facts_opens_and_says_what_to_do(hat: str) -> None:
    applied(file("teams", "team,name,parent", "top,Top,"),
        file("people", "person,name,email,hat,team", f"only,Only One,only@example.com,{hat},top"))  # fmt: skip
    client = signed_in(Person.objects.get())
    for address in pages():
        answer = client.get(address, follow=True)
        assert answer.status_code in (200, 403, 404, 405), (address, answer.status_code)
    assert client.get("/", follow=True).status_code == 200


def test_every_page_opens_for_a_user_of_a_database_without_anybody() -> None:
    client = signed_in(None)
    for address in pages():
        assert client.get(address, follow=True).status_code in (200, 403, 404, 405), address


def test_one_person_with_every_hat_opens_every_page() -> None:
    hats = [f"only,Only One,only@example.com,{hat},top,s-{hat}" for hat in HATS]
    applied(file("teams", "team,name,parent", "top,Top,"), file("people", "person,name,email,hat,team,position", *hats))
    client = signed_in(Person.objects.get())
    for address in pages():
        opened(client, address)
    assert Person.objects.count() == 1


@pytest.mark.parametrize("name", list(NAMES.values()), ids=list(NAMES))
def test_names_are_text_on_every_page_and_in_every_file(name: str) -> None:
    batch = applied(*company(name))
    assert batch.counts["opportunities"]["new"] == 2
    for hat in ("director", "rep"):
        client = signed_in(Person.objects.get(code=f"p-{hat}"))
        for address in pages():
            for query in ({}, {"format": "csv"}, {"q": name}, {"as_of": "2025-06-30"}):
                text = said(client.get(address, query, follow=True))
                assert not [raw for raw in RAW if raw in text and "csv" not in query.values()], (address, query)
                if query.get("format") == "csv" and text.startswith("\ufeff"):
                    cells = [cell for row in csv.reader(io.StringIO(text[1:])) for cell in row]
                    assert not [cell for cell in cells if cell.startswith(("=", "@", "\t"))], address
    assert totals_differences().is_empty()


def test_findings_are_no_formulas_in_the_file_of_findings() -> None:
    late = file("payments", "payment,booking,paid_on,amount", quoted("x", "@SUM(1)", "2025-01-01", "=1+1"),
        quoted("y", "b", " =1+1", "1"))  # fmt: skip
    batch = applied(*company("Plain"), late)
    client = signed_in(Person.objects.get(code="p-operations"))
    rows = csv.reader(io.StringIO(said(opened(client, f"/imports/{batch.pk}/findings.csv")).lstrip("\ufeff")))
    cells = [cell for row in rows for cell in row]
    assert any("1+1" in cell for cell in cells)
    assert not [cell for cell in cells if cell.strip().startswith(("=", "@", "+"))]


def test_a_name_of_three_hundred_letters_stays_whole() -> None:
    applied(*company(LONG))
    assert {len(row.name) for row in (*Account.objects.all(), *Product.objects.all(), *Team.objects.all())} == {
        len(LONG)
    }
    assert {row.name for row in Opportunity.objects.all()} == {LONG}
