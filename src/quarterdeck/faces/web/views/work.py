"""Lists of what happened and who is sold to: activities, field notes, accounts, bookings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.views.decorators.http import require_safe

from quarterdeck.faces.web.asked import actor, day, looks_from, whole
from quarterdeck.faces.web.views.lists import Look, is_file, list_page, page_asked
from quarterdeck.services import accounts as account_services
from quarterdeck.services import activities_list, orders_list
from quarterdeck.services.choices import choices
from quarterdeck.terms.templates import ACTIVITY_KINDS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WHAT: Final = "The list was not shown."
ACTIVITIES: Final = Look(
    columns=("happened_on", "kind", "person", "account", "opportunity", "minutes", "outcome", "subject"),
    links={
        "person": ("desk-rep", "person_id"), "account": ("account-page", "account_id"),
        "opportunity": ("deal", "opportunity_id"),
    },
    sorts=frozenset(activities_list.LAYOUT.sorts), titles={"happened_on": "Day", "opportunity": "Deal"},
)  # fmt: skip
REPORTS: Final = Look(
    columns=("reported_on", "person", "text", "account", "opportunity"),
    links={
        "person": ("desk-rep", "person_id"), "account": ("account-page", "account_id"),
        "opportunity": ("deal", "opportunity_id"),
    },
    sorts=frozenset(activities_list.REPORTS.sorts),
    titles={"reported_on": "Day", "opportunity": "Deal", "text": "What the field says"},
)  # fmt: skip
ACCOUNTS: Final = Look(
    columns=("name", "segment", "territory", "owner", "country", "parent"),
    links={"name": ("account-page", "account_id")}, sorts=frozenset(account_services.LAYOUT.sorts),
    titles={"name": "Account"},
)  # fmt: skip
BOOKINGS: Final = Look(
    columns=("booked_on", "code", "person", "credited_by", "account", "product", "amount_minor"),
    links={"person": ("desk-rep", "person_id"), "account": ("account-page", "account_id")},
    sorts=frozenset(orders_list.BOOKINGS.sorts),
    titles={"booked_on": "Day", "code": "Line", "person": "Counts for", "credited_by": "by the"},
)  # fmt: skip


@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """Activities up to the day, newest first."""
    asked = request.GET
    where = activities_list.ActivityFilter(
        kind=asked.get("kind", "") if asked.get("kind") in ACTIVITY_KINDS else "",
        person_id=whole(asked.get("person"), WHAT), opportunity_id=whole(asked.get("deal"), WHAT),
        account_id=whole(asked.get("account"), WHAT), text=asked.get("text", "")[:100],
    )  # fmt: skip
    as_of = looks_from(request)
    listing = activities_list.activities(actor(request), as_of=as_of, where=where, page=page_asked(request))
    offered = {} if is_file(request) else choices(actor(request), as_of, "people")
    return list_page(
        request, listing, ACTIVITIES, "activities.html", where=where, kinds=ACTIVITY_KINDS, choices=offered
    )


@require_safe
def field_reports(request: HttpRequest) -> HttpResponse:
    """What the field answered, newest first."""
    where = activities_list.ActivityFilter(person_id=whole(request.GET.get("person"), WHAT))
    listing = activities_list.field_reports(
        actor(request), as_of=looks_from(request), where=where, page=page_asked(request)
    )
    return list_page(request, listing, REPORTS, "field_reports.html")


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts by name."""
    asked, as_of = request.GET, looks_from(request)
    where = account_services.AccountFilter(
        text=asked.get("text", "")[:100],
        segment_id=whole(asked.get("segment"), WHAT),
        territory_id=whole(asked.get("territory"), WHAT),
        owner_id=whole(asked.get("owner"), WHAT),
    )
    listing = account_services.accounts(actor(request), as_of=as_of, where=where, page=page_asked(request))
    offered = {} if is_file(request) else choices(actor(request), as_of, "people", "segments", "territories")
    return list_page(request, listing, ACCOUNTS, "accounts.html", where=where, choices=offered)


@require_safe
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account with its deals, bookings, activities and field notes."""
    found = account_services.account(actor(request), account_id, looks_from(request))
    return render(request, "account_page.html", {"view": found, "account": found.account})


@require_safe
def bookings(request: HttpRequest) -> HttpResponse:
    """Bookings up to the day, newest first; `until` is the last day wanted."""
    asked, as_of = request.GET, looks_from(request)
    until = day(asked["until"], WHAT) if asked.get("until") else None
    where = orders_list.OrderFilter(
        starts_on=day(asked["since"], WHAT) if asked.get("since") else None,
        ends_on=until and until + dt.timedelta(days=1),
        person_id=whole(asked.get("person"), WHAT),
        account_id=whole(asked.get("account"), WHAT),
        product_id=whole(asked.get("product"), WHAT),
        opportunity_id=whole(asked.get("opportunity"), WHAT),
    )
    listing = orders_list.bookings(actor(request), as_of=as_of, where=where, page=page_asked(request))
    offered = {} if is_file(request) else choices(actor(request), as_of, "people", "products")
    return list_page(request, listing, BOOKINGS, "bookings.html", where=where, until=until, choices=offered)
