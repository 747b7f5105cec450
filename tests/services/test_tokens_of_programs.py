"""Tokens: shown once, kept hashed, always ending, never wider than their owner."""

from __future__ import annotations

import datetime as dt

import pytest

from quarterdeck.records.models import ApiToken, JournalEntry
from quarterdeck.services import access, tokens
from quarterdeck.terms.errors import Refusal
from small_company import NOW, TODAY, SmallCompany

YEAR = TODAY + dt.timedelta(days=366)


@pytest.fixture
def company(small_made: SmallCompany) -> SmallCompany:
    return small_made


def refused(rule: str) -> pytest.RaisesExc[Refusal]:
    return pytest.RaisesExc(Refusal, check=lambda refusal: refusal.rule == rule)


def made(company: SmallCompany, who: str = "rita", *scopes: str) -> tuple[ApiToken, str]:
    return tokens.token_made(company.actor(who), name="warehouse", scopes=scopes or ("read",), expires_on=YEAR)


def test_the_secret_is_nowhere_in_the_database(company: SmallCompany) -> None:
    token, secret = made(company)
    assert secret not in str([*ApiToken.objects.values(), *JournalEntry.objects.values()])
    assert secret.startswith(token.prefix)
    assert len(secret) > 40


def test_a_token_speaks_for_its_owner_within_its_scopes(company: SmallCompany) -> None:
    _, secret = made(company, "mona", "read")
    actor = tokens.authenticate(secret, NOW)
    assert actor is not None
    assert actor.name == "Mona Larkspurton"
    assert access.people_seen(actor, TODAY) == access.people_seen(company.actor("mona"), TODAY)
    assert access.may(actor, "read")
    assert not access.may(actor, "set_targets")


def test_a_token_ends_on_its_day(company: SmallCompany) -> None:
    _, secret = made(company)
    end = dt.datetime.combine(YEAR, dt.time(), dt.UTC)
    assert tokens.authenticate(secret, end - dt.timedelta(seconds=1))
    assert tokens.authenticate(secret, end) is None


@pytest.mark.parametrize("wrong", ["", "qd_", "qd_" + "x" * 43, "\x00", "é" * 50, "x" * 100_000])
def test_a_wrong_secret_opens_nothing(company: SmallCompany, wrong: str) -> None:
    made(company)
    assert tokens.authenticate(wrong, NOW) is None


def test_a_revoked_token_opens_nothing_and_revoking_twice_is_one_write(company: SmallCompany) -> None:
    token, secret = made(company)
    for _ in range(2):
        tokens.token_revoked(company.actor("rita"), token.pk)
    assert tokens.authenticate(secret, NOW) is None
    assert JournalEntry.objects.filter(verb="token_revoked").count() == 1


def test_a_token_of_a_deactivated_user_opens_nothing(company: SmallCompany) -> None:
    _, secret = made(company)
    company.users["rita"].is_active = False
    company.users["rita"].save()
    assert tokens.authenticate(secret, NOW) is None


def test_tokens_of_others_do_not_exist(company: SmallCompany) -> None:
    token, _ = made(company)
    with refused("not_visible"):
        tokens.token_revoked(company.actor("olga"), token.pk)
    assert not tokens.tokens_listed(company.actor("olga")).exists()


def test_a_program_makes_and_revokes_no_tokens(company: SmallCompany) -> None:
    token, secret = made(company, "rita", "read", "admin")
    program = tokens.authenticate(secret, NOW)
    assert program is not None
    with refused("person_needed"):
        tokens.token_made(program, name="wider", scopes=("write:plans",), expires_on=YEAR)
    with refused("not_visible"):
        tokens.token_revoked(program, token.pk)


@pytest.mark.parametrize("expires_on", [TODAY, TODAY - dt.timedelta(days=1), YEAR + dt.timedelta(days=1), dt.date.max])
def test_a_token_ends_within_a_year_and_not_before_it_began(company: SmallCompany, expires_on: dt.date) -> None:
    with refused("token_expiry"):
        tokens.token_made(company.actor("rita"), name="x", scopes=("read",), expires_on=expires_on)


@pytest.mark.parametrize(("name", "scopes"), [("x", ()), ("x", ("root",)), ("", ("read",)), ("n" * 101, ("read",))])
def test_nonsense_about_a_token_is_refused(company: SmallCompany, name: str, scopes: tuple[str, ...]) -> None:
    with refused("bad_value"):
        tokens.token_made(company.actor("rita"), name=name, scopes=scopes, expires_on=YEAR)


def test_the_last_use_is_noted_at_most_once_a_minute(company: SmallCompany) -> None:
    token, secret = made(company)
    for seconds in (0, 59, 60):
        tokens.authenticate(secret, NOW + dt.timedelta(seconds=seconds))
    token.refresh_from_db()
    assert token.last_used_at == NOW + dt.timedelta(seconds=60)
    tokens.authenticate(secret, NOW + dt.timedelta(seconds=119))
    token.refresh_from_db()
    assert token.last_used_at == NOW + dt.timedelta(seconds=60)
