"""A rep shifts actions from one kind to another as far as the manager lets them, from a day on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from quarterdeck.records.models import JournalEntry, MixChoice
from quarterdeck.services.mixes import mix_chosen, mix_limit_set, mix_on
from quarterdeck.services.scene import Scene
from quarterdeck.terms.errors import Refusal
from small_company import NOW, TODAY, SmallCompany, small_company
from walking import signed_in


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  opens the database
    """The small company, in which Mona lets East shift a quarter."""
    with django_db_blocker.unblock(), transaction.atomic():
        company = small_company()
        mix_limit_set(company.actor("mona"), company.teams["east"].pk, 25)
        yield company
        transaction.set_rollback(True)


@pytest.fixture
def company(made: SmallCompany, db: None) -> SmallCompany:  # noqa: ARG001  rolls back
    return made


def standing(company: SmallCompany, who: str = "rita", later: int = 0) -> Any:
    actor = company.actor(who)
    return mix_on(Scene(actor, TODAY + timedelta(days=later)), company.people[who].pk)


def test_a_choice_within_the_limit_holds_from_its_day_on(company: SmallCompany) -> None:
    mix_chosen(company.actor("rita"), more="call", fewer="meeting", percent=20)
    assert {kind: str(part) for kind, part in standing(company).mix.factors().items()} == {
        "call": "6/5", "meeting": "4/5",
    }  # fmt: skip
    assert standing(company, later=-1).mix is None
    assert standing(company, "raj").mix is None
    assert "20 % more of call" in JournalEntry.objects.filter(noun="person").latest("pk").summary


def test_a_lower_limit_cuts_what_was_chosen(company: SmallCompany) -> None:
    mix_chosen(company.actor("rita"), more="call", fewer="meeting", percent=20)
    mix_limit_set(company.actor("mona", now=NOW + timedelta(days=3)), company.teams["east"].pk, 10)
    assert (standing(company).mix.used, standing(company, later=3).mix.used) == (20, 10)


def test_a_team_below_has_the_limit_of_the_nearest_above(company: SmallCompany) -> None:
    assert standing(company, "nora").limit == 25
    mix_limit_set(company.actor("mona"), company.teams["north"].pk, 0)
    assert (standing(company, "nora").limit, standing(company).limit, standing(company, "walt").limit) == (0, 25, 0)


@pytest.mark.parametrize(
    ("who", "more", "fewer", "percent", "why"),
    [
        ("rita", "call", "meeting", 26, "limit is 25 %"), ("walt", "call", "meeting", 1, "limit is 0 %"),
        ("rita", "call", "call", 5, "two kinds"), ("rita", "yoga", "call", 5, "two kinds"),
        ("rita", "call", "meeting", None, "no part"), ("rita", "call", "meeting", -1, "no part"),
    ],
)  # fmt: skip
def test_what_goes_beyond_is_refused(  # noqa: PLR0913, PLR0917  a choice and why not
    company: SmallCompany, who: str, more: str, fewer: str, percent: int | None, why: str
) -> None:
    with pytest.raises(Refusal, match=why):
        mix_chosen(company.actor(who), more=more, fewer=fewer, percent=percent)


@pytest.mark.parametrize(("who", "team"), [("rita", "east"), ("wim", "east"), ("fred", "east"), ("mona", "company")])
def test_the_limit_is_for_who_leads_the_team(company: SmallCompany, who: str, team: str) -> None:
    with pytest.raises(Refusal) as refusal:
        mix_limit_set(company.actor(who), company.teams[team].pk, 5)
    assert refusal.value.rule in {"needs_hat", "not_visible"}


def test_the_database_keeps_what_was_chosen(company: SmallCompany) -> None:
    mix_chosen(company.actor("rita"), more="call", fewer="meeting", percent=20)
    with pytest.raises(DatabaseError), transaction.atomic():
        MixChoice.objects.update(percent=1)


def test_the_desk_offers_it_to_whose_it_is(company: SmallCompany) -> None:
    rita = company.people["rita"]
    page = signed_in(rita)
    address = f"/desk/rep/{rita.pk}?as_of={TODAY}"
    assert "Up to 25 % of one kind" not in signed_in(company.people["mona"]).get(address).content.decode()
    assert page.post("/mix", {"more": "call", "fewer": "meeting", "percent": "20"}).status_code == 302
    assert page.get(f"/desk/rep/{rita.pk}").context["desk"].mix.limit == 25
    answer = signed_in(company.people["mona"]).post(f"/mix/teams/{company.teams['east'].pk}", {"percent": "x"})
    assert answer.status_code in {302, 422, 400}
