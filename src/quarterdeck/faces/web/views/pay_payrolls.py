"""Payroll files and the settings they are made by, for who may see everybody's pay.

Templates get: `pay/payroll_settings.html` {systems, people, today}.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, day, whole
from quarterdeck.faces.web.views.lists import FILES
from quarterdeck.faces.web.views.pay import tried
from quarterdeck.services import access
from quarterdeck.services.pay import payroll_files, settings

if TYPE_CHECKING:
    from django.http import HttpRequest

_NOT_SET: Final = "The setting was not kept."
_KIND: Final = {"xlsx": FILES["xlsx"][0]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting on its page: what holds today, what was ever said, and the fields of its form."""

    name: str
    title: str
    now: Any
    rows: tuple[Any, ...]
    fields: tuple[tuple[settings.Field, str], ...]
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLook:
    """A payroll system on the page of a batch: what keeps its file from being made, and files made."""

    name: str
    title: str
    errors: tuple[Any, ...]
    warnings: tuple[Any, ...]


def setting_look(request: HttpRequest, name: str, title: str) -> Setting:
    """A setting as its form shows it."""
    who, rows = actor(request), settings.settings_said(name)
    now = settings.setting_on(rows, name, who.today)
    values = now.values if now is not None else {}
    fields = tuple((one, str(values.get(one.name, one.default))) for one in settings.FIELDS[name])
    may_change = access.may(who, settings.VERBS[name])
    return Setting(name=name, title=title, now=now, rows=tuple(reversed(rows)), fields=fields, may_change=may_change)


def systems_of(batch: Any) -> list[SystemLook]:  # noqa: ANN401  records.Payroll, which faces do not import
    """What stands between a batch and the file of each payroll system."""
    found = []
    for name, title in settings.SYSTEMS.items():
        findings = payroll_files.payroll_findings(batch, name)
        errors = tuple(one for one in findings if one.severity == "error")
        warnings = tuple(one for one in findings if one.severity != "error")
        found.append(SystemLook(name=name, title=title, errors=errors, warnings=warnings))
    return found


def downloaded(file: Any) -> HttpResponse:  # noqa: ANN401  records.PayrollFile
    """A kept file, to the byte."""
    kind = _KIND.get(file.layout, FILES["csv"][0])
    head = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(payroll_files.body_of(file), kind, headers=head)


@require_POST
def file_new(request: HttpRequest, payroll_id: int) -> HttpResponse:
    """The batch in a payroll system's layout."""

    def done() -> str:
        file = payroll_files.payroll_file_made(actor(request), payroll_id, request.POST.get("system", ""))
        return f"{file.name} is made and kept: {file.n_rows} lines."

    tried(request, done)
    return redirect("payroll", payroll_id)


@require_safe
def file(request: HttpRequest, payroll_file_id: int) -> HttpResponse:
    """A kept file."""
    return downloaded(payroll_files.payroll_file_for(actor(request), payroll_file_id))


@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """How payroll systems know the company and its people."""
    people = settings.people_coded(actor(request))
    systems = [setting_look(request, name, title) for name, title in settings.SYSTEMS.items()]
    return render(request, "pay/payroll_settings.html", {"systems": systems, "people": people})


@require_POST
def setting_new(request: HttpRequest) -> HttpResponse:
    """A setting from a day on."""
    form, name = request.POST, request.POST.get("name", "")

    def done() -> str:
        begins = day(form.get("from", ""), _NOT_SET)
        row = settings.setting_changed(actor(request), name, begins, {key: str(value) for key, value in form.items()})
        return f"It is set from {row.effective_from:%-d %B %Y} on."

    tried(request, done)
    return redirect("pay-capitalisation" if name == settings.CAPITALISATION else "payroll-settings")


@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """Payroll ids of people in one system."""
    form = request.POST

    def done() -> str:
        given = {
            whole(key.removeprefix("code-"), "The payroll ids were not kept.") or 0: str(text)
            for key, text in form.items()
            if key.startswith("code-")
        }
        n_changed = settings.payroll_codes_set(actor(request), form.get("system", ""), given)
        return f"{n_changed} {'id is' if n_changed == 1 else 'ids are'} changed."

    tried(request, done)
    return redirect("payroll-settings")
