"""Worked examples of pay: plans that carry them, in the YAML files beside this one."""

from pathlib import Path

import pytest
import yaml

from quarterdeck.engine.pay.examples import plan_examples
from quarterdeck.engine.pay.reading import plan_from_text

HERE = Path(__file__).resolve().parent


def _plans(name: str) -> list[tuple[str, str]]:
    """Each case's plan as the text of a file, so that it is read as a plan file is."""
    cases = yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  texts only
    return [(case["id"], yaml.dump(_retyped(case["plan"]), sort_keys=False, allow_unicode=True)) for case in cases]


def _retyped(value: object) -> object:
    """What the file said, with whole numbers, flags and nothing as such; 0.1 stays the text that it was."""
    if isinstance(value, dict):
        return {key: _retyped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_retyped(item) for item in value]
    words = {"true": True, "false": False, "null": None}
    text = str(value)
    return words[text] if text in words else int(text) if text.lstrip("-").isdigit() else text


PLANS = [plan for name in ("pay.yaml", "pay_engine_alone.yaml") if (HERE / name).is_file() for plan in _plans(name)]


@pytest.mark.parametrize("text", [text for _, text in PLANS], ids=[case for case, _ in PLANS])
def test_a_plan_keeps_what_its_examples_promise(text: str) -> None:
    plan = plan_from_text(text)
    assert plan.examples
    assert [finding.message for finding in plan_examples(plan)] == []
