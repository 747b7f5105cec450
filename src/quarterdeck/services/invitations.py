"""Invitations: a link that works once, for a week, and makes a person a user.

made       mail with the link goes out          secret kept as a hash only
accepted   the person sets a password           a second try is refused
resent     a new link; the old one is dead
revoked    the link is dead
"""

from __future__ import annotations

import datetime as dt
import secrets
import smtplib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from django.core.mail import send_mail
from django.db import transaction

from quarterdeck.records.models import Invitation, User
from quarterdeck.services import access
from quarterdeck.services.actor import actor_of
from quarterdeck.services.dated import saved
from quarterdeck.services.journal import journaled
from quarterdeck.services.people import changeable_person
from quarterdeck.services.tokens import hashed
from quarterdeck.services.users import user_of
from quarterdeck.terms.errors import QuarterdeckFault, Refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from quarterdeck.services.actor import Actor

LASTS: Final = dt.timedelta(days=7)
Link = Callable[[str], str]
"""Turns a secret into the address that the mail carries; faces know addresses."""


def person_invited(actor: Actor, person_id: int, link: Link, email: str = "") -> Invitation:
    """An invitation to the person's address (or another one), mailed; earlier open ones are dead from now on."""
    what = "Nobody was invited."
    access.require(actor, "change_people", what)
    person = changeable_person(actor, person_id, what)
    address = (email or person.email).strip().lower()
    if not address:
        raise Refusal(what, f"{person.name} has no address.", "Enter one.", "bad_value")
    if User.objects.filter(email=address).exists() or User.objects.filter(person=person).exists():
        raise Refusal(
            what, f"{person.name}, or this address, has a login already.", "Reset its password.", "user_exists"
        )
    secret = secrets.token_urlsafe(32)
    with journaled(actor, "person_invited", "invitation") as entry:
        _open(actor.now).filter(person=person).update(revoked_at=actor.now)
        invitation = Invitation(
            person=person,
            email=address,
            secret_hash=hashed(secret),
            invited_by=actor.user,
            created_at=actor.now,
            expires_at=actor.now + LASTS,
        )
        saved(invitation, what)
        entry.about(invitation.pk, f"{person.name} was invited at {address}", after={"email": address})
    _mail(actor, invitation, link(secret))
    return invitation


def invitation_resent(actor: Actor, invitation_id: int, link: Link) -> Invitation:
    """A new link for an invitation, accepted ones excepted; the old link is dead."""
    invitation = _for(actor, invitation_id, "The invitation was not sent again.")
    return person_invited(actor, invitation.person_id, link, invitation.email)


def invitation_revoked(actor: Actor, invitation_id: int) -> None:
    """A link that works no more; revoking again changes nothing."""
    invitation = _for(actor, invitation_id, "The invitation was not revoked.")
    if invitation.revoked_at is not None:
        return
    with journaled(actor, "invitation_revoked", "invitation") as entry:
        invitation.revoked_at = actor.now
        invitation.save(update_fields=["revoked_at"])
        entry.about(invitation.pk, f"The invitation of {invitation.email} was revoked")


def invitations_listed(actor: Actor) -> QuerySet[Invitation]:
    """Invitations that were not accepted, of people the actor sees, the newest first."""
    access.require(actor, "change_people", "Invitations were not listed.")
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None).select_related("person").order_by("-pk")
    return access.activities_seen(actor, waiting, actor.today)


def invitation_behind(secret: str, now: dt.datetime) -> Invitation:
    """The open invitation of a link; anybody who has the link may read it."""
    found = Invitation.objects.filter(secret_hash=hashed(secret)).select_related("person").first()
    what, ask = "This invitation cannot be used.", "Ask the person who invited you to send it again."
    if found is None or found.revoked_at is not None:
        raise Refusal(what, "It was withdrawn, or the link is not whole.", ask, "invitation_closed")
    if found.accepted_at is not None:
        raise Refusal(what, "It was used already.", "Sign in, or reset your password.", "invitation_closed")
    if found.expires_at <= now:
        raise Refusal(what, "It was open for a week, which is over.", ask, "invitation_closed")
    return found


def invitation_accepted(secret: str, password: str, now: dt.datetime) -> User:
    """The new user, with a password of their own; two tries at once make one user."""
    invitation = invitation_behind(secret, now)
    with transaction.atomic():
        if not _open(now).filter(pk=invitation.pk).update(accepted_at=now):
            invitation_behind(secret, now)
            raise QuarterdeckFault("an open invitation could not be accepted")
        user = user_of(invitation.person, invitation.email, password, "The password was not set.")
        with journaled(actor_of(user, now), "invitation_accepted", "invitation") as entry:
            entry.about(invitation.pk, f"{user} accepted and may sign in", after={"email": user.email})
    return user


def _open(now: dt.datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


def _for(actor: Actor, invitation_id: int, what: str) -> Invitation:
    access.require(actor, "change_people", what)
    invitation = Invitation.objects.filter(pk=invitation_id, accepted_at=None).select_related("person").first()
    if invitation is None:
        raise access.not_visible("invitation")
    changeable_person(actor, invitation.person_id, what)
    return invitation


def _mail(actor: Actor, invitation: Invitation, address: str) -> None:
    text = (
        f"{invitation.person.name},\n\n"
        f"{actor.name} invites you to Quarterdeck. Choose your password here, until "
        f"{invitation.expires_at:%d %B %Y}; the link works once:\n\n{address}\n\n"
        f"If you did not expect this, do nothing.\n"
    )
    try:
        send_mail("Your invitation to Quarterdeck", text, None, [invitation.email])
    except (OSError, smtplib.SMTPException) as error:
        raise Refusal(
            "The invitation was made, but the mail did not go out.",
            f"The mail server said: {error}.",
            "Correct QUARTERDECK_MAIL_URL and send it again.",
            "mail_failed",
        ) from error
