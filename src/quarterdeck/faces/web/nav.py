"""What the navigation offers: a desk per hat, then the pages, as data. What does not exist is not offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import get_resolver, reverse

from quarterdeck.services import access

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quarterdeck.services.actor import Actor, Hat

DESK_OF: Final = {
    "rep": "rep",
    "manager": "manager",
    "director": "director",
    "executive": "director",
    "operations": "director",
    "finance": "director",
    "department_head": "director",
}
TITLES: Final = {"rep": "Today", "manager": "Team", "director": "Direction"}
ORDER: Final = ("director", "manager", "rep")

PAGES: Final = (
    # group, url name, label, key after "g", verb that the hat must carry
    ("Work", "deals", "Deals", "e", ""),
    ("Work", "activities", "Activities", "a", ""),
    ("Work", "accounts", "Accounts", "c", ""),
    ("Work", "bookings", "Bookings", "b", ""),
    ("Work", "field-reports", "Field reports", "f", ""),
    ("Work", "people", "People", "p", ""),
    ("Work", "territories", "Territories", "r", ""),
    ("Plan", "goals", "Goals", "o", ""),
    ("Plan", "plans", "Plans", "l", ""),
    ("Plan", "capacity", "Capacity", "h", "edit_plans"),
    ("Plan", "scenarios", "Scenarios", "x", "edit_plans"),
    ("Plan", "targets", "Targets", "t", ""),
    ("Plan", "metrics", "Metrics", "m", ""),
    ("Pay", "pay", "Pay", "y", ""),
    ("Pay", "comp-plans", "Comp plans", "k", ""),
    ("Pay", "pay-costs", "Cost of pay", "u", "see_pay_costs"),
    ("Data", "imports", "Imports", "i", "import_facts"),
    ("Data", "journal", "Journal", "j", ""),
    ("Data", "settings", "Settings", "s", "change_settings"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry: where it leads, what it says, and its key after "g"."""

    url: str
    label: str
    note: str = ""
    key: str = ""


def is_page(name: str) -> bool:
    """Whether an address of this name exists, whatever arguments it takes."""
    return name in get_resolver().reverse_dict


def desk_url(hat: Hat, person_id: int | None) -> str:
    """The desk of a hat: a rep's is their own, all others belong to a team."""
    kind = DESK_OF[hat.name]
    return reverse(f"desk-{kind}", args=[person_id if kind == "rep" else hat.team_id])


def desks(actor: Actor) -> list[Link]:
    """The actor's desks, the widest view first, each once; the first one has the key "d"."""
    ranked = sorted(actor.hats, key=lambda hat: ORDER.index(DESK_OF[hat.name]))
    found = {desk_url(hat, actor.person_id): hat for hat in ranked}
    return [
        Link(url, TITLES[DESK_OF[hat.name]], hat.name.replace("_", " "), "d" if at == 0 else str(at + 1))
        for at, (url, hat) in enumerate(found.items())
    ]


def pages(actor: Actor) -> dict[str, list[Link]]:
    """Pages by group, without those that the actor's hats do not open."""
    found: dict[str, list[Link]] = {}
    for group, link in _links(actor):
        found.setdefault(group, []).append(link)
    return found


def _links(actor: Actor) -> Iterator[tuple[str, Link]]:
    for group, name, label, key, verb in PAGES:
        if is_page(name) and (not verb or access.may(actor, verb)):
            yield group, Link(reverse(name), label, key=key)
