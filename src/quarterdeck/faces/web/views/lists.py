"""What every list page shares: which page and order are asked for, and the same rows as CSV or XLSX.

A list page is three lines: ask a service for a listing, and hand it to `list_page` with what links where.

    /deals?sort=-amount_minor&page=2          a page
    /deals?sort=-amount_minor&format=xlsx     the whole list as a file
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import render

from quarterdeck.faces.web.asked import company_of, looks_from, whole
from quarterdeck.services import exports
from quarterdeck.services.listing import Page

if TYPE_CHECKING:
    from django.http import HttpRequest

    from quarterdeck.services.listing import Listing

FILES: Final = {
    "csv": ("text/csv; charset=utf-8", exports.csv_of),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", exports.xlsx_of),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a list is shown: columns in the order wanted, what leads where, what can be sorted by."""

    columns: tuple[str, ...]
    """The first one heads the row."""
    links: Mapping[str, tuple[str, str]]
    """By column: the page's name and the attribute with its id."""
    sorts: frozenset[str] = frozenset()
    titles: Mapping[str, str] | None = None
    """Headings other than the column's own name."""
    shows: Mapping[str, str] | None = None
    """By column: the attribute that a page shows in its place; files keep the column itself."""
    beside: Mapping[str, str] | None = None
    """By column: the attribute that stands small beside it."""


def page_asked(request: HttpRequest) -> Page:
    """Which rows are wanted, from `page`, `sort` and `format`."""
    number = whole(request.GET.get("page"), "The list was not shown.") or 1
    return Page(number=number, sort=request.GET.get("sort", ""), is_whole=is_file(request))


def is_file(request: HttpRequest) -> bool:
    """Whether the rows are asked for as a file rather than as a page."""
    return request.GET.get("format", "") in FILES


def list_page(
    request: HttpRequest, listing: Listing[Any], look: Look, template: str = "list.html", **more: object
) -> HttpResponse:
    """The list as a page, or as the file that is asked for."""
    if is_file(request):
        return list_file(request, listing)
    return render(request, template, {"listing": listing, "look": look, **more})


def list_file(request: HttpRequest, listing: Listing[Any], currency: str = "") -> HttpResponse:
    """The list as the file that is asked for; amounts in the company's currency unless another is named."""
    form = request.GET["format"]
    kind, written = FILES[form]
    name = f"{listing.title.lower().replace(' ', '-')}-{looks_from(request):%Y-%m-%d}.{form}"
    body = written(listing, currency or company_of(request).currency)
    return HttpResponse(body, kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
