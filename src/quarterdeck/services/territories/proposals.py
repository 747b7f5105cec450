"""Moves proposed, answered and withdrawn: nothing moves until every manager concerned has accepted.

saved        by Mona, from 1 July: 9 moves that touch East and West
accepted     East by Mona         ->  waits for West
taken back   East by Mona         ->  waits for East and West       (as long as it is open)
declined     West by Wim, "keep Marsh until the tender"  ->  ended, nothing moved
accepted     all of it by Dana    ->  moved on 1 July (services.territories.moving)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.records.models import TerritoryMove, TerritoryProposal, TerritoryStep
from quarterdeck.services import access
from quarterdeck.services.journal import journaled
from quarterdeck.services.plans.texts import said
from quarterdeck.services.territories.balancing import balanced
from quarterdeck.services.territories.doors import Door, door, proposal_for
from quarterdeck.services.territories.moving import moves_made
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quarterdeck.services.actor import Actor
    from quarterdeck.services.territories.doors import Team
    from quarterdeck.services.territories.shapes import Balance, BalanceAsk

_SAVE: Final = "The proposal was not saved."
_ANSWER: Final = "The proposal was not answered."
LATEST: Final = dt.timedelta(days=730)
"""How far ahead moves may be planned."""


def proposal_saved(  # noqa: PLR0913  what was asked, what was seen, and what is said with it
    actor: Actor, ask: BalanceAsk, as_of: dt.date, *, effective_on: dt.date, fingerprint: str, name: str = "",
    note: str = "",
) -> TerritoryProposal:  # fmt: skip
    """Keep what balancing came to as a proposal. Nothing moves.

    `fingerprint`: of the moves that its author saw; others are refused (`territory_seen`), as are days that have passed
    (`territory_day`) and proposals without a move (`territories`).
    """
    found = balanced(actor, ask, as_of)
    if not found.moves:
        raise Refusal(_SAVE, "Nothing would move.", "Ask for more evenness, or allow more moves.", "territories")
    if fingerprint != found.fingerprint:
        why = "What accounts weigh, or where they lie, changed since you looked."
        raise Refusal(_SAVE, why, "Look at the moves again, then save them.", "territory_seen")
    if not actor.today <= effective_on <= actor.today + LATEST:
        why = f"{effective_on:%-d %B %Y} has passed, or is more than two years ahead."
        raise Refusal(_SAVE, why, "Say a day from today on.", "territory_day")
    with journaled(actor, "territory_proposal_made", "territory_proposal") as entry:
        row = TerritoryProposal.objects.create(
            name=said(name, 200) or _name(found, effective_on), effective_on=effective_on, as_of=as_of,
            asked=_asked(ask), found=_found(found), note=said(note), at=actor.now, by=actor.user,
        )  # fmt: skip
        TerritoryMove.objects.bulk_create(_moves(row, found), batch_size=1_000)
        entry.about(row.pk, f"Proposal {row.name}: {len(found.moves):,} accounts", after={"found": row.found["told"]})
    return row


def _name(found: Balance, effective_on: dt.date) -> str:
    titles = [one.title.split(",")[0].lower() for one in found.evenness]
    return f"{' and '.join(titles).capitalize()} evened out from {effective_on:%-d %B %Y}"


def _asked(ask: BalanceAsk) -> dict[str, Any]:
    most = {"n": ask.most} if isinstance(ask.most, int) else {"share": str(ask.most)}
    return {
        "weights": dict(ask.weights), "how": ask.how, "within": str(ask.within), "most": most,
        "locks": sorted(ask.locks), "team": ask.team_id, "places": ask.places,
    }  # fmt: skip


def _found(found: Balance) -> dict[str, Any]:
    """What its readers judge it by, kept as it was seen."""
    return {
        "told": found.sentence, "measures": list(found.measures), "n_accounts": found.n_accounts,
        "n_moved": found.n_moved, "n_placed": found.n_placed, "state": found.state,
        "standings": [asdict(row) for row in found.standings],
        "evenness": [asdict(row) | {"moved": None if row.moved is None else str(row.moved)} for row in found.evenness],
    }  # fmt: skip


def _moves(proposal: TerritoryProposal, found: Balance) -> Iterable[TerritoryMove]:
    for move in found.moves:
        yield TerritoryMove(
            proposal=proposal, account_id=move.account_id, from_territory_id=move.from_id, to_territory_id=move.to_id,
            from_owner_id=move.owner_id, reason=move.why, amounts=dict(zip(found.measures, move.amounts, strict=True)),
        )  # fmt: skip


# Answers


def proposal_accepted(actor: Actor, proposal_id: int, *, note: str = "") -> Door:
    """Accept for every part that the actor speaks for; with the last one the accounts move, in the same transaction.

    Raises Refusal (`territory_state`, `needs_hat`, and what `moves_made` refuses: then nothing is accepted either).
    """
    with journaled(actor, "territory_proposal_accepted", "territory_proposal") as entry:
        found = _locked(proposal_for(actor, proposal_id))
        teams = [team for team in _mine(found) if team not in found.said]
        if not teams:
            raise Refusal(_ANSWER, "You have accepted it for your part.", "It waits for others.", "territory_state")
        _step(found, "accepted", teams, note)
        after = door(actor, found.proposal)
        is_last = not after.waits_for
        if is_last:
            moves_made(after)
        done = "accepted by all, the accounts move" if is_last else f"accepted for {_names(found, teams)}"
        entry.about(found.proposal.pk, f"Proposal {found.proposal.name}: {done}", after={"note": said(note)})
    return door(actor, found.proposal)


def proposal_declined(actor: Actor, proposal_id: int, *, note: str) -> Door:
    """Decline for the actor's parts: the proposal ends, and nothing moves."""
    if not said(note):
        raise Refusal(_ANSWER, "It gives no reason.", "Say why not.", "territory_state")
    return _ended(actor, proposal_id, "declined", note)


def proposal_taken_back(actor: Actor, proposal_id: int, *, note: str = "") -> Door:
    """Take back an acceptance while the proposal is open."""
    with journaled(actor, "territory_proposal_taken_back", "territory_proposal") as entry:
        found = _locked(proposal_for(actor, proposal_id))
        teams = [team for team in _mine(found) if team in found.said]
        if not teams:
            raise Refusal(_ANSWER, "You have not accepted it.", "Decline it, if it must not be.", "territory_state")
        _step(found, "taken_back", teams, note)
        told = f"the acceptance for {_names(found, teams)} taken back"
        entry.about(found.proposal.pk, f"Proposal {found.proposal.name}: {told}", after={"note": said(note)})
    return door(actor, found.proposal)


def proposal_withdrawn(actor: Actor, proposal_id: int, *, note: str = "") -> Door:
    """Withdraw a proposal of one's own, or any as who decides on all of it; nothing moves."""
    return _ended(actor, proposal_id, "withdrawn", note)


def may_withdraw(found: Door) -> bool:
    """Whether the actor may take the whole proposal off the table."""
    return found.state == "open" and (found.is_author or set(found.mine) == set(found.parts))


def _ended(actor: Actor, proposal_id: int, step: str, note: str) -> Door:
    with journaled(actor, f"territory_proposal_{step}", "territory_proposal") as entry:
        found = _locked(proposal_for(actor, proposal_id))
        if step == "declined":
            _step(found, step, _mine(found)[:1], note)
        elif may_withdraw(found):
            _step(found, step, [None], note)
        else:
            raise Refusal(
                _ANSWER, "It is somebody else's proposal.", "Decline it for your part instead.", "territory_state"
            )
        entry.about(found.proposal.pk, f"Proposal {found.proposal.name}: {step}", after={"note": said(note)})
    return door(actor, found.proposal)


def _locked(seen: Door) -> Door:
    """The same with its row locked, inside a transaction: those who answer take turns."""
    TerritoryProposal.objects.select_for_update().only("pk").get(pk=seen.proposal.pk)
    again = door(seen.actor, seen.proposal)
    again.require_open(_ANSWER)
    return again


def _mine(found: Door) -> list[Team]:
    access.require(found.actor, "edit_plans", _ANSWER)
    if not found.mine:
        why = "None of its accounts comes from or goes to a team that you lead."
        raise Refusal(_ANSWER, why, "Ask who leads those teams.", "needs_hat")
    return found.mine


def _step(found: Door, step: str, teams: Iterable[Team], note: str) -> None:
    TerritoryStep.objects.bulk_create(
        TerritoryStep(
            proposal=found.proposal, team_id=team, step=step, note=said(note), at=found.actor.now, by=found.actor.user
        )
        for team in teams
    )


def _names(found: Door, teams: Iterable[Team]) -> str:
    return ", ".join(found.scene.team_names.get(team or 0, "who sits nowhere") for team in teams)


def asked_said(asked: dict[str, Any]) -> tuple[Fraction, int | None, Fraction | None]:
    """Tolerance, budget as a number and budget as a share of a kept ask.

    >>> asked_said({"within": "1/20", "most": {"share": "3/20"}})
    (Fraction(1, 20), None, Fraction(3, 20))
    """
    most = asked["most"]
    return Fraction(asked["within"]), most.get("n"), Fraction(most["share"]) if "share" in most else None
