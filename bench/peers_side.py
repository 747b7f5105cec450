"""The public packages at work: run by bench/peers.py with the Python of their own environment, never with ours.

Reads one JSON object from standard input (people, goal, months, hedge, pin, accounts, territories) and writes one with
CPU seconds and what came out. Imports of the packages are not counted.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def timed(call: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of a call, silent, and its result."""
    begun = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = call()
    return time.process_time() - begun, result


def cascade(given: dict[str, Any]) -> dict[str, Any]:
    """The goal down company, region, team, person for every month by last year's amounts; one pin; the proof."""
    pandas: Any = importlib.import_module("pandas")
    peer: Any = importlib.import_module("b2b_revenue_forecasting")
    people = pandas.DataFrame(given["people"])
    months = [at + 1 for at in range(given["months"])]
    targets = pandas.DataFrame(
        {"company": ["company"] * len(months), "month": months, "target": [given["goal"] / len(months)] * len(months)}
    )
    spec = peer.MetricSpec("history", columns=["history"], weight=1.0)

    def run() -> Any:  # noqa: ANN401  a frame of the package
        return peer.cascade_many(
            people, targets, ["company"], "target", ["company", "region", "team", "person"], metrics=[spec],
            hedge_multiplier=1 + given["hedge"], on_error="raise",
        )[0]  # fmt: skip

    took, quotas = timed(run)
    first = people["person"][0]
    pinning, (pinned, _) = timed(lambda: peer.apply_pins(quotas, [peer.Pin(first, given["pin"], scope={"month": 3})]))
    proving, proof = timed(lambda: peer.reconcile(quotas, tolerance=0.005))
    whole = quotas[quotas["node_id"] == "company"]["base_quota"].sum()
    leaves = quotas[quotas["node_id"].isin(people["person"])]
    cents = leaves["base_quota"].round(2).sum()
    return {
        "cascade": took, "pin": pinning, "proof": proving, "rows": len(quotas), "checks": len(proof),
        "whole_off": abs(whole - given["goal"]), "cents_off": abs(cents - given["goal"]),
        "pinned_rows": int((pinned["base_quota"] != quotas["base_quota"]).sum()),
    }  # fmt: skip


def territories(given: dict[str, Any]) -> dict[str, Any]:
    """Accounts into territories from nothing: all it can do in one go; a rebalance is suggested pair by pair."""
    pandas: Any = importlib.import_module("pandas")
    peer: Any = importlib.import_module("b2b_territory_optimization")
    rows = pandas.DataFrame({"Account_ID": range(len(given["accounts"])), "Estimated_TAM": given["accounts"]})
    allocator = peer.TerritoryAllocator(target_metric="Estimated_TAM")
    took, placed = timed(lambda: allocator.allocate_bucket(rows, given["territories"], "all"))
    sums = placed.groupby("Territory_ID")["Estimated_TAM"].sum()
    return {"placing": took, "off": float((sums / sums.mean() - 1).abs().max())}


if __name__ == "__main__":
    given = json.load(sys.stdin)
    found = {name: function(given[name]) for name, function in (("cascade", cascade), ("territories", territories))}
    json.dump(found, sys.stdout)
