"""People, their seats, teams and leave: written as dated versions and journaled."""

from __future__ import annotations

import datetime as dt

import pytest

from quarterdeck.records.models import JournalEntry, Leave, Person, Position, Seat, TeamLink, Total
from quarterdeck.services import access, people, teams
from quarterdeck.services.people import PersonDraft
from quarterdeck.terms.errors import Refusal
from small_company import NOW, TODAY, SmallCompany

JULY = dt.date(2025, 7, 1)


@pytest.fixture
def company(small_made: SmallCompany) -> SmallCompany:
    return small_made


def refused(rule: str) -> pytest.RaisesExc[Refusal]:
    return pytest.RaisesExc(Refusal, check=lambda refusal: refusal.rule == rule)


def test_a_person_is_added_with_a_seat_and_both_are_journaled(company: SmallCompany) -> None:
    draft = PersonDraft(name="Zoë Ærø", email="zoe@small.example", team_id=company.teams["west"].pk)
    person = people.person_added(company.actor("olga"), draft)
    assert person.code == "zoë-ærø"
    assert person.pk in (access.people_seen(company.actor("wim"), TODAY) or ())
    verbs = list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert sorted(verbs) == ["person_added", "position_added", "seat_taken"]


def test_a_journal_row_says_who_when_and_what_before_and_after(company: SmallCompany) -> None:
    people.person_changed(company.actor("dana"), company.people["rita"].pk, part_time="0.5")
    entry = JournalEntry.objects.get()
    assert (entry.actor_name, entry.at, entry.noun_id) == (
        "Dana Quillfeather",
        NOW,
        str(company.people["rita"].pk),
    )
    assert (entry.before["part_time"], entry.after["part_time"]) == ("1.0000", "0.5")


@pytest.mark.parametrize("who", ["rita", "mona", "fred", "eva", "hans"])
def test_people_are_changed_by_directors_and_operations_only(company: SmallCompany, who: str) -> None:
    with refused("needs_hat"):
        people.person_changed(company.actor(who), company.people["rita"].pk, name="X")


def test_moving_closes_the_old_seat_with_a_new_version_and_leaves_it_vacant(company: SmallCompany) -> None:
    position = people.position_added(company.actor("olga"), team_id=company.teams["west"].pk, hat="rep")
    rita, old = company.people["rita"], company.positions["rita"]
    people.seat_taken(company.actor("olga"), rita.pk, position.pk, on=JULY, leaving=old.pk)
    versions = Seat.objects.filter(position=old).order_by("pk").values_list("effective_to", "superseded_at")
    assert list(versions) == [(None, NOW), (JULY, None)]
    assert access.sees_person(company.actor("mona"), rita.pk, dt.date(2025, 6, 30))
    assert not access.sees_person(company.actor("mona"), rita.pk, JULY)
    assert access.sees_person(company.actor("wim"), rita.pk, JULY)
    assert Position.visible.filter(pk=old.pk).exists()


def test_moving_a_person_touches_no_stored_total(company: SmallCompany) -> None:
    Total.objects.create(grain="d", measure="bookings", starts_on=TODAY, person_id=company.people["rita"].pk, n=1)
    before = list(Total.objects.values())
    position = people.position_added(company.actor("olga"), team_id=company.teams["west"].pk, hat="rep")
    people.seat_taken(
        company.actor("olga"), company.people["rita"].pk, position.pk, on=JULY, leaving=company.positions["rita"].pk
    )
    assert list(Total.objects.values()) == before


def test_a_seat_left_on_its_first_day_was_never_taken(company: SmallCompany) -> None:
    olga, raj = company.actor("olga"), company.people["raj"]
    position = people.position_added(olga, team_id=company.teams["west"].pk, hat="rep")
    people.seat_taken(olga, raj.pk, position.pk, on=JULY)
    people.seat_left(olga, raj.pk, position.pk, on=JULY)
    assert not Seat.current.filter(position=position).exists()


def test_a_position_that_is_held_cannot_be_taken(company: SmallCompany) -> None:
    with refused("position_taken"):
        people.seat_taken(company.actor("olga"), company.people["walt"].pk, company.positions["raj"].pk, on=JULY)


def test_a_seat_cannot_be_left_by_somebody_who_does_not_hold_it(company: SmallCompany) -> None:
    with refused("not_seated"):
        people.seat_left(company.actor("olga"), company.people["walt"].pk, company.positions["raj"].pk, on=JULY)


def test_a_refused_move_writes_nothing_at_all(company: SmallCompany) -> None:
    before = list(Seat.objects.order_by("pk").values())
    with refused("position_taken"):
        people.seat_taken(
            company.actor("olga"),
            company.people["rita"].pk,
            company.positions["raj"].pk,
            on=JULY,
            leaving=company.positions["rita"].pk,
        )
    assert list(Seat.objects.order_by("pk").values()) == before
    assert not JournalEntry.objects.exists()


def test_a_director_cannot_give_the_hats_that_see_everything(company: SmallCompany) -> None:
    with refused("needs_hat"):
        people.position_added(company.actor("dana"), team_id=company.teams["company"].pk, hat="operations")
    with refused("needs_hat"):
        people.person_changed(company.actor("dana"), company.people["olga"].pk, email="dana+olga@small.example")


def test_a_director_cannot_take_a_vacant_seat_of_operations(company: SmallCompany) -> None:
    people.seat_left(company.actor("olga"), company.people["olga"].pk, company.positions["olga"].pk, on=TODAY)
    with refused("needs_hat"):
        people.seat_taken(company.actor("dana"), company.people["dana"].pk, company.positions["olga"].pk, on=TODAY)


@pytest.mark.parametrize(
    "draft",
    [
        PersonDraft(name=""),
        PersonDraft(name="   ", code="blank"),
        PersonDraft(name="N" * 301),
        PersonDraft(name="A\x00B"),
        PersonDraft(name="A\u202eB"),
        PersonDraft(name="A", email="not an address"),
        PersonDraft(name="A", part_time=0),
        PersonDraft(name="A", part_time=2),
        PersonDraft(name="A", code="p-rita"),
        PersonDraft(name="!!!"),
    ],
)
def test_nonsense_about_a_person_is_refused_and_names_the_field(company: SmallCompany, draft: PersonDraft) -> None:
    with refused("bad_value"):
        people.person_added(company.actor("olga"), draft)
    assert Person.objects.count() == len(company.people)


def test_a_team_is_added_and_moved_with_a_new_version(company: SmallCompany) -> None:
    olga, north = company.actor("olga"), company.teams["north"]
    teams.team_moved(olga, north.pk, under=company.teams["west"].pk, on=JULY)
    links = TeamLink.current.filter(team=north).order_by("pk")
    assert [(link.parent.code, link.effective_from, link.effective_to) for link in links] == [
        ("team-east", None, JULY),
        ("team-west", JULY, None),
    ]


def test_a_move_lasts_until_the_one_already_planned(company: SmallCompany) -> None:
    olga, north = company.actor("olga"), company.teams["north"]
    teams.team_moved(olga, north.pk, under=company.teams["company"].pk, on=dt.date(2025, 9, 1))
    teams.team_moved(olga, north.pk, under=company.teams["west"].pk, on=JULY)
    links = TeamLink.current.filter(team=north).order_by("effective_from")
    assert {(link.parent.code, link.effective_from, link.effective_to) for link in links} == {
        ("team-east", None, JULY),
        ("team-west", JULY, dt.date(2025, 9, 1)),
        ("team-company", dt.date(2025, 9, 1), None),
    }


@pytest.mark.parametrize("under", ["east", "north"])
def test_a_team_never_hangs_under_itself(company: SmallCompany, under: str) -> None:
    before = list(TeamLink.objects.order_by("pk").values())
    with refused("cycle"):
        teams.team_moved(company.actor("olga"), company.teams["east"].pk, under=company.teams[under].pk, on=JULY)
    assert list(TeamLink.objects.order_by("pk").values()) == before


def test_a_cycle_that_only_a_planned_move_would_close_is_refused(company: SmallCompany) -> None:
    olga = company.actor("olga")
    teams.team_moved(olga, company.teams["west"].pk, under=company.teams["east"].pk, on=dt.date(2025, 9, 1))
    with refused("cycle"):
        teams.team_moved(olga, company.teams["east"].pk, under=company.teams["west"].pk, on=JULY)


def test_a_director_moves_only_what_is_below(company: SmallCompany) -> None:
    Person.objects.filter(pk=company.people["mona"].pk).update(name="Mona")
    Position.objects.filter(pk=company.positions["mona"].pk).update(hat="director")
    mona = company.actor("mona")
    with refused("not_visible"):
        teams.team_moved(mona, company.teams["west"].pk, under=company.teams["east"].pk, on=JULY)
    with refused("not_visible"):
        people.person_changed(mona, company.people["walt"].pk, name="W")
    with refused("team_needed"):
        teams.team_added(mona, name="A root of my own")
    with refused("team_needed"):
        people.person_added(mona, PersonDraft(name="Out of sight"))
    assert teams.team_added(mona, name="South", under=company.teams["east"].pk).code == "south"


def test_leave_is_entered_by_oneself_or_from_above_and_nobody_else(company: SmallCompany) -> None:
    rita = company.people["rita"].pk
    days = {"starts_on": dt.date(2025, 12, 1), "ends_on": dt.date(2025, 12, 8)}
    leave = people.leave_added(company.actor("rita"), rita, **days)
    people.leave_withdrawn(company.actor("mona"), leave.pk)
    assert not Leave.current.filter(pk=leave.pk).exists()
    with refused("not_visible"):
        people.leave_added(company.actor("raj"), rita, **days)
    with refused("not_visible"):
        people.leave_withdrawn(company.actor("walt"), Leave.current.get(source_id="leave-rita").pk)


@pytest.mark.parametrize(
    ("ends_on", "rule"), [(dt.date(2025, 8, 4), "bad_value"), (dt.date(2025, 8, 5), "leave_overlaps")]
)
def test_leave_that_makes_no_sense_is_refused(company: SmallCompany, ends_on: dt.date, rule: str) -> None:
    with refused(rule):
        people.leave_added(
            company.actor("rita"), company.people["rita"].pk, starts_on=dt.date(2025, 8, 4), ends_on=ends_on
        )
