"""Logging by hand and ingesting from programs: the importer's path, with access checked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from quarterdeck.records.models import Account, Activity, Batch, FieldReport, Person, Position, Total, User
from quarterdeck.services.actor import Actor, Hat
from quarterdeck.services.facts import activity_logged, activity_retracted, facts_ingested, field_report_logged
from quarterdeck.services.totals import totals_differences
from quarterdeck.terms.errors import Refusal
from small_files import COMPANY, SYSTEM, applied

pytestmark = pytest.mark.django_db
TODAY = SYSTEM.today


@pytest.fixture(autouse=True)
def _company(db: None) -> Batch:  # noqa: ARG001  the database first
    return applied(*COMPANY)


@pytest.fixture
def rita(_company: Batch) -> Actor:
    person = Person.visible.get(code="rita")
    seat = Position.visible.get(code="rita:rep:east")
    user = User.objects.create_user("rita@example.com", person=person)
    return Actor(now=SYSTEM.now, user=user, person_id=person.pk, hats=(Hat("rep", seat.team_id, seat.pk),))


def count(kind: str = "call") -> int:
    return sum(Total.objects.filter(grain="m", measure="activity", detail=kind).values_list("n", flat=True))


def test_a_logged_activity_counts_at_once_and_a_retracted_one_no_more(rita: Actor) -> None:
    activity = activity_logged(rita, kind="call", person=None, happened_on=TODAY, minutes=5)
    assert (activity.person_id, count()) == (rita.person_id, 1)
    activity_retracted(rita, activity)
    assert count() == 0
    assert totals_differences().is_empty()


def test_two_activities_at_the_same_instant_are_two(rita: Actor) -> None:
    for _ in range(3):
        activity_logged(rita, kind="call", person=None, happened_on=TODAY)
    assert count() == 3
    assert len(set(Activity.current.values_list("known_at", flat=True))) == 3


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"kind": "dance"}, "bad_value"),
        ({"happened_on": TODAY + dt.timedelta(days=3)}, "future_day"),
        ({"minutes": -1}, "bad_value"),
        ({"minutes": 10**12}, "bad_value"),
        ({"account": 10**9}, "not_visible"),
        ({"opportunity": 10**9}, "not_visible"),
        ({"person": 10**9}, "not_visible"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(rita: Actor, wrong: dict[str, Any], rule: str) -> None:
    with pytest.raises(Refusal) as refused:
        activity_logged(rita, **{"kind": "call", "person": None, "happened_on": TODAY} | wrong)
    assert refused.value.rule == rule
    assert not Activity.objects.exists()


def test_a_rep_cannot_log_for_somebody_else(rita: Actor) -> None:
    with pytest.raises(Refusal) as refused:
        activity_logged(rita, kind="call", person=Person.visible.get(code="sam").pk, happened_on=TODAY)
    assert refused.value.rule == "not_visible"


def test_a_rep_cannot_ingest_rows(rita: Actor) -> None:
    with pytest.raises(Refusal) as refused:
        facts_ingested(rita, "activities", [])
    assert refused.value.rule == "needs_hat"


def test_hostile_text_is_kept_as_text(rita: Actor) -> None:
    text = "\0=cmd|' /C calc'!A0 \ud800 <script>" + "x" * 400
    activity = activity_logged(rita, kind="call", person=None, happened_on=TODAY, subject=text, outcome=text)
    assert "\0" not in activity.subject
    assert len(activity.subject) == 300


def test_an_empty_field_note_is_refused_and_a_good_one_kept(rita: Actor) -> None:
    with pytest.raises(Refusal, match="empty"):
        field_report_logged(rita, person=None, reported_on=TODAY, text=" \0 ")
    account = Account.visible.get(code="a-1")
    field_report_logged(rita, person=None, reported_on=TODAY, text="Prices were\ncut", account=account.pk)
    assert FieldReport.current.get().text == "Prices were cut"


ROWS = [
    {"activity": "z-1", "kind": "call", "person": "rita", "happened_on": "2025-03-03", "minutes": 12.0},
    {"activity": "z-2", "kind": "demo", "person": "ghost", "happened_on": "2025-03-03"},
    {"activity": "z-3", "kind": "dance", "person": "rita", "happened_on": "2025-03-03"},
    {"activity": "z-4", "kind": "call", "person": "rita", "happened_on": "03/04/2025"},
]


def test_good_rows_are_written_and_bad_ones_are_findings() -> None:
    done = facts_ingested(SYSTEM, "activities", ROWS)
    assert (done.counts.read, done.counts.new, done.counts.left_out) == (4, 2, 2)
    assert {"unknown_reference", "unknown_choice"} <= {one.rule for one in done.findings}
    assert totals_differences().is_empty()


def test_posting_twice_changes_nothing_and_a_correction_replaces() -> None:
    facts_ingested(SYSTEM, "activities", ROWS)
    assert facts_ingested(SYSTEM, "activities", ROWS).counts.same == 2
    done = facts_ingested(SYSTEM, "activities", [{**ROWS[0], "kind": "demo"}])
    assert (done.counts.changed, count("call"), count("demo")) == (1, 0, 2)


@pytest.mark.parametrize(
    "rows", [[{}], [{"activity": None}], [{"\ud800": {"a": [1]}}], [{"activity": True, "kind": 1.5}], []]
)
def test_senseless_rows_write_nothing_and_raise_nothing(rows: list[dict[str, Any]]) -> None:
    assert facts_ingested(SYSTEM, "activities", rows).counts.new == 0


def test_an_unknown_template_and_too_many_rows_are_refused() -> None:
    with pytest.raises(Refusal, match="no template"):
        facts_ingested(SYSTEM, "secrets", [])
    with pytest.raises(Refusal, match="more than"):
        facts_ingested(SYSTEM, "activities", [{}] * 10_001)


def test_nouns_can_be_ingested_too() -> None:
    done = facts_ingested(SYSTEM, "accounts", [{"account": "a-7", "name": "Seven", "segment": "retail"}])
    assert done.counts.new == 1
    assert Account.visible.get(code="a-7").segment.code == "retail"
