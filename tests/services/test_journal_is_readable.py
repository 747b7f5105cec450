"""The journal, and who reads how much of it."""

from __future__ import annotations

import datetime as dt

import pytest

from quarterdeck.records.models import JournalEntry
from quarterdeck.services.actor import Actor
from quarterdeck.services.journal import journaled
from quarterdeck.services.journal_list import JournalFilter, journal, nouns_in_journal
from small_company import NOW, SmallCompany

EVERYTHING = JournalFilter()


@pytest.fixture
def company(small_made: SmallCompany) -> SmallCompany:
    made = small_made
    for who in ("rita", "walt", "olga", "mona"):
        with journaled(made.actor(who), "thing_done", "thing") as entry:
            entry.about(1, f"by {who}", before={"a": 1, "b": 2}, after={"a": 1, "b": 3, "c": None})
    with journaled(Actor(now=NOW + dt.timedelta(days=1)), "other_done", "other") as entry:
        entry.about(2, "by the system")
    return made


def read(company: SmallCompany, who: str, wanted: JournalFilter = EVERYTHING) -> set[str]:
    return {row.summary.removeprefix("by ") for row in journal(company.actor(who), wanted).rows}


@pytest.mark.parametrize("who", ["dana", "olga", "eva"])
def test_those_above_everything_read_all_of_it(company: SmallCompany, who: str) -> None:
    assert read(company, who) == {"rita", "walt", "olga", "mona", "the system"}


@pytest.mark.parametrize("who", ["rita", "mona", "walt"])
def test_everybody_else_reads_their_own(company: SmallCompany, who: str) -> None:
    assert read(company, who) == {who}


def test_a_director_of_a_part_reads_those_below_and_not_those_who_see_more(company: SmallCompany) -> None:
    company.positions["mona"].hat = "director"
    company.positions["mona"].save()
    company.positions["raj"].hat = "operations"
    company.positions["raj"].save()
    with journaled(company.actor("raj"), "thing_done", "thing") as entry:
        entry.about(1, "by raj")
    assert read(company, "mona") == {"mona", "rita"}


def test_a_row_shows_the_fields_that_changed_and_no_others(company: SmallCompany) -> None:
    (row,) = journal(company.actor("rita"), EVERYTHING).rows
    assert [(change.field, change.before, change.after) for change in row.changes] == [("b", "2", "3")]


def test_it_filters_by_noun_actor_and_days(company: SmallCompany) -> None:
    assert read(company, "olga", JournalFilter(noun="other")) == {"the system"}
    assert read(company, "olga", JournalFilter(actor="oyster")) == {"walt"}
    assert read(company, "olga", JournalFilter(since=dt.date(2025, 7, 1))) == {"the system"}
    assert "the system" not in read(company, "olga", JournalFilter(until=dt.date(2025, 7, 1)))
    assert nouns_in_journal(company.actor("olga")) == ["other", "thing"]


def test_pages_follow_each_other_without_gap_or_overlap(company: SmallCompany) -> None:
    seen, before = [], None
    while True:
        page = journal(company.actor("olga"), EVERYTHING, before=before, limit=2)
        seen += [row.id for row in page.rows]
        before = page.before
        if before is None:
            break
    assert seen == list(JournalEntry.objects.order_by("-pk").values_list("pk", flat=True))
