"""Keys of programs: made once, shown once, kept as a hash, and always with an end.

    name      prefix        scopes               expires_at  last_used_at
    warehouse qd_Zk3vQ8s1p  write:facts          2026-06-30  2025-06-30 09:00

The secret carries 256 random bits, so a plain SHA-256 is enough to keep it, and looking the hash up compares nothing
byte by byte that a stopwatch could learn from.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from django.db import OperationalError, connection
from django.db.models import Q

from quarterdeck.records.models import ApiToken
from quarterdeck.services import access
from quarterdeck.services.actor import Actor, actor_of
from quarterdeck.services.dated import saved
from quarterdeck.services.journal import journaled
from quarterdeck.services.rights import SCOPES
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

LONGEST: Final = dt.timedelta(days=366)
_SEEN_EVERY: Final = dt.timedelta(minutes=1)
_PREFIX: Final = 12


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_made(actor: Actor, *, name: str, scopes: Collection[str], expires_on: dt.date) -> tuple[ApiToken, str]:
    """A token of the actor's own and its secret, which nobody can read again; `expires_on` is the first day without it.

    A program cannot make tokens: its own would be a way out of its scopes and its end.
    """
    what = "The token was not made."
    if actor.user is None or actor.scopes is not None:
        raise Refusal(what, "Only a person who is signed in makes tokens.", "Sign in on the web.", "person_needed")
    if not scopes or set(scopes) - set(SCOPES):
        raise Refusal(what, "It needs at least one known scope.", f"Choose from {', '.join(SCOPES)}.", "bad_value")
    if not actor.today < expires_on <= actor.today + LONGEST:
        last = actor.today + LONGEST
        raise Refusal(what, "A token ends within a year.", f"Choose a day after today, at most {last}.", "token_expiry")
    secret = f"qd_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        user=actor.user,
        name=name,
        prefix=secret[:_PREFIX],
        secret_hash=hashed(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        created_at=actor.now,
        expires_at=dt.datetime.combine(expires_on, dt.time(), dt.UTC),
    )
    with journaled(actor, "token_made", "token") as entry:
        saved(token, what)
        entry.about(token.pk, f"Token '{token.name}' was made", after=_words(token))
    return token, secret


def tokens_listed(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own tokens, the newest first."""
    return ApiToken.objects.filter(user=actor.user).order_by("-pk")


def token_revoked(actor: Actor, token_id: int) -> None:
    """An own token that works no more; revoking again changes nothing."""
    token = tokens_listed(actor).filter(pk=token_id).first() if actor.user and actor.scopes is None else None
    if token is None:
        raise access.not_visible("token")
    if token.revoked_at is not None:
        return
    with journaled(actor, "token_revoked", "token") as entry:
        token.revoked_at = actor.now
        token.save(update_fields=["revoked_at"])
        entry.about(token.pk, f"Token '{token.name}' was revoked", before=_words(token))


def authenticate(secret: str, now: dt.datetime) -> Actor | None:
    """Who a program speaks for, with its scopes; None when the token is unknown, over, revoked or its owner is gone."""
    known = ApiToken.objects.filter(secret_hash=hashed(secret), revoked_at=None, expires_at__gt=now)
    token = known.filter(user__is_active=True).select_related("user__person").first()
    if token is None:
        return None
    if token.last_used_at is None or token.last_used_at <= now - _SEEN_EVERY:
        _touch(token, now)
    return actor_of(token.user, now, frozenset(token.scopes))


def _words(token: ApiToken) -> dict[str, object]:
    return {"name": token.name, "prefix": token.prefix, "scopes": token.scopes, "expires_at": token.expires_at}


def _touch(token: ApiToken, now: dt.datetime) -> None:
    """Note the use, but never make a reading program wait for a long import, which SQLite would do."""
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _SEEN_EVERY)
    note = ApiToken.objects.filter(stale, pk=token.pk)
    if connection.vendor != "sqlite":
        note.update(last_used_at=now)
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (patience,) = cursor.fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            note.update(last_used_at=now)
        except OperationalError:
            pass  # somebody writes: the next use is noted
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience:d}")
