"""Pages about the house itself: search, metrics, the journal, settings."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from quarterdeck.faces.web.asked import actor, company_of, day, looks_from, whole
from quarterdeck.faces.web.views.lists import is_file, list_file
from quarterdeck.services import access, calendar, journal_list, metric_pages
from quarterdeck.services import search as search_services
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_OF: Final = {"person": "person", "team": "desk-manager", "account": "account-page", "deal": "deal", "product": ""}
BESIDE: Final = re.compile(r'href="([a-z-]+)\.md"')
"""A link from one method page to another."""
KINDS: Final = ("months", "4-4-5", "4-5-4", "5-4-4", "dates")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What is called like that, by noun."""
    text = request.GET.get("q", "")
    hits = search_services.search(actor(request), text, as_of=looks_from(request))
    groups: dict[str, list[tuple[Any, str]]] = {}
    for hit in hits:
        groups.setdefault(hit.noun, []).append((hit, PAGE_OF[hit.noun]))
    return render(request, "search.html", {"text": text, "groups": groups})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Every metric with its formula and what it is about; with `method`, the page that explains it."""
    if is_file(request):
        return list_file(request, metric_pages.definitions_listing())
    if name := request.GET.get("method", ""):
        # The pages are ours, and their HTML is switched off all the same.
        text = MarkdownIt("commonmark", {"html": False}).render(metric_pages.method_text(name))
        return render(request, "method.html", {"text": BESIDE.sub(rf'href="{reverse("metrics")}?method=\1"', text)})
    found = {"metrics": metric_pages.definitions(), "has_methods": metric_pages.has_methods()}
    return render(request, "metrics.html", found)


@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """Who did what, when, and what changed."""
    asked = request.GET
    until = asked.get("until", "")
    wanted = journal_list.JournalFilter(
        noun=asked.get("noun", "")[:40], noun_id=asked.get("noun_id", "")[:60], actor=asked.get("actor", "")[:100],
        since=day(asked["since"], "The journal was not shown.") if asked.get("since") else None,
        until=day(until, "The journal was not shown.") + dt.timedelta(days=1) if until else None,
    )  # fmt: skip
    if is_file(request):
        return list_file(request, journal_list.journal_listing(actor(request), wanted))
    before = whole(asked.get("before"), "The journal was not shown.")
    page = journal_list.journal(actor(request), wanted, before=before)
    nouns = journal_list.nouns_in_journal(actor(request))
    return render(request, "journal.html", {"page": page, "wanted": wanted, "nouns": nouns, "until": until})


def settings(request: HttpRequest) -> HttpResponse:
    """The company's rules; the fiscal calendar is shown before it is kept."""
    access.require(actor(request), "change_settings", "The settings were not shown.")
    company = company_of(request)
    found: dict[str, Any] = {"company": company, "asked": request.POST, "kinds": KINDS, "rule": company.calendar or {}}
    try:
        if request.method == "POST":
            changes = _changes(request)
            if request.POST.get("step") == "keep":
                calendar.company_changed(actor(request), **changes)
                messages.success(request, "The settings are kept.")
                return redirect("settings")
            found["rule"] = changes["calendar"]
        found["months"] = metric_pages.months_of(found["rule"], looks_from(request))
    except Refusal as refusal:
        return render(request, "settings.html", found | {"refusal": refusal}, status=409)
    found["metrics"] = metric_pages.flows()
    return render(request, "settings.html", found)


def _changes(request: HttpRequest) -> dict[str, Any]:
    """What the form says; days of a calendar of dates stand one a line."""
    form, what = request.POST, "The settings were not changed."
    rule: dict[str, Any] = {"kind": form.get("kind", "months"), "names_year_by": form.get("names_year_by", "start")}
    if rule["kind"] == "dates":
        lines = form.get("month_starts", "").split()
        rule["month_starts"] = [day(line, what).isoformat() for line in lines]
    else:
        rule["first_month"] = whole(form.get("first_month"), what) or 1
        if rule["kind"] != "months":
            rule["anchor"] = day(form.get("anchor", ""), what).isoformat()
    shows = form.get("shows_as_of", "")
    texts = {name: form.get(name, "") for name in ("name", "currency", "country", "time_zone", "headline_metric")}
    return texts | {"calendar": rule, "shows_as_of": day(shows, what) if shows else None}
