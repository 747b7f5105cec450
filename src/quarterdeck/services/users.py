"""Logins: who may sign in. What they see then follows from their hats (services.access).

The installer makes the first one; everybody else is invited (services.invitations):

    user_added(system, NewUser(email="ada@example.com", name="Ada Lund"))

    person    position             hat         team     effective_from
    ada-lund  company-director-1   director    company  today
    ada-lund  company-operations-1 operations  company  today
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from quarterdeck.records.models import Person, Team, TeamLink, User
from quarterdeck.services import access
from quarterdeck.services.actor import hats_on
from quarterdeck.services.dated import saved
from quarterdeck.services.journal import journaled
from quarterdeck.services.people import PersonDraft, changeable_person, person_added, position_added, seat_taken
from quarterdeck.services.teams import team_added
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor

FIRST_HATS: Final = ("director", "operations")
ROOT: Final = "company"
"""Code of the root team that is made when there is none; the presets use the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A login to be made. The person is found by address, or made; a hat is given where they do not wear it yet."""

    email: str
    name: str = ""
    hats: tuple[str, ...] = FIRST_HATS
    team_code: str = ""
    """Empty: the only root of the tree, made when there is no team at all."""
    password: str | None = None
    """None: they set one by invitation or password reset, or use single sign-on."""


def user_added(actor: Actor, new: NewUser) -> User:
    """A login for a person, made with their seats where needed, by the installer; everybody else invites."""
    what = "The user was not added."
    if not actor.is_system:
        raise Refusal(what, "Only the installer adds users outright.", "Invite the person.", "needs_hat")
    email = new.email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise Refusal(what, f"{email} is a user already.", "Reset their password instead.", "user_exists")
    with journaled(actor, "user_added", "user") as entry:
        person = _person(actor, new, email)
        team = _team(actor, new.team_code, what)
        for hat in new.hats:
            if hat not in {worn.name for worn in hats_on(person.pk, actor.today)}:
                position = position_added(actor, team_id=team.pk, hat=hat, name=f"{person.name} ({hat})")
                seat_taken(actor, person.pk, position.pk, on=actor.today)
        user = user_of(person, email, new.password, what)
        entry.about(user.pk, f"{email} may sign in", after={"email": email, "person": person.code, "hats": new.hats})
    return user


def user_of(person: Person, email: str, password: str | None, what: str) -> User:
    """The row of a login, its address taken as verified; journaled by the caller."""
    if User.objects.filter(person=person).exists():
        raise Refusal(what, f"{person.name} has a login already.", "Reset its password instead.", "user_exists")
    user = User(email=email, person=person)
    checked_password(user, password, what)
    user.set_password(password)
    saved(user, what)
    EmailAddress.objects.update_or_create(email=email, user=user, defaults={"verified": True, "primary": True})
    return user


def checked_password(user: User, password: str | None, what: str) -> None:
    """Refuse a password that is weak, with the reasons."""
    try:
        if password is not None:
            validate_password(password, user)
    except ValidationError as error:
        raise Refusal(what, " ".join(error.messages), "Choose another password.", "weak_password") from error


def user_password_set(actor: Actor, email: str, password: str) -> None:
    """Another password, set by the installer at the machine; everybody else resets their own by mail."""
    what = "The password was not set."
    if not actor.is_system:
        raise Refusal(what, "Only the installer sets passwords.", "Use the password reset.", "needs_hat")
    user = _user(actor, email=email.strip().lower())
    checked_password(user, password, what)
    with journaled(actor, "user_password_set", "user") as entry:
        user.set_password(password)
        user.save(update_fields=["password"])
        entry.about(user.pk, f"The password of {user.email} was set")


def user_deactivated(actor: Actor, user_id: int) -> None:
    """A login that works no more: open pages and tokens stop with the next request. The person stays."""
    _activity_set(actor, user_id, "user_deactivated", "The user was not deactivated.", is_active=False)


def user_reactivated(actor: Actor, user_id: int) -> None:
    """A login that works again."""
    _activity_set(actor, user_id, "user_reactivated", "The user was not reactivated.", is_active=True)


def user_with_address(addresses: Sequence[str]) -> User:
    """The active user behind an address that a single sign-on provider vouches for; nobody is made by signing on."""
    what = "You are not signed in."
    if not addresses:
        raise Refusal(
            what,
            "Your provider does not say that your address is verified.",
            "Have it verified there.",
            "address_not_verified",
        )
    user = User.objects.filter(email__in=[address.lower() for address in addresses], is_active=True).first()
    if user is None:
        raise Refusal(
            what, f"Nobody here signs in with {addresses[0]}.", "Ask operations to invite you.", "not_invited"
        )
    return user


def users_listed(actor: Actor) -> QuerySet[User]:
    """Logins of people the actor sees and may change, by address."""
    access.require(actor, "change_people", "Users were not listed.")
    seen = access.people_seen(actor, actor.today)
    users = User.objects.select_related("person").order_by("email")
    return users if seen is None else users.filter(person_id__in=seen)


def _activity_set(actor: Actor, user_id: int, verb: str, what: str, *, is_active: bool) -> None:
    access.require(actor, "change_people", what)
    user = _user(actor, pk=user_id)
    if user.person_id is not None:
        changeable_person(actor, user.person_id, what)
    if user == actor.user:
        raise Refusal(what, "It is your own.", "Ask somebody else.", "own_login")
    with journaled(actor, verb, "user") as entry:
        before, user.is_active = user.is_active, is_active
        user.save(update_fields=["is_active"])
        entry.about(
            user.pk,
            f"{user.email} may sign in" if is_active else f"{user.email} may not sign in any more",
            before={"is_active": before},
            after={"is_active": is_active},
        )


def _user(actor: Actor, **by: object) -> User:
    user = users_listed(actor).filter(**by).first()
    if user is None:
        raise access.not_visible("user")
    return user


def _person(actor: Actor, new: NewUser, email: str) -> Person:
    found: list[Person] = list(Person.visible.filter(email__iexact=email)[:2])
    if len(found) > 1:
        names = ", ".join(person.code for person in found)
        raise Refusal("The user was not added.", f"{email} belongs to {names}.", "Correct one of them.", "bad_value")
    name = new.name or email.split("@", maxsplit=1)[0]
    return found[0] if found else person_added(actor, PersonDraft(name=name, email=email))


def _team(actor: Actor, code: str, what: str) -> Team:
    if code:
        named = Team.visible.filter(code=code).first()
        if not isinstance(named, Team):
            raise Refusal(what, f"There is no team '{code}'.", "Name one that exists.", "not_visible")
        return named
    hangs = TeamLink.current.filter(access.so_on(actor.today), parent__isnull=False).values("team_id")
    roots: list[Team] = list(Team.visible.exclude(pk__in=hangs).order_by("code")[:5])
    if len(roots) > 1:
        names = ", ".join(team.code for team in roots)
        raise Refusal(what, f"The tree has several roots: {names}.", "Name the team.", "team_needed")
    return roots[0] if roots else team_added(actor, name="Company", code=ROOT)
