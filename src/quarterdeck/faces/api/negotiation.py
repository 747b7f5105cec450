"""Numbers proposed in answer to a plan's, and amendments of what was published: looked at first, then made."""

import datetime as dt
from fractions import Fraction
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from quarterdeck.faces.api.answers import Answer, answer
from quarterdeck.faces.api.asked import AsOf, Id
from quarterdeck.faces.api.auth import reads, writes
from quarterdeck.faces.api.once import KEY, once
from quarterdeck.faces.api.planning import AMOUNT, Node
from quarterdeck.services.plans import amending, amendment_shapes, cell_because, pages, proposals
from quarterdeck.services.plans.doors import plan_for

router = Router(tags=["Plans"])

Gap = answer(
    "ProposedNumber", pages.Gap, node="Whose year: team:3, person:7 or position:9.", name="Their name.",
    top_down=f"The plan's number. {AMOUNT}", bottom_up=f"The number proposed. {AMOUNT}",
    last_year="What it brought the year before, in the same unit.", pipeline="Open pipeline, in a plan of money.",
    potential="What could be sold in a year, where that is known.",
    capacity="What those below can bring in the year, for who works on the plan.",
    reason="Why.", by="Who proposed it.", at="When.", proposal_id="The proposal's id.",
    may_answer="Whether you may answer it now.",
)  # fmt: skip
CellStep = answer(
    "PlanCellStep", cell_because.CellStep, name="Whose number.", period="Of when.", amount=AMOUNT, why="Why, in words.",
)  # fmt: skip
CellEvent = answer(
    "PlanCellEvent", cell_because.CellEvent, at="When.", by="By whom.", what="What happened.", note="Why.",
)  # fmt: skip
CellBecause = answer(
    "PlanCell", cell_because.CellBecause, plan_id="The plan's id.", plan_name="Its name.", node="Whose cell.",
    name="Their name.", period="A month, or the year.", metric="Of what.", unit="money (whole minor units) or count.",
    amount=AMOUNT, street="The same with the hedge on top.", is_pinned="Whether it is pinned.",
    closed="Why it stays, where its month is over.", month="The month's first day.",
    is_published="Whether the plan is published.",
    steps=(list[CellStep], "Step by step up to the goal, as far as you see."),  # type: ignore[valid-type]  # made at run time
    amendments=(list[CellEvent], "What amendments changed."),  # type: ignore[valid-type]  # as above
    edits=(list[CellEvent], "Who changed it."),  # type: ignore[valid-type]  # as above
    proposals=(list[CellEvent], "What was proposed for the year."),  # type: ignore[valid-type]  # as above
)  # fmt: skip
YearMoved = answer(
    "AmendedYear", amendment_shapes.YearMoved, node="Whose year.", name="Their name.", before=AMOUNT, after=AMOUNT
)


class Proposals(Answer):
    """Numbers that wait for an answer."""

    items: list[Gap] = Field(description="Largest gap first.")  # type: ignore[valid-type]  # made at run time


class NewProposal(Schema):
    """A bottom-up number for the year of a node."""

    node: Node = Field(description="team:3, person:7 or position:9.", examples=["person:7"])
    amount: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(description=AMOUNT, examples=[65_000_000])
    reason: str = Field(min_length=1, max_length=2_000, description="Why it should be this number.")


class Proposed(Answer):
    """A proposal that was kept."""

    id: int = Field(description="The proposal's id.")
    node: str = Field(description="Whose year.")
    amount: int = Field(description=AMOUNT)


class NewAnswer(Schema):
    """The answer to a proposal."""

    is_accepted: bool = Field(description="Whether its number becomes a pin.")
    reason: str = Field("", max_length=2_000, description="Why; needed to decline.")


class Answered(Answer):
    """What an answer came to."""

    is_accepted: bool = Field(description="Whether the number was accepted.")
    version: int | None = Field(description="The plan's new version; null when nothing of it changed.")


class NewHandover(Schema):
    """An account or territory that goes to somebody else."""

    what: Annotated[str, Field(pattern=r"^(account|territory):[1-9][0-9]{0,17}$")] = Field(
        description="account:12 or territory:3.", examples=["account:12"]
    )
    giver: Node = Field(description="Who carried it.", examples=["person:7"])
    receiver: Node = Field(description="Who carries it from the day on.", examples=["person:8"])
    share: Annotated[str, Field(pattern=r"^(0?\.[0-9]{1,12}|0|1|[1-9][0-9]{0,8}/[1-9][0-9]{0,8})$")] | None = Field(
        None, description="Its part of the giver's number, as 0.25 or 1/4; where shares are given.", examples=["0.25"]
    )


class NewAmendment(Schema):
    """A change of a published plan from a day on. What has no right answer has no default and must be said."""

    kind: Literal["leaver", "mover", "account", "territory", "amount", "pins"] = Field(description="What happened.")
    node: Node | None = Field(None, description="Who left or moved, or whose year is another one.")
    effective_on: dt.date = Field(description="From which day on.", examples=["2026-05-16"])
    first_day: Literal["", "counts", "does_not_count"] = Field("", description="Of moves: whose that day is.")
    day_count: Literal["calendar", "weekdays", "thirty_360"] = Field("calendar", description="Of moves: which days.")
    rest: Literal["vacancy", "respread"] = Field("vacancy", description="Leaver: who carries the rest.")
    handovers: Annotated[list[NewHandover], Field(max_length=5_000)] = Field([], description="Accounts, territories.")
    share_by: Literal["", "sales", "even", "given"] = Field("", description="What part of the number goes along.")
    amount: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(None, description=f"The new year. {AMOUNT}")
    running: Literal["", "open", "closed"] = Field("", description="Another year: whether that month is still open.")
    trigger: str = Field("", max_length=1_000, description="Why; everybody concerned reads it.")
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(
        None, description="How many amendments you saw; null: whatever there is."
    )


class Previewed(Answer):
    """What an amendment would move."""

    trigger: str = Field(description="What happened, in words.")
    because: str = Field(description="The conventions, in words.")
    n_told: int = Field(description="How many people are told.")
    years: list[YearMoved] = Field(description="Years that change; people and seats, then teams.")  # type: ignore[valid-type]  # made at run time


class Amended(Answer):
    """An amendment that was made."""

    id: int = Field(description="The amendment's id.")
    trigger: str = Field(description="What happened, in words.")
    effective_on: dt.date = Field(description="From which day on.")


class OfCell(Schema):
    """Which cell."""

    at: Annotated[str, Field(pattern=r"^(year|\d{4}-\d{2}-\d{2})$")] = Field(
        "year", description="year, or a month's first day."
    )


@router.get("/plans/{plan_id}/cells/{node}", response=CellBecause, summary="Why a cell is what it is")
def get_plan_cell(
    request: HttpRequest, plan_id: Id, node: Node,
    wanted: Query[OfCell],
) -> Any:  # noqa: ANN401  a CellBecause  # fmt: skip
    """A cell (or a year) with its reasons up to the goal, as far as you see them."""
    return cell_because.cell_because(reads(request), plan_id, node=node, at=wanted.at)


@router.get("/plans/{plan_id}/proposals", response=Proposals, summary="Proposed numbers")
def list_proposals(request: HttpRequest, plan_id: Id, wanted: Query[AsOf]) -> dict[str, Any]:
    """Numbers that wait for an answer, of rows that you see."""
    actor = reads(request)
    return {"items": pages.plan_page(plan_for(actor, plan_id), wanted.day(actor)).gaps}


@router.post("/plans/{plan_id}/proposals", response=Proposed, summary="Propose a number", openapi_extra=KEY)
def post_proposal(request: HttpRequest, plan_id: Id, new: NewProposal) -> HttpResponse:
    """Answer a plan with a number of your own and a reason. Needs write:plans."""
    actor = writes(request)
    return once(
        request, 200, Proposed,
        lambda: proposals.proposal_made(actor, plan_id, node=new.node, amount=new.amount, reason=new.reason),
    )  # fmt: skip


@router.post("/proposals/{proposal_id}/answer", response=Answered, summary="Answer a number", openapi_extra=KEY)
def post_proposal_answer(request: HttpRequest, proposal_id: Id, new: NewAnswer) -> HttpResponse:
    """Accept a proposed number, which pins the year, or decline it with a reason. Needs write:plans."""
    actor = writes(request)

    def made() -> dict[str, Any]:
        if new.is_accepted:
            change = proposals.proposal_accepted(actor, proposal_id, reason=new.reason)
            return {"is_accepted": True, "version": change.version}
        proposals.proposal_declined(actor, proposal_id, reason=new.reason)
        return {"is_accepted": False, "version": None}

    return once(request, 200, Answered, made)


@router.post("/plans/{plan_id}/amendments/preview", response=Previewed, summary="Look at an amendment")
def post_amendment_preview(request: HttpRequest, plan_id: Id, new: NewAmendment, wanted: Query[AsOf]) -> dict[str, Any]:
    """What an amendment would move; nothing is written. Needs write:plans."""
    actor = writes(request)
    made = amending.amendment_previewed(actor, _draft(plan_id, new), wanted.day(actor))
    return {
        "trigger": made.trigger, "because": made.changes.because, "n_told": len(made.told), "years": list(made.years)
    }  # fmt: skip


@router.post("/plans/{plan_id}/amendments", response=Amended, summary="Amend a plan", openapi_extra=KEY)
def post_amendment(request: HttpRequest, plan_id: Id, new: NewAmendment, wanted: Query[AsOf]) -> HttpResponse:
    """Amend a published plan: targets from the day on, and a notice for everybody concerned. Needs write:plans."""
    actor = writes(request)
    return once(
        request, 200, Amended, lambda: amending.plan_amended(actor, _draft(plan_id, new), wanted.day(actor))
    )  # fmt: skip


def _draft(plan_id: int, new: NewAmendment) -> amendment_shapes.AmendmentDraft:
    said = new.dict(exclude={"handovers", "node"})
    moves = tuple(
        amendment_shapes.Handover(
            what=one.what, giver=one.giver, receiver=one.receiver, share=Fraction(one.share) if one.share else None
        )
        for one in new.handovers
    )
    return amendment_shapes.AmendmentDraft(plan_id=plan_id, node=new.node or "", handovers=moves, **said)
