"""A because speaks as people do: amounts in the company's currency, rates as percents, rounding in words."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from pay_stage import staged
from quarterdeck.engine.metrics.definitions import METRICS, Metric, Term
from quarterdeck.records.models import Company, OpportunityState, Team
from quarterdeck.services.actor import Actor
from quarterdeck.services.becauses import Because, because
from quarterdeck.services.desks.words import exactly_said, rounding_said
from quarterdeck.services.figure_words import formula_said
from quarterdeck.services.goals import GoalDraft, goal_set
from quarterdeck.services.metrics import COMPARING
from quarterdeck.services.totals import totals_rebuilt
from small_company import NOW, TODAY, SmallCompany, amount_of

pytestmark = pytest.mark.django_db

SYSTEM = Actor(now=NOW)
RAW = re.compile(r"\d{4,}(?!\d*-\d\d)")
"""Digits without a comma: an amount in cents, or a day's year."""


def dressed(_: SmallCompany) -> None:
    OpportunityState.objects.filter(opportunity__code__in=["deal-rita", "deal-raj"]).update(
        stage_kind="won", effective_from=dt.date(2025, 6, 20)
    )
    totals_rebuilt(SYSTEM)


@pytest.fixture(scope="module")
def company_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    with staged(django_db_blocker, dressed) as made:
        yield made


@pytest.fixture
def company(db: None, company_of_module: SmallCompany) -> SmallCompany:  # noqa: ARG001  each test in a savepoint
    return copy.deepcopy(company_of_module)


def why(company: SmallCompany, metric: str, holder: str = "person:rita", **more: str) -> Because:
    kind, _, name = holder.partition(":")
    number = company.people[name].pk if kind == "person" else company.teams[name].pk
    query = {"metric": metric, "holder": f"{kind}:{number}", "starts_on": "2025-06-01", "ends_on": "2025-07-01",
        "as_of": str(TODAY)} | more  # fmt: skip
    SYSTEM.memo.clear()
    return because(SYSTEM, query)


def test_an_amount_is_said_in_the_companys_currency(company: SmallCompany) -> None:
    found = why(company, "attainment", of="bookings")
    amount = f"{amount_of('rita'):,}.00 USD"
    assert found.formula_said == "bookings / target"
    assert found.numbers_said == f"{amount} / {amount_of('rita') * 2:,}.00 USD = 50 %"
    assert found.sentence.startswith("Attainment of Rita Brackenshaw in June 2025, as of 30 June 2025: 50 %, which is ")


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_a_currency_without_or_with_more_digits_is_said_in_its_own(company: SmallCompany, currency: str) -> None:
    Company.objects.update(currency=currency)
    found = why(company, "remaining", of="bookings").numbers_said
    minor = amount_of("rita") * 100
    assert (f"{minor:,} JPY" if currency == "JPY" else f"{minor / 1000:,.3f} KWD") in found


@pytest.mark.parametrize("holder", ["person:rita", "team:east"])
@pytest.mark.parametrize("metric", [*METRICS, *(name for name in COMPARING if name not in METRICS)])
def test_no_raw_number_and_no_column_is_shown(company: SmallCompany, metric: str, holder: str) -> None:
    found = why(company, metric, holder, **({"of": "bookings"} if metric in COMPARING else {}))
    for text in (found.formula_said, found.numbers_said, *(step.why for step in found.steps)):
        assert not re.search(r"_|\.n\b|minor|/ ?1\)|x \d", text), text
        assert not RAW.search(text.replace("2025", "")), text


def test_a_ratio_of_sums_names_both_with_their_units(company: SmallCompany) -> None:
    found = why(company, "average_deal_size", "team:east")
    both = amount_of("rita") + amount_of("raj")
    assert found.formula_said == "value of deals won / deals won"
    assert found.numbers_said == f"{both:,}.00 USD / 2 = {both / 2:,.2f} USD"
    assert why(company, "win_rate", "team:east").numbers_said == "2 / 2 = 100 %"


def test_what_is_not_defined_shows_no_numbers(company: SmallCompany) -> None:
    found = why(company, "win_rate", "team:west")
    assert (found.figure.value, found.numbers_said) == (None, "")


def test_a_plain_sum_says_its_value_once(company: SmallCompany) -> None:
    assert why(company, "bookings").numbers_said == ""


def test_the_exact_form_stays_for_whoever_checks(company: SmallCompany) -> None:
    found = why(company, "attainment", of="bookings")
    assert found.formula == "actual / target"
    assert str(amount_of("rita") * 100) in found.with_numbers.replace(",", "")


def test_the_way_down_from_a_goal_is_told_in_money_percents_and_words(company: SmallCompany) -> None:
    root = Team.objects.get(code="team-company")
    goal_set(SYSTEM, GoalDraft(metric="won_amount", fiscal_year=2026, team_id=root.pk, amount=1_000_001, basis="even"))
    year: dict[str, Any] = {"of": "won_amount", "starts_on": "2026-02-01", "ends_on": "2026-03-01"}
    steps = why(company, "target", **year).steps
    assert "of the year's " in steps[0].why
    assert " USD" in steps[0].why
    assert re.search(r"[\d.]+ % of Team .* USD, weighing 1 of \d+ \(one share for each person\)", steps[1].why)
    assert any("cents so that the parts sum to the whole" in step.why for step in steps)
    assert any("rounding" in step.exact for step in steps)


def test_weights_that_are_amounts_are_said_as_amounts_at_every_level(company: SmallCompany) -> None:
    root = Team.objects.get(code="team-company")
    goal_set(SYSTEM, GoalDraft(metric="bookings", fiscal_year=2026, team_id=root.pk, amount=1_000_001, basis="history"))
    steps = why(company, "target", of="bookings", starts_on="2026-02-01", ends_on="2026-03-01").steps
    weighed = [step.why for step in steps if "weighing" in step.why]
    assert len(weighed) == 2
    assert all(re.search(r"weighing [\d,]+\.\d\d USD of [\d,]+\.\d\d USD \(", text) for text in weighed)


@pytest.mark.parametrize(
    ("rounding", "unit", "currency", "said"),
    [
        ("-2/5", "money", "USD", "rounded down by 0.4 cents"), ("1/2", "money", "GBP", "rounded up by 0.005 GBP"),
        ("-1/3", "money", "KWD", "rounded down by 0.00033 KWD"), ("1/3", "money", "JPY", "rounded up by 0.33 JPY"),
        ("-1/100000", "money", "USD", "rounded down by less than 0.01 cents"),
        ("3/4", "count", "USD", "rounded up by 0.75"),
    ],
)  # fmt: skip
def test_rounding_is_said_in_the_smallest_unit_people_know(rounding: str, unit: str, currency: str, said: str) -> None:
    found = rounding_said(Fraction(rounding), unit, currency)
    assert found == f"{said} so that the parts sum to the whole"


def test_a_measure_without_words_is_shown_by_its_name() -> None:
    odd = Metric(
        name="odd", title="Odd", unit="count", kind="flow", about="", numerator=(Term("odd_things"), Term("x", sign=-1))
    )
    assert formula_said(odd) == "odd_things.n \N{MINUS SIGN} x.n"


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_words(metric: str) -> None:
    assert not re.search(r"_|\.(n|amount)", formula_said(METRICS[metric], "bookings"))


def test_the_largest_amount_is_said_whole() -> None:
    assert exactly_said(2**63 - 1, "money", "USD") == "92,233,720,368,547,758.07 USD"
