"""The public packages b2b-revenue-forecasting and b2b-territory-optimization beside ours, in the same minute.

They live in an environment of their own (var/bench/peers), made on the first run with the Python that runs this, since
what they need is no part of the product. What each does and does not do:

                                      theirs                             ours
    goal down a tree, by month        floats; rows may end in any digit  whole cents that sum at every level
    hedges in a second layer          yes                                yes, each level summing to its parent
    one pin                           all rows are walked                what it touches is solved again
    pins that no plan can meet        reported after the fact            refused with the sums that clash
    proof that it adds up             within a tolerance                 a difference of zero
    why a number is what it is        a report per node                  a derivation per cell, up to the goal
    territories                       one measure, from nothing          several measures, locks, a budget of moves
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from cascade import GOAL, nodes
from measure import cpu_seconds, told
from plan import MARCH, pin
from quarterdeck.engine.calendar.fiscal import FiscalCalendar
from quarterdeck.engine.cascade.cells import plan_cells
from quarterdeck.engine.cascade.plan import plan, repinned
from quarterdeck.engine.cascade.reconciliation import plan_reconciliation
from quarterdeck.engine.territories.proposal import proposed_moves
from territories import company, frame, largest, listed

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

HERE = Path(__file__).resolve().parent
HOME = HERE.parent / "var" / "bench" / "peers"
PACKAGES = ("b2b-revenue-forecasting==0.46.0", "b2b-territory-optimization==0.1.4")
HEDGE = Fraction(1, 20)
ACCOUNTS, TERRITORIES = 5_000, 100


def peers_python() -> Path:
    """The Python of the packages' own environment, which is made when it is not there."""
    python = HOME / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not (HOME / "ready").exists():
        venv.create(HOME, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)  # noqa: S603  named above
        (HOME / "ready").touch()
    return python


def people_of(tree: Frame) -> dict[str, list[Any]]:
    """A row per person as the packages want it: every level by name, and what each weighs."""
    up = dict(tree.select("node_id", "parent_id").iter_rows())
    leaves = [row for row in tree.select("node_id", "weight").iter_rows() if row[1] is not None]
    teams = [up[node] for node, _ in leaves]
    return {
        "company": ["company"] * len(leaves), "region": [f"region {up[team]}" for team in teams],
        "team": [f"team {team}" for team in teams], "person": [node for node, _ in leaves],
        "history": [weight for _, weight in leaves],
    }  # fmt: skip


def theirs(tree: Frame, amount: int, accounts: list[float]) -> dict[str, Any]:
    """What the packages took and found."""
    given = {
        "cascade": {"people": people_of(tree), "goal": GOAL / 100, "months": 12, "hedge": float(HEDGE)}
        | {"pin": amount / 100},
        "territories": {"accounts": accounts, "territories": TERRITORIES},
    }
    done = subprocess.run(  # noqa: S603  our own script
        [peers_python(), HERE / "peers_side.py"], input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Cascade, pin and proof of 5,000 people x 12 months; 5,000 accounts into 100 territories."""
    tree = nodes()
    months = FiscalCalendar().months(2026)
    ours, made = cpu_seconds(lambda: plan(GOAL, tree, months, [1] * 12, basis="history", hedges=[HEDGE] * 3))
    writing, cells = cpu_seconds(lambda: [plan_cells(made, layer=layer) for layer in ("plan", "street")])
    person = made.shape.nodes[int(np.flatnonzero(np.array(made.shape.first_leaf) >= 0)[-1])].node_id
    amount = int(made.months("plan")[made.number(person), 2]) * 11 // 10
    pinning, _ = cpu_seconds(lambda: repinned(made, pin(person, MARCH, amount)))
    proving, proof = cpu_seconds(lambda: plan_reconciliation(made))
    assert not proof.filter(nw.col("difference") != 0).rows()
    amounts, _ = company(ACCOUNTS, TERRITORIES, 1)
    placing, placed = cpu_seconds(lambda: proposed_moves(
        frame(amounts, None), ["potential"], within=0.01, most_moves=0, territories=listed(TERRITORIES)
    ))  # fmt: skip
    peer = theirs(tree, amount, amounts[:, 0].tolist())
    plans, places = peer["cascade"], peer["territories"]
    told("cascade 5,000 x 12, with its cells", f"{ours + writing:.2f} s CPU", f"{plans['cascade']:.2f} s",
        (ours + writing) / plans["cascade"],
        bound=f"{sum(map(len, cells)):,} cells against {plans['rows']:,} rows")  # fmt: skip
    told("  the goal, in whole cents", "0 off", f"{plans['cents_off']:.2f} off", 0.0)
    told("  one pin of a person's month", f"{pinning * 1000:.1f} ms CPU", f"{plans['pin'] * 1000:.0f} ms",
        pinning / plans["pin"], bound=f"theirs changed {plans['pinned_rows']:,} rows")  # fmt: skip
    told("  proof that it adds up", f"{proving * 1000:.0f} ms CPU", f"{plans['proof'] * 1000:.0f} ms",
        proving / plans["proof"], bound=f"{len(proof):,} sums, {plans['checks']:,} checks")  # fmt: skip
    told("territories, 5,000 accounts into 100", f"{placing * 1000:.0f} ms CPU", f"{places['placing'] * 1000:.0f} ms",
        placing / places["placing"], bound=f"{largest(placed):.4f} off against {places['off']:.4f}")  # fmt: skip


if __name__ == "__main__":
    main()
