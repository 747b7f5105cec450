"""What a request asks for, read and checked: the day to look from, whole numbers, text.

?as_of=2017-12-31  ->  date(2017, 12, 31); without it the company's own day, or today.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.services.calendar import company_for
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest

    from quarterdeck.services.actor import Actor

_EARLIEST: Final = dt.date(1970, 1, 1)
_LATEST: Final = dt.date(2200, 1, 1)


def day(text: str, what: str) -> dt.date:
    """A day written as 2017-12-31; refused when it is none, or so far away that no calendar holds it.

    >>> day("2017-12-31", "The page was not shown.")
    datetime.date(2017, 12, 31)
    """
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        found = dt.date.min
    if not _EARLIEST <= found < _LATEST:
        raise Refusal(what, f"'{text[:40]}' is no day.", "Write it as 2017-12-31.", "day")
    return found


def company_of(request: HttpRequest) -> Any:  # noqa: ANN401  records.Company, which faces do not import
    """The company, read once a request."""
    return company_for(actor(request))


def looks_from(request: HttpRequest) -> dt.date:
    """The day the page looks from: asked for, else the company's, else today."""
    shows: dt.date | None = company_of(request).shows_as_of
    if asked := request.GET.get("as_of"):
        return day(asked, "The page was not shown.")
    return shows or actor(request).today


def actor(request: HttpRequest) -> Actor:
    """Who asks."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def whole(text: str | None, what: str) -> int | None:
    """A whole number, or None for nothing; refused when it is neither.

    >>> whole(" 25 ", "Not logged."), whole("", "Not logged.")
    (25, None)
    """
    if not (cleaned := (text or "").strip()):
        return None
    if not (cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 10):  # noqa: PLR2004  fits any column
        raise Refusal(what, f"'{cleaned[:40]}' is no whole number.", "Write digits only.", "number")
    return int(cleaned)
