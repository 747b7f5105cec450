"""The only doors to a row: who may see it and who may write it, one condition per line.

Hats are those of the actor's day (`Actor.hats`); the tree is the one of `as_of`. So a manager of East who looks at
1 March sees the people who sat in East, or in a team under it, on 1 March.

    actor     hats                as_of       people_seen
    rita      rep in east         2025-06-30  {rita}
    mona      manager of east     2025-06-30  {mona, rita, raj}
    dana      director at the top 2025-06-30  None, which means everybody
    olga      operations          2025-06-30  None

What is not visible is answered like what does not exist (rule `not_visible`); what needs a hat says so (`needs_hat`),
and what a token's scope leaves out says that (`needs_scope`). The tree costs at most two queries per actor and day.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import FilteredRelation, Model, Q, QuerySet

from quarterdeck.records.models import OpportunityState, Person, Seat, Team
from quarterdeck.services.rights import MATRIX, scopes_for
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import STAGE_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.services.actor import Actor

Row = TypeVar("Row", bound=Model)


def so_on(day: dt.date, prefix: str = "") -> Q:
    """The condition that a dated row holds on a day; `prefix` walks to it, such as `seats__`."""
    begun = Q(**{f"{prefix}effective_from": None}) | Q(**{f"{prefix}effective_from__lte": day})
    return begun & (Q(**{f"{prefix}effective_to": None}) | Q(**{f"{prefix}effective_to__gt": day}))


def stood_on(day: dt.date) -> Q:
    """The same for states of deals, as one range of an index."""
    return (Q(effective_from=None) | Q(effective_from__lte=day)) & Q(until__gt=day)


# Verbs


def may(actor: Actor, verb: str) -> bool:
    """Whether a hat of the actor carries the verb and, for a program, its token's scope lets it through."""
    return in_scope(actor, verb) and (
        actor.is_system or verb == "read" or any(verb in MATRIX[hat.name].verbs for hat in actor.hats)
    )


def in_scope(actor: Actor, verb: str) -> bool:
    """Whether the actor's token lets a verb through; a person in the browser has no such limit."""
    return actor.scopes is None or bool(actor.scopes & set(scopes_for(verb)))


def require(actor: Actor, verb: str, what: str) -> None:
    """Refuse a verb that the actor's hats, or the token's scopes, do not carry; `what` says what was not done."""
    if not in_scope(actor, verb):
        needed = " or ".join(scopes_for(verb))
        raise Refusal(what, f"The token's scopes do not include {needed}.", "Make a token with it.", "needs_scope")
    if not may(actor, verb):
        needed = " or ".join(name.replace("_", " ") for name, rights in MATRIX.items() if verb in rights.verbs)
        raise Refusal(what, f"It needs the hat of {needed}.", "Ask somebody who wears it.", "needs_hat")


def may_import(actor: Actor) -> bool:
    """Whether the actor may hand in facts."""
    return may(actor, "import_facts")


def may_set_goals(actor: Actor) -> bool:
    """Whether the actor may set goals."""
    return may(actor, "set_goals")


def may_set_targets(actor: Actor) -> bool:
    """Whether the actor may change targets of holders they see."""
    return may(actor, "set_targets")


def may_change_people(actor: Actor) -> bool:
    """Whether the actor may add and move people and teams."""
    return may(actor, "change_people")


def may_see_journal(actor: Actor) -> bool:
    """Whether the actor may read everybody's writes."""
    return may(actor, "see_journal")


def may_see_pay(actor: Actor, person_id: int) -> bool:
    """Own pay, or anybody's with the hat for it; a manager's or a director's hat is not enough."""
    return (person_id == actor.person_id and in_scope(actor, "see_pay")) or may(actor, "see_pay")


# Who is below


def team_links(actor: Actor) -> list[tuple[Any, ...]]:
    """Every visible team with what it hangs under from when to when: id, name, link, parent, first day, day after.

    One query for a request, from which names, the tree of any day and the frame TEAMS are made. The system's own actor
    lives longer than a request, and looks again.
    """
    if "team_links" not in actor.memo or actor.is_system:
        links = FilteredRelation("links", condition=Q(links__superseded_at=None))
        names = ("pk", "name", "link__pk", "link__parent_id", "link__effective_from", "link__effective_to")
        actor.memo["team_links"] = list(Team.visible.annotate(link=links).values_list(*names))
    found: list[tuple[Any, ...]] = actor.memo["team_links"]
    return found


def _parents(actor: Actor, as_of: dt.date) -> dict[int, int | None]:
    """Every visible team with the team above it on a day; one query."""
    if ("parents", as_of) not in actor.memo:
        above: dict[int, int | None] = dict.fromkeys(pk for pk, *_ in team_links(actor))
        above |= {
            pk: parent
            for pk, _, link, parent, begins, ends in team_links(actor)
            if link is not None and (begins or as_of) <= as_of < (ends or dt.date.max)
        }
        actor.memo["parents", as_of] = above
    found: dict[int, int | None] = actor.memo["parents", as_of]
    return found


def teams_below(actor: Actor, team_ids: Iterable[int], as_of: dt.date) -> frozenset[int]:
    """These teams and every team under them on a day; a cycle in imported links does no harm."""
    parents = _parents(actor, as_of)
    children: dict[int | None, list[int]] = {}
    for team_id, parent_id in parents.items():
        children.setdefault(parent_id, []).append(team_id)
    seen, todo = set[int](), [team_id for team_id in team_ids if team_id in parents]
    while todo:
        if (team_id := todo.pop()) not in seen:
            seen.add(team_id)
            todo += children.get(team_id, [])
    return frozenset(seen)


def _teams_by(actor: Actor, as_of: dt.date, *sees: str) -> frozenset[int]:
    tops = sorted({hat.team_id for hat in actor.hats if MATRIX[hat.name].sees in sees})
    return teams_below(actor, tops, as_of) if tops else frozenset()


def sees_all(actor: Actor, as_of: dt.date) -> bool:
    """Whether no row is hidden from the actor: by a hat that sees all, or at the top of the whole tree on that day."""
    if actor.is_system or any(MATRIX[hat.name].sees == "all" for hat in actor.hats):
        return True
    below = _teams_by(actor, as_of, "below")
    return bool(below) and len(below) == len(_parents(actor, as_of))


def teams_seen(actor: Actor, as_of: dt.date) -> frozenset[int] | None:
    """Teams whose totals the actor may see on a day; None means all."""
    return None if sees_all(actor, as_of) else _teams_by(actor, as_of, "below", "totals")


def people_seen(actor: Actor, as_of: dt.date) -> frozenset[int] | None:
    """People whose rows the actor may see on a day; None means all."""
    if sees_all(actor, as_of):
        return None
    if ("people", as_of) not in actor.memo:
        own = [actor.person_id] if actor.person_id is not None else []
        teams = _teams_by(actor, as_of, "below")
        below = Seat.current.filter(so_on(as_of), position__team_id__in=teams) if teams else Seat.current.none()
        actor.memo["people", as_of] = frozenset([*own, *below.values_list("person_id", flat=True)])
    found: frozenset[int] = actor.memo["people", as_of]
    return found


def sees_person(actor: Actor, person_id: int | None, as_of: dt.date) -> bool:
    """Whether the actor may see rows of this person; rows of nobody are for those who see all."""
    seen = people_seen(actor, as_of)
    return seen is None or person_id in seen


def sees_team(actor: Actor, team_id: int, as_of: dt.date) -> bool:
    """Whether the actor may see totals of this team."""
    seen = teams_seen(actor, as_of)
    return seen is None or team_id in seen


def sees_people_of(actor: Actor, team_id: int, as_of: dt.date) -> bool:
    """Whether the actor may see the seats of a team, held or vacant, and not only its totals."""
    return sees_all(actor, as_of) or team_id in _teams_by(actor, as_of, "below")


def sees_position(actor: Actor, position_id: int, team_id: int, as_of: dt.date) -> bool:
    """Whether the actor may see a seat, its name and its target: one below, or their own."""
    return any(hat.position_id == position_id for hat in actor.hats) or sees_people_of(actor, team_id, as_of)


def not_visible(noun: str) -> Refusal:
    """The answer for what does not exist and for what exists for others only; the two cannot be told apart."""
    return Refusal(
        f"There is no such {noun}.",
        "It does not exist, or it is not yours to see.",
        "Check the link, or ask operations.",
        "not_visible",
    )


def person_for(actor: Actor, person_id: int, as_of: dt.date) -> Person:
    """The person, or the refusal `not_visible`."""
    person = _known(actor, person_id)
    if person is None and sees_person(actor, person_id, as_of):
        person = Person.visible.filter(pk=person_id).first()
    if not isinstance(person, Person):
        raise not_visible("person")
    return person


def _known(actor: Actor, person_id: int) -> Person | None:
    """The actor's own person: who wears a hat was brought along with their seats."""
    if actor.user is None or not actor.hats or actor.person_id != person_id:
        return None
    person: Person | None = actor.user.person
    return person if person is not None and person.withdrawn_at is None else None


def team_for(actor: Actor, team_id: int, as_of: dt.date) -> Team:
    """The team, or the refusal `not_visible`."""
    team = Team.visible.filter(pk=team_id).first() if sees_team(actor, team_id, as_of) else None
    if not isinstance(team, Team):
        raise not_visible("team")
    return team


# Rows


def _of_people(actor: Actor, queryset: QuerySet[Row], as_of: dt.date, field: str) -> QuerySet[Row]:
    seen = people_seen(actor, as_of)
    return queryset if seen is None else queryset.filter(**{f"{field}__in": seen})


def persons_seen(actor: Actor, queryset: QuerySet[Person], as_of: dt.date) -> QuerySet[Person]:
    """People of a queryset that the actor may see."""
    return _of_people(actor, queryset, as_of, "pk")


def states_seen(actor: Actor, queryset: QuerySet[OpportunityState], as_of: dt.date) -> QuerySet[OpportunityState]:
    """Deal states on a day, of deals that somebody seen owned on that day."""
    return _of_people(actor, queryset.filter(stood_on(as_of)), as_of, "person_id")


def deals_seen(actor: Actor, queryset: QuerySet[Any], as_of: dt.date) -> QuerySet[Any]:
    """Deals of a queryset that somebody seen owned on that day: the owner sees a deal's whole history."""
    if sees_all(actor, as_of):
        return queryset
    states = OpportunityState.objects.filter(stage_kind__in=STAGE_KINDS)  # any: the index goes by person, kind and day
    return queryset.filter(pk__in=states_seen(actor, states, as_of).values("opportunity_id"))


def activities_seen(actor: Actor, queryset: QuerySet[Any], as_of: dt.date) -> QuerySet[Any]:
    """Activities (and field reports, leave: whatever has a person) of people seen."""
    return _of_people(actor, queryset, as_of, "person_id")


def bookings_seen(actor: Actor, queryset: QuerySet[Any], as_of: dt.date) -> QuerySet[Any]:
    """Bookings that count for people seen, whoever the source named."""
    return _of_people(actor, queryset, as_of, "credited_id")


def targets_seen(actor: Actor, queryset: QuerySet[Any], as_of: dt.date) -> QuerySet[Any]:
    """Targets of people and teams seen, of their positions, and of territories that people seen hold."""
    if sees_all(actor, as_of):
        return queryset
    people = people_seen(actor, as_of) or frozenset()
    held = Q(territory__holdings__superseded_at=None) & so_on(as_of, "territory__holdings__")
    return queryset.filter(
        Q(person_id__in=people)
        | Q(team_id__in=teams_seen(actor, as_of))
        | Q(position__team_id__in=_teams_by(actor, as_of, "below"))
        | Q(position_id__in=[hat.position_id for hat in actor.hats])
        | Q(territory__holdings__person_id__in=people) & held
    ).distinct()


def accounts_seen(actor: Actor, queryset: QuerySet[Any], as_of: dt.date) -> QuerySet[Any]:  # noqa: ARG001  as the others
    """Names of accounts, for everybody who wears a hat, so that nobody calls twice; figures follow the doors above."""
    return queryset if actor.is_system or actor.hats else queryset.none()
