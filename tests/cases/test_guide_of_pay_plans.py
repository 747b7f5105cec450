"""The plans in the guide are whole plans that can be read, and keep what their examples promise."""

import re
from pathlib import Path

import pytest

from quarterdeck.engine.pay.examples import plan_examples
from quarterdeck.engine.pay.reading import plan_from_text

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "pay-plans.md"
PLANS = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("text", PLANS, ids=range(len(PLANS)))
def test_a_plan_of_the_guide_does_what_it_says(text: str) -> None:
    plan = plan_from_text(text)
    assert plan.examples
    assert [finding.message for finding in plan_examples(plan)] == []


def test_the_guide_has_a_whole_plan_and_the_recipes() -> None:
    assert len(PLANS) == 2
