"""Lists, search and the files made of them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from quarterdeck.records.models import Account, OpportunityState, Person
from quarterdeck.services.accounts import account, accounts
from quarterdeck.services.activities_list import ActivityFilter, activities
from quarterdeck.services.actor import Actor
from quarterdeck.services.deals import DealFilter, deal, deals
from quarterdeck.services.exports import csv_of, xlsx_of
from quarterdeck.services.listing import Page, whole
from quarterdeck.services.search import search
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.tables import Column
from small_company import NOW, TODAY, SmallCompany

SYSTEM = Actor(now=NOW)


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """An actor lasts for a request and remembers the tree; this one lasts for all tests."""
    SYSTEM.memo.clear()


@pytest.fixture
def company(small_made: SmallCompany) -> SmallCompany:
    return small_made


def test_a_rep_lists_their_own_deals_and_a_manager_those_below(company: SmallCompany) -> None:
    assert [row.person for row in deals(company.actor("rita"), as_of=TODAY).rows] == ["Rita Brackenshaw"]
    assert {row.person.split()[0].lower() for row in deals(company.actor("mona"), as_of=TODAY).rows} >= {
        "rita",
        "raj",
        "nora",
    }
    assert all(row.person != "Walt Oystermoor" for row in deals(company.actor("mona"), as_of=TODAY).rows)


def test_deals_have_the_state_of_the_day_and_none_before_they_began(company: SmallCompany) -> None:  # noqa: ARG001
    assert deals(SYSTEM, as_of=dt.date(2025, 1, 5)).rows == ()
    assert len(deals(SYSTEM, as_of=dt.date(2025, 1, 6)).rows) == len(Person.objects.all())


def test_undated_deals_are_under_their_own_filter(company: SmallCompany) -> None:
    OpportunityState.objects.filter(opportunity=company.deals["rita"]).update(effective_from=None, opened_on=None)
    rita = company.actor("rita")
    assert deals(rita, as_of=TODAY).rows == ()
    assert [row.code for row in deals(rita, as_of=TODAY, where=DealFilter(is_undated=True)).rows] == ["deal-rita"]


def test_pages_follow_each_other_without_a_gap_or_a_repetition(company: SmallCompany) -> None:  # noqa: ARG001
    every = [row.code for row in deals(SYSTEM, as_of=TODAY, page=Page(size=100, sort="code")).rows]
    turned = [
        row.code
        for at in (1, 2, 3, 4)
        for row in deals(SYSTEM, as_of=TODAY, page=Page(number=at, size=4, sort="code")).rows
    ]
    assert turned == every == sorted(every)
    walked, after = [], "0"
    while after:
        listing = deals(SYSTEM, as_of=TODAY, page=Page(size=5, after=after))
        walked += [row.code for row in listing.rows]
        after = listing.after
    assert sorted(walked) == every


@pytest.mark.parametrize("sort", ["amount_minor", "-amount_minor", "close_on", "-name", "account"])
def test_every_order_is_an_order(company: SmallCompany, sort: str) -> None:  # noqa: ARG001
    rows = deals(SYSTEM, as_of=TODAY, page=Page(sort=sort)).rows
    key = sort.removeprefix("-")
    values = [getattr(row, key) for row in rows if getattr(row, key) is not None]
    assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.parametrize("page", [Page(sort="password"), Page(after="x"), Page(after="9" * 30)])
def test_an_order_or_a_place_that_is_none_is_refused(company: SmallCompany, page: Page) -> None:  # noqa: ARG001
    with pytest.raises(Refusal):
        deals(SYSTEM, as_of=TODAY, page=page)


def test_a_deals_page_is_for_those_who_see_its_owner(company: SmallCompany) -> None:
    page = deal(company.actor("rita"), company.deals["rita"].pk, TODAY)
    assert (page.deal.code, len(page.states), len(page.activities), len(page.bookings)) == ("deal-rita", 1, 1, 1)
    with pytest.raises(Refusal) as refused:
        deal(company.actor("raj"), company.deals["rita"].pk, TODAY)
    assert refused.value.rule == "not_visible"


def test_activities_are_listed_newest_first_and_filtered(company: SmallCompany) -> None:
    mona = company.actor("mona")
    rows = activities(mona, as_of=TODAY, where=ActivityFilter(person_id=company.people["rita"].pk, kind="call")).rows
    assert [row.subject for row in rows] == ["Call by Brackenshaw"]
    assert activities(mona, as_of=TODAY, where=ActivityFilter(kind="demo")).rows == ()
    assert activities(mona, as_of=TODAY - dt.timedelta(days=1)).rows == ()


def test_accounts_are_named_to_all_and_their_figures_to_few(company: SmallCompany) -> None:
    rita = company.actor("rita")
    assert len(accounts(rita, as_of=TODAY).rows) == Account.objects.count()
    other = account(rita, Account.objects.get(code="acc-walt").pk, TODAY)
    assert (other.deals, other.activities, other.bookings, other.reports) == ((), (), (), ())
    own = account(rita, Account.objects.get(code="acc-rita").pk, TODAY)
    assert (len(own.deals), len(own.activities), len(own.bookings), len(own.reports)) == (1, 1, 1, 1)


@pytest.mark.parametrize("text", ["brack", "BRACK", "rita brack", "brackenshaw rita", "p-rita"])
def test_people_are_found_by_the_beginning_of_any_word_or_their_code(company: SmallCompany, text: str) -> None:
    assert [hit.name for hit in search(company.actor("mona"), text, as_of=TODAY) if hit.noun == "person"] == [
        "Rita Brackenshaw"
    ]


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "\\", "'; drop table person; --", "x" * 5000, "🦆", "enshaw"])
def test_a_search_for_nothing_finds_nothing(company: SmallCompany, text: str) -> None:
    assert search(company.actor("mona"), text, as_of=TODAY) == []


def test_search_finds_names_in_any_case_beyond_ascii(company: SmallCompany) -> None:  # noqa: ARG001
    Person.objects.create(code="z", name="Élodie Ärmel")
    assert {hit.name for text in ("élo", "ÉLO", "ärm", "ÄRM") for hit in search(SYSTEM, text, as_of=TODAY)} == {
        "Élodie Ärmel"
    }


def test_search_shows_nobody_whom_the_actor_does_not_see(company: SmallCompany) -> None:
    assert list(search(company.actor("rita"), "walt", as_of=TODAY)) == []
    assert list(search(company.actor("rita"), "oystermoor", as_of=TODAY)) == []


@dataclass
class Row:
    name: str
    amount_minor: int | None
    rate: float | None
    on: dt.date | None


COLUMNS = (
    Column("name", "text", "Who."),
    Column("amount_minor", "money", "How much."),
    Column("rate", "ratio", "Which part."),
    Column("on", "day", "When."),
)
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    '=cmd|" /C calc"!A0',
    "http://x.example",
    'plain, "quoted"',
    "zeile\nzwei",
    "🦆",
]


def files(rows: list[Row]) -> tuple[list[list[str]], list[list[Any]]]:
    listing = whole("A [very]: long/name* that does not fit a sheet?", COLUMNS, rows)
    text = csv_of(listing, "USD").decode("utf-8-sig")
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_of(listing, "USD")))
    return list(csv.reader(io.StringIO(text, newline=""))), book.get_sheet_by_index(0).to_python()


def test_texts_that_a_spreadsheet_would_run_stay_texts() -> None:
    as_csv, as_xlsx = files([Row(text, 1, 0.5, TODAY) for text in HOSTILE])
    for text, cell in zip(HOSTILE, as_csv[1:], strict=True):
        risky = text.lstrip(" ")[0] in "=+-@\t\r\n"
        assert cell[0] == (f"'{text}" if risky else text)
    assert [str(row[0]) for row in as_xlsx[1:]] == [text.replace("\r", "\r") for text in HOSTILE]


def test_numbers_and_days_have_their_types_and_amounts_no_float() -> None:
    as_csv, as_xlsx = files(
        [Row("a", -123_456_789, 0.25, TODAY), Row("b", None, None, None), Row("c", 2**62, 1.0, dt.date(1, 1, 1))]
    )
    assert as_csv[0] == ["name", "amount", "rate", "on"]
    assert as_csv[1] == ["a", "-1234567.89", "0.25", "2025-06-30"]
    assert as_csv[2] == ["b", "", "", ""]
    assert as_csv[3][1] == "46116860184273879.04"
    assert as_xlsx[1][1:] == [-1_234_567.89, 0.25, TODAY]
    assert as_xlsx[3][1] == "46116860184273879.04"


def test_an_empty_list_is_a_file_with_a_header() -> None:
    as_csv, as_xlsx = files([])
    assert as_csv == [["name", "amount", "rate", "on"]]
    assert as_xlsx == [["name", "amount", "rate", "on"]]
