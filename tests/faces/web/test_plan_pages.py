"""The pages of goals and targets: a preview that writes nothing, what is confirmed is what was seen, cells and sums."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from quarterdeck.records.models import Company, Goal, Person, Segment, Target, Team
from walking import signed_in

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 17)
"""The demo company's day; the clock of the pages is the real one."""


@pytest.fixture(autouse=True)
def _looks_from_the_demo_day(demo_company: Any, db: None) -> None:  # noqa: ARG001  inside the test's savepoint
    Company.objects.update_or_create(pk=1, defaults={"name": "Harbour & Hale", "shows_as_of": DAY})


def client(code: str) -> Client:
    return signed_in(Person.objects.get(code=code))


def root() -> Team:
    return Team.objects.get(code="company")


def form(**changes: object) -> dict[str, object]:
    given = {"team": root().pk, "metric": "bookings", "year": "2026", "amount": "4,800,000.50", "growth": "",
        "basis": "history", "note": "", "step": "preview"}  # fmt: skip
    return given | changes


def seen(page: str) -> str:
    """What the preview says it is of."""
    found = re.search(r'name="previewed" value="([^"]*)"', page)
    assert found
    return found[1]


def previewed(who: str = "dana", **changes: object) -> str:
    answer = client(who).post("/goals/new", form(**changes))
    assert answer.status_code == 200, answer.content.decode()[:1500]
    return str(answer.content.decode())


def set_goal(who: str = "dana", **changes: object) -> str:
    said = seen(previewed(who, **changes))
    answer = client(who).post("/goals/new", form(step="set", previewed=said, **changes), follow=True)
    return str(answer.content.decode())


def grid(who: str = "ines", **asked: object) -> str:
    answer = client(who).get("/targets", {"year": 2026, **asked})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_share_of_markets_shows_its_markets_by_month_and_is_set_as_seen() -> None:
    segments = Segment.objects.order_by("name")
    shares = {f"share-{one.pk}": "12.5 %" for one in segments}
    said = {"amount": "", "kind": "market", "market_growth": "4", "quarters": "22 : 24 : 24 : 30", **shares}
    page = previewed(**said)
    assert all(one.name in page for one in segments)
    assert "method=two-margins" in page
    assert "The goal is set" in set_goal(**said)
    goal = Goal.current.get(fiscal_year=2026)
    lines = list(
        csv.reader(io.StringIO(client("dana").get(f"/goals/{goal.pk}?format=csv").content.decode("utf-8-sig")))
    )
    assert len(lines) == 1 + len(segments) + 1
    assert goal.how["quarters"] == ["22", "24", "24", "30"]


@pytest.mark.parametrize(
    "said",
    [
        {"quarters": "1e99999999, 1, 1, 1"}, {"quarters": "1, 2, 3"}, {"quarters": "-1, 1, 1, 1"},
        {"kind": "growth", "growth": "1e99999999"}, {"kind": "growth", "growth": "8", "relief": "NaN"},
        {"kind": "market"}, {"kind": "market", "share-99999": "5"}, {"kind": "market", "share-x": "5"},
        {"kind": "mix", "retained": "200"}, {"n_years": "3", "end": "", "path": "compound"},
        {"n_years": "99", "end": "9", "path": "linear"}, {"n_years": "3", "end": "9,000,000", "path": ""},
    ],
)  # fmt: skip
def test_a_form_that_means_nothing_is_told_and_writes_nothing(said: dict[str, str]) -> None:
    before = Goal.objects.count()
    answer = client("dana").post("/goals/new", form(**said))
    assert answer.status_code == 409
    assert "The goal was not set" in answer.content.decode()
    assert Goal.objects.count() == before


def test_a_preview_shows_the_tree_the_months_and_last_year_and_writes_nothing() -> None:
    before = Target.objects.count()
    page = previewed()
    assert "4,800,001" in page, "whole units on the page"
    assert "How is it spread over the year?" in page
    assert "Rita Moreno" in page
    assert "(vacant)" in page
    assert (Goal.objects.count(), Target.objects.count()) == (0, before)


def test_a_goal_that_is_confirmed_comes_down_exactly() -> None:
    page = set_goal()
    goal = Goal.current.get()
    assert goal.amount == 480_000_050
    assert "The goal is set" in page
    of_teams = Target.current.filter(goal=goal)
    assert sum(of_teams.filter(team=root()).values_list("amount", flat=True)) == goal.amount
    leaves = of_teams.filter(team=None).values_list("amount", flat=True)
    assert sum(leaves) == goal.amount


def test_growth_is_on_last_year_exactly_and_a_comma_is_a_point() -> None:
    set_goal(amount="", growth="12,5 %")
    assert Goal.current.get().growth == "0.125"


def test_what_was_changed_after_the_preview_is_shown_again_and_not_set() -> None:
    said = seen(previewed())
    answer = client("dana").post("/goals/new", form(step="set", previewed=said, amount="9,000,000"))
    assert "changed after the preview" in answer.content.decode()
    assert not Goal.objects.exists()


def test_a_second_goal_says_what_it_replaces_before_it_does() -> None:
    set_goal()
    page = previewed(amount="5,000,000")
    assert "This replaces the goal of 4,800,001" in page
    assert str(Target.current.filter(goal__isnull=False).count()) in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "many"},
        {"amount": "", "growth": ""},
        {"growth": "8"},
        {"amount": "-5"},
        {"amount": "1e30"},
        {"amount": "99999999999999999999"},
        {"amount": "", "growth": "NaN"},
        {"amount": "", "growth": "Infinity"},
        {"metric": "win_rate"},
        {"metric": "<script>"},
        {"year": "0"},
        {"year": "99999"},
        {"year": "next"},
        {"team": "x"},
    ],
)
def test_a_goal_that_means_nothing_is_refused_beside_the_form(wrong: dict[str, str]) -> None:
    answer = client("dana").post("/goals/new", form(note="kept with it", **wrong))
    page = answer.content.decode()
    assert answer.status_code == 409, page[:500]
    assert 'role="alert"' in page
    assert 'value="kept with it"' in page
    assert "<script>" not in page.replace('<script type="module"', "")
    assert not Goal.objects.exists()


@pytest.mark.parametrize("who", ["rita", "priya"])
def test_who_may_not_set_goals_reads_them(who: str) -> None:
    set_goal()
    assert client(who).get("/goals/new").status_code == 403
    assert client(who).post("/goals/new", form()).status_code == 403
    assert "Set a goal" not in client(who).get("/goals").content.decode()


def test_a_goal_without_a_token_of_the_form_is_refused() -> None:
    dana = client("dana")
    dana.handler.enforce_csrf_checks = True
    assert dana.post("/goals/new", form()).status_code == 403


def test_goals_are_a_file_with_amounts_as_people_write_them() -> None:
    set_goal()
    text = client("dana").get("/goals?format=csv").content.decode().lstrip("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["goal"], row["unit"], row["team"]) == ("4800000.50", "USD", root().name)


def test_the_grid_shows_a_year_without_targets_and_what_to_do() -> None:
    assert f"/goals/new?team={root().pk}" in client("dana").get("/targets?year=2031").content.decode()
    assert "A director sets a goal" in grid("priya", year=2031)


def test_the_grid_is_a_file_with_every_cell() -> None:
    set_goal()
    text = client("ines").get("/targets?year=2026&format=csv").content.decode().lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert float(rows[0]["year"]) == 4_800_000.50
    assert len(rows[0]) == 15


def cell(code: str = "rita", **more: object) -> tuple[str, dict[str, object]]:
    holder = f"person:{Person.objects.get(code=code).pk}"
    return reverse("target", args=[holder]), {"starts_on": "2026-04-01", "metric": "bookings", **more}


def test_a_cell_set_by_hand_is_a_new_version_and_the_grid_says_what_no_longer_sums() -> None:
    set_goal()
    assert "do not sum" not in grid()
    east = Team.objects.get(code="east").pk
    address, asked = cell(amount="1,000.25", note="said so", team=east)
    answer = client("priya").post(address, asked, follow=True)
    assert "The target is set" in answer.content.decode()
    assert "the nodes below sum to" in answer.content.decode()
    found = Target.objects.filter(person__code="rita", source_system="quarterdeck", starts_on="2026-04-01")
    assert found.filter(superseded_at=None).get().amount == 100_025
    assert found.exclude(superseded_at=None).exists(), "the old version stays"
    page = grid()
    assert "▲ The nodes below do not sum to" in page
    assert page.count("is-off") == 1


def test_a_cell_opens_with_its_origin_and_its_because() -> None:
    set_goal()
    address, asked = cell()
    page = client("ines").get(address, asked).content.decode()
    assert "cascade" in page
    because = re.search(r'href="(/because\?metric=target[^"]*)"', page)
    assert because
    opened = client("ines").get(because[1].replace("&amp;", "&")).content.decode()
    assert "How the target came down" in opened


@pytest.mark.parametrize("amount", ["", "much", "-1", "1e99", "NaN", "99999999999999999999"])
def test_an_amount_that_is_none_is_refused_and_kept_in_the_field(amount: str) -> None:
    address, asked = cell(amount=amount)
    answer = client("ines").post(address, asked)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'role="alert"' in page
    assert not amount or f'value="{amount}"' in page


def test_a_rep_reads_their_own_cell_and_sets_none() -> None:
    address, asked = cell()
    assert "Set the target" not in client("rita").get(address, asked).content.decode()
    assert client("rita").post(address, {**asked, "amount": "5"}).status_code == 403
    other, asked = cell("yuki")
    assert client("rita").get(other, asked).status_code == 404


@pytest.mark.parametrize("holder", ["person:x", "nobody", "person:99999999", "team:", "person:1:2", "%00"])
def test_a_holder_that_is_nobody_does_not_exist(holder: str) -> None:
    answer = client("ines").get(f"/targets/{holder}", {"starts_on": "2026-04-01", "metric": "bookings"})
    assert answer.status_code == 404
