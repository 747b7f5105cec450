"""Rows in bulk, in template form: the same path as a file's rows."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from quarterdeck.faces.api.answers import Answer, answer
from quarterdeck.faces.api.auth import writes
from quarterdeck.faces.api.once import KEY, once
from quarterdeck.services.facts import facts_ingested
from quarterdeck.services.imports.writes import Counts
from quarterdeck.terms.findings import Finding
from quarterdeck.terms.templates import TEMPLATES

router = Router(tags=["Facts"])

Template = Annotated[str, Field(max_length=200, json_schema_extra={"enum": list(TEMPLATES)})]
Rows = list[dict[str, str | int | float | bool | None]]

FoundFinding = answer(
    "Finding",
    Finding,
    file="The file, or the template for rows that came without one.",
    row="Which row, from 1; null for all of them.",
    column="In which column.",
    value="What stood there.",
    rule="Which rule noticed it.",
    severity="error: the row was left out; warning: a field was; note: kept whole.",
    message="What was noticed.",
    remedy="How to mend it.",
    n_rows="How many rows share it.",
)
RowCounts = answer(
    "RowCounts",
    Counts,
    read="Rows handed in.",
    new="Rows that were not known.",
    changed="Rows that replaced an earlier version.",
    same="Rows that said what was known.",
    left_out="Rows not written; findings say why.",
)


class Ingested(Answer):
    """What became of the rows."""

    counts: RowCounts = Field(description="How many rows did what.")  # type: ignore[valid-type]
    findings: list[FoundFinding] = Field(description="What was noticed.")  # type: ignore[valid-type]


class Source(Schema):
    """Where the rows come from."""

    source_system: str = Field(
        "api", min_length=1, max_length=40, description="The name of the system that knows these rows by their keys."
    )


_EXAMPLE = [{"activity": "t-9", "kind": "call", "person": "rita", "happened_on": "2025-03-03", "minutes": 25}]


@router.post(
    "/facts/{template}",
    response=Ingested,
    summary="Write rows of a template",
    openapi_extra=KEY | {"requestBody": {"content": {"application/json": {"example": _EXAMPLE}}}},
)
def post_facts(request: HttpRequest, template: Template, rows: Rows, source: Query[Source]) -> HttpResponse:
    """Write up to 10,000 rows in the form of a template, such as activities, bookings or opportunities.

    Columns are the template's, values as in a file: codes, ISO days, amounts as people write them (48000.00). Rows are
    known by the template's key within `source_system`, so that sending them twice changes nothing. A bad row is left
    out and named in `findings`; the others are written. Needs the scope write:facts.
    """
    actor = writes(request)
    return once(
        request, 200, Ingested, lambda: facts_ingested(actor, template, rows, source_system=source.source_system)
    )
