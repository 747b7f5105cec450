"""People: the tree of teams with its seats, a person, and what changes about them, each change dated."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterdeck.faces.web.asked import actor, day, looks_from, whole
from quarterdeck.faces.web.middleware import STATUS
from quarterdeck.faces.web.nav import DESK_OF, TITLES
from quarterdeck.faces.web.views.account import invitation_link
from quarterdeck.faces.web.views.lists import Look, is_file, list_page, page_asked
from quarterdeck.services import access, invitations, people_list, people_pages, users
from quarterdeck.services import people as services
from quarterdeck.services import teams as team_services
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import HATS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

LOOK: Final = Look(
    columns=("name", "code", "email", "country", "part_time", "seats"), links={"name": ("person", "person_id")},
    sorts=frozenset(people_list.PEOPLE.sorts),
)  # fmt: skip
WHAT: Final = "Nothing was changed."


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The tree of teams with seats and vacancies; the flat list as a file."""
    as_of = looks_from(request)
    if is_file(request):
        listing = people_list.people(actor(request), as_of=as_of, page=page_asked(request))
        return list_page(request, listing, LOOK)
    found = {
        "lines": people_pages.people_tree(actor(request), as_of), "hats": HATS,
        "may_change": access.may_change_people(actor(request)),
    }  # fmt: skip
    return render(request, "people/tree.html", found)


@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person with seats, leave and login."""
    found = people_pages.person_page(actor(request), person_id, looks_from(request))
    desks = [(f"desk-{DESK_OF[hat]}", key, TITLES[DESK_OF[hat]]) for hat, key in found.desks]
    percent = f"{found.person.part_time * 100:f}".rstrip("0").rstrip(".")
    more = {"their_desks": list(dict.fromkeys(desks)), "part_time": percent}
    return render(request, "people/person.html", {"view": found, "person": found.person, **more})


def _changed(request: HttpRequest, back: str, args: list[Any], change: Callable[[], str]) -> HttpResponse:
    """Do it and go back to the page; a refusal is told there, in its three sentences."""
    try:
        messages.success(request, change())
    except Refusal as refusal:
        if refusal.rule in STATUS:
            raise
        messages.error(request, str(refusal))
    return redirect(back, *args)


@require_POST
def person_new(request: HttpRequest) -> HttpResponse:
    """A new person, seated in a team at once."""
    form = request.POST

    def add() -> str:
        made = services.person_added(
            actor(request),
            services.PersonDraft(
                name=form.get("name", "").strip(), email=form.get("email", "").strip(), hat=form.get("hat", "rep"),
                team_id=whole(form.get("team"), WHAT), on=_day(form.get("on", "")),
            ),
        )  # fmt: skip
        return f"{made.name} was added."

    return _changed(request, "people", [], add)


@require_POST
def person_change(request: HttpRequest, person_id: int) -> HttpResponse:
    """Name, address, country and part of a full week."""
    form = request.POST

    def change() -> str:
        made = services.person_changed(
            actor(request), person_id, name=form.get("name", "").strip(), email=form.get("email", "").strip(),
            country=form.get("country", "").strip().upper(), part_time=_share(form.get("part_time", "")),
        )  # fmt: skip
        return f"{made.name} is kept so."

    return _changed(request, "person", [person_id], change)


@require_POST
def login_set(request: HttpRequest, person_id: int) -> HttpResponse:
    """A person's login, off or on again; the person and what they did stay."""
    is_on = request.POST.get("is_on") == "1"

    def change() -> str:
        user = people_pages.person_page(actor(request), person_id, looks_from(request)).user
        (users.user_reactivated if is_on else users.user_deactivated)(actor(request), user.pk if user else 0)
        return "They may sign in again." if is_on else "They may not sign in any more."

    return _changed(request, "person", [person_id], change)


@require_POST
def seat_take(request: HttpRequest, person_id: int) -> HttpResponse:
    """A person takes a vacant position from a day on."""
    form = request.POST

    def take() -> str:
        position = whole(form.get("position"), WHAT) or 0
        leaving = whole(form.get("leaving"), WHAT)
        services.seat_taken(actor(request), person_id, position, on=day(form.get("on", ""), WHAT), leaving=leaving)
        return "The seat is taken."

    return _changed(request, "person", [person_id], take)


@require_POST
def seat_leave(request: HttpRequest, person_id: int) -> HttpResponse:
    """A person leaves a position on a day; it stays, vacant, and keeps its targets."""
    form = request.POST

    def leave() -> str:
        position = whole(form.get("position"), WHAT) or 0
        services.seat_left(actor(request), person_id, position, on=day(form.get("on", ""), WHAT))
        return "The seat is left, and vacant from that day on."

    return _changed(request, "person", [person_id], leave)


@require_POST
def leave_add(request: HttpRequest, person_id: int) -> HttpResponse:
    """Days on which a person does not work, or works less."""
    form = request.POST

    def add() -> str:
        services.leave_added(
            actor(request), person_id, starts_on=day(form.get("starts_on", ""), WHAT),
            ends_on=day(form.get("ends_on", ""), WHAT), share=_share(form.get("share", "")),
            reason=form.get("reason", "").strip()[:100],
        )  # fmt: skip
        return "The leave is entered; working days and paces follow."

    return _changed(request, "person", [person_id], add)


@require_POST
def leave_withdraw(request: HttpRequest, person_id: int, leave_id: int) -> HttpResponse:
    """Leave that was entered by mistake."""

    def withdraw() -> str:
        services.leave_withdrawn(actor(request), leave_id)
        return "The leave is withdrawn."

    return _changed(request, "person", [person_id], withdraw)


@require_POST
def invite(request: HttpRequest, person_id: int) -> HttpResponse:
    """A link by mail with which a person becomes a user."""

    def send() -> str:
        made = invitations.person_invited(
            actor(request), person_id, invitation_link(request), request.POST.get("email", "").strip()
        )
        return f"An invitation is on its way to {made.email}; it works for seven days."

    return _changed(request, "person", [person_id], send)


@require_POST
def invitation_revoke(request: HttpRequest, person_id: int, invitation_id: int) -> HttpResponse:
    """A link that works no more."""

    def revoke() -> str:
        invitations.invitation_revoked(actor(request), invitation_id)
        return "The invitation works no more."

    return _changed(request, "person", [person_id], revoke)


@require_POST
def team_new(request: HttpRequest) -> HttpResponse:
    """A new team under another."""
    form = request.POST

    def add() -> str:
        made = team_services.team_added(
            actor(request), name=form.get("name", "").strip(), under=whole(form.get("under"), WHAT),
            on=_day(form.get("on", "")),
        )  # fmt: skip
        return f"{made.name} was added."

    return _changed(request, "people", [], add)


@require_POST
def team_rename(request: HttpRequest, team_id: int) -> HttpResponse:
    """The same team under another name."""

    def rename() -> str:
        made = team_services.team_renamed(actor(request), team_id, request.POST.get("name", "").strip())
        return f"The team is called {made.name}."

    return _changed(request, "people", [], rename)


@require_POST
def team_move(request: HttpRequest, team_id: int) -> HttpResponse:
    """A team under another parent from a day on."""
    form = request.POST

    def move() -> str:
        under = whole(form.get("under"), WHAT)
        team_services.team_moved(actor(request), team_id, under=under, on=day(form.get("on", ""), WHAT))
        return "The team is moved from that day on."

    return _changed(request, "people", [], move)


@require_POST
def position_new(request: HttpRequest, team_id: int) -> HttpResponse:
    """A new seat in a team, vacant until somebody takes it."""

    def add() -> str:
        made = services.position_added(actor(request), team_id=team_id, hat=request.POST.get("hat", ""))
        return f"{made.name} is there to be taken."

    return _changed(request, "people", [], add)


def _day(text: str) -> dt.date | None:
    return day(text, WHAT) if text else None


def _share(text: str) -> Decimal:
    """A share of the day away, written in percent; nothing is all of it."""
    try:
        return Decimal(text.strip().removesuffix("%") or "100") / 100
    except InvalidOperation as error:
        raise Refusal(WHAT, f"'{text[:40]}' is no share.", "Write 50 for half of each day.", "bad_value") from error
