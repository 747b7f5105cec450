"""Thirteen people whose names and amounts occur nowhere else: a page that shows one of them by mistake is caught.

company   Dana Quillfeather (director), Olga (operations), Fred (finance), Eva (executive)
  east    Mona (manager), Rita and Raj (reps), Hans (department head)
    north Nora and Nils (reps)
  west    Wim (manager), Walt (rep)
nowhere   Lena, who left
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from django.contrib.auth.hashers import make_password

from quarterdeck.records.models import (
    Account,
    Activity,
    Amendment,
    Booking,
    Company,
    FieldReport,
    Goal,
    Leave,
    Notice,
    Opportunity,
    OpportunityState,
    OpportunityVersion,
    Person,
    Plan,
    PlanEdit,
    PlanState,
    Position,
    Product,
    Proposal,
    Scenario,
    ScenarioVersion,
    Seat,
    Segment,
    Target,
    Team,
    TeamLink,
    Territory,
    TerritoryHolding,
    User,
)
from quarterdeck.services.actor import Actor, actor_of

NOW: Final = dt.datetime(2025, 6, 30, 9, 0, tzinfo=dt.UTC)
TODAY: Final = NOW.date()
PASSWORD: Final = "correct-horse-battery"  # noqa: S105  of invented people

CAST: Final = {
    "dana": ("Dana Quillfeather", "director", "company"),
    "olga": ("Olga Umberfield", "operations", "company"),
    "fred": ("Fred Tallowmere", "finance", "company"),
    "eva": ("Eva Sorrelwick", "executive", "company"),
    "mona": ("Mona Larkspurton", "manager", "east"),
    "rita": ("Rita Brackenshaw", "rep", "east"),
    "raj": ("Raj Ivorygate", "rep", "east"),
    "hans": ("Hans Pewterlough", "department_head", "east"),
    "nora": ("Nora Cindervale", "rep", "north"),
    "nils": ("Nils Quarrymead", "rep", "north"),
    "wim": ("Wim Flintharbor", "manager", "west"),
    "walt": ("Walt Oystermoor", "rep", "west"),
    "lena": ("Lena Gorsewhistle", "", ""),
}
SEEN: Final = {
    "dana": set(CAST),
    "olga": set(CAST),
    "fred": set(CAST),
    "eva": set(CAST),
    "mona": {"mona", "rita", "raj", "hans", "nora", "nils"},
    "wim": {"wim", "walt"},
} | {who: {who} for who in ("rita", "raj", "hans", "nora", "nils", "walt", "lena")}


def amount_of(who: str) -> int:
    """What a person booked, in whole units: no two and no small sum of them are alike."""
    return 61_007 + 10_111 * list(CAST).index(who) ** 2


@cache
def _hashed() -> str:
    """Hashed once: a hash takes a quarter of a second, as it should."""
    return make_password(PASSWORD)


@dataclass
class SmallCompany:
    """Everything in it by its code."""

    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    deals: dict[str, Opportunity] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def actor(self, who: str, scopes: frozenset[str] | None = None, now: dt.datetime = NOW) -> Actor:
        """The person as they ask for something on 30 June 2025."""
        return actor_of(self.users[who], now, scopes)


def fact(source_id: str, known_at: dt.datetime = NOW) -> dict[str, object]:
    """The columns every fact has."""
    return {"source_system": "test", "source_id": source_id, "known_at": known_at}


def small_company() -> SmallCompany:
    """Write it into the database: people, tree, a deal, an activity, a booking, a target and a note for each person."""
    made = SmallCompany()
    Company.objects.get_or_create(pk=1, defaults={"name": "Small Company"})
    for code, parent in {"company": None, "east": "company", "north": "east", "west": "company"}.items():
        made.teams[code] = Team.objects.create(code=f"team-{code}", name=f"Team {code}")
        TeamLink.objects.create(team=made.teams[code], parent=made.teams.get(parent or ""), **fact(f"link-{code}"))
    for who, (name, hat, team) in CAST.items():
        person = Person.objects.create(code=f"p-{who}", name=name, email=f"{who}@small.example")
        made.people[who] = person
        made.users[who] = User.objects.create(email=person.email, password=_hashed(), person=person)
        if hat:
            position = Position.objects.create(code=f"seat-{who}", name=f"Seat {who}", team=made.teams[team], hat=hat)
            made.positions[who] = position
            Seat.objects.create(position=position, person=person, **fact(f"seat-{who}"))
        _work_of(made, who, person)
    return made


def _work_of(made: SmallCompany, who: str, person: Person) -> None:
    surname = person.name.split()[1]
    segment, _ = Segment.objects.get_or_create(code="seg", defaults={"name": "Segment"})
    product, _ = Product.objects.get_or_create(code="prod", defaults={"name": "Product"})
    territory = Territory.objects.create(code=f"terr-{who}", name=f"Land {len(made.people)}")
    TerritoryHolding.objects.create(territory=territory, person=person, **fact(f"hold-{who}"))
    account = Account.objects.create(code=f"acc-{who}", name=f"Buyer {len(made.people)}", segment=segment, owner=person)
    deal = Opportunity.objects.create(code=f"deal-{who}", name=f"Deal {surname}")
    made.deals[who] = deal
    amount = amount_of(who) * 100
    stands = {"stage": "Proposal", "stage_kind": "open", "amount_minor": amount, "person": person, "account": account}
    started = dt.date(2025, 1, 6)
    OpportunityVersion.objects.create(opportunity=deal, product=product, **stands, **fact(f"deal-{who}"))
    OpportunityState.objects.create(
        opportunity=deal, effective_from=started, opened_on=started, product=product, segment=segment, **stands
    )
    whose = {"person": person, "account": account, "opportunity": deal}
    subject = f"Call by {surname}"
    Activity.objects.create(kind="call", happened_on=TODAY, subject=subject, **whose, **fact(f"act-{who}"))
    FieldReport.objects.create(reported_on=TODAY, text=f"Heard by {surname}", **whose, **fact(f"note-{who}"))
    Booking.objects.create(
        booked_on=TODAY, amount_minor=amount, credited=person, credited_by="booking", **whose, **fact(f"book-{who}")
    )
    away = {"starts_on": dt.date(2025, 8, 4), "ends_on": dt.date(2025, 8, 11), "reason": f"rest-{surname}"}
    Leave.objects.create(person=person, **away, **fact(f"leave-{who}"))
    month = {"starts_on": dt.date(2025, 6, 1), "ends_on": dt.date(2025, 7, 1), "period_kind": "month"}
    Target.objects.create(person=person, metric="bookings", amount=amount, **month, **fact(f"target-{who}"))
    if who in made.positions:
        seat = made.positions[who]
        Target.objects.create(position=seat, metric="bookings", amount=amount, **month, **fact(f"seat-target-{who}"))


CARRYING: Final = ("rita", "raj", "nora", "nils", "walt")
"""Who has a rep's seat, and so a number in a plan."""


def small_plan(made: SmallCompany, year_number: int, *states: str) -> Plan:
    """A plan of the company in which everybody's year is pinned at their own amount.

    Who holds a number was told it, and proposed it back with a reason.
    """
    amounts = {who: amount_of(who) * 100 for who in CARRYING}
    year = {"metric": "bookings", "team": made.teams["company"], "fiscal_year": year_number}
    year |= {"starts_on": dt.date(year_number, 1, 1), "ends_on": dt.date(year_number + 1, 1, 1)}
    goal = Goal.objects.create(amount=sum(amounts.values()), basis="even", **year, **fact(f"goal-{year_number}"))
    nodes: list[list[object]] = [[f"team:{made.teams['company'].pk}", None, 0, False]]
    for code, parent in (("east", "company"), ("north", "east"), ("west", "company")):
        nodes.append([f"team:{made.teams[code].pk}", f"team:{made.teams[parent].pk}", 0, False])
    for who, amount in amounts.items():
        nodes.append([f"person:{made.people[who].pk}", f"team:{made.teams[CAST[who][2]].pk}", amount, False])
    starts = [dt.date(year_number, month, 1) for month in range(1, 13)]
    ends = [*starts[1:], dt.date(year_number + 1, 1, 1)]
    months = [[str(begin), str(end), f"{begin:%B %Y}"] for begin, end in zip(starts, ends, strict=True)]
    ground = {"months": months, "season": ["1"] * 12, "nodes": nodes}
    said = {"at": NOW, "by": made.users["dana"]}
    plan = Plan.objects.create(goal=goal, name="A small plan", ground=ground, **year, **said)
    for state in states:
        PlanState.objects.create(plan=plan, team=made.teams["company"], state=state, **said)
    for number, (who, amount) in enumerate(amounts.items(), 1):
        person = made.people[who]
        line = {"node": f"person:{person.pk}", "month": "year", "amount": amount}
        PlanEdit.objects.create(plan=plan, number=number, kind="pin", lines=[line], reason=person.name, **said)
        text = f"Your target is {amount}, {person.name}"
        Notice.objects.create(plan=plan, person=person, after=amount, text=text, **said)
        asked = {"node": line["node"], "amount": amount, "reason": f"Asked by {person.name}"}
        Proposal.objects.create(plan=plan, at=NOW, by=made.users[who], **asked)
    return plan


def small_scenario(made: SmallCompany, plan: Plan) -> Scenario:
    """What Wim supposes for West: it says the name of who would be hired beside Walt."""
    said = {"at": NOW, "by": made.users["wim"]}
    row = Scenario.objects.create(plan=plan, team=made.teams["west"], name="Beside Oystermoor", **said)
    hires = {plan.ground["months"][0][0]: 1}
    ScenarioVersion.objects.create(
        scenario=row, number=1, overrides={"hires": hires}, note="As Walt Oystermoor asked", **said
    )
    return row


def small_amendment(made: SmallCompany, plan: Plan) -> Amendment:
    """An amendment by which the seat of Walt's takes over what he carries in the last month."""
    walt, seat, west = made.people["walt"], made.positions["walt"], made.teams["west"]
    month, amount = plan.ground["months"][-1][0], amount_of("walt") * 100
    nodes = [[f"position:{seat.pk}", f"team:{west.pk}", 0, True]]
    moved = [[f"person:{walt.pk}", month, amount, 0], [f"position:{seat.pk}", month, 0, amount]]
    return Amendment.objects.create(
        plan=plan, kind="leaver", effective_on=dt.date.fromisoformat(month), trigger=f"{walt.name} left",
        formula={"giver": f"person:{walt.pk}", "nodes": nodes}, moved={"plan": moved, "street": moved},
        at=NOW, by=made.users["dana"],
    )  # fmt: skip
