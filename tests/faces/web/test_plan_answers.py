"""The grid of a plan over HTTP: its JSON, edits, conflicts, the sheet out and back, and the steps of the page."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from plan_stage import person, planned, team
from quarterdeck.records.models import Company, Seat
from small_company import TODAY, amount_of
from walking import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from quarterdeck.records.models import Plan
    from small_company import SmallCompany

Stage = tuple["SmallCompany", "Plan"]
NOT_EDITABLE = 422


@pytest.fixture
def stage(db: None) -> Stage:  # noqa: ARG001  opens the database
    company, plan = planned()
    Company.objects.filter(pk=1).update(shows_as_of=TODAY)
    return company, plan


def client(stage: Stage, who: str) -> Client:
    return signed_in(stage[0].people[who])


def grid(stage: Stage, who: str = "dana") -> dict[str, Any]:
    found: dict[str, Any] = client(stage, who).get(f"/plans/{stage[1].pk}/grid.json").json()
    return found


def post(stage: Stage, who: str, what: str, body: object) -> Any:
    return client(stage, who).post(f"/plans/{stage[1].pk}/{what}", json.dumps(body), content_type="application/json")


def test_the_grid_has_what_the_page_needs(stage: Stage) -> None:
    found = grid(stage)
    names = {"plan", "name", "state", "may_edit", "metric", "unit", "currency", "digits", "version", "months", "rows"}
    assert names <= found.keys()
    assert {"node", "name", "parent", "depth", "kind", "is_vacant", "year", "cells", "pins", "year_pinned",
        "last_year", "proposal", "may_edit"} <= found["rows"][0].keys()  # fmt: skip
    assert found["months"][0] == {"starts_on": "2026-01-01", "name": "January 2026", "is_open": True}


def test_an_edit_answers_with_the_new_version_and_what_changed(stage: Stage) -> None:
    rita = person(stage[0], "rita")
    edit = {"node": rita, "month": "2026-02-01", "amount": 777}
    answer = post(stage, "mona", "edits", {"version": 0, "edits": [edit], "reason": "a fair"})
    assert answer.status_code == 200
    assert {"node": rita, "at": 1, "amount": 777, "is_pinned": True} in answer.json()["changed"]
    assert post(stage, "mona", "edits", {"version": 0, "edits": [edit]}).status_code == 409
    assert post(stage, "mona", "undo", {"version": 1}).json()["version"] == 2
    assert grid(stage)["rows"] == grid(stage)["rows"]
    assert not any(row["pins"][1] for row in grid(stage)["rows"])


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, {"version": 0}, {"version": "0", "edits": []}, {"version": 0, "edits": []},
        {"version": 0, "edits": [{"node": "RITA", "month": "2026-02-01"}]},
        {"version": 0, "edits": [{"node": "RITA", "month": "2026-02-02", "amount": 1}]},
        {"version": 0, "edits": [{"node": "RITA", "month": "year", "amount": -1}]},
        {"version": 0, "edits": [{"node": "RITA", "month": "year", "amount": 1.5}]},
        {"version": 0, "edits": [{"node": "RITA", "month": "year", "amount": True}]},
        {"version": 0, "edits": [{"node": "RITA", "month": "year", "amount": 2**70}]},
        {"version": True, "edits": [{"node": "RITA", "month": "year", "amount": 1}]},
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_three_sentences(stage: Stage, body: Any) -> None:
    said = json.loads(json.dumps(body).replace("RITA", person(stage[0], "rita")))
    answer = post(stage, "dana", "edits", said)
    assert answer.status_code == NOT_EDITABLE
    assert {"what", "why", "next_step", "rule"} == answer.json().keys()
    assert grid(stage)["version"] == 0


def test_a_node_of_others_does_not_exist(stage: Stage) -> None:
    edit = {"node": person(stage[0], "walt"), "month": "year", "amount": 1}
    assert post(stage, "mona", "edits", {"version": 0, "edits": [edit]}).status_code == 404
    assert client(stage, "rita").get(f"/plans/{stage[1].pk}/grid.json").status_code == 404


def test_the_sheet_comes_back_as_one_edit_after_a_preview(stage: Stage) -> None:
    company, plan = stage
    dana = client(stage, "dana")
    book = dana.get(f"/plans/{plan.pk}/sheet.xlsx").content
    heads, *rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    frame = pl.DataFrame(rows, schema=heads, orient="row", infer_schema_length=None, strict=False)
    rita = person(company, "rita")
    changed = frame.with_columns(
        pl.when(pl.col("node") == rita).then(60_000.5).otherwise(pl.col("March 2026")).alias("March 2026")
    )
    unchanged = dana.post(f"/plans/{plan.pk}/sheet", {"file": SimpleUploadedFile("plan.xlsx", book)})
    assert unchanged.status_code == 302
    preview = dana.post(f"/plans/{plan.pk}/sheet", {"file": SimpleUploadedFile("p.xlsx", _book(changed))})
    assert preview.context["differences"][0].after == 60_000_50
    assert len(preview.context["differences"]) == 1
    done = dana.post(f"/plans/{plan.pk}/sheet", {"version": 0, "lines": preview.context["lines"]})
    assert done.status_code == 302
    row = next(row for row in grid(stage)["rows"] if row["node"] == rita)
    assert (row["cells"][2], row["pins"][2]) == (60_000_50, True)


def _book(frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Plan")
        for down, row in enumerate([frame.columns, *frame.rows()]):
            sheet.write_row(down, 0, row)
    return file.getvalue()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nonsense", b"node,January 2026\nperson:999,5\n", b"a,b\n1,2\n"])
def test_a_sheet_that_is_none_is_told_on_the_page(stage: Stage, data: bytes) -> None:
    _, plan = stage
    answer = client(stage, "dana").post(
        f"/plans/{plan.pk}/sheet", {"file": SimpleUploadedFile("plan.csv", data)}, follow=True
    )
    assert "The sheet was not read." in answer.content.decode()


def test_a_plan_goes_from_goal_to_notice_over_the_pages(stage: Stage) -> None:
    company, plan = stage
    mona, dana, rita = (client(stage, who) for who in ("mona", "dana", "rita"))
    at = f"/plans/{plan.pk}"
    mona.post(f"{at}/propose", {"node": team(company, "east"), "amount": "500,000", "reason": "one seat is empty"})
    page = dana.get(at)
    gap = page.context["view"].gaps[0]
    assert (gap.bottom_up, gap.may_answer) == (500_000_00, True)
    assert "one seat is empty" in page.content.decode()
    dana.post(f"/plans/proposals/{gap.proposal_id}/accept", {"reason": "so be it"})
    east = next(row for row in grid(stage)["rows"] if row["node"] == team(company, "east"))
    assert (east["year"], east["year_pinned"]) == (500_000_00, True)
    for step in ("submit", "approve", "publish"):
        dana.post(f"{at}/{step}", {"note": "go"})
    assert grid(stage)["state"] == "published"
    notice = rita.get("/notices").context["notices"][0]
    rita.post(f"/notices/{notice.notice_id}/seen")
    assert rita.get("/notices").context["notices"][0].is_seen


def test_a_notice_stands_on_the_desk_until_it_is_read(stage: Stage) -> None:
    company, plan = stage
    dana, rita = client(stage, "dana"), client(stage, "rita")
    for step in ("submit", "approve", "publish"):
        dana.post(f"/plans/{plan.pk}/{step}")
    desk = f"/desk/rep/{company.people['rita'].pk}"
    page = rita.get(desk)
    assert "Your target for 2026 is" in page.content.decode()
    assert "Your target for 2026 is" not in dana.get(desk).content.decode()
    answer = rita.post(f"/notices/{page.context['told'][0].notice_id}/seen", {"back": desk})
    assert answer.headers["Location"] == desk
    assert "Your target for 2026 is" not in rita.get(desk).content.decode()


def test_a_notice_sends_nobody_elsewhere(stage: Stage) -> None:
    company, plan = stage
    for step in ("submit", "approve", "publish"):
        client(stage, "dana").post(f"/plans/{plan.pk}/{step}")
    notice = company.people["rita"].notices.get().pk
    answer = client(stage, "rita").post(f"/notices/{notice}/seen", {"back": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/notices"


def test_a_leaver_is_suggested_previewed_and_amended(stage: Stage) -> None:
    company, plan = stage
    dana = client(stage, "dana")
    for step in ("submit", "approve", "publish"):
        dana.post(f"/plans/{plan.pk}/{step}")
    Company.objects.filter(pk=1).update(shows_as_of=dt.date(2026, 5, 20))
    Seat.objects.filter(person=company.people["rita"]).update(effective_to=dt.date(2026, 5, 16))
    page = dana.get(f"/plans/{plan.pk}/amend")
    assert [one.what for one in page.context["choices"].suggestions] == [
        "Rita Brackenshaw left Team east on 16 May 2026"
    ]
    form = {"kind": "leaver", "node": person(company, "rita"), "effective_on": "2026-05-16", "rest": "respread"}
    assert "Say counts or does_not_count." in dana.post(f"/plans/{plan.pk}/amend", form).content.decode()
    form |= {"first_day": "counts", "version": "0"}
    preview = dana.post(f"/plans/{plan.pk}/amend", form)
    assert preview.context["made"].years[0].difference != 0
    assert dana.post(f"/plans/{plan.pk}/amend", form | {"step": "set"}).status_code == 302
    assert dana.get(f"/plans/{plan.pk}").context["view"].suggestions == ()
    told = client(stage, "raj").get("/notices").context["notices"][0].text
    assert "Rita Brackenshaw left on 16 May 2026" in told
    assert "the first day counts" in told


@pytest.mark.parametrize("who", ["mona", "rita", "olga"])
def test_who_does_not_decide_finds_no_form_to_amend(stage: Stage, who: str) -> None:
    _, plan = stage
    for step in ("submit", "approve", "publish"):
        client(stage, "dana").post(f"/plans/{plan.pk}/{step}")
    assert client(stage, who).get(f"/plans/{plan.pk}/amend").status_code == 403
    assert "Amend" not in client(stage, who).get(f"/plans/{plan.pk}").content.decode()


def test_who_works_on_a_plan_is_pointed_to_its_fairness_pack(stage: Stage) -> None:
    for who in ("dana", "mona"):
        assert f"/plans/{stage[1].pk}/fairness" in client(stage, who).get(f"/plans/{stage[1].pk}").content.decode()
    client(stage, "dana").post(f"/plans/{stage[1].pk}/submit")
    assert "/fairness" not in client(stage, "rita").get(f"/plans/{stage[1].pk}").content.decode()


def test_a_gap_stands_beside_the_open_pipeline(stage: Stage) -> None:
    company, plan = stage
    form = {"node": team(company, "west"), "amount": "1", "reason": "dry"}
    client(stage, "wim").post(f"/plans/{plan.pk}/propose", form)
    gap = client(stage, "dana").get(f"/plans/{plan.pk}").context["view"].gaps[0]
    assert gap.pipeline == (amount_of("wim") + amount_of("walt")) * 100


def n_queries(client: Client, address: str) -> int:
    client.get(address)  # what is looked up once a process is not the page's
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("who", ["dana", "mona", "rita"])
def test_a_plan_costs_at_most_fifteen_queries_at_every_stage(stage: Stage, who: str) -> None:
    company, plan = stage
    dana, looker, at = client(stage, "dana"), client(stage, who), f"/plans/{plan.pk}"
    for node in (team(company, "west"), person(company, "rita"), person(company, "walt")):
        dana.post(f"{at}/propose", {"node": node, "amount": "1", "reason": "so"})
    dana.post(f"{at}/submit")
    counts = {name: n_queries(looker, f"{at}{name}") for name in ("", "/grid.json", "/sheet.xlsx")}
    for step in ("approve", "publish"):
        dana.post(f"{at}/{step}")
    Company.objects.filter(pk=1).update(shows_as_of=dt.date(2026, 5, 20))
    form = {"kind": "leaver", "node": person(company, "rita"), "effective_on": "2026-05-16", "rest": "respread"}
    dana.post(f"{at}/amend", form | {"first_day": "counts", "step": "set"})
    counts |= {f"amended{name}": n_queries(looker, f"{at}{name}") for name in ("", "/grid.json")}
    counts["notices"] = n_queries(looker, "/notices")
    assert {name: count for name, count in counts.items() if count > 15} == {}


def test_an_account_that_moves_is_previewed_amended_and_the_day_looked_from_is_kept(stage: Stage) -> None:
    company, plan = stage
    dana = client(stage, "dana")
    for step in ("submit", "approve", "publish"):
        dana.post(f"/plans/{plan.pk}/{step}")
    at = f"/plans/{plan.pk}/amend?as_of=2026-05-20"
    form = {
        "kind": "account", "node": person(company, "rita"), "to": person(company, "walt"), "what": "acc-rita",
        "effective_on": "2026-05-16", "first_day": "counts", "share_by": "given", "share": "12,5 %", "version": "0",
    }  # fmt: skip
    preview = dana.post(at, form)
    assert "12.5% of the number goes along" in preview.content.decode()
    assert "What part of the number" in dana.post(at, form | {"share_by": ""}).content.decode()
    for share in ("", "0", "101", "NaN", "x"):
        assert "is no part" in dana.post(at, form | {"share": share}).content.decode()
    done = dana.post(at, form | {"step": "set"})
    assert done.headers["Location"] == f"/plans/{plan.pk}?as_of=2026-05-20"
