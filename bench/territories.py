"""Territories: 50,000 accounts into 500 on one measure, and 300 into 12 on two measures with at most 15 % moves.

References, in the same minute: largest-first with a linear look for the poorest territory, as the public package
b2b-territory-optimization does it (that package itself where it is installed beside pandas); for two measures random
moves that are kept when they help, for ten times as long as ours took, and HiGHS with ten seconds where highspy is
installed. The ratios are of CPU for one measure, and of the largest deviation left for two. Bounds: 0.5 s and 10 s.
"""

from __future__ import annotations

import importlib
import importlib.util
import time
from fractions import Fraction
from typing import Any

import narwhals as nw
import numpy as np

from measure import cpu_seconds, told
from quarterdeck.engine.territories.proposal import Proposal, proposed_moves

MANY, TERRITORIES, FEW, REGIONS = 50_000, 500, 300, 12
HIGHS_SECONDS = 10.0
Floats = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]


def company(n_accounts: int, n_territories: int, seed: int) -> tuple[Floats, Places]:
    """Potential and visits of accounts, and where they lie: unevenly."""
    rng = np.random.default_rng(seed)
    amounts = np.stack([rng.lognormal(10, 1, n_accounts), rng.integers(1, 40, n_accounts)], axis=1).astype(np.int64)
    return amounts.astype(float), rng.choice(n_territories, n_accounts, p=rng.dirichlet(np.ones(n_territories) * 4))


def frame(amounts: Floats, home: Places | None) -> nw.DataFrame[Any]:
    """What ours reads."""
    territory = [None] * len(amounts) if home is None else home.tolist()
    data = {"account_id": list(range(len(amounts))), "territory_id": territory}
    measures = {"potential": amounts[:, 0].astype(int), "visits": amounts[:, 1].astype(int)}
    schema: dict[str, Any] = dict.fromkeys(data | measures, nw.Int64)
    return nw.from_dict(data | measures, schema, backend="polars")


def listed(n: int) -> nw.DataFrame[Any]:
    """The territories."""
    return nw.from_dict({"territory_id": list(range(n))}, backend="polars")


def largest(found: Proposal) -> float:
    """The largest deviation on any measure."""
    return max(found.after["largest_deviation"].to_list())


def poorest_first(sizes: list[float], n_territories: int) -> dict[str, float]:
    """The package's inner loop: every account goes to the poorest, found by looking at all."""
    totals = {f"t{at}": 0.0 for at in range(n_territories)}
    for size in sorted(sizes, reverse=True):
        poorest = min(totals.items(), key=lambda item: item[1])[0]
        totals[poorest] += size
    return totals


def package(amounts: Floats, n_territories: int) -> dict[str, float] | None:
    """The public package on the same accounts; None where it is not installed."""
    if not (importlib.util.find_spec("b2b_territory_optimization") and importlib.util.find_spec("pandas")):
        return None
    pandas = importlib.import_module("pandas")
    allocator = importlib.import_module("b2b_territory_optimization").TerritoryAllocator(target_metric="Estimated_TAM")
    rows = pandas.DataFrame({"Account_ID": range(len(amounts)), "Estimated_TAM": amounts[:, 0]})
    placed = allocator.allocate_bucket(rows, n_territories, "all")
    sums: dict[str, float] = placed.groupby("Territory_ID")["Estimated_TAM"].sum().to_dict()
    return sums


def off(totals: dict[str, float]) -> float:
    """The largest deviation from the mean."""
    values = np.array(list(totals.values()))
    return float(np.abs(values / values.mean() - 1).max())


def random_moves(amounts: Floats, home: Places, budget: int, seconds: float) -> float:
    """Random single moves kept when they lower the largest deviation: what a patient script does."""
    rng, place = np.random.default_rng(1), home.copy()
    shares = amounts / amounts.sum(axis=0) * REGIONS
    loads = np.zeros((REGIONS, 2))
    np.add.at(loads, place, shares)
    best, ends = float(np.abs(loads - 1).max()), time.process_time() + seconds
    while time.process_time() < ends:
        account, to = int(rng.integers(len(home))), int(rng.integers(REGIONS))
        after = loads.copy()
        after[place[account]] -= shares[account]
        after[to] += shares[account]
        moved = place.copy()
        moved[account] = to
        if np.abs(after - 1).max() < best and (moved != home).sum() <= budget:
            best, loads, place = float(np.abs(after - 1).max()), after, moved
    return best


def solver(amounts: Floats, home: Places, budget: int) -> float | None:
    """HiGHS on the exact problem, least largest deviation; None where highspy is not installed."""
    if not importlib.util.find_spec("highspy"):
        return None
    highspy = importlib.import_module("highspy")
    shares = amounts / amounts.sum(axis=0) * REGIONS
    model = highspy.Highs()
    model.silent()
    model.setOptionValue("time_limit", HIGHS_SECONDS)
    far = model.addVariable(0, highspy.kHighsInf, 1.0)
    lies = [[model.addBinary() for _ in range(REGIONS)] for _ in home]
    for account in lies:
        model.addConstr(sum(account) == 1)
    for at in range(REGIONS):
        for measure in range(2):
            load = sum(float(share[measure]) * account[at] for share, account in zip(shares, lies, strict=True))
            model.addConstr(load - far <= 1)
            model.addConstr(load + far >= 1)
    model.addConstr(sum(account[at] for account, at in zip(lies, home, strict=True)) >= len(home) - budget)
    model.minimize()
    return float(model.getInfo().objective_function_value)


def one_measure() -> None:
    """50,000 accounts into 500 territories: from nothing, and from an uneven start with 15 % moves."""
    amounts, home = company(MANY, TERRITORIES, 1)
    loose, start, places = frame(amounts, None), frame(amounts, home), listed(TERRITORIES)
    ours, placed = cpu_seconds(
        lambda: proposed_moves(loose, ["potential"], within=0.01, most_moves=0, territories=places)
    )
    theirs, totals = cpu_seconds(lambda: poorest_first(amounts[:, 0].tolist(), TERRITORIES), times=1)
    assert largest(placed) <= off(totals) + 1e-9
    told("territories, 50,000 accounts into 500", f"{ours:.3f} s CPU", f"{theirs:.2f} s largest first", ours / theirs,
        bound=f"bound 0.5 s; {largest(placed):.4f} off, reference {off(totals):.4f}")  # fmt: skip
    again, evened = cpu_seconds(
        lambda: proposed_moves(start, ["potential"], within=0.02, most_moves=Fraction(15, 100), territories=places)
    )
    assert evened.disruption.n_moved <= MANY * 15 // 100
    told("  evened out with at most 15 % moves", f"{again:.3f} s CPU", f"{theirs:.2f} s largest first", again / theirs,
        bound=f"bound 0.5 s; {evened.before['largest_deviation'][0]:.2f} -> {largest(evened):.3f} off, "
        f"{evened.disruption.n_moved} moves (the reference moves nearly all)")  # fmt: skip
    began = time.process_time()
    if peer := package(amounts, TERRITORIES):
        took = time.process_time() - began
        told("  against b2b-territory-optimization", f"{ours:.3f} s CPU", f"{took:.2f} s", ours / took,
            bound=f"{off(peer):.4f} off")  # fmt: skip


def two_measures() -> None:
    """300 accounts x 12 territories, potential and visits, at most 15 % moves; three companies."""
    for seed in range(3):
        amounts, home = company(FEW, REGIONS, seed)
        start, places, budget = frame(amounts, home), listed(REGIONS), FEW * 15 // 100
        ours, found = cpu_seconds(
            lambda start=start, places=places: proposed_moves(  # type: ignore[misc]
                start, ["potential", "visits"], within=0, most_moves=Fraction(15, 100), territories=places
            )
        )
        assert found.disruption.n_moved <= budget
        patient = random_moves(amounts, home, budget, 10 * ours)
        best = solver(amounts, home, budget)
        more = "" if best is None else f", HiGHS in {HIGHS_SECONDS:.0f} s {best:.3f}"
        left, was = largest(found), max(found.before["largest_deviation"].to_list())
        told(f"territories, 300 x 12, two measures, {seed}", f"{left:.3f} off", f"{patient:.3f} random moves",
            left / patient, bound=f"bound 10 s; {ours:.3f} s CPU, {was:.2f} off before{more}")  # fmt: skip


if __name__ == "__main__":
    one_measure()
    two_measures()
