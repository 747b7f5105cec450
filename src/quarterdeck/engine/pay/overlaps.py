"""Two plans for one person at one time: refused before anybody is paid twice.

reps-2025  rita  [2025-01-01, 2026-01-01)     reps-june  rita  [2025-06-01, 2026-01-01)   ->   a finding for rita
from June
"""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from typing import TYPE_CHECKING

from quarterdeck.engine.pay.grid import grid
from quarterdeck.terms.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quarterdeck.engine.pay.definitions import Plan
    from quarterdeck.terms.tables import Frame


def plan_overlaps(plans: Sequence[Plan], people: Frame) -> list[Finding]:
    """One error per pair of plans and person whom both pay on some day; `people` is PAY_PEOPLE."""
    found = []
    grids = [grid(plan, people, plan.effective_to - dt.timedelta(days=1)) for plan in plans]
    for one, other in combinations(grids, 2):
        for person in sorted(set(one.payees) & set(other.payees)):
            days = [
                max(a[0], b[0])
                for a in one.spans[person]
                for b in other.spans[person]
                if max(a[0], b[0]) < min(a[1], b[1])
            ]
            if days:
                found.append(
                    Finding(
                        file="people",
                        row=None,
                        column="person_id",
                        value=person,
                        rule="two_plans",
                        severity="error",
                        message=f"{one.plan.name} and {other.plan.name} both pay {person} from {min(days)}.",
                        remedy="End one of the plans, or let each plan's 'who' ask for its own people.",
                    )
                )
    return found
