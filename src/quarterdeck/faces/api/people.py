"""People with their seats, and the tree of teams, as of a day."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from quarterdeck.faces.api.answers import answer, paged, pages_of
from quarterdeck.faces.api.asked import AsOf, Id, Rows, Text, only
from quarterdeck.faces.api.auth import reads
from quarterdeck.services import people_list as services
from quarterdeck.services.listing import Page
from quarterdeck.terms.templates import HATS

router = Router(tags=["People"])

Seat = answer("Seat", services.SeatRow, *services.SEATS, team="The team's name.")
Person = answer(
    "Person",
    services.PersonRow,
    *services.PEOPLE.columns,
    part_time=(float, "Share of a full week worked, above 0 and at most 1."),
    seats=(list[Seat], "The seats held on the day, oldest first."),  # type: ignore[valid-type]  # a model made here
)
Team = answer("Team", services.TeamNode, *services.TEAMS.columns)


class WantedPeople(Rows):
    """Which people."""

    team_id: Id | None = Field(None, description="Seated in this very team on the day.")
    hat: Text = Field("", description=f"Wearing this hat: one of {', '.join(HATS)}. Empty: any.")
    text: Text = Field("", description="Words in the name, code or address.")


class WantedTeams(Rows):
    """Which teams."""

    parent_id: Id | None = Field(None, description="Directly under this team on the day.")


@router.get("/people", response=pages_of(Person), summary="People")
def list_people(request: HttpRequest, wanted: Query[WantedPeople]) -> dict[str, Any]:
    """People whom you see on the day, with the seats they hold."""
    actor = reads(request)
    where = services.PersonFilter(team_id=wanted.team_id, hat=wanted.hat, text=wanted.text)
    return paged(services.people(actor, as_of=wanted.day(actor), where=where, page=wanted.page))


@router.get("/people/{person_id}", response=Person, summary="One person")
def get_person(request: HttpRequest, person_id: Id, wanted: Query[AsOf]) -> Any:  # noqa: ANN401  a row
    """A person, with the seats held on the day."""
    actor = reads(request)
    where = services.PersonFilter(person_id=person_id)
    return only(services.people(actor, as_of=wanted.day(actor), where=where, page=Page(after="0")), "person")


@router.get("/teams", response=pages_of(Team), summary="Teams")
def list_teams(request: HttpRequest, wanted: Query[WantedTeams]) -> dict[str, Any]:
    """Teams whose totals you see, each with the team above on the day."""
    actor = reads(request)
    return paged(services.teams(actor, as_of=wanted.day(actor), parent_id=wanted.parent_id, page=wanted.page))


@router.get("/teams/{team_id}", response=Team, summary="One team")
def get_team(request: HttpRequest, team_id: Id, wanted: Query[AsOf]) -> Any:  # noqa: ANN401  a row
    """A team, with the team above on the day."""
    actor = reads(request)
    return only(services.teams(actor, as_of=wanted.day(actor), team_id=team_id, page=Page(after="0")), "team")
