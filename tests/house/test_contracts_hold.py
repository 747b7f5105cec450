"""The house plan, as far as a machine can read it."""

import ast
import re
import subprocess
from pathlib import Path
from statistics import quantiles

import pytest
from django.apps import apps
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "quarterdeck"
PYTHON = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607  whichever git is there
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_imports_run_in_the_directions_of_the_plan() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_every_table_of_ours_is_named_by_hand() -> None:
    tables = [model._meta.db_table for model in apps.get_app_config("records").get_models()]
    defaulted = [table for table in tables if table.startswith("records_")]
    assert defaulted == []


def test_functions_are_short() -> None:
    lengths = [
        node.end_lineno - node.body[_starts(node)].lineno + 1
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]
    cuts = quantiles(lengths, n=10)
    assert cuts[4] <= 10, f"median {cuts[4]}"
    assert cuts[8] <= 40, f"ninetieth percentile {cuts[8]}"


def _starts(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Where the body begins behind the docstring."""
    return 1 if ast.get_docstring(node) and len(node.body) > 1 else 0


def test_files_are_a_sitting_long() -> None:
    lengths = [len(path.read_text().splitlines()) for path in PYTHON]
    assert quantiles(lengths, n=10)[8] <= 300


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in PYTHON if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a package registry's address", r"https?://[^\s\"']*(?:/simple/|\.tgz|\.whl|\.crate)"),
        ("a home folder", r"/(?:root|home/\w+|Users/\w+)/"),
    ],
)
def test_no_tracked_file_names(what: str, pattern: str) -> None:
    guilty = []
    for path in tracked():
        if path == Path(__file__) or path.suffix in {".parquet", ".xlsx", ".png", ".ico"}:
            continue
        if re.search(pattern, path.read_text(errors="ignore")):
            guilty.append(path)
    assert guilty == [], what
