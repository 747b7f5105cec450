"""The first login, invitations, and logins that end."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from quarterdeck.records.models import Invitation, JournalEntry, Person, Team, User
from quarterdeck.services import access, invitations, users
from quarterdeck.services.actor import Actor, actor_of
from quarterdeck.services.users import NewUser
from quarterdeck.terms.errors import Refusal
from small_company import NOW, PASSWORD, TODAY, SmallCompany

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

SYSTEM = Actor(now=NOW)
GOOD = "a long enough sentence"


@pytest.fixture
def company(small_made: SmallCompany) -> SmallCompany:
    return small_made


@pytest.fixture
def lena(company: SmallCompany) -> Person:
    """A person without a login."""
    company.users.pop("lena").delete()
    return company.people["lena"]


def refused(rule: str) -> pytest.RaisesExc[Refusal]:
    return pytest.RaisesExc(Refusal, check=lambda refusal: refusal.rule == rule)


def link(secret: str) -> str:
    return f"https://deck.example/invitation/{secret}"


def invited(actor: Actor, person: Person) -> tuple[Invitation, str]:
    invitation = invitations.person_invited(actor, person.pk, link)
    return invitation, str(mail.outbox[-1].body).split("/invitation/")[1].split()[0]


@pytest.mark.django_db
def test_the_first_user_of_an_empty_house_sees_everything_and_may_give_hats() -> None:
    user = users.user_added(SYSTEM, NewUser(email="Ada@Example.com", name="Ada Lund", password=GOOD))
    actor = actor_of(user, NOW)
    assert user.check_password(GOOD)
    assert Team.objects.get().code == "company"
    assert access.people_seen(actor, TODAY) is None
    assert access.may(actor, "give_hats")


def test_the_installer_gives_a_login_to_a_person_who_is_there_and_keeps_their_seats(lena: Person) -> None:
    user = users.user_added(SYSTEM, NewUser(email="LENA@small.example", hats=("rep",), team_code="team-west"))
    assert user.person == lena
    assert [hat.name for hat in actor_of(user, NOW).hats] == ["rep"]
    assert not user.has_usable_password()


def test_a_tree_with_several_roots_asks_for_the_team(lena: Person) -> None:
    Team.objects.create(code="second", name="Second root")
    with refused("team_needed"):
        users.user_added(SYSTEM, NewUser(email=lena.email))


def test_only_the_installer_adds_users_outright(company: SmallCompany) -> None:
    with refused("needs_hat"):
        users.user_added(company.actor("olga"), NewUser(email="x@small.example"))


def test_a_weak_first_password_leaves_nothing_behind(lena: Person) -> None:
    before = (Person.objects.count(), JournalEntry.objects.count(), User.objects.count())
    with refused("weak_password"):
        users.user_added(SYSTEM, NewUser(email="new@small.example", team_code="team-west", password="short"))  # noqa: S106  meant to be weak
    assert before == (Person.objects.count(), JournalEntry.objects.count(), User.objects.count())
    assert lena


def test_an_invitation_mails_a_link_and_keeps_only_a_hash(company: SmallCompany, lena: Person) -> None:
    invitation, secret = invited(company.actor("dana"), lena)
    assert mail.outbox[0].to == [lena.email]
    assert secret not in str(vars(invitation))
    assert secret not in str(list(JournalEntry.objects.values()))


def test_accepting_makes_a_user_who_can_sign_in_once(company: SmallCompany, lena: Person) -> None:
    _, secret = invited(company.actor("dana"), lena)
    user = invitations.invitation_accepted(secret, GOOD, NOW)
    assert user.check_password(GOOD)
    assert JournalEntry.objects.get(verb="invitation_accepted").actor_name == lena.name
    with refused("invitation_closed"):
        invitations.invitation_accepted(secret, GOOD, NOW)


def test_a_weak_password_leaves_the_invitation_open(company: SmallCompany, lena: Person) -> None:
    _, secret = invited(company.actor("dana"), lena)
    for weak in ("short", "password123", "lena@small.example"):
        with refused("weak_password"):
            invitations.invitation_accepted(secret, weak, NOW)
    assert invitations.invitation_accepted(secret, GOOD, NOW)


def test_an_invitation_is_over_after_a_week(company: SmallCompany, lena: Person) -> None:
    _, secret = invited(company.actor("dana"), lena)
    assert invitations.invitation_behind(secret, NOW + dt.timedelta(days=7, seconds=-1))
    with refused("invitation_closed"):
        invitations.invitation_behind(secret, NOW + dt.timedelta(days=7))


def test_sending_again_kills_the_old_link(company: SmallCompany, lena: Person) -> None:
    first, old = invited(company.actor("dana"), lena)
    invitations.invitation_resent(company.actor("dana"), first.pk, link)
    new = str(mail.outbox[-1].body).split("/invitation/")[1].split()[0]
    with refused("invitation_closed"):
        invitations.invitation_behind(old, NOW)
    assert invitations.invitation_behind(new, NOW)


def test_a_revoked_link_is_dead(company: SmallCompany, lena: Person) -> None:
    invitation, secret = invited(company.actor("dana"), lena)
    invitations.invitation_revoked(company.actor("dana"), invitation.pk)
    with refused("invitation_closed"):
        invitations.invitation_behind(secret, NOW)


def test_who_has_a_login_is_not_invited(company: SmallCompany) -> None:
    with refused("user_exists"):
        invitations.person_invited(company.actor("dana"), company.people["rita"].pk, link)


def test_an_address_of_somebody_else_is_not_invited(company: SmallCompany, lena: Person) -> None:
    with refused("user_exists"):
        invitations.person_invited(company.actor("dana"), lena.pk, link, "olga@small.example")


def test_a_director_cannot_become_operations_by_inviting_a_colleague_to_another_address(
    company: SmallCompany,
) -> None:
    company.users["olga"].delete()
    with refused("needs_hat"):
        invitations.person_invited(company.actor("dana"), company.people["olga"].pk, link, "dana2@small.example")


@pytest.mark.parametrize("who", ["rita", "mona", "fred", "eva"])
def test_inviting_needs_the_hat(company: SmallCompany, lena: Person, who: str) -> None:
    with refused("needs_hat"):
        invitations.person_invited(company.actor(who), lena.pk, link)


def test_a_mail_server_that_fails_is_named_and_the_invitation_stays(
    company: SmallCompany, lena: Person, settings: SettingsWrapper
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with refused("mail_failed"):
        invitations.person_invited(company.actor("dana"), lena.pk, link)
    assert invitations.invitations_listed(company.actor("dana")).count() == 1


def test_deactivating_ends_the_login_and_is_not_done_to_oneself(company: SmallCompany) -> None:
    users.user_deactivated(company.actor("dana"), company.users["rita"].pk)
    assert not User.objects.get(pk=company.users["rita"].pk).is_active
    with refused("own_login"):
        users.user_deactivated(company.actor("dana"), company.users["dana"].pk)
    with refused("needs_hat"):
        users.user_deactivated(company.actor("dana"), company.users["olga"].pk)
    with refused("needs_hat"):
        users.user_deactivated(company.actor("mona"), company.users["rita"].pk)


def test_the_installer_sets_a_password_and_nobody_else_does(company: SmallCompany) -> None:
    users.user_password_set(SYSTEM, "RITA@small.example", GOOD)
    rita = User.objects.get(pk=company.users["rita"].pk)
    assert rita.check_password(GOOD)
    assert not rita.check_password(PASSWORD)
    with refused("needs_hat"):
        users.user_password_set(company.actor("olga"), "rita@small.example", GOOD)
