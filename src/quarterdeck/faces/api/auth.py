"""Who asks: a program by its token, or a person by the session of the web pages (which the page of this API uses).

Authorization: Bearer qd_...   ->   Actor with the token's scopes, at most RATE requests a minute
Cookie: sessionid=...          ->   Actor without such limits; writes need the CSRF token, too
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from ninja.errors import Throttled
from ninja.security import HttpBearer, SessionAuth

from quarterdeck.faces.api import clock
from quarterdeck.services.access import require
from quarterdeck.services.actor import Actor, actor_of
from quarterdeck.services.tokens import authenticate, hashed

if TYPE_CHECKING:
    from django.http import HttpRequest

RATE: Final = 600
"""Requests a minute and token, per server process."""
_WINDOW: Final = 60


class Token(HttpBearer):
    """A token of a program; made in the web pages under Security, with scopes and an end."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:  # noqa: ARG002  ninja's own signature
        """The token's actor; one that asks too often is told to wait. Unknown tokens are not counted."""
        actor = authenticate(token, clock.now())
        if actor:
            _counted(token)
        return actor


class Session(SessionAuth):
    """A person who is signed in to the web pages."""

    def __call__(self, request: HttpRequest) -> Actor | None:
        """Without a session there is nothing whose forgery could be checked; a token that failed is not made up for."""
        if request.headers.get("Authorization") or not request.user.is_authenticated:
            return None
        found: Actor | None = super().__call__(request)
        return found

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:  # noqa: ARG002  ninja's own signature
        """The signed-in person as an actor."""
        return actor_of(request.user, clock.now())  # type: ignore[arg-type]  # not anonymous: see above


def reads(request: HttpRequest) -> Actor:
    """Who reads. Raises Refusal (`needs_scope`) for a token that may only write."""
    actor = writes(request)
    require(actor, "read", "Nothing was shown.")
    return actor


def writes(request: HttpRequest) -> Actor:
    """Who writes; the service that does it asks for the scope."""
    actor: Actor = request.auth  # type: ignore[attr-defined]  # set by ninja
    return actor


def _counted(token: str) -> None:
    key = f"api:{hashed(token)}:{int(clock.now().timestamp()) // _WINDOW}"
    cache.add(key, 0, _WINDOW * 2)
    try:
        n_asked = cache.incr(key)
    except ValueError:
        return  # the cache let go of the key in between: one request uncounted
    if n_asked > RATE:
        raise Throttled(wait=_WINDOW - int(clock.now().timestamp()) % _WINDOW)
