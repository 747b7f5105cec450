"""What is done for many people and rows at once says the same as what is done for few."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from companies import DEMO_DAY, Loaded
from quarterdeck.records.models import Activity, Person, Team, Total
from quarterdeck.services import evidence, kept, listing, scene, stored, totals
from quarterdeck.services.desks.director import director_desk
from quarterdeck.services.listing import Layout, Page, listed, of_people
from quarterdeck.services.metrics import metrics
from quarterdeck.terms.period import Period

pytestmark = pytest.mark.django_db
NEWEST = Layout(title="Done", columns=(), sorts={"happened_on": ("-happened_on", "-pk")})
YEAR = Period(dt.date(2025, 1, 1), dt.date(2026, 1, 1))


def newest(people: list[int], number: int, *, by_parts: bool) -> list[int]:
    rows, parts = of_people(Activity.current.all(), "person_id", people)
    page = Page(number=number, size=40)
    return [row.pk for row in listed(NEWEST, rows, page, lambda found: found, parts=parts if by_parts else ()).rows]


@pytest.mark.parametrize("number", [1, 2, 7, 400])
def test_the_newest_rows_of_a_few_people_are_the_same_merged_as_sorted(demo_company: Loaded, number: int) -> None:
    people = sorted(Person.objects.values_list("pk", flat=True))[:5]
    assert demo_company.batch.pk
    assert newest(people, number, by_parts=True) == newest(people, number, by_parts=False)


def test_the_newest_rows_of_many_people_are_the_same_walked_as_looked_up(
    demo_company: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = sorted(Person.objects.filter(code__in=["rita", "priya"]).values_list("pk", flat=True))
    few = newest(people, 2, by_parts=True)
    monkeypatch.setattr(listing, "APART", 0)
    assert demo_company.batch.pk
    assert newest(people, 2, by_parts=True) == few != []


@pytest.mark.parametrize("metric", ["activities", "won_amount", "open_pipeline", "bookings", "win_rate"])
def test_the_facts_behind_a_figure_of_many_people_are_those_of_few(
    demo_company: Loaded, monkeypatch: pytest.MonkeyPatch, metric: str
) -> None:
    def facts() -> list[evidence.Fact]:
        seen = scene.Scene(demo_company.actor, DEMO_DAY)
        team = Team.objects.get(code="company").pk
        found = evidence.facts(seen, metric, f"team:{team}", YEAR, "then", ("", ""), Page(number=2, size=9))
        return list(found.rows) if found else []

    few = facts()
    monkeypatch.setattr(evidence, "APART", 0)
    assert facts() == few != []


def test_a_desk_of_many_people_says_what_one_of_few_says(demo_company: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    company = Team.objects.get(code="company").pk
    few = director_desk(demo_company.actor, company, DEMO_DAY)
    monkeypatch.setattr(stored, "_MANY", 0)
    monkeypatch.setattr(scene, "_MANY", 0)
    assert director_desk(demo_company.actor, company, DEMO_DAY) == few


def test_people_who_count_alike_are_summed_without_a_difference_also_when_they_moved(
    demo_company: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = [Period(dt.date(2025, month, 1), dt.date(2025, month + 1, 1)) for month in range(1, 12)]
    holders = [f"team:{pk}" for pk in Team.objects.values_list("pk", flat=True)]
    names = ["bookings", "open_pipeline", "activities", "calls"]

    def values() -> list[tuple[object, ...]]:
        return metrics(demo_company.actor, names, as_of=DEMO_DAY, periods=months, holders=holders).rows()

    summed = values()
    monkeypatch.setattr(scene.Scene, "alike", lambda self, asked: {pk: pk for pk in self.stretches(asked)})
    assert values() == summed


def test_what_was_read_is_remembered_until_there_is_a_newer_version(monkeypatch: pytest.MonkeyPatch) -> None:
    database = SimpleNamespace(in_atomic_block=False, settings_dict={"NAME": "apart"})
    monkeypatch.setattr(kept, "connection", lambda: database)
    read = iter(range(10))
    assert [kept.kept("x", lambda: next(read), version) for version in (7, 7, 8, 8)] == [0, 0, 1, 1]
    database.in_atomic_block = True
    assert kept.kept("x", lambda: next(read), 8) == 2


def test_no_more_is_remembered_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    database = SimpleNamespace(in_atomic_block=False, settings_dict={"NAME": "apart"})
    monkeypatch.setattr(kept, "connection", lambda: database)
    monkeypatch.setattr(kept, "MOST", 3)
    read = iter(range(10))
    first = [kept.kept(name, lambda: next(read), 1) for name in "abcd"]
    assert [kept.kept(name, lambda: next(read), 1) for name in "dcba"] == [*first[:0:-1], 4]


def test_wrong_totals_are_found_whoever_they_are_of(demo_company: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    assert demo_company.batch.pk
    monkeypatch.setattr(totals, "_AT_ONCE", 2)
    assert totals.totals_differences().is_empty()
    first, last = (Total.objects.order_by(way).first() for way in ("person_id", "-person_id"))
    for one, grain in ((first, "pd"), (last, "m")):
        assert one is not None
        Total.objects.create(grain=grain, measure="made up", starts_on=DEMO_DAY, person_id=one.person_id, n=1)
    beyond = {"grain": "d", "measure": "made up", "starts_on": DEMO_DAY, "n": 1}
    for nobody_has in (-1, 10**9):
        Total.objects.create(person_id=nobody_has, **beyond)
    assert totals.totals_differences()["grain"].to_list() == ["d", "d", "m", "pd"]
