"""Reading rows: whose they are, in what order they come, and how many questions that costs the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from quarterdeck.records.models import Activity, Booking, Payment, Return
from small_company import CAST, SEEN, TODAY, SmallCompany, amount_of, fact

Programs = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("paid")
LISTS = ("people", "teams", "accounts", "products", "territories", "opportunities", "activities", "bookings",
         "payments", "returns")  # fmt: skip


@pytest.fixture
def paid(made: SmallCompany) -> SmallCompany:
    """Every booking paid, and a part of it sent back."""
    for line in Booking.objects.all():
        followed = {"booking_source_id": line.source_id, "amount_minor": 10_00}
        Payment.objects.create(paid_on=TODAY, **followed, **fact(f"pay-{line.source_id}"))
        Return.objects.create(returned_on=TODAY, reason="dented", **followed, **fact(f"back-{line.source_id}"))
    return made


@pytest.mark.parametrize("who", ["rita", "mona", "dana"])
def test_each_sees_the_people_below_them_and_nobody_else(program: Programs, who: str) -> None:
    seen = {row["code"] for row in program(who).get("/people")["items"]}
    assert seen == {f"p-{name}" for name in SEEN[who]}


@pytest.mark.parametrize("noun", ["opportunities", "activities", "bookings"])
def test_work_is_seen_with_the_person_who_did_it(program: Programs, noun: str) -> None:
    seen = {row["person"] for row in program("mona").get(f"/{noun}")["items"]}
    assert seen == {CAST[who][0] for who in SEEN["mona"]}


@pytest.mark.parametrize("noun", ["payments", "returns"])
def test_what_followed_a_booking_is_seen_with_it(program: Programs, noun: str) -> None:
    seen = {row["booking"] for row in program("mona").get(f"/{noun}")["items"]}
    assert seen == {f"book-{who}" for who in SEEN["mona"]}


def test_the_holder_of_a_territory_is_named_only_to_those_who_see_them(program: Programs) -> None:
    holders = {row["person"] for row in program("rita").get("/territories")["items"]}
    assert holders == {"", "Rita Brackenshaw"}


@pytest.mark.parametrize("noun", LISTS)
def test_pages_by_key_hold_each_row_once(program: Programs, noun: str) -> None:
    dana, walked, after = program("dana"), [], ""
    while after is not None:
        page = dana.get(f"/{noun}", after=after, size=2)
        assert len(page["items"]) <= 2
        walked += [row["code"] for row in page["items"]]
        after = page["next"]
    whole = [row["code"] for row in dana.get(f"/{noun}")["items"]]
    assert walked == whole
    assert len(set(walked)) == len(walked)


@pytest.mark.parametrize("noun", LISTS)
def test_one_row_is_what_its_list_says(program: Programs, noun: str) -> None:
    dana = program("dana")
    listed = dana.get(f"/{noun}")["items"][-1]
    key = next(iter(listed))
    one = dana.get(f"/{noun}/{listed[key]}")
    assert {name: one[name] for name in listed} == listed


@pytest.mark.parametrize("noun", LISTS)
@pytest.mark.parametrize("who", ["mona", "dana"])
def test_a_list_costs_few_queries(program: Programs, django_assert_max_num_queries: Any, noun: str, who: str) -> None:
    asking = program(who)
    with django_assert_max_num_queries(12):
        asking.get(f"/{noun}")


@pytest.mark.parametrize("noun", LISTS)
def test_one_row_costs_few_queries(program: Programs, django_assert_max_num_queries: Any, noun: str) -> None:
    mona = program("mona")
    key = next(iter(mona.get(f"/{noun}")["items"][-1].values()))
    with django_assert_max_num_queries(15):
        mona.get(f"/{noun}/{key}")


@pytest.mark.parametrize("noun", ["opportunities", "activities", "bookings", "people"])
def test_a_row_of_somebody_else_is_not_there(program: Programs, noun: str) -> None:
    theirs = {row["code"]: next(iter(row.values())) for row in program("dana").get(f"/{noun}")["items"]}
    key = next(pk for code, pk in theirs.items() if code.endswith("-walt"))
    response = program("mona").ask("get", f"/{noun}/{key}")
    assert (response.status_code, response.json()["rule"]) == (404, "not_visible")


def test_what_happens_after_the_day_is_not_shown(program: Programs) -> None:
    dana = program("dana")
    before = TODAY - dt.timedelta(days=1)
    assert dana.get("/activities", as_of=before.isoformat())["items"] == []
    assert len(dana.get("/activities", as_of=TODAY.isoformat())["items"]) == len(CAST)


def test_a_superseded_row_is_not_shown(program: Programs) -> None:
    Activity.objects.update(superseded_at=dt.datetime(2025, 7, 1, tzinfo=dt.UTC))
    assert program("dana").get("/activities")["items"] == []


def test_a_deal_comes_with_its_history(program: Programs, made: SmallCompany) -> None:
    deal = program("rita").get(f"/opportunities/{made.deals['rita'].pk}")
    assert [(state["stage"], state["amount_minor"], state["effective_to"]) for state in deal["states"]] == [
        ("Proposal", amount_of("rita") * 100, None)
    ]


@pytest.mark.parametrize(
    ("query", "rule"),
    [({"after": "x"}, "cursor"), ({"size": "0"}, "invalid"), ({"as_of": "1066-10-14"}, "invalid"),
     ({"person_id": str(2**63)}, "invalid"), ({"text": "a\0b"}, "unkeepable_text")],
)  # fmt: skip
def test_nonsense_is_refused_with_its_rule(program: Programs, query: dict[str, str], rule: str) -> None:
    response = program("dana").ask("get", "/activities?" + "&".join(f"{name}={text}" for name, text in query.items()))
    assert (response.status_code, response.json()["rule"]) == (422, rule)
    assert response.json()["next_step"]
