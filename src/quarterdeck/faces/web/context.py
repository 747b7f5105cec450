"""What every page's frame needs: the company, who looks, from which day, and where they can go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from quarterdeck.faces.web import nav
from quarterdeck.faces.web.asked import company_of, looks_from
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

THEMES: Final = ("light", "dark")


def chrome(request: HttpRequest) -> dict[str, Any]:
    """For signed-in people all of it; for strangers only the look.

    `frame` is what a page extends: the whole page, or the bare fragment when a script asks for a part of it.
    """
    theme = request.COOKIES.get("theme", "")
    found: dict[str, Any] = {
        "theme": theme if theme in THEMES else "",
        "frame": "fragment.html" if request.headers.get("HX-Request") else "base.html",
    }
    if getattr(request, "actor", None) is None or not request.user.is_authenticated:
        return found | {"frame": "auth.html"}
    actor = request.actor  # type: ignore[attr-defined]
    company = company_of(request)
    return found | {
        "actor": actor,
        "company": company,
        "currency": company.currency,
        "as_of": _as_of(request),
        "as_of_asked": request.GET.get("as_of", ""),
        "now": actor.now,
        "desks": nav.desks(actor),
        "pages": nav.pages(actor),
    }


def _as_of(request: HttpRequest) -> dt.date:
    """The page's day; today on the page that refuses the day asked for."""
    try:
        return looks_from(request)
    except Refusal:
        today: dt.date = request.actor.today  # type: ignore[attr-defined]
        return today
