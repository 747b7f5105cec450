"""Plans on their way to targets: the list, the grid, edits, steps; and what people were told."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from quarterdeck.faces.api.answers import Answer, answer
from quarterdeck.faces.api.asked import AsOf, Id
from quarterdeck.faces.api.auth import reads, writes
from quarterdeck.faces.api.once import KEY, once
from quarterdeck.services.plans import changes, grids, notices, pages, states
from quarterdeck.services.plans.doors import plan_for
from quarterdeck.services.plans.publishing import plan_published
from quarterdeck.terms.errors import Refusal

router = Router(tags=["Plans"])

AMOUNT = "Whole minor units of the company's currency, or a count."
Node = Annotated[str, Field(pattern=r"^(team|person|position):[1-9][0-9]{0,17}$")]
PlanLine = answer(
    "PlanLine", pages.PlanLine, plan_id="The plan's id.", name="Its name.", team="Whose plan it is.",
    fiscal_year="Which year.", metric_title="Of what.", unit="money (whole minor units) or count.",
    amount="The goal. Null for who does not see the whole.",
    state="draft, submitted, returned, approved or published.", at="Since when it is in its state.", by="Who said so.",
)  # fmt: skip
PlanMonth = answer(
    "PlanMonth", grids.PlanMonth, starts_on="First day of the fiscal month.", name="Its name.",
    is_open="Whether it is not over yet, as of the day.",
)  # fmt: skip
PlanRow = answer(
    "PlanRow", grids.PlanRow, node="team:3, person:7 or position:9.", name="Its name.",
    parent="The node above; empty at the top of what you see.", depth="How far below the top.",
    kind="team, person or position.", is_vacant="A seat that nobody held when the plan was made.",
    year=f"The year: what its months sum to. {AMOUNT}", cells=(list[int], f"Its months. {AMOUNT}"),
    pins=(list[bool], "Which months are pinned."), year_pinned="Whether the year is pinned.",
    last_year="What it brought the year before, in the same unit.", proposal="A bottom-up number that waits.",
    may_edit="Whether you may change its cells now.", is_whole="Whether you see all that lies below it.",
)  # fmt: skip
PlanGrid = answer(
    "PlanGrid", grids.PlanGrid, plan="The plan's id.", name="Its name.",
    state="draft, submitted, returned, approved or published.", may_edit="Whether you may change any cell now.",
    metric="Of what.", unit="money (whole minor units) or count.", currency="The company's currency.",
    digits="Digits of its minor unit; 0 for counts.", version="The number of its last edit.",
    months=(list[PlanMonth], "Its columns."),  # type: ignore[valid-type]  # made at run time
    rows=(list[PlanRow], "Parents before children."),  # type: ignore[valid-type]  # made at run time
)  # fmt: skip
Changed = answer(
    "ChangedCell", changes.Changed, node="Whose cell.", at="The month's place in the year, from 0; or year.",
    amount=AMOUNT, is_pinned="Whether it is pinned now.",
)  # fmt: skip
Change = answer(
    "PlanChange", changes.Change, version="The plan's new version.",
    changed=(list[Changed], "What you see of what changed."),  # type: ignore[valid-type]  # made at run time
)  # fmt: skip
Notice = answer(
    "Notice", notices.NoticeLine, notice_id="The notice's id.", at="When.", text="What was told.",
    plan_id="About which plan.", person="Who was told.", is_own="Whether it was you.", is_seen="Whether it was read.",
)  # fmt: skip


class Plans(Answer):
    """Plans."""

    items: list[PlanLine] = Field(description="Newest first.")  # type: ignore[valid-type]  # made at run time


class Notices(Answer):
    """Notices."""

    items: list[Notice] = Field(description="The latest first, at most 200.")  # type: ignore[valid-type]  # as above


class NewPin(Schema):
    """One cell."""

    node: Node = Field(description="team:3, person:7 or position:9.", examples=["person:7"])
    month: Annotated[str, Field(pattern=r"^(year|\d{4}-\d{2}-\d{2})$")] = Field(
        description="First day of a month of the plan, or year.", examples=["2026-03-01"]
    )
    amount: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(
        description=f"{AMOUNT} Null takes the pin away.", examples=[9_000_000]
    )


class NewEdit(Schema):
    """Cells to pin or free, all as one edit."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(description="The version you saw.", examples=[0])
    edits: Annotated[list[NewPin], Field(min_length=1, max_length=20_000)] = Field(description="The cells.")
    reason: str = Field("", max_length=2_000, description="Why.")


class NewStep(Schema):
    """A step of a plan, or of a team's part of it."""

    step: Literal["submit", "return", "approve", "publish"] = Field(description="Which step.")
    team_id: Id | None = Field(None, description="Whose part is submitted or returned. Null: all that is yours.")
    note: str = Field("", max_length=2_000, description="A note with it.")


class State(Answer):
    """How far a plan, or a part of it, has come."""

    plan_id: int = Field(description="The plan's id.")
    team_id: int = Field(description="Whose part.")
    state: str = Field(description="draft, submitted, returned, approved or published.")


@router.get("/plans", response=Plans, summary="Plans")
def list_plans(request: HttpRequest) -> dict[str, Any]:
    """Plans of which you see a row."""
    return {"items": pages.plan_lines(reads(request))}


@router.get("/plans/{plan_id}", response=PlanGrid, summary="A plan")
def get_plan(request: HttpRequest, plan_id: Id, wanted: Query[AsOf]) -> Any:  # noqa: ANN401  a PlanGrid
    """The grid of a plan: the rows you see, with pins, last year and what is proposed."""
    actor = reads(request)
    return grids.plan_grid(plan_for(actor, plan_id), wanted.day(actor))


@router.post("/plans/{plan_id}/edits", response=Change, summary="Edit a plan", openapi_extra=KEY)
def post_plan_edit(request: HttpRequest, plan_id: Id, new: NewEdit) -> HttpResponse:
    """Pin and free cells as one edit; the rest is spread around them. Needs write:plans."""
    actor = writes(request)
    lines = [changes.Line(one.node, one.month, one.amount) for one in new.edits]
    return once(
        request, 200, Change,
        lambda: changes.edits_made(actor, plan_id, version=new.version, lines=lines, reason=new.reason),
    )  # fmt: skip


@router.post("/plans/{plan_id}/steps", response=State, summary="Move a plan on", openapi_extra=KEY)
def post_plan_step(request: HttpRequest, plan_id: Id, new: NewStep) -> HttpResponse:
    """Submit, return, approve or publish; publishing writes everybody's targets. Needs write:plans."""
    actor = writes(request)

    def made() -> Any:  # noqa: ANN401  records.PlanState, which faces do not import
        if new.step in {"approve", "publish"} and new.team_id is not None:
            raise Refusal("The plan was not moved on.", "That step is for all of it.", "Name no team.", "plan_state")
        if new.step == "submit":
            return states.plan_submitted(actor, plan_id, team_id=new.team_id, note=new.note)
        if new.step == "return":
            return states.plan_returned(actor, plan_id, team_id=new.team_id, note=new.note)
        return (states.plan_approved if new.step == "approve" else plan_published)(actor, plan_id, note=new.note)

    return once(request, 200, State, made)


@router.get("/notices", response=Notices, summary="Notices")
def list_notices(request: HttpRequest) -> dict[str, Any]:
    """What you, and those you see, were told about targets."""
    return {"items": notices.notices(reads(request))}
