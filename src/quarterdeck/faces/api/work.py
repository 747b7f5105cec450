"""What people did: activities, read and logged."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from quarterdeck.faces.api.answers import answer, paged, pages_of
from quarterdeck.faces.api.asked import AsOf, Day, Days, Id, Text, only
from quarterdeck.faces.api.auth import reads, writes
from quarterdeck.faces.api.once import KEY, once
from quarterdeck.services import activities_list as services
from quarterdeck.services.deals import WorkRow
from quarterdeck.services.facts import activity_logged
from quarterdeck.services.listing import Page
from quarterdeck.terms.templates import ACTIVITY_KINDS

router = Router(tags=["Activities"])

Activity = answer("Activity", WorkRow, *services.LAYOUT.columns)
Logged = answer("LoggedActivity", WorkRow, *services.LAYOUT.columns, about="The activity as it was logged.")


class WantedActivities(Days):
    """Which activities."""

    kind: Text = Field("", description=f"One of {', '.join(ACTIVITY_KINDS)}.")
    person_id: Id | None = Field(None, description="Done by this person.")
    account_id: Id | None = Field(None, description="With this account.")
    opportunity_id: Id | None = Field(None, description="About this deal.")
    text: Text = Field("", description="Words in the subject or outcome.")


class NewActivity(Schema):
    """One activity, by this deployment's ids; for many, or by the company's codes, use /facts/activities."""

    kind: str = Field(description=f"What it was: one of {', '.join(ACTIVITY_KINDS)}.", examples=["call"], max_length=20)
    happened_on: Day | None = Field(None, description="The day it happened; empty is today.", examples=["2025-06-30"])
    person_id: Id | None = Field(None, description="Who did it; empty is the token's owner.")
    account_id: Id | None = Field(None, description="With whom; empty is the deal's account.")
    opportunity_id: Id | None = Field(None, description="About which deal.")
    minutes: int | None = Field(None, ge=0, le=1440, description="How long it took, in minutes.", examples=[25])
    outcome: str = Field("", max_length=200, description="What came of it.", examples=["reached"])
    subject: str = Field("", max_length=300, description="A few words about it.", examples=["First call"])


@router.get("/activities", response=pages_of(Activity), summary="Activities")
def list_activities(request: HttpRequest, wanted: Query[WantedActivities]) -> dict[str, Any]:
    """Activities up to the day, of people whom you see."""
    actor = reads(request)
    where = services.ActivityFilter(**wanted.dict(exclude={"as_of", "after", "size"}))
    return paged(services.activities(actor, as_of=wanted.day(actor), where=where, page=wanted.page))


@router.get("/activities/{activity_id}", response=Activity, summary="One activity")
def get_activity(request: HttpRequest, activity_id: Id, wanted: Query[AsOf]) -> Any:  # noqa: ANN401  a row
    """An activity."""
    actor = reads(request)
    where = services.ActivityFilter(pk=activity_id)
    return only(services.activities(actor, as_of=wanted.day(actor), where=where, page=Page(after="0")), "activity")


@router.post("/activities", response={201: Logged}, summary="Log an activity", openapi_extra=KEY)
def post_activity(request: HttpRequest, new: NewActivity) -> Any:  # noqa: ANN401  a response
    """Log one activity; desks that show it follow by themselves. Needs the scope write:facts."""
    actor = writes(request)

    def logged() -> WorkRow:
        done = activity_logged(
            actor, kind=new.kind, person=new.person_id, happened_on=new.happened_on or actor.today,
            account=new.account_id, opportunity=new.opportunity_id, minutes=new.minutes, outcome=new.outcome,
            subject=new.subject,
        )  # fmt: skip
        where = services.ActivityFilter(pk=done.pk)
        found = services.activities(actor, as_of=done.happened_on, where=where, page=Page(after="0"))
        return only(found, "activity")  # type: ignore[no-any-return]

    return once(request, 201, Logged, logged)
