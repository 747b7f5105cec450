"""Goals said by market, mix, growth with relief, over years and in a shape: amounts exact, conventions named."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from plan_stage import staged
from quarterdeck.records.models import Goal, Segment, Target
from quarterdeck.services.goal_kinds import Market, Mix, Years
from quarterdeck.services.goal_page import goal_page, markets_listing
from quarterdeck.services.goal_pages import goal_rows
from quarterdeck.services.goals import GoalDraft, goal_previewed, goal_set
from quarterdeck.services.plans.drafts import plan_made
from quarterdeck.services.plans.ground import Ground
from quarterdeck.terms.errors import Refusal
from small_company import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from small_company import SmallCompany

pytestmark = pytest.mark.django_db
AFTER = NOW.replace(year=2026)
"""When the year before is over."""


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCompany]:  # noqa: ARG001  the database first
    for made, _ in staged(django_db_blocker):
        yield made


def draft(company: SmallCompany, **more: Any) -> GoalDraft:
    said: dict[str, Any] = {"metric": "bookings", "fiscal_year": 2026, "basis": "even"}
    return GoalDraft(**said | {"team_id": company.teams["company"].pk} | more)


def market(share: str = "0.1", growth: str = "0.05") -> Market:
    return Market(shares=((Segment.objects.get(code="plan-food").pk, Decimal(share)),), growth=Decimal(growth))


def test_a_share_of_a_market_is_of_its_size_before_the_year_grown(company: SmallCompany) -> None:
    made = goal_previewed(company.actor("dana"), draft(company, market=market()))
    assert made.amount == 105_00  # 1,000.01 x 1.05 x 0.1 = 105.00105
    assert sum(made.how["segments"][0]["months"]) == 105_00


def test_markets_by_month_sum_to_markets_and_to_the_goals_months(company: SmallCompany) -> None:
    company.actor("dana")
    other = Segment.objects.get(code="seg")
    other.potentials.create(amount_minor=77_777_77, source_system="test", source_id="potential-seg", known_at=NOW)
    both = Market(shares=(*market().shares, (other.pk, Decimal("0.031"))))
    goal = goal_set(company.actor("dana"), draft(company, market=both, quarters=(Fraction(1),) * 3 + (Fraction(2),)))
    page = goal_page(company.actor("dana"), goal.pk)
    assert [sum(column) for column in zip(*(row["months"] for row in page.segments), strict=True)] == list(page.amounts)
    assert [sum(row["months"]) for row in page.segments] == [row["amount"] for row in page.segments]
    assert len(markets_listing(page).rows) == 3


def test_quarters_are_exact_in_a_goals_targets(company: SmallCompany) -> None:
    shape = tuple(Fraction(weight) for weight in (22, 24, 24, 30))
    goal = goal_set(company.actor("dana"), draft(company, amount=1_000_001, quarters=shape))
    page = goal_page(company.actor("dana"), goal.pk)
    assert [quarter.amount for quarter in page.quarters] == [220_000, 240_000, 240_000, 300_001]
    months = Target.current.filter(goal=goal, person__isnull=False).values_list("amount", flat=True)
    assert sum(months) == 1_000_001


def test_a_plan_of_a_shaped_goal_stands_on_its_shape(company: SmallCompany) -> None:
    goal = goal_set(company.actor("dana"), draft(company, amount=100, quarters=(Fraction(1), *[Fraction(0)] * 3)))
    season = Ground(plan_made(company.actor("dana"), goal.pk).ground).season
    assert [bool(weight) for weight in season] == [True] * 3 + [False] * 9


def test_a_mix_says_what_each_part_is(company: SmallCompany) -> None:
    mix = Mix(retained=Decimal("0.9"), expansion=Decimal("0.15"), new=500_00)
    made = goal_previewed(company.actor("dana", now=AFTER), draft(company, mix=mix))
    assert {part["part"] for part in made.how["parts"]} == {"retained", "expansion", "new"}
    assert made.amount == sum(part["amount"] for part in made.how["parts"])
    assert made.amount - 500_00 == round(made.last_year * Fraction(9, 10)) + round(made.last_year * Fraction(15, 100))


@pytest.mark.parametrize(("rule", "factor"), [("additive", "1.08"), ("multiplicative", "1.078")])
def test_growth_takes_relief_by_the_rule_that_is_named(company: SmallCompany, rule: str, factor: str) -> None:
    wanted = draft(company, growth=Decimal("0.1"), relief=Decimal("0.02"), relief_rule=rule)
    made = goal_previewed(company.actor("dana", now=AFTER), wanted)
    assert abs(made.amount - made.last_year * Fraction(factor)) <= Fraction(1, 2)
    assert made.how["relief_rule"] == rule


def test_a_goal_for_several_years_is_a_goal_in_each(company: SmallCompany) -> None:
    years = Years(n_years=3, end=1_210_000, path="compound")
    first = goal_set(company.actor("dana"), draft(company, amount=1_000_000, years=years))
    found = Goal.current.filter(team=first.team, metric="bookings", fiscal_year__gte=2026).order_by("fiscal_year")
    assert [goal.amount for goal in found] == [1_000_000, 1_100_000, 1_210_000]
    said = {row.goal.fiscal_year: row.how_said for row in goal_rows(company.actor("dana"))}
    assert said[2027].startswith("year 2 of 3 from")


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({}, "goal_amount"), ({"amount": 5, "growth": Decimal(1)}, "goal_amount"),
        ({"amount": 5, "relief": Decimal("0.1")}, "goal_relief"),
        ({"growth": Decimal("0.1"), "relief": Decimal("0.1")}, "goal_relief"),
        ({"growth": Decimal("0.1"), "relief_rule": "additive"}, "goal_relief"),
        ({"market": Market(shares=())}, "goal_market"),
        ({"market": Market(shares=((999_999, Decimal("0.1")),))}, "goal_market"),
        ({"market": Market(shares=((1, Decimal("0.1")),)), "metric": "deals_won"}, "goal_market"),
        ({"mix": Mix(retained=Decimal(2), expansion=Decimal(0), new=0)}, "goal_amount"),
        ({"mix": Mix(retained=Decimal(0), expansion=Decimal(0), new=0)}, "goal_mix"),
        ({"amount": 5, "years": Years(n_years=1, end=5, path="linear")}, "goal_path"),
        ({"amount": 5, "years": Years(n_years=3, end=0, path="linear")}, "goal_path"),
        ({"amount": 5, "years": Years(n_years=3, end=9, path="")}, "goal_amount"),
        ({"amount": 5, "quarters": (Fraction(1), Fraction(1))}, "goal_amount"),
    ],
)  # fmt: skip
def test_what_is_open_or_means_nothing_is_refused(company: SmallCompany, more: dict[str, Any], rule: str) -> None:
    before = Goal.objects.count()
    with pytest.raises(Refusal) as refused:
        goal_set(company.actor("dana", now=AFTER), draft(company, **more))
    assert refused.value.rule == rule
    assert Goal.objects.count() == before


def test_a_goal_of_a_team_out_of_sight_is_not_there(company: SmallCompany) -> None:
    goal = goal_set(company.actor("dana"), draft(company, amount=100, team_id=company.teams["west"].pk))
    with pytest.raises(Refusal) as refused:
        goal_page(company.actor("rita"), goal.pk)
    assert refused.value.rule == "not_visible"
