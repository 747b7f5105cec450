"""Who sees a proposal of moves, whose word it needs, and what each part of it has said.

    move    north (rita, East) -> south (walt, West)      needs  East, by Mona or above    West, by Wim or above
    steps   East accepted by Mona                         stands "waits for West"

A manager speaks for the teams in their subtree, who decides on plans for all they see. What one does not see does not
exist: moves that touch nobody seen are left out, and a proposal without one is `not_visible`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from quarterdeck.records.models import TerritoryMove, TerritoryProposal, TerritoryStep
from quarterdeck.services import access
from quarterdeck.services.scene import Scene
from quarterdeck.services.territories.holders import held_from, lands
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    import datetime as dt

    from quarterdeck.records.models import User
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.territories.holders import Land

State = Literal["open", "declined", "withdrawn", "moved"]
ENDED: Final = ("declined", "withdrawn", "moved")
Team = int | None
"""A team whose word is needed; None stands for territories whose holder sits nowhere."""


@dataclass(frozen=True)
class Door:
    """A proposal as one actor meets it."""

    actor: Actor
    proposal: TerritoryProposal
    moves: tuple[TerritoryMove, ...]
    steps: tuple[TerritoryStep, ...]
    """Oldest first."""
    scene: Scene
    """Looks from the day on which the moves take, or took, effect."""

    @property
    def state(self) -> State:
        """How far it has come."""
        ends: list[Any] = [row.step for row in self.steps if row.step in ENDED]
        return ends[-1] if ends else "open"

    @cached_property
    def lands(self) -> dict[int, Land]:
        """Territories as they are held on the day."""
        return lands(self.actor, self.scene)

    @cached_property
    def is_author(self) -> bool:
        """Whether the actor proposed it, and still works on plans."""
        actor = self.actor
        return actor.user is not None and self.proposal.by_id == actor.user.pk and access.may(actor, "edit_plans")

    def team_of(self, territory_id: int | None) -> Team:
        """The team in which the holder of a territory sits."""
        land = self.lands.get(territory_id or 0)
        return land.team_id if land else None

    def touches(self, move: TerritoryMove) -> frozenset[Team]:
        """Teams whose word a move needs; one that comes from nowhere needs that of its new holder's only."""
        teams = {self.team_of(move.to_territory_id)}
        return frozenset(teams | ({self.team_of(move.from_territory_id)} if move.from_territory_id else set()))

    @cached_property
    def parts(self) -> list[Team]:
        """Teams whose word is needed, by name, who sits nowhere last."""
        found = {team for move in self.moves for team in self.touches(move)}
        names = self.scene.team_names
        return sorted(found, key=lambda team: (team is None, names.get(team or 0, ""), team))

    @cached_property
    def said(self) -> dict[Team, TerritoryStep]:
        """The last word of each part, where it is not taken back."""
        last = {row.team_id: row for row in self.steps if row.step in {"accepted", "taken_back", "declined"}}
        return {team: row for team, row in last.items() if row.step != "taken_back"}

    @cached_property
    def waits_for(self) -> list[Team]:
        """Parts that have not accepted."""
        return [team for team in self.parts if team not in self.said]

    @cached_property
    def mine(self) -> list[Team]:
        """Parts for which the actor may speak."""
        actor, day = self.actor, self.actor.today
        if not access.may(actor, "edit_plans"):
            return []
        led = access.teams_below(actor, [hat.team_id for hat in actor.hats if hat.name == "manager"], day)
        decides = access.may(actor, "approve_plans")
        return [
            team
            for team in self.parts
            if (team in led)
            or (decides and (access.sees_all(actor, day) if team is None else access.sees_people_of(actor, team, day)))
        ]

    @cached_property
    def seen(self) -> tuple[TerritoryMove, ...]:
        """Moves that touch somebody the actor sees."""
        actor = self.actor
        if access.sees_all(actor, actor.today) or self.is_author:
            return self.moves
        if not access.may(actor, "edit_plans"):
            return ()
        return tuple(
            move for move in self.moves if self._sees(move.from_territory_id) or self._sees(move.to_territory_id)
        )

    def _sees(self, territory_id: int | None) -> bool:
        land = self.lands.get(territory_id or 0)
        return land is not None and land.person_id is not None and land.is_seen

    def weighs(self, move: TerritoryMove) -> bool:
        """Whether the actor sees what the account brings: who looks after it now is somebody they see."""
        return access.sees_all(self.actor, self.actor.today) or self.is_author or self._sees(move.from_territory_id)

    def sees_both(self, move: TerritoryMove) -> bool:
        """Whether the actor sees how both sides of a move stand."""
        if access.sees_all(self.actor, self.actor.today) or self.is_author:
            return True
        sides = [pk for pk in (move.from_territory_id, move.to_territory_id) if pk]
        return all(self._sees(pk) for pk in sides)

    def named(self, user: User | None) -> str:
        """Who did something, as far as the actor sees them."""
        if user is None:
            return "the command line"
        actor = self.actor
        is_seen = user == actor.user or access.sees_person(actor, user.person_id, actor.today)
        return str(user) if is_seen else "somebody above or beside you"

    def require_open(self, what: str) -> None:
        """Refuse what ended."""
        if self.state != "open":
            why = f"It is {self.state}."
            raise Refusal(what, why, "Propose the moves again where they are still wanted.", "territory_state")


def giver_of(found: Door, move: TerritoryMove) -> int | None:
    """Who looked after an account before it moved: its owner, or else who holds the territory that it leaves."""
    owner: int | None = move.from_owner_id
    land = found.lands.get(move.from_territory_id or 0)
    return owner or (land.person_id if land else None)


def door(actor: Actor, proposal: TerritoryProposal) -> Door:
    """The proposal as the actor meets it; its moves and steps cost a query each."""
    moves = tuple(proposal.moves.select_related("account", "from_territory", "to_territory"))
    steps = tuple(proposal.steps.select_related("by__person", "team"))
    return Door(actor, proposal, moves, steps, Scene(actor, _day(actor, proposal, steps)))


def _day(actor: Actor, proposal: TerritoryProposal, steps: tuple[TerritoryStep, ...]) -> dt.date:
    """The day on which holders are looked up: that of the moves, or of the end where it ended."""
    end = next((row.at.date() for row in steps if row.step in ENDED), actor.today)
    return held_from(proposal.effective_on, end)


def proposal_for(actor: Actor, proposal_id: int) -> Door:
    """The proposal, or the refusal `not_visible`."""
    row = TerritoryProposal.objects.select_related("by__person").filter(pk=proposal_id).first()
    found = door(actor, row) if row else None
    if found is None or not found.seen:
        raise access.not_visible("proposal")
    return found


MOST_LISTED: Final = 50
"""Proposals that a page lists."""


def proposals_seen(actor: Actor) -> list[Door]:
    """Proposals of which the actor sees a move, newest first, at most 50; four queries and the tree's."""
    if not (access.may(actor, "edit_plans") or access.sees_all(actor, actor.today)):
        return []
    rows = TerritoryProposal.objects.select_related("by__person").prefetch_related(
        "moves", "steps__by__person", "steps__team"
    )
    scenes: dict[dt.date, Scene] = {}
    found = []
    for row in rows[:MOST_LISTED]:
        steps = tuple(row.steps.all())
        day = _day(actor, row, steps)
        one = Door(actor, row, tuple(row.moves.all()), steps, scenes.setdefault(day, Scene(actor, day)))
        found += [one] if one.seen else []
    return found
