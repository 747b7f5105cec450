"""The tree of teams: a team added, or hung under another one from a day on.

team_moved(actor, north, under=west, on=2025-07-01)

team   parent  effective_from  effective_to
north  east                    2025-07-01     a new version of the row that had no end
north  west    2025-07-01
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import F, Q

from quarterdeck.records.models import Team, TeamLink
from quarterdeck.services import access
from quarterdeck.services.dated import by_hand, ended, saved
from quarterdeck.services.journal import journaled
from quarterdeck.services.people import code_for
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from quarterdeck.services.actor import Actor


def team_added(actor: Actor, *, name: str, code: str = "", under: int | None = None, on: dt.date | None = None) -> Team:
    """A new team; without `under` it is a root, which only those may add who see everything."""
    what = "The team was not added."
    access.require(actor, "change_people", what)
    parent = _parent_for(actor, under, what)
    with journaled(actor, "team_added", "team") as entry:
        team = saved(Team(code=code or code_for(name), name=name), what)
        TeamLink.objects.create(team=team, parent=parent, effective_from=on, **by_hand(actor.now))
        entry.about(
            team.pk,
            f"{team.name} was added",
            after={
                "code": team.code,
                "name": team.name,
                "parent": parent.code if parent else None,
                "effective_from": on,
            },
        )
    actor.memo.clear()
    return team


def team_renamed(actor: Actor, team_id: int, name: str) -> Team:
    """The same team under another name."""
    what = "The team was not renamed."
    access.require(actor, "change_people", what)
    team = access.team_for(actor, team_id, actor.today)
    before, team.name = team.name, name
    with journaled(actor, "team_renamed", "team") as entry:
        saved(team, what)
        entry.about(team.pk, f"{before} is now {team.name}", before={"name": before}, after={"name": team.name})
    return team


def team_moved(actor: Actor, team_id: int, *, under: int | None, on: dt.date) -> TeamLink:
    """A team under another parent from a day on, until a move that is already planned; never under itself."""
    what = "The team was not moved."
    access.require(actor, "change_people", what)
    team = access.team_for(actor, team_id, actor.today)
    parent = _parent_for(actor, under, what)
    with journaled(actor, "team_moved", "team") as entry:
        old = _link_on(team, on)
        until = _next_change(team, on)
        if old is not None:
            ended(old, on, actor.now)
        link = TeamLink.objects.create(
            team=team, parent=parent, effective_from=on, effective_to=until, **by_hand(actor.now)
        )
        _refuse_cycle(link, what)
        entry.about(
            team.pk,
            f"{team.name} hangs under {parent.name if parent else 'nothing'} from {on}",
            before={"parent": old.parent.code if old and old.parent else None},
            after={"parent": parent.code if parent else None, "effective_from": on, "effective_to": until},
        )
    actor.memo.clear()
    return link


def _parent_for(actor: Actor, team_id: int | None, what: str) -> Team | None:
    if team_id is not None:
        return access.team_for(actor, team_id, actor.today)
    if not access.sees_all(actor, actor.today):
        raise Refusal(what, "No team above was named.", "Name one of your teams.", "team_needed")
    return None


def _link_on(team: Team, day: dt.date) -> TeamLink | None:
    found: TeamLink | None = (
        TeamLink.current.filter(access.so_on(day), team=team).select_related("parent").order_by("pk").last()
    )
    return found


def _next_change(team: Team, day: dt.date) -> dt.date | None:
    later = TeamLink.current.filter(team=team, effective_from__gt=day).order_by("effective_from").first()
    return later.effective_from if later else None


def _refuse_cycle(link: TeamLink, what: str) -> None:
    """Walk up from the team on each day from which a link begins while this one holds."""
    lasts = Q(effective_from__lt=link.effective_to) if link.effective_to else Q()
    begins = TeamLink.current.filter(lasts, effective_from__gte=link.effective_from)
    for day in sorted(set(begins.values_list("effective_from", flat=True))):
        above = dict(TeamLink.current.filter(access.so_on(day)).values_list("team_id", F("parent_id")))
        at, seen = above.get(link.team_id), set[int]()
        while at is not None and at not in seen:
            seen.add(at)
            at = above.get(at)
        if link.team_id in seen:
            raise Refusal(what, f"It would hang under itself on {day}.", "Choose a team that is not below it.", "cycle")
