"""Worked examples of `compute plan`, through its declarations: the YAML files named functions_* beside this one."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from quarterdeck.services.compute.planning import FUNCTIONS, Computed, computed
from quarterdeck.terms.errors import Refusal

Case = dict[str, Any]
HERE = Path(__file__).parent
PUBLISHED, BY_HAND, HOSTILE = (
    yaml.safe_load((HERE / f"functions_{name}.yaml").read_text(encoding="utf-8"))
    for name in ("published", "by_hand", "hostile")
)
SOURCES = {
    "wl-02", "hc-04", "cap-02", "cap-05", "q-02", "q-03", "q-05", "q-07", "q-10", "q-17", "rf-01", "rf-04", "mk-06",
    "mk-13", "pvm-01", "arr-02", "se-03", "fa-01", "ok-04", "tb-02",
}  # fmt: skip


def _cases(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


def run(case: Case, folder: Path, **more: Any) -> Computed:
    paths = []
    for name, text in case.get("files", {}).items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text, encoding="utf-8")
    options = {name: str(value) for name, value in case.get("options", {}).items()}
    return computed(case["of"], paths, options, unit=case.get("unit", "USD"), **more)


@_cases(PUBLISHED + BY_HAND)
def test_a_function_finds_what_the_case_says(case: Case, tmp_path: Path) -> None:
    found = run(case, tmp_path)
    assert [one for one in found.findings if one.severity == "error"] == []
    for name, columns in case["expect"].items():
        if name == "figures":
            assert {key: found.summary["figures"][key] for key in columns} == _near(columns)
            continue
        table = found.tables[name]
        assert {column: table[column].to_list() for column in columns} == _near(columns)


@_cases(HOSTILE)
def test_a_function_says_what_is_wrong(case: Case, tmp_path: Path) -> None:
    if "finds" in case:
        found = run(case, tmp_path)
        errors = [[one.row, one.column, one.rule] for one in found.findings if one.severity == "error"]
        assert errors == case["finds"]
        assert all(one.file and one.remedy for one in found.findings)
        assert dict(found.tables) == {}
    else:
        with pytest.raises(Refusal) as refused:
            run(case, tmp_path)
        assert refused.value.rule == case["refused"]
        assert case["says"] in str(refused.value)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_a_function_runs_clean_and_fits_its_declaration(name: str, tmp_path: Path) -> None:
    function = FUNCTIONS[name]
    example = function.example
    case = {"of": name, "files": example.files, "options": example.options, "unit": example.unit}
    found = run(case, tmp_path)
    assert list(found.findings) == []
    declared = [set(table.schema) for table in function.outputs]
    assert all(any(columns <= set(frame.columns) for columns in declared) for frame in found.tables.values())
    assert json.loads(json.dumps(found.summary))["rows_hash"]


def test_every_function_has_a_case_a_hostile_input_and_a_method_page() -> None:
    assert {case["of"] for case in PUBLISHED + BY_HAND} == set(FUNCTIONS)
    assert {case["of"] for case in HOSTILE} == set(FUNCTIONS)
    methods = HERE.parents[1] / "docs" / "methods"
    assert [name for name, each in FUNCTIONS.items() if not (methods / f"{each.method}.md").is_file()] == []


def test_every_published_case_of_planning_is_here() -> None:
    told = " ".join(case["source"] for case in PUBLISHED)
    assert {source for source in SOURCES if f"planning case {source} " not in told.replace(",", " ")} == set()


def _near(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _near(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_near(each) for each in value]
    return pytest.approx(value, rel=1e-5, abs=5e-7) if isinstance(value, float) else value
