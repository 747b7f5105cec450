"""Lists of deals, work, accounts and orders: filters, sums, files, whose rows they are, and what an empty one says."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import Count, Sum
from django.urls import reverse

from quarterdeck.records.models import (
    Account,
    Booking,
    Company,
    Opportunity,
    OpportunityState,
    Person,
    Product,
    Segment,
)
from quarterdeck.services.access import so_on
from quarterdeck.services.people import person_changed
from walking import signed_in

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
LISTS = ("deals", "activities", "accounts", "bookings", "field-reports", "territories", "people", "journal", "metrics")
OPERATIONS = (*LISTS, "imports", "goals", "targets")


DAY = dt.date(2026, 3, 17)
"""The demo company's day."""


@pytest.fixture(autouse=True)
def _looks_from_the_demo_day(demo_company: Any, db: None) -> None:  # noqa: ARG001  inside the test's savepoint
    assert demo_company.actor.today == DAY
    Company.objects.update_or_create(pk=1, defaults={"name": "Harbour & Hale", "shows_as_of": DAY})


def person(code: str) -> Person:
    return Person.objects.get(code=code)


def client(code: str) -> Client:
    return signed_in(person(code))


def page(who: str, name: str, *args: object, **query: object) -> str:
    answer = client(who).get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return str(answer.content.decode())


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def rows(who: str, name: str, **query: object) -> list[dict[str, str]]:
    """The list as its file holds it."""
    answer = client(who).get(reverse(name), {**query, "format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    return table(answer.content.decode())


def on_the_day(**where: Any) -> Any:
    return OpportunityState.objects.filter(so_on(DAY), **where).exclude(effective_from=None)


def test_deals_are_the_open_ones_and_end_in_their_sum() -> None:
    found = on_the_day(stage_kind="open")
    total = found.aggregate(total=Sum("amount_minor"))["total"]
    shown = page("ines", "deals")
    foot = re.search(r"<tfoot.*</tfoot>", shown, re.DOTALL)
    assert foot
    assert f"All {found.count():,}" in foot[0]
    assert f"{round(total / 100):,}" in foot[0]
    assert "All" not in page("ines", "deals", text="nothing is called so")


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"stage_kind": "won"}, {"stage_kind": "won"}),
        ({"stage_kind": "all", "stage": "Proposal"}, {"stage": "Proposal"}),
        ({"stage_kind": "all", "person": "rita"}, {"person__code": "rita"}),
        ({"stage_kind": "all", "segment": "first"}, {"segment": "first"}),
        ({"stage_kind": "all", "product": "first"}, {"product": "first"}),
        ({"stage_kind": "all", "account": "first"}, {"account": "first"}),
        ({"stage_kind": "all", "no_account": "1"}, {"account": None}),
    ],
)
def test_deals_are_filtered(asked: dict[str, str], where: dict[str, Any]) -> None:
    nouns = {"segment": Segment, "product": Product, "account": Account}
    for name, model in nouns.items():
        if asked.get(name):
            pk = model._default_manager.latest("pk").pk
            asked, where = {**asked, name: str(pk)}, {name: pk}
    if asked.get("person"):
        asked = {**asked, "person": str(person("rita").pk)}
    codes = sorted(on_the_day(**where).values_list("opportunity__code", flat=True))
    assert sorted(row["code"] for row in rows("ines", "deals", **asked)) == codes


def test_a_heading_sorts_and_a_second_click_turns_the_order() -> None:
    largest = [float(row["amount"]) for row in rows("ines", "deals", sort="-amount_minor")]
    assert largest == sorted(largest, reverse=True)
    assert 'href="/deals?sort=amount_minor"' in page("ines", "deals", sort="-amount_minor")
    assert client("ines").get("/deals?sort=nothing").status_code == 409


def test_pages_turn_and_keep_the_filter() -> None:
    first = page("ines", "deals", stage_kind="all")
    assert "page=2" in first
    assert 'rel="prev"' in page("ines", "deals", stage_kind="all", page=2)


@pytest.mark.parametrize("asked", ["person=x", "segment=-1", "product=9999999999999", "page=x", "as_of=never"])
def test_a_filter_that_makes_no_sense_is_refused_in_words(asked: str) -> None:
    answer = client("ines").get(f"/deals?{asked}")
    assert answer.status_code == 409
    assert "notice" in answer.content.decode()


def test_a_rep_sees_their_own_deals_and_is_offered_no_owner() -> None:
    rita = person("rita")
    own = set(on_the_day(person=rita).values_list("opportunity__code", flat=True))
    assert {row["code"] for row in rows("rita", "deals", stage_kind="all")} == own
    assert 'name="person"' not in page("rita", "deals")
    assert 'name="person"' in page("priya", "deals")


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_list_is_a_csv_and_a_workbook_too(name: str) -> None:
    reading = client("ines")
    assert "format=xlsx" in reading.get(reverse(name)).content.decode() or name == "goals"
    answer = reading.get(reverse(name), {"format": "csv"})
    assert "attachment" in answer["Content-Disposition"]
    assert answer.content.decode().lstrip("\ufeff").split(",")[0]
    assert reading.get(reverse(name), {"format": "xlsx"}).content[:2] == b"PK"


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_for_a_rep(name: str) -> None:
    assert "<h1>" in page("rita", name)


def test_a_deal_says_how_it_came_here_and_what_changed_on_a_day() -> None:
    deal = Opportunity.visible.annotate(n=Count("states")).filter(n__gt=2).latest("pk")
    shown = page("ines", "deal", deal.pk)
    history = shown.split("How did it come here?")[1].split("</tbody>")[0].split("</tr>")
    assert "is-new" in history[1], "what changed on the last day"
    assert "is-new" not in history[-2], "the first state of a deal changed nothing"


def test_a_deal_of_somebody_else_does_not_exist_for_a_rep() -> None:
    other = OpportunityState.objects.filter(person__code="yuki").exclude(opportunity__states__person__code="rita")
    assert client("rita").get(reverse("deal", args=[other.latest("pk").opportunity_id])).status_code == 404


def test_an_account_leads_to_its_deals_work_and_orders_as_lists() -> None:
    booked = Booking.current.exclude(account=None).latest("pk")
    shown = page("ines", "account-page", booked.account_id)
    assert f"/bookings?account={booked.account_id}" in shown
    total = Booking.current.filter(account=booked.account_id).aggregate(total=Sum("amount_minor"))["total"]
    listed = page("ines", "bookings", account=booked.account_id)
    assert f"{round(total / 100):,}" in listed.split("<tfoot")[1]


def test_bookings_are_cut_by_day_the_last_one_included() -> None:
    found = Booking.current.filter(booked_on__range=("2026-02-01", "2026-02-28"))
    codes = sorted(found.values_list("source_id", flat=True))
    assert sorted(row["code"] for row in rows("ines", "bookings", since="2026-02-01", until="2026-02-28")) == codes
    assert codes


def test_what_is_not_there_says_what_to_do_next_to_whom_it_may_concern() -> None:
    nothing = {"text": "nothing is called so"}
    assert 'href="/imports/new"' in page("ines", "deals", **nothing)
    asked = page("rita", "deals", **nothing)
    assert "ask operations" in asked
    assert "/imports/new" not in asked


def test_search_finds_by_the_beginning_of_a_word_and_only_what_one_sees() -> None:
    assert reverse("person", args=[person("rita").pk]) in page("ines", "search", q="mor")
    assert "Rita Moreno" not in page("yuki", "search", q="Moreno")
    assert "Nothing you may see" in page("ines", "search", q="<b>")


def test_what_is_found_while_one_types_is_a_part_of_the_page() -> None:
    answer = client("ines").get("/search?q=rita", headers={"HX-Request": "true"})
    assert 'id="found"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_metric_leads_to_its_method_and_a_method_to_another() -> None:
    assert "/metrics?method=pace" in page("rita", "metrics")
    shown = page("rita", "metrics", method="cascade")
    assert '<a href="/metrics?method=seasonal-index">' in shown
    assert "<h1>Cascade</h1>" in shown


@pytest.mark.parametrize("name", ["../house", "pace.md", "<script>", "", "x" * 500])
def test_no_other_file_is_shown_as_a_method(name: str) -> None:
    answer = client("rita").get("/metrics", {"method": name})
    assert answer.status_code == (404 if name else 200)
    assert "<script>" not in answer.content.decode().replace('<script type="module"', "")


def test_the_journal_shows_before_and_after_in_words(demo_company: Any) -> None:
    person_changed(demo_company.actor, person("rita").pk, name="Rita Moreno-Díaz")
    shown = page("ines", "journal", noun="person")
    assert "<del>" in shown
    assert "Rita Moreno-Díaz</ins>" in shown
    assert "Rita Moreno was" not in page("rita", "journal", noun="person"), "one's own writes, not those about one"
    assert rows("ines", "journal", noun="person")[0]["changes"] == "name: Rita Moreno -> Rita Moreno-Díaz"


def test_a_list_keeps_the_day_that_was_asked_for() -> None:
    assert "as_of=2025-06-30" in page("ines", "deals", as_of="2025-06-30")
    shown = {row["code"] for row in rows("ines", "deals", as_of="2025-06-30", stage_kind="all")}
    assert shown < set(Opportunity.visible.values_list("code", flat=True))
