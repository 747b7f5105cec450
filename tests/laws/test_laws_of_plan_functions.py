"""Whatever files hold, `compute plan` answers with a result, findings or a refusal; parts of what it answers sum."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.services.compute.planning import FUNCTIONS, computed
from quarterdeck.terms.errors import Refusal

CELLS = [
    "", "0", "-1", "1e99", "1e-99", "9223372036854775807", "nan", "1/0", "1/3", "-50%", "2025-02-30", "9999-12-31",
    "0001-01-01", "yes", "=1+1", '"', "{}", "null", "1,5", "1.5", "\u00a0", "\u0661\u0662", "\U0001f600", "a" * 300,
]  # fmt: skip
SPOILT = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 8), st.sampled_from(CELLS)), max_size=3)


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(sorted(FUNCTIONS)), spoilt=SPOILT, option=st.integers(0, 12), value=st.sampled_from(CELLS))
def test_no_cell_and_no_option_breaks_a_function(
    name: str, spoilt: list[tuple[int, int, str]], option: int, value: str
) -> None:
    example = FUNCTIONS[name].example
    options = dict(example.options)
    if option < len(options):
        options[list(options)[option]] = value
    with TemporaryDirectory() as folder:
        paths = [_spoilt(Path(folder) / f"{table}.csv", text, spoilt) for table, text in example.files.items()]
        for despite in (False, True):
            try:
                found = computed(name, paths, options, unit=example.unit, despite_findings=despite)
            except Refusal as refusal:
                assert all((refusal.why, refusal.next_step))  # noqa: PT017  what it says, not that it is raised
            else:
                assert found.says or any(one.severity == "error" for one in found.findings)


@settings(max_examples=15, deadline=None)
@given(
    weights=st.lists(st.fractions(0, 10**6, max_denominator=1000), min_size=1, max_size=12),
    goal=st.integers(0, 10**12),
)
def test_shares_of_a_goal_sum_to_it_and_a_larger_weight_never_gets_less(weights: list[object], goal: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "parts.csv"
        path.write_text("part,weight\n" + "".join(f"p{at},{weight}\n" for at, weight in enumerate(weights)))
        amounts = (
            computed("spread", [path], {"total": str(goal)}, unit="count").tables["parts"]["amount_minor"].to_list()
        )
    assert sum(amounts) == goal
    in_order = [amount for _, amount in sorted(zip(weights, amounts, strict=True))]  # type: ignore[type-var]
    assert in_order == sorted(in_order)


def _spoilt(path: Path, text: str, cells: list[tuple[int, int, str]]) -> Path:
    rows = list(csv.reader(io.StringIO(text)))
    for row, column, value in cells:
        if 0 < row < len(rows) and column < len(rows[row]):
            rows[row][column] = value
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path
