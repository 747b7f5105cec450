"""Writing through the API, once, and the metrics that follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quarterdeck.records.models import Activity, IdempotencyKey, JournalEntry
from quarterdeck.services.idempotency import answered_once
from quarterdeck.services.journal import data_version
from quarterdeck.terms.errors import Refusal
from small_company import NOW, TODAY, SmallCompany, amount_of

Programs = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("made")
ROW = {"activity": "t-9", "kind": "call", "person": "p-rita", "happened_on": "2025-06-30", "minutes": 25}


def test_an_activity_that_is_posted_is_answered_as_it_is_kept(program: Programs) -> None:
    rita, version = program("rita"), data_version()
    response = rita.ask("post", "/activities", {"kind": "meeting", "minutes": 40, "subject": "Plan für 2026"})
    assert response.status_code == 201
    kept = rita.get(f"/activities/{response.json()['activity_id']}")
    assert kept == response.json()
    assert (kept["kind"], kept["minutes"], kept["happened_on"], kept["person"]) == (
        "meeting", 40, TODAY.isoformat(), "Rita Brackenshaw",
    )  # fmt: skip
    assert data_version() > version


def test_an_activity_that_is_posted_costs_few_queries(program: Programs) -> None:
    rita = program("rita")
    rita.get("/metrics")  # notes the token's use, which happens once a minute
    with CaptureQueriesContext(connection) as asked:
        assert rita.ask("post", "/activities", {"kind": "call"}, Idempotency_Key="k-1").status_code == 201
    told = ("SAVEPOINT", "RELEASE", "SET LOCAL", "SELECT pg_advisory")
    questions = [query["sql"] for query in asked.captured_queries if not query["sql"].startswith(told)]
    assert len(questions) <= 18, "fifteen, and three for the key"


@pytest.mark.parametrize(
    ("body", "status", "rule"),
    [
        ({"kind": "nap"}, 422, "bad_value"),
        ({"kind": "call", "happened_on": "2025-12-24"}, 422, "future_day"),
        ({"kind": "call", "minutes": -1}, 422, "invalid"),
        ({"kind": "call", "person_id": 999_999}, 404, "not_visible"),
        ({"kind": "call", "opportunity_id": 2**63}, 422, "invalid"),
        ({}, 422, "invalid"),
        ("{", 400, "bad_request"),
        ("\udc80".encode("utf-8", "surrogatepass"), 400, "bad_request"),
        ('{"kind": "call", "subject": "\\ud800"}', 422, "unkeepable_text"),
        ('{"kind": "call", "subject": "a\\u0000b"}', 422, "unkeepable_text"),
        ('{"kind": "call", "minutes": NaN}', 400, "bad_request"),
        ("[" * 100_000, 400, "bad_request"),
    ],
)
def test_a_bad_activity_is_refused_and_nothing_is_kept(program: Programs, body: Any, status: int, rule: str) -> None:
    before = Activity.objects.count()
    response = program("rita").ask("post", "/activities", body)
    assert (response.status_code, response.json()["rule"]) == (status, rule)
    assert Activity.objects.count() == before


def test_the_same_key_and_body_is_written_once_and_answered_the_same(program: Programs) -> None:
    rita = program("rita")
    first, second = (rita.ask("post", "/activities", {"kind": "call"}, Idempotency_Key="k-1") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Activity.objects.filter(source_system="quarterdeck").count() == 1


def test_the_same_key_with_another_body_is_refused(program: Programs) -> None:
    rita = program("rita")
    rita.ask("post", "/activities", {"kind": "call"}, Idempotency_Key="k-1")
    response = rita.ask("post", "/activities", {"kind": "demo"}, Idempotency_Key="k-1")
    assert (response.status_code, response.json()["rule"]) == (409, "idempotency_key")


def test_a_key_belongs_to_whoever_used_it(program: Programs) -> None:
    for who in ("rita", "raj"):
        response = program(who).ask("post", "/activities", {"kind": "call"}, Idempotency_Key="k-1")
        assert response.status_code == 201


def test_a_refused_request_does_not_use_its_key_up(program: Programs) -> None:
    rita = program("rita")
    assert rita.ask("post", "/activities", {"kind": "nap"}, Idempotency_Key="k-1").status_code == 422
    assert rita.ask("post", "/activities", {"kind": "call"}, Idempotency_Key="k-1").status_code == 201


def test_answers_are_kept_for_a_day(made: SmallCompany) -> None:
    rita, later = made.actor("rita"), made.actor("rita", now=NOW + dt.timedelta(days=1, seconds=1))
    answered_once(rita, "old", b"1", lambda: "one")
    assert answered_once(rita, "old", b"1", lambda: "two") == ("one", True)
    assert answered_once(later, "old", b"1", lambda: "two") == ("two", False)
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "line\nbreak"])
def test_a_key_that_is_none_is_refused(made: SmallCompany, key: str) -> None:
    with pytest.raises(Refusal, match="printable"):
        answered_once(made.actor("rita"), key, b"", str)


def test_rows_in_bulk_are_counted_and_bad_ones_named(program: Programs) -> None:
    rows = [ROW, ROW | {"activity": "t-10", "kind": "nap"}, ROW | {"activity": "t-11", "person": "nobody"}]
    response = program("dana").ask("post", "/facts/activities", rows)
    assert response.status_code == 200, response.content
    found = response.json()
    assert found["counts"]["read"] == 3
    assert found["counts"]["new"] + found["counts"]["left_out"] == 3
    assert {"unknown_reference"} < {finding["rule"] for finding in found["findings"]}
    assert all(finding["remedy"] for finding in found["findings"])


def test_rows_sent_twice_change_nothing(program: Programs) -> None:
    dana = program("dana")
    dana.ask("post", "/facts/activities", [ROW])
    again = dana.ask("post", "/facts/activities", [ROW]).json()["counts"]
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("template", "rows", "status", "rule"),
    [("wishes", [ROW], 422, "unknown_template"), ("activities", [ROW] * 10_001, 413, "too_many_rows"),
     ("activities", {"activity": "t-9"}, 422, "invalid"), ("activities", [{"activity": {"a": 1}}], 422, "invalid")],
)  # fmt: skip
def test_rows_that_cannot_be_taken_are_refused(
    program: Programs, template: str, rows: Any, status: int, rule: str
) -> None:
    response = program("dana").ask("post", f"/facts/{template}", rows)
    assert (response.status_code, response.json()["rule"]) == (status, rule)


def test_a_rep_hands_in_no_rows(program: Programs) -> None:
    response = program("rita").ask("post", "/facts/activities", [ROW])
    assert (response.status_code, response.json()["rule"]) == (403, "needs_hat")


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(program: Programs, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    response = program("dana").ask("post", "/facts/activities", [ROW] * 50)
    assert (response.status_code, response.json()["rule"]) == (413, "too_large")


def test_bookings_posted_are_in_the_metric_at_once(program: Programs, made: SmallCompany) -> None:
    dana = program("dana")
    row = {"booking": "b-9", "person": "p-rita", "booked_on": "2025-06-30", "amount": "48000.00"}
    assert dana.ask("post", "/facts/bookings", [row]).json()["counts"]["new"] == 1
    june = {"starts_on": "2025-06-01", "ends_on": "2025-07-01"}
    found = dana.get("/metrics/values", metric="bookings", holder=f"team:{made.teams['company'].pk}", **june)
    assert found["items"][0]["unit"] == "money"
    assert any(item["value"] and item["value"] >= 48_000_00 for item in found["items"])


def test_a_rep_asks_only_for_what_is_theirs(program: Programs, made: SmallCompany) -> None:
    rita, june = program("rita"), {"starts_on": "2025-06-01", "ends_on": "2025-07-01"}
    found = rita.get("/metrics/values", metric="activities", **june)
    assert [item["name"] for item in found["items"]] == ["Rita Brackenshaw"]
    query = f"metric=activities&holder=person:{made.people['walt'].pk}&starts_on=2025-06-01&ends_on=2025-07-01"
    assert rita.ask("get", f"/metrics/values?{query}").status_code == 404


def test_periods_are_the_companys_own(
    program: Programs, made: SmallCompany, django_assert_max_num_queries: Any
) -> None:
    dana, holder = program("dana"), f"team:{made.teams['company'].pk}"
    days = {"starts_on": "2025-01-15", "ends_on": "2025-06-15", "period": "month"}
    with django_assert_max_num_queries(15):
        found = dana.get("/metrics/values", metric=["activities", "win_rate"], holder=holder, **days)
    assert [item["starts_on"] for item in found["items"][:6]] == [f"2025-0{month}-01" for month in range(1, 7)]


@pytest.mark.parametrize(
    ("query", "status", "rule"),
    [
        ("metric=wins&starts_on=2025-06-01&ends_on=2025-07-01", 422, "metric"),
        ("metric=bookings&starts_on=2025-07-01&ends_on=2025-06-01", 422, "invalid"),
        ("metric=bookings&starts_on=1990-07-01&ends_on=2025-06-01&period=month", 413, "too_many"),
        ("metric=bookings&holder=team&starts_on=2025-06-01&ends_on=2025-07-01", 404, "not_visible"),
        (
            "metric=bookings&holder=team:99999999999999999999&starts_on=2025-06-01&ends_on=2025-07-01",
            404,
            "not_visible",
        ),
        ("metric=bookings&holder=person:424242&starts_on=2025-06-01&ends_on=2025-07-01", 404, "not_visible"),
        ("metric=bookings&holder=team:424242&starts_on=2025-06-01&ends_on=2025-07-01", 404, "not_visible"),
        ("metric=bookings&of=wins&starts_on=2025-06-01&ends_on=2025-07-01", 422, "metric"),
        ("metric=attainment&of=wins&starts_on=2025-06-01&ends_on=2025-07-01", 422, "metric"),
        ("metric=bookings&known_at=2025-06-01T00:00:00&starts_on=2025-06-01&ends_on=2025-07-01", 422, "invalid"),
        ("metric=attainment&slice_by=product_id&starts_on=2025-06-01&ends_on=2025-07-01", 422, "slice"),
    ],
)
def test_a_question_that_means_nothing_is_refused(program: Programs, query: str, status: int, rule: str) -> None:
    response = program("dana").ask("get", f"/metrics/values?{query}")
    assert (response.status_code, response.json()["rule"]) == (status, rule)


def test_files_are_handed_in_read_applied_and_undone(program: Programs, settings: Any, tmp_path: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    settings.MEDIA_ROOT = tmp_path
    dana = program("dana", "read", "write:facts")
    file = SimpleUploadedFile("products.csv", b"product,name\nridge-1,Ridge 1\n")
    sent = {"files": file, "preset": "canonical"}
    response = Client().post("/api/v1/imports", sent, headers={"Authorization": f"Bearer {dana.secret}"})
    assert response.status_code == 201, response.content
    at = f"/imports/{response.json()['batch_id']}"
    assert dana.get(at)["status"] == "previewed"
    assert dana.get(f"{at}/findings")["items"] == []
    assert dana.ask("post", f"{at}/undo").json()["rule"] == "not_applied"
    assert dana.ask("post", f"{at}/apply").status_code == 202
    assert (dana.get(at)["status"], dana.get(at)["counts"]["products"]["new"]) == ("applied", 1)
    assert "Ridge 1" in [row["name"] for row in dana.get("/products")["items"]]
    assert dana.ask("post", f"{at}/undo").status_code == 202
    assert "Ridge 1" not in [row["name"] for row in dana.get("/products")["items"]]


def test_the_journal_says_what_programs_wrote(program: Programs) -> None:
    rita = program("rita")
    rita.ask("post", "/activities", {"kind": "call"})
    newest = rita.get("/journal", size=1)
    assert newest["items"][0]["verb"] == "activity_logged"
    assert newest["next"] == str(JournalEntry.objects.latest("pk").pk)


def test_every_field_of_the_description_is_described(program: Programs) -> None:
    schema = program("rita").get("/openapi.json")
    bare = [
        f"{name}.{field}"
        for name, model in schema["components"]["schemas"].items()
        for field, found in model.get("properties", {}).items()
        if not found.get("description")
    ]
    bare += [
        f"{method} {path} {parameter['name']}"
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", [])
        if not parameter.get("description") and parameter["in"] != "path"
    ]
    assert bare == []


def test_every_operation_says_what_it_does_and_how_it_fails(program: Programs) -> None:
    schema = program("rita").get("/openapi.json")
    for operations in schema["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["description"]
            assert "application/problem+json" in operation["responses"]["422"]["content"]


def test_the_amounts_shown_are_the_amounts_kept(program: Programs) -> None:
    rows = program("rita").get("/bookings")["items"]
    assert [row["amount_minor"] for row in rows] == [amount_of("rita") * 100]
