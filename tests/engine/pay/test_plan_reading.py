"""A plan that does not hold together is told where, why and how to mend it; nothing of it is guessed."""

import re
from typing import Any

import jsonschema
import pytest
import yaml

from quarterdeck.engine.pay.reading import plan_from_text, plan_read
from quarterdeck.engine.pay.schema import PLAN_SCHEMA
from quarterdeck.terms.errors import Refusal

GOOD = """
plan: reps
currency: USD
effective_from: 2025-01-01
effective_to: 2026-01-01
values: {quota: money, target_pay: money, ratio: ratio}
measures:
  sales: {window: year, target: quota}
  calls: {of: events}
components:
  - name: commission
    measure: sales
    table:
      mode: marginal
      value: rate
      by: attainment(sales)
      bands: [{from: 0, to: 100%, pays: 8%}, {from: 100%, pays: 12%}]
"""


def test_a_good_plan_is_read_without_findings() -> None:
    plan, findings = plan_read(GOOD)
    assert findings == []
    assert plan
    assert plan.component("commission").table


def test_the_schema_accepts_what_the_reader_accepts() -> None:
    jsonschema.Draft202012Validator.check_schema(PLAN_SCHEMA)
    jsonschema.validate(yaml.load(GOOD, Loader=yaml.BaseLoader), PLAN_SCHEMA)  # noqa: S506  texts only


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ("mode: marginal", "mode: marginl", "components[0].table.mode", "'marginl' is not one of"),
        ("      mode: marginal\n", "", "components[0].table.mode", "'mode' is missing"),
        ("to: 100%, pays", "to: 90%, pays", "components[0].table.bands[1].from", "a gap"),
        ("to: 100%, pays", "to: 110%, pays", "components[0].table.bands[1].from", "an overlap"),
        ("{from: 0, to", "{from: 100%, to", "components[0].table.bands[0]", "the band from 1"),
        ("pays: 12%", "pays: zwölf", "components[0].table.bands[1].pays", "is no number"),
        ("measure: sales\n", "measure: sale\n", "components[0].measure", "there is no measure 'sale'"),
        ("target: quota", "target: quotas", "measures.sales", "'quotas' is neither a measure nor a value"),
        ("target: quota", "target: ratio", "measures.sales.target", "the target is ratio"),
        ("target: quota", "target: sales * 2", "measures.sales", "it is made of itself"),
        ("window: year", "window: week", "measures.sales.window", "'week' is not one of"),
        ("calls: {of: events}", "quota: {of: events}", "measures.quota", "a value has the same name"),
        ("calls: {of: events}", "if: {of: events}", "measures.if", "cannot be a name"),
        ("calls: {of: events}", "calls: {of: events, wher: x}", "measures.calls.wher", "means nothing here"),
        ("by: attainment(sales)", "by: calls", "components[0].table.by", "runs along sales"),
        ("effective_to: 2026-01-01", "effective_to: 2024-01-01", "effective_to", "ends before it begins"),
        ("effective_to: 2026-01-01", "effective_to: 2025-13-01", "effective_to", "is no day"),
        ("currency: USD", "currency: dollars", "currency", "is no currency"),
        ("currency: USD", "currency: USD\ncurrency: EUR", "currency", "said twice"),
        (
            "components:\n",
            "components:\n  - {name: other, measure: calls, rate: 5%}\n",
            "components[0]",
            "a rate is of money",
        ),
        ("components:\n", "components:\n  - {name: other, measure: calls}\n", "components[0]", "it pays by nothing"),
        (
            "components:\n",
            "components:\n  - {name: other, measure: sales, formula: sales + 5}\n",
            "components[0].formula",
            "money + ratio",
        ),
        (
            "components:\n",
            "components:\n  - {name: other, measure: sales, formula: 5 EUR}\n",
            "components[0].formula",
            "not the plan's currency",
        ),
        (
            "components:\n",
            "components:\n  - {name: other, measure: sales, rate: 5%, gate: sales}\n",
            "components[0].gate",
            "it is a money, not a flag",
        ),
        (
            "components:\n",
            "components:\n  - {name: commission, measure: sales, rate: 5%}\n",
            "components[1].name",
            "said twice",
        ),
        ("plan: reps", "plan: &a reps\ntitle: *a", "", "alias"),
        ("plan: reps", "plan: [", "", "no YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, path: str, says: str) -> None:
    assert old in GOOD
    plan, findings = plan_read(GOOD.replace(old, new, 1), "reps.yaml")
    assert plan is None
    assert (path, True) in {(one.column, says in one.message) for one in findings}, findings
    assert all(one.file == "reps.yaml" and one.row and one.remedy for one in findings)


def test_a_finding_names_the_line() -> None:
    _, findings = plan_read(GOOD.replace("pays: 12%", "pays: x"))
    assert findings[0].row == GOOD[: GOOD.index("pays: 12%")].count("\n") + 1


def test_everything_wrong_is_told_at_once() -> None:
    _, findings = plan_read(GOOD.replace("target: quota", "target: qouta").replace("pays: 12%", "pays: x"))
    assert len(findings) >= 2


def test_a_plan_from_text_refuses_with_all_of_it() -> None:
    with pytest.raises(Refusal, match="line") as refused:
        plan_from_text("plan: x")
    assert refused.value.rule == "comp_plan"
    assert "'components' is missing" in refused.value.why


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "[]",
        "null",
        "3",
        "plan",
        "a: b: c",
        "\x00",
        "{}" * 9,
        "- " * 3000,
        "[" * 3000,
        "!!python/object:os.system {}",
        "? {a: b}\n: c",
        "🙂: 🙂",
    ],
)
def test_no_text_breaks_the_reader(hostile: str) -> None:
    plan, findings = plan_read(hostile)
    assert plan is None
    assert findings


SCALARS: tuple[Any, ...] = (
    None,
    -1,
    "",
    "x",
    [],
    {},
    [1],
    {"a": 1},
    True,
    "2025-01-01",
    "9" * 400,
    "1" * 3000,
    "((" * 50,
)


@pytest.mark.parametrize("key", sorted(set(re.findall(r"^(\w+):", GOOD, flags=re.MULTILINE))))
def test_no_value_of_any_field_breaks_the_reader(key: str) -> None:
    for value in SCALARS:
        plan_read(yaml.dump({**yaml.load(GOOD, Loader=yaml.BaseLoader), key: value}))  # noqa: S506  texts only


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "measure",
        "rate",
        "amount",
        "table",
        "formula",
        "pool",
        "eligibility",
        "gate",
        "multiplier",
        "floor",
        "cap",
        "prorate",
        "rounding",
        "release",
    ],
)
def test_no_value_of_any_field_of_a_component_breaks_the_reader(key: str) -> None:
    document = yaml.load(GOOD, Loader=yaml.BaseLoader)  # noqa: S506  texts only
    for value in SCALARS:
        document["components"][0][key] = value
        plan_read(yaml.dump(document))


@pytest.mark.parametrize("key", list(PLAN_SCHEMA["properties"]["measures"]["additionalProperties"]["properties"]))
def test_no_value_of_any_field_of_a_measure_breaks_the_reader(key: str) -> None:
    document = yaml.load(GOOD, Loader=yaml.BaseLoader)  # noqa: S506  texts only
    for value in SCALARS:
        document["measures"]["sales"][key] = value
        plan_read(yaml.dump(document))


@pytest.mark.parametrize("key", list(PLAN_SCHEMA["properties"]["settlement"]["properties"]))
def test_no_value_of_any_field_of_a_settlement_breaks_the_reader(key: str) -> None:
    for value in SCALARS:
        plan_read(yaml.dump({**yaml.load(GOOD, Loader=yaml.BaseLoader), "settlement": {key: value}}))  # noqa: S506  texts only
