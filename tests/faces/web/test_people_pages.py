"""Pages of people: the tree, a person, and every form that changes them, for those who may and those who may not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from quarterdeck.records.models import Company, Invitation, Leave, Person, Seat, Team, TeamLink, User

if TYPE_CHECKING:
    from django.http import HttpResponse

    from small_company import SmallCompany

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
POSTS = ("person-new", "person-change", "login-set", "seat-take", "seat-leave", "leave-add", "invite", "team-new",
    "team-move", "team-rename", "position-new")  # fmt: skip


@pytest.fixture
def small(small_made: SmallCompany) -> SmallCompany:
    made = small_made
    Company.objects.update(shows_as_of=dt.date(2025, 6, 30))
    return made


def client(small: SmallCompany, who: str, *, checks: bool = False) -> Client:
    made = Client(enforce_csrf_checks=checks)
    made.force_login(small.users[who], backend=BACKEND)
    return made


def sent(small: SmallCompany, who: str, page: str, /, *args: object, **form: object) -> str:
    """What the page says after a form was sent."""
    answer = client(small, who).post(reverse(page, args=args), form, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:1500]
    return str(answer.content.decode())


def shown(small: SmallCompany, who: str, name: str, *args: object) -> str:
    answer: HttpResponse = client(small, who).get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_tree_names_teams_people_and_empty_seats(small: SmallCompany) -> None:
    Seat.objects.filter(person=small.people["raj"]).update(effective_to="2025-06-01")
    page = shown(small, "olga", "people")
    assert page.index("Team east") < page.index("Mona Larkspurton") < page.index("Team north")
    assert "○ vacant" in page


def test_a_manager_reads_the_tree_and_is_offered_no_form(small: SmallCompany) -> None:
    page = shown(small, "mona", "people")
    assert "Rita Brackenshaw" in page
    assert "Walt Oystermoor" not in page
    assert "Add the person" not in page


def test_a_person_has_their_seats_leave_and_desk(small: SmallCompany) -> None:
    page = shown(small, "olga", "person", small.people["rita"].pk)
    assert "Seat rita" in page
    assert "rest-Brackenshaw" in page
    assert reverse("desk-rep", args=[small.people["rita"].pk]) in page
    assert reverse("desk-manager", args=[small.teams["east"].pk]) in shown(
        small, "olga", "person", small.people["mona"].pk
    )


def test_a_person_joins_with_a_seat(small: SmallCompany) -> None:
    page = sent(
        small, "olga", "person-new", name="Ada Nowak", email="ada@small.example", hat="rep",
        team=small.teams["west"].pk, on="2025-07-01",
    )  # fmt: skip
    assert "Ada Nowak was added" in page
    seat = Seat.current.get(person__name="Ada Nowak")
    assert (seat.position.team, seat.effective_from) == (small.teams["west"], dt.date(2025, 7, 1))


def test_a_person_is_changed(small: SmallCompany) -> None:
    rita = small.people["rita"].pk
    page = sent(
        small, "olga", "person-change", rita, name="Rita Moreno", email="r@x.example", country="de", part_time="62,5"
    )
    assert "Rita Moreno" not in page, "a share with a comma is asked for again"
    sent(small, "olga", "person-change", rita, name="Rita Moreno", email="r@x.example", country="de", part_time="62.5")
    found = Person.objects.get(pk=rita)
    assert (found.name, found.email, found.country, str(found.part_time)) == (
        "Rita Moreno", "r@x.example", "DE", "0.6250",
    )  # fmt: skip
    assert 'value="62.5"' in shown(small, "olga", "person", rita)


@pytest.mark.parametrize("part", ["abc", "NaN", "-5", "1e999", "250", "Infinity"])
def test_a_share_that_is_none_changes_nothing(small: SmallCompany, part: str) -> None:
    rita = small.people["rita"]
    page = sent(small, "olga", "person-change", rita.pk, name="Other", email=rita.email, country="", part_time=part)
    assert Person.objects.get(pk=rita.pk).name == rita.name
    assert "messages" in page


def test_a_seat_is_left_on_a_day_and_taken_by_another(small: SmallCompany) -> None:
    raj, seat = small.people["raj"].pk, small.positions["raj"].pk
    assert "vacant from that day" in sent(small, "olga", "seat-leave", raj, position=seat, on="2025-06-30")
    assert "The seat is taken" in sent(
        small, "olga", "seat-take", small.people["lena"].pk, position=seat, on="2025-06-30", leaving=""
    )
    holders = Seat.current.filter(position=seat).order_by("effective_to").values_list("person", "effective_to")
    assert set(holders) == {(raj, dt.date(2025, 6, 30)), (small.people["lena"].pk, None)}


def test_a_seat_that_is_held_is_refused_in_words(small: SmallCompany) -> None:
    page = sent(
        small, "olga", "seat-take", small.people["lena"].pk, position=small.positions["raj"].pk, on="2025-06-30"
    )
    assert "The seat is taken" not in page
    assert "messages" in page
    assert not Seat.current.filter(person=small.people["lena"]).exists()


def test_leave_is_entered_and_withdrawn(small: SmallCompany) -> None:
    rita = small.people["rita"].pk
    assert "working days and paces follow" in sent(
        small, "rita", "leave-add", rita, starts_on="2025-12-22", ends_on="2026-01-02", share="50", reason="family"
    )
    leave = Leave.current.get(person=rita, reason="family")
    assert str(leave.share) == "0.5000"
    assert "withdrawn" in sent(small, "rita", "leave-withdraw", rita, leave.pk)
    assert not Leave.current.filter(person=rita, reason="family").exists()


def test_leave_that_ends_before_it_begins_is_refused(small: SmallCompany) -> None:
    rita = small.people["rita"].pk
    page = sent(small, "olga", "leave-add", rita, starts_on="2025-12-22", ends_on="2025-12-01", reason="backwards")
    assert "messages" in page
    assert not Leave.current.filter(reason="backwards").exists()


def test_an_invitation_goes_out_again_and_is_revoked(small: SmallCompany) -> None:
    small.users["lena"].delete()
    lena = small.people["lena"].pk
    for _ in range(2):
        sent(small, "olga", "invite", lena, email="lena@small.example")
    assert [message.to for message in mail.outbox] == [["lena@small.example"]] * 2
    (waiting,) = Invitation.objects.filter(person=lena, revoked_at=None)
    assert "Invite again" in shown(small, "olga", "person", lena)
    assert "works no more" in sent(small, "olga", "invitation-revoke", lena, waiting.pk)
    assert not Invitation.objects.filter(person=lena, revoked_at=None).exists()


def test_a_login_is_taken_away_and_given_back(small: SmallCompany) -> None:
    rita = small.people["rita"].pk
    reading = client(small, "rita")
    assert "may not sign in any more" in sent(small, "olga", "login-set", rita)
    assert not User.objects.get(person=rita).is_active
    assert reading.get("/deals").status_code == 302, "the open page ends with the next click"
    assert "formerly as" in shown(small, "olga", "person", rita)
    assert "may sign in again" in sent(small, "olga", "login-set", rita, is_on="1")
    assert User.objects.get(person=rita).is_active


def test_nobody_takes_their_own_login_away_nor_one_that_is_not_there(small: SmallCompany) -> None:
    assert "Ask somebody else" in sent(small, "olga", "login-set", small.people["olga"].pk)
    assert User.objects.get(person=small.people["olga"]).is_active
    small.users["lena"].delete()
    assert client(small, "olga").post(reverse("login-set", args=[small.people["lena"].pk])).status_code == 404


def test_teams_are_added_renamed_and_moved_but_not_below_themselves(small: SmallCompany) -> None:
    sent(small, "olga", "team-new", name="South", under=small.teams["west"].pk, on="2025-07-01")
    assert Team.objects.get(name="South").code == "south"
    sent(small, "olga", "team-rename", small.teams["west"].pk, name="Far west")
    assert "Far west" in shown(small, "olga", "people")
    sent(small, "olga", "team-move", small.teams["north"].pk, under=small.teams["west"].pk, on="2025-07-01")
    assert TeamLink.current.get(team=small.teams["north"], effective_to=None).parent == small.teams["west"]
    page = sent(small, "olga", "team-move", small.teams["company"].pk, under=small.teams["north"].pk, on="2025-07-01")
    assert "messages" in page
    assert not TeamLink.current.filter(team=small.teams["company"], parent=small.teams["north"]).exists()


@pytest.mark.parametrize("who", ["rita", "mona", "fred", "hans"])
@pytest.mark.parametrize("name", POSTS)
def test_who_may_not_change_people_is_refused_and_changes_nothing(small: SmallCompany, who: str, name: str) -> None:
    args = [] if name in {"person-new", "team-new"} else [small.people["wim"].pk]
    if name.startswith("team-m") or name in {"team-rename", "position-new"}:
        args = [small.teams["west"].pk]
    form = {"name": "Changed", "email": "changed@x.example", "on": "2025-06-30", "hat": "rep", "team": "1",
        "starts_on": "2025-07-01", "ends_on": "2025-07-02", "position": small.positions["wim"].pk}  # fmt: skip
    before = (Person.objects.count(), Team.objects.count(), Seat.objects.count(), Leave.objects.count())
    answer = client(small, who).post(reverse(name, args=args), form)
    assert answer.status_code in {403, 404}
    assert (Person.objects.count(), Team.objects.count(), Seat.objects.count(), Leave.objects.count()) == before
    assert not Person.objects.filter(name="Changed").exists()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("name", ["person-new", "team-new"])
def test_a_form_from_elsewhere_changes_nothing(small: SmallCompany, name: str) -> None:
    answer = client(small, "olga", checks=True).post(reverse(name), {"name": "Changed"})
    assert answer.status_code == 403
    assert not Person.objects.filter(name="Changed").exists()


def test_a_form_is_no_page(small: SmallCompany) -> None:
    assert client(small, "olga").get(reverse("person-new")).status_code == 405


def test_a_name_that_is_markup_stays_a_name(small: SmallCompany) -> None:
    page = sent(small, "olga", "person-new", name="<script>alert(1)</script>", hat="rep", team=small.teams["west"].pk)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
