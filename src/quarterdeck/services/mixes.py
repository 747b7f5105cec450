"""The mix of a person's actions: how far their manager lets them shift it, and how they do; from a day on, journaled.

1 March   Mona lets East shift 25 %          mix_limit   team East, 25, from 1 March
3 March   Rita: calls instead of meetings    mix_choice  rita, more call, fewer meeting, 20, from 3 March
9 March   Mona lowers it to 10 %             rita's 20 counts as 10 from then on
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import narwhals as nw
from django.db.models import CharField, Value

from quarterdeck.engine.actions.mix import Mix
from quarterdeck.engine.calendar.ranges import effective_on
from quarterdeck.records.models import MixChoice, MixLimit
from quarterdeck.records.models.mixes import MIXED_KINDS
from quarterdeck.services import access
from quarterdeck.services.calendar import company
from quarterdeck.services.journal import journaled
from quarterdeck.services.scene import CARRIES, Scene
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

    from quarterdeck.services.actor import Actor

_LIMIT: Final = "The limit was not set."
_CHOICE: Final = "The mix was not changed."
_WHOLE: Final = 100
KINDS: Final = MIXED_KINDS
"""Kinds of action that may be shifted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixStanding:
    """A person's mix on a day: the limit (0: none), and the choice if there is one."""

    limit: int
    mix: Mix | None = None


def mix_on(scene: Scene, person_id: int) -> MixStanding:
    """The mix of a person on the scene's day: limit of their team, else of the nearest above. One query."""
    if not getattr(scene.company, "has_mixes", True):
        return MixStanding(limit=0)
    rows = effective_on(scene.memberships.filter(nw.col("hat") == CARRIES), scene.as_of)
    teams = dict(rows.filter(nw.col("person_id") == person_id).sort("depth").select("team_id", "depth").iter_rows())
    limits, chosen = _said(sorted(teams), person_id, scene.as_of)
    nearest = min((team for team in teams if team in limits), key=lambda team: (teams[team], team), default=None)
    if nearest is None or not limits[nearest]:
        return MixStanding(limit=0)
    mix = Mix(*chosen, limits[nearest]) if chosen and chosen[-1] else None
    return MixStanding(limit=limits[nearest], mix=mix)


def _said(teams: Collection[int], person_id: int, day: dt.date) -> tuple[dict[int, int], tuple[str, str, int] | None]:
    """Limits by team, and the person's choice (more, fewer, percent); the latest of each up to the day."""
    until = {"effective_from__lte": day}
    rules = MixLimit.objects.filter(team_id__in=teams, **until).order_by()
    own = MixChoice.objects.filter(person_id=person_id, **until).order_by()
    nothing = Value("", output_field=CharField())
    found = rules.values_list("effective_from", "pk", "team_id", "percent", nothing, nothing).union(
        own.values_list("effective_from", "pk", Value(0), "percent", "more", "fewer"), all=True
    )
    ordered = sorted(found)
    limits = {team: percent for _, _, team, percent, *_ in ordered if team}
    choices = [(more, fewer, percent) for _, _, team, percent, more, fewer in ordered if not team]
    return limits, choices[-1] if choices else None


def limit_on(team_id: int, day: dt.date) -> int | None:
    """A team's own limit on a day; None where none was ever set. One query."""
    row = MixLimit.objects.filter(team_id=team_id, effective_from__lte=day).last()
    return row.percent if row else None


def may_limit(actor: Actor, team_id: int) -> bool:
    """Whether the actor sets the limit of a team: who edits plans and sees its people."""
    return access.may(actor, "edit_plans") and access.sees_people_of(actor, team_id, actor.today)


def mix_limit_set(actor: Actor, team_id: int, percent: int | None) -> MixLimit:
    """Let people of a team shift up to so many percent from the company's day on. Raises Refusal (`mix`, ...)."""
    access.require(actor, "edit_plans", _LIMIT)
    team = access.team_for(actor, team_id, actor.today)
    if not access.sees_people_of(actor, team_id, actor.today):
        raise access.not_visible("team")
    if percent is None or not 0 <= percent <= _WHOLE:
        raise Refusal(_LIMIT, "It is no part of a hundred.", "Give whole percent from 0 to 100.", "mix")
    with journaled(actor, "mix_limit_set", "team") as entry:
        row = MixLimit.objects.create(
            team=team, percent=percent, effective_from=_day(actor), at=actor.now, by=actor.user
        )
        said = f"{team.name}: up to {percent} % of a kind of action may go to another, from {row.effective_from} on"
        entry.about(team.pk, said, after={"percent": percent, "effective_from": str(row.effective_from)})
    return row


def mix_chosen(actor: Actor, *, more: str, fewer: str, percent: int | None) -> MixChoice:
    """Shift one's own actions from the company's day on; 0 takes it back. Raises Refusal (`mix`, `not_visible`)."""
    access.require(actor, "log_work", _CHOICE)
    if actor.person_id is None:
        raise access.not_visible("person")
    day = _day(actor)
    limit = mix_on(Scene(actor, day), actor.person_id).limit
    if more not in MIXED_KINDS or fewer not in MIXED_KINDS or more == fewer:
        raise Refusal(_CHOICE, "It needs two kinds of action.", f"Choose two of {', '.join(MIXED_KINDS)}.", "mix")
    if percent is None or not 0 <= percent <= _WHOLE:
        raise Refusal(_CHOICE, "It is no part of a hundred.", "Give whole percent from 0 on.", "mix")
    if percent > limit:
        why = f"Your team's limit is {limit} %, and you asked for {percent} %."
        raise Refusal(_CHOICE, why, "Stay within it, or ask who leads the team.", "mix")
    with journaled(actor, "mix_chosen", "person") as entry:
        row = MixChoice.objects.create(
            person_id=actor.person_id, more=more, fewer=fewer, percent=percent, effective_from=day, at=actor.now,
            by=actor.user,
        )  # fmt: skip
        entry.about(actor.person_id, f"Mix of actions: {percent} % more of {more}, less of {fewer}, from {day} on")
    return row


def _day(actor: Actor) -> dt.date:
    return company().shows_as_of or actor.today
