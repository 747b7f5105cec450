"""Where a number comes from: definition, formula with numbers, inputs, the way down from the goal, and the facts."""

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router

from quarterdeck.faces.api.answers import Answer, answer
from quarterdeck.faces.api.asked import Day, Rows, Text
from quarterdeck.faces.api.auth import reads
from quarterdeck.services import becauses as services
from quarterdeck.services.evidence import LAYOUT, Fact

router = Router(tags=["Metrics"])

FoundFact = answer("Fact", Fact, *LAYOUT.columns, noun_id="Its id, as the lists of its noun have it.")


class Figure(Answer):
    """A number with the question that it answers."""

    metric: str = Field(description="Which metric.")
    title: str = Field(description="What pages call it.")
    value: float | None = Field(description="In its unit. Null when it is not defined; `note` says why.")
    unit: str = Field(description="money (whole minor units), count, ratio or days.")
    holder: str = Field(description="person:7, team:3 or position:9.")
    starts_on: dt.date = Field(description="First day.")
    ends_on: dt.date = Field(description="First day after.")
    as_of: dt.date = Field(description="The day from which was looked.")
    of: str = Field(description="The metric that it compares; empty for others.")
    note: str = Field(description="Why it is not defined; empty when it is.")


class Step(Answer):
    """One step of a target's way down from the goal."""

    holder: str = Field(description="Who carries it.")
    name: str = Field(description="Their name.")
    period: str = Field(description="The period's name.")
    amount: int = Field(description="How much: whole minor units, or a count.")
    why: str = Field(description="Why it is this much.")


class Because(Answer):
    """What one figure is made of."""

    figure: Figure = Field(description="The figure, computed again.")
    holder_name: str = Field(description="Whose, by name.")
    slice_name: str = Field(description="What the slice is called; empty without one.")
    sentence: str = Field(description="In one sentence.")
    definition: str = Field(description="What the metric says.")
    formula: str = Field(description="How it is made.")
    with_numbers: str = Field(description="The same with the numbers in it.")
    whose: str = Field(description="The rule by which facts count for somebody.")
    method: str = Field(description="Its page in docs.")
    inputs: list[Figure] = Field(description="Figures that it is computed from.")
    steps: list[Step] = Field(description="Of a target: the way down from the goal, the holder's own first.")
    rows: list[FoundFact] = Field(description="Facts that were summed, by their key; none for figures of figures.")  # type: ignore[valid-type]
    next: str | None = Field(description="Send it as `after` for the facts that follow. Null on the last page.")


class Question(Rows):
    """Which figure."""

    metric: Annotated[str, Field(max_length=40)] = Field(description="Which metric.", examples=["won_amount"])
    holder: Annotated[str, Field(pattern=r"^(person|team|position):[1-9][0-9]{0,17}$")] = Field(
        description="person:7, team:3 or position:9.", examples=["team:3"]
    )
    starts_on: Day = Field(description="First day.", examples=["2025-06-01"])
    ends_on: Day = Field(description="First day after.", examples=["2025-07-01"])
    of: Annotated[str, Field(max_length=40)] = Field(
        "", description="The metric meant by attainment, pace and their kind."
    )
    slice_by: Literal["", "product_id", "segment_id", "person_id", "detail"] = Field("", description="Sliced by what.")
    slice_value: Text = Field("", description="Which slice.")
    tree: Literal["then", "now"] = Field("then", description="Team figures by the tree of then or of now.")


@router.get("/because", response=Because, summary="Why a figure is what it is")
def get_because(request: HttpRequest, asked: Query[Question]) -> dict[str, Any]:
    """Everything behind one figure; the figure is computed again from what is asked."""
    actor = reads(request)
    query = {name: str(value) for name, value in asked.dict(exclude={"after", "size", "as_of"}).items()}
    found = services.because(actor, query | {"as_of": asked.day(actor).isoformat()}, asked.page)
    row = {name: getattr(found, name) for name in Because.model_fields if name not in {"rows", "next"}}
    rows = found.rows
    return row | {"rows": rows.rows if rows else (), "next": rows.after or None if rows else None}
