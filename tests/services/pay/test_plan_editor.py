"""A comp plan in the editor: by form or text over one file, what it would do, and what a version says differently."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pay_stage import FIRST, REPS, acting, planned, staged
from quarterdeck.records.models import CompAssignment, CompPlan, CompPlanVersion, ExchangeRate
from quarterdeck.services.pay.assignments import person_assigned
from quarterdeck.services.pay.plan_forms import form_applied, plan_form
from quarterdeck.services.pay.plans import comp_plan_drafted
from quarterdeck.services.pay.starters import NAMES
from quarterdeck.terms.errors import Refusal
from small_company import SmallCompany, fact

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
COMMENTED = REPS.replace("rate: {unit: ratio, default: 10%}", "rate: {unit: ratio, default: 10%}   # agreed in May")


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, planned) as made:
        yield made


@pytest.fixture
def company(stage: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  inside a savepoint of the stage
    return stage


@pytest.fixture
def olga(company: SmallCompany) -> Client:
    return signed_in(company, "olga")


def signed_in(company: SmallCompany, who: str) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(company.users[who], backend=BACKEND)
    return client


def kept(client: Client, text: str, do: str = "save", **more: str) -> Any:
    return client.post("/comp-plans/keep", {"text": text, "as": "form", "do": do, **more})


def test_a_value_is_changed_in_its_place_and_comments_stay() -> None:
    found = form_applied(COMMENTED, {"values.rate.default": "12%"}, "", "")
    assert found.text == COMMENTED.replace("10%", "12%", 1)
    assert not found.lost_comments


def test_a_change_of_structure_says_that_comments_are_lost() -> None:
    found = form_applied(COMMENTED, {"components[0].cap.amount": "500 USD"}, "", "")
    assert found.lost_comments
    assert "cap: {amount: 500 USD}" in found.text
    assert "agreed in May" not in found.text


def test_the_form_cannot_set_what_it_does_not_show() -> None:
    assert form_applied(REPS, {"examples": "x", "calendar.kind": "weeks", "__class__": "y"}, "", "").text == REPS


@pytest.mark.parametrize(
    ("do", "name", "grows"),
    [("add:values", "draw", "values"), ("add:measures", "calls", "measures"), ("add:components", "", "components"),
     ("add:examples", "", "examples")],
)  # fmt: skip
def test_another_part_is_added_with_a_button(do: str, name: str, grows: str) -> None:
    counts = [
        {group.name: len(group.parts) for group in plan_form(text).groups}
        for text in (REPS, form_applied(REPS, {}, do, name).text)
    ]
    assert counts[1] == counts[0] | {grows: counts[0][grows] + 1}


def test_a_table_grows_band_by_band_and_asks_for_its_mode() -> None:
    text = form_applied(REPS, {}, "add:components[0].table", "").text
    (wrong,) = [one for one in plan_form(text).findings if one.column.endswith("mode")]
    assert "missing" in wrong.message
    text = form_applied(text, {"components[0].table.mode": "marginal"}, "add:components[0].table.bands", "").text
    bands = {"components[0].table.bands[0].pays": "5%", "components[0].table.bands[1].from": "1000"}
    text = form_applied(text, bands | {"components[0].table.bands[1].pays": "8%"}, "", "").text
    assert plan_form(text).findings == ()
    assert "- {from: 1000, pays: 8%}" in text
    assert "1000" not in form_applied(text, {}, "remove:components[0].table.bands[1]", "").text.partition("examples")[0]


def test_a_name_that_is_taken_is_refused_and_nothing_is_changed(olga: Client) -> None:
    answer = kept(olga, REPS, "add:measures", **{"name:measures": "sales"})
    assert answer.status_code == 409
    assert "already" in answer.content.decode()


@pytest.mark.parametrize(
    "text", ["plan: [", "- a\n- b", "", "plan: &a x\ntitle: *a", "components: 7\nmeasures: []", "\x00"]
)
def test_a_text_that_is_no_plan_is_shown_as_text_with_what_is_wrong(olga: Client, text: str) -> None:
    for as_ in ("form", "text"):
        answer = olga.post("/comp-plans/keep", {"text": text, "as": as_, "do": "save"})
        assert answer.status_code in {200, 409}
        assert 'id="plan-text"' in answer.content.decode()
    assert CompPlanVersion.objects.count() == 2


def test_a_wrong_line_is_marked_where_it_stands(olga: Client) -> None:
    text = REPS.replace("window: plan", "window: pln")
    shown = olga.post("/comp-plans/keep", {"text": text, "as": "text", "do": "check"}).content.decode()
    line = shown.partition('class="is-wrong"')[2].partition("</li>")[0]
    assert "window: pln" in line
    assert "not one of" in line


def test_saving_keeps_a_draft_once_and_says_what_is_different(olga: Client) -> None:
    answer = kept(olga, REPS, **{"f:values.rate.default": "12%"})
    assert answer.headers["Location"] == f"/comp-plans/{CompPlan.objects.get(code='reps').pk}?version=2"
    page = olga.get(answer.headers["Location"]).content.decode()
    assert "values, rate, default" in page
    assert page.index("10%") < page.index("12%")
    kept(olga, CompPlanVersion.objects.get(plan__code="reps", number=2).text)
    assert CompPlanVersion.objects.filter(plan__code="reps").count() == 2


@pytest.mark.parametrize("name", NAMES[::4])
def test_a_plan_to_start_from_opens_in_the_editor_and_is_kept_and_published(olga: Client, name: str) -> None:
    page = olga.get(f"/comp-plans/start?template={name}")
    text = page.context["form"].text
    assert page.context["form"].findings == ()
    kept(olga, text)
    made = CompPlanVersion.objects.latest("pk")
    assert olga.post(f"/comp-plans/versions/{made.pk}/publish", {"plan": made.plan_id}).status_code == 302
    made.refresh_from_db()
    assert made.published_at is not None


def test_a_draft_is_tried_before_it_is_published(olga: Client, company: SmallCompany) -> None:
    text = REPS.replace("rate: rate", "table: {mode: retroactive, value: rate, bands: [{from: 0, pays: 3%}, {from: 100000, pays: 5%}]}")  # fmt: skip  # noqa: E501
    made = comp_plan_drafted(acting(company, "olga"), text)
    with CaptureQueriesContext(connection) as queries:
        page = olga.get(f"/comp-plans/{made.plan_id}/checks").content.decode()
    assert len(queries) <= 15
    assert "commission jumps by 2,000.00 USD at sales of 100,000.00 USD" in page
    assert "amount is 30, not 100" in page
    assert "disabled" in page


def test_a_version_is_tried_with_values_that_are_asked_for_and_refuses_what_is_none(olga: Client) -> None:
    pk = CompPlan.objects.get(code="reps").pk
    found = olga.get(f"/comp-plans/{pk}/checks?v:rate=50%25").context["view"]
    assert found.curve.lines[0].values[10] == 50_000_00
    assert olga.get(f"/comp-plans/{pk}/checks?v:rate=lots").status_code == 409


@pytest.mark.parametrize("who", ["rita", "mona", "dana"])
def test_nobody_edits_or_tries_a_plan_without_the_hat(company: SmallCompany, who: str) -> None:
    client, pk = signed_in(company, who), CompPlan.objects.get(code="reps").pk
    for address in ("start", "start?template=pool", f"{pk}/edit", f"{pk}/checks"):
        assert client.get(f"/comp-plans/{address}").status_code in {403, 404}, address
    assert kept(client, REPS.replace("reps", "mine")).status_code == 403
    last = {"assignment": CompAssignment.current.first().pk, "last": "2025-06-30"}
    assert client.post(f"/comp-plans/{pk}/end", last).status_code == 403


def test_an_assignment_is_changed_from_a_day_on_and_ended_on_the_page(olga: Client, company: SmallCompany) -> None:
    pk, rita = CompPlan.objects.get(code="reps").pk, company.people["rita"]
    olga.post(f"/comp-plans/{pk}/assign", {"person": rita.pk, "from": "2025-07-01", "value-rate": "11%"})
    rows = CompAssignment.current.filter(person=rita).order_by("effective_from")
    assert [(row.effective_from, row.effective_to, row.values) for row in rows] == [
        (FIRST, dt.date(2025, 7, 1), {}), (dt.date(2025, 7, 1), None, {"rate": "11%"}),
    ]  # fmt: skip
    olga.post(f"/comp-plans/{pk}/end", {"assignment": rows[1].pk, "last": "2025-09-30"})
    assert CompAssignment.current.filter(person=rita).latest("pk").effective_to == dt.date(2025, 10, 1)


def test_nobody_is_on_plans_of_two_currencies_at_one_time(company: SmallCompany) -> None:
    ExchangeRate.objects.create(currency="EUR", on=dt.date(2025, 6, 1), rate="1.25", **fact("eur"))
    text = REPS.replace("plan: reps", "plan: euros").replace("USD", "EUR")
    made = comp_plan_drafted(acting(company, "olga"), text)
    with pytest.raises(Refusal) as refused:
        person_assigned(acting(company, "olga"), made.plan_id, company.people["rita"].pk, effective_from=FIRST)
    assert "pays in USD" in refused.value.why
