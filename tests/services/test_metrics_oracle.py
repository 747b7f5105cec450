"""The demo company through the importer and the stored totals, against SQL over its files: figure by figure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pytest

from oracles.company import Key, company_in, figures
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.records.models import Person, Product, Segment, Team
from quarterdeck.services.imports import batch_applied, batch_created, batch_undone
from quarterdeck.services.metrics import COMPARING, metrics
from quarterdeck.services.totals import totals_differences
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from pathlib import Path

    from companies import Loaded

pytestmark = pytest.mark.django_db

YEARS: Final = (2024, 2025, 2026)
TODAY: Final = dt.date(2026, 3, 17)
DAYS: Final = {
    "today": TODAY,
    "the day on which the plan changed": dt.date(2025, 7, 1),
    "the day before": dt.date(2025, 6, 30),
    "a month's last day, in the year after a leap year": dt.date(2025, 2, 28),
    "a day in March of that year": dt.date(2025, 3, 1),
    "the leap day": dt.date(2024, 2, 29),
    "a weekend": dt.date(2025, 11, 16),
    "a day that has not come": dt.date(2027, 1, 15),
    "a day before all facts": dt.date(2022, 5, 2),
}
PLAIN: Final = [name for name, metric in METRICS.items() if metric.terms or metric.factors]
GROWN: Final = ("bookings", "deals_won", "activities")
CUTS: Final[dict[str, Any]] = {"product": Product, "segment": Segment, "person": Person, "detail": None}


def spans() -> list[tuple[dt.date, dt.date]]:
    """Years and quarters of the company's time, and the months around the days that are asked about."""
    months = [
        (2024, 1),
        (2024, 2),
        (2024, 3),
        *((2025, month) for month in range(1, 13)),
        (2026, 2),
        (2026, 3),
        (2026, 4),
    ]
    quarters = [(year, month) for year in YEARS for month in (1, 4, 7, 10)]
    sized = [*((1, *at) for at in months), *((3, *at) for at in quarters), *((12, year, 1) for year in YEARS)]
    return [
        (dt.date(year, month, 1), dt.date(year + (month + size) // 13, (month + size - 1) % 12 + 1, 1))
        for size, year, month in sized
    ]


SEEN: Final = [(day, "then") for day in DAYS] + [(day, "now") for day in ("today", "the day before", "a weekend")]


class Files:
    """The company's files; what SQL says of a day is worked out once."""

    def __init__(self, folder: Path) -> None:
        """Read them."""
        self.company = company_in(folder)
        self.known: dict[tuple[str, str, str], dict[Key, dict[str, Any]]] = {}

    def said(self, day: str, tree: str = "then", cut: str = "") -> dict[Key, dict[str, Any]]:
        if (day, tree, cut) not in self.known:
            found = figures(self.company, list(ids()), spans(), DAYS[day], tree=tree, cut=cut)
            self.known[day, tree, cut] = found
        return self.known[day, tree, cut]


@pytest.fixture(scope="module")
def files(demo_company: Loaded) -> Files:
    return Files(demo_company.files[0].parent)


def ids() -> dict[tuple[str, str], str]:
    """The database's name of each holder by kind and code."""
    teams = {("team", code): f"team:{pk}" for code, pk in Team.visible.values_list("code", "pk")}
    return teams | {("person", code): f"person:{pk}" for code, pk in Person.visible.values_list("code", "pk")}


def ours(loaded: Loaded, names: list[str], as_of: dt.date, **more: Any) -> dict[Key, float | None]:
    codes = {holder: code for code, holder in ids().items()}
    model = CUTS.get(more.get("slice_by", "").removesuffix("_id"))
    cuts = {str(pk): code for pk, code in model.visible.values_list("pk", "code")} if model else {}
    rows = metrics(loaded.actor, names, as_of=as_of, periods=[Period(*span) for span in spans()], holders=list(codes),
        **more)  # fmt: skip
    wanted = rows.select("metric", "holder", "starts_on", "ends_on", "slice", "value").iter_rows()
    return {(name, *codes[holder], begins, ends, cuts.get(cut, cut)): value
        for name, holder, begins, ends, cut, value in wanted}  # fmt: skip


def same(found: dict[Key, float | None], said: dict[Key, dict[str, Any]], columns: dict[str, str]) -> int:
    """How many figures were compared, after none was found to differ; a slice that only one side lists is nothing."""
    keys = {key[1:] for key in found} | said.keys()
    is_whole = all(key[-1] == "" for key in keys)
    wrong = []
    for key in sorted(keys):
        for name, column in columns.items():
            here, there = found.get((name, *key)), said.get(key, {}).get(column)
            if (here or 0) != pytest.approx(float(there or 0), rel=1e-9) or (
                is_whole and (here is None) != (there is None)
            ):
                wrong.append((name, *key, here, there))
    assert not wrong, f"{len(wrong)} differ: {wrong[:5]}"
    return len(keys) * len(columns)


@pytest.mark.parametrize(("day", "tree"), SEEN)
def test_every_metric_of_everybody_is_what_sql_says(demo_company: Loaded, files: Files, day: str, tree: str) -> None:
    said = files.said(day, tree)
    assert same(ours(demo_company, PLAIN, DAYS[day], tree=tree), said, {name: name for name in PLAIN}) > 10_000


@pytest.mark.parametrize(("day", "tree"), SEEN)
def test_every_standing_against_targets_is_what_sql_says(
    demo_company: Loaded, files: Files, day: str, tree: str
) -> None:
    said = files.said(day, tree)
    names = [name for name in COMPARING if name != "growth"]
    found = ours(demo_company, names, DAYS[day], tree=tree, of="bookings")
    assert same(found, said, {name: name for name in names}) > 4_000


@pytest.mark.parametrize(("day", "tree"), SEEN)
@pytest.mark.parametrize("name", GROWN)
def test_growth_on_last_year_is_what_sql_says(
    demo_company: Loaded, files: Files, name: str, day: str, tree: str
) -> None:
    said = files.said(day, tree)
    assert same(ours(demo_company, ["growth"], DAYS[day], tree=tree, of=name), said, {"growth": f"growth_of_{name}"})


@pytest.mark.parametrize("day", ["today", "the day on which the plan changed"])
@pytest.mark.parametrize("cut", CUTS)
def test_every_slice_is_what_sql_says(demo_company: Loaded, files: Files, cut: str, day: str) -> None:
    column: Any = cut if cut == "detail" else f"{cut}_id"
    names = [name for name in PLAIN if column in METRICS[name].slices]
    found = ours(demo_company, names, DAYS[day], slice_by=column)
    said = files.said(day, cut=cut)
    assert same(found, said, {name: name for name in names}) > 1_000


def test_the_second_opinion_knows_every_metric(demo_company: Loaded, files: Files) -> None:
    row = files.said("today")["team", "company", dt.date(2025, 1, 1), dt.date(2026, 1, 1), ""]
    assert set(METRICS) - row.keys() == {"growth"}
    assert all(row[name] for name in PLAIN)
    assert demo_company.batch.counts["activities"]["left_out"] == 0


def corrected(files: list[Path], folder: Path) -> list[tuple[str, bytes]]:
    """What a company hands in late: other amounts, people and outcomes, and things nobody had said before.

    The folder gets all its files as if it had said so from the start.
    """
    tables = {file.stem: pl.read_csv(file, infer_schema=False) for file in files}
    fall = {"stage": pl.lit("Lost"), "stage_kind": pl.lit("lost")}
    won = tables["opportunities"].filter(stage="Won")["opportunity"].gather_every(5)
    is_fallen = pl.col("opportunity").is_in(won.implode())
    said = {
        "bookings": tables["bookings"].gather_every(7).with_columns(amount=pl.lit("1234.56"), person=pl.lit("kofi")),
        "activities": tables["activities"].gather_every(11).with_columns(kind=pl.lit("demo"), person=pl.lit("toma")),
        "returns": tables["returns"].head(3).with_columns(returned_on=pl.lit("2025-07-01")),
        "opportunities": tables["opportunities"].filter(is_fallen).with_columns(**fall),
        "opportunity_history": tables["opportunity_history"].filter(is_fallen, stage="Won").with_columns(**fall),
    }
    more = {"bookings": "booking", "activities": "activity", "payments": "payment"}
    for name, key in more.items():
        new = tables[name].tail(50).with_columns(pl.concat_str(pl.lit("late-"), key).alias(key))
        said[name] = pl.concat([said[name], new]) if name in said else new
    for name, frame in tables.items():
        keys = ["opportunity", "effective_from"] if name == "opportunity_history" else frame.columns[:1]
        late = said.get(name, frame.clear())
        whole = pl.concat([frame.join(late, on=keys, how="anti"), late]) if name in said else frame
        whole.write_csv(folder / f"{name}.csv")
    return [(f"{name}.csv", frame.write_csv().encode()) for name, frame in said.items()]


def test_what_was_known_before_during_and_after_a_correction_is_what_sql_says(
    demo_company: Loaded, files: Files, tmp_path: Path
) -> None:
    before = demo_company.batch.applied_at
    first, later = (replace(demo_company.actor, now=demo_company.actor.now + dt.timedelta(hours=at)) for at in (1, 2))
    batch = batch_applied(first, batch_created(first, corrected(demo_company.files, tmp_path)))
    during = batch.applied_at
    right, wrong = files.said("today"), figures(company_in(tmp_path), list(ids()), spans(), TODAY)
    columns = {name: name for name in PLAIN}
    assert same(ours(demo_company, PLAIN, TODAY), wrong, columns)
    assert same(ours(demo_company, PLAIN, TODAY, known_at=before), right, columns)
    assert wrong != right
    batch_undone(later, batch)
    assert same(ours(demo_company, PLAIN, TODAY), right, columns)
    assert same(ours(demo_company, PLAIN, TODAY, known_at=during), wrong, columns)
    assert same(ours(demo_company, PLAIN, TODAY, known_at=before), right, columns)
    assert totals_differences().is_empty()
