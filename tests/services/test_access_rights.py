"""Who may do what, and what a token's scopes leave of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quarterdeck.services import access
from quarterdeck.services.rights import MATRIX, SCOPES, SEES, VERBS
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.templates import HATS

if TYPE_CHECKING:
    from small_company import SmallCompany

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "access.md"


@pytest.fixture
def company(small_made: SmallCompany) -> SmallCompany:
    return small_made


def test_the_table_has_a_row_for_every_hat_and_only_known_verbs() -> None:
    assert set(MATRIX) == set(HATS)
    assert {verb for rights in MATRIX.values() for verb in rights.verbs} == set(VERBS)
    assert {rights.sees for rights in MATRIX.values()} == set(SEES)


def test_every_verb_has_exactly_one_scope() -> None:
    assert sorted(verb for verbs in SCOPES.values() for verb in verbs) == sorted([*VERBS, "read"])


def test_the_guide_shows_the_table_as_it_is() -> None:
    rows = re.findall(r"^\| ([a-z ]+) \| (\w+) \| (.*) \|$", GUIDE.read_text(), re.MULTILINE)
    shown = {hat.replace(" ", "_"): (sees, set(re.findall(r"`(\w+)`", verbs))) for hat, sees, verbs in rows}
    assert {hat: shown[hat] for hat in HATS} == {hat: (row.sees, set(row.verbs)) for hat, row in MATRIX.items()}


def test_the_guide_says_what_every_verb_and_scope_means() -> None:
    text = GUIDE.read_text()
    assert [verb for verb in [*VERBS, *SCOPES] if f"| `{verb}` |" not in text] == []


def test_a_verb_without_its_hat_is_refused_and_says_which_hat_it_needs(company: SmallCompany) -> None:
    with pytest.raises(Refusal, match="director or operations") as refused:
        access.require(company.actor("rita"), "change_people", "Nobody was moved.")
    assert refused.value.rule == "needs_hat"


def test_a_token_does_only_what_its_scopes_and_its_owners_hats_both_allow(company: SmallCompany) -> None:
    reads = company.actor("dana", scopes=frozenset({"read"}))
    plans = company.actor("rita", scopes=frozenset({"read", "write:plans"}))
    assert access.may(reads, "read")
    assert not access.may(reads, "set_goals")
    assert not access.may(plans, "set_goals")
    with pytest.raises(Refusal) as refused:
        access.require(reads, "set_goals", "The goal was not set.")
    assert refused.value.rule == "needs_scope"


def test_a_token_that_only_writes_facts_reads_nothing(company: SmallCompany) -> None:
    assert not access.may(company.actor("olga", scopes=frozenset({"write:facts"})), "read")


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("rita", False),
        ("mona", False),
        ("dana", False),
        ("eva", False),
        ("hans", False),
        ("olga", True),
        ("fred", True),
    ],
)
def test_nobody_sees_another_persons_pay_without_the_hat(company: SmallCompany, who: str, sees: bool) -> None:  # noqa: FBT001  a row of the table
    actor = company.actor(who)
    assert access.may_see_pay(actor, company.people["raj"].pk) is sees
    assert access.may_see_pay(actor, company.people[who].pk)
