"""Whether a plan is fair before it is published: a back-cast, six checks and two relations, with how sure one can be.

    person  last year  year before  plan    back-cast target  attained  growth asked  potential
    rita    610,400    540,000      713,183       651,200        0.94        0.21     1,283,000
    checks  within 20 % of the target: 5 of 6, 44 % to 97 %      means ...      too few to tell

Growth asked is the back-cast target against the year before last. People without a last year or a target are left out.
Where the target comes from is in `services.plans.back_cast`; see docs/methods/fairness.md.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

import narwhals as nw
import numpy as np

from quarterdeck.engine.fairness.fit import fitted
from quarterdeck.engine.fairness.pack import fairness, trust
from quarterdeck.records.models import TerritoryHolding
from quarterdeck.services import access
from quarterdeck.services.plans.back_cast import back_cast
from quarterdeck.services.plans.fairness_shapes import Check, FairnessPack, PersonRow, Point, Relation, Size
from quarterdeck.services.plans.potential import potentials_by_person, sources_known
from quarterdeck.services.scene import holder_of
from quarterdeck.services.territories.measures import accounts_placed
from quarterdeck.terms.planning import BACK_CAST

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from quarterdeck.engine.fairness.fit import Fit
    from quarterdeck.services.actor import Actor
    from quarterdeck.services.plans.doors import Door
    from quarterdeck.services.plans.edits import Edits

FEWEST: Final = 3
"""People with a last year below which nothing can be said."""


def fairness_pack(found: Door, edits: Edits) -> FairnessPack:
    """The whole pack, for who works on the plan, about the people whom they see.

    Raises Refusal (`not_visible`) for everybody else; with fewer than three people it says so and shows nothing. At
    most eight queries besides the plan's.
    """
    if not (found.reads_notes and found.seen):
        raise access.not_visible("plan")
    cast = back_cast(found, edits, found.seen)
    size, sizes = _sizes(found)
    rows = tuple(replace(row, size=sizes.get(row.node)) for row in cast.rows) if len(cast.rows) >= FEWEST else ()
    checks = _checks(rows) if rows else ()
    n_people = sum(node.startswith("person:") for node in found.seen)
    return FairnessPack(
        plan_id=found.plan.pk, name=found.plan.name, unit="money" if found.is_money else "count", state=found.state,
        is_whole=found.ground.root in found.seen, is_by_rules=cast.is_by_rules, n_left_out=n_people - len(cast.rows),
        people=rows, checks=checks, relations=tuple(_relations(rows, checks, size)), size=size,
        sentence=_sentence(len(cast.rows), checks),
    )  # fmt: skip


def _checks(rows: Sequence[PersonRow]) -> tuple[Check, ...]:
    columns: dict[str, list[Any]] = {
        "holder_id": [holder_of(row.node)[1] for row in rows], "actual_minor": [row.last_year for row in rows],
        "target_minor": [row.back_cast for row in rows], "size_minor": [row.size for row in rows],
        "growth": [row.growth for row in rows],
    }  # fmt: skip
    schema = BACK_CAST.schema | {"holder_id": nw.Int64}
    names = ("check", "value", "low", "high", "n", "means", "caution")
    found = fairness(nw.from_dict(columns, schema, backend="polars")).select(names)
    return tuple(Check(**row) for row in found.iter_rows(named=True))


# The size of territories


def _sizes(found: Door) -> tuple[Size, dict[str, int]]:
    """Potential of each person as of the plan's first day, or else how many accounts lie in their territories."""
    day = found.plan.starts_on
    source = next(iter(sources_known(found.actor)), "") if found.is_money else ""
    if source:
        return "potential", dict(potentials_by_person(source, day))
    accounts = _accounts_held(found.actor, day)
    return ("accounts", accounts) if accounts else ("", {})


def _accounts_held(actor: Actor, day: dt.date) -> dict[str, int]:
    rows = TerritoryHolding.current.filter(access.so_on(day), person__isnull=False).order_by("effective_from", "pk")
    held = dict(rows.values_list("territory_id", "person_id"))
    lie = accounts_placed(actor, day)["territory_id"].to_list() if held else []
    counts = Counter(held[territory] for territory in lie if territory in held)
    return {f"person:{person}": n for person, n in counts.items()}


# What it says


def _relations(rows: Sequence[PersonRow], checks: Sequence[Check], size: Size) -> list[Relation]:
    by_name = {check.check: check for check in checks}
    found: list[Relation] = []
    if not rows:
        return found
    if size:
        title = "potential of their territory" if size == "potential" else "accounts in their territory"
        pairs = [(row, float(row.size)) for row in rows if row.size is not None]
        unit: Literal["money", "count"] = "money" if size == "potential" else "count"
        found.append(_relation(by_name["size_correlation"], "the size of the territory", title, unit, pairs))
    asked = [(row, row.growth) for row in rows if row.growth is not None]
    found.append(_relation(by_name["growth_correlation"], "the growth asked", "growth asked", "ratio", asked))
    return [one for one in found if len(one.points) >= FEWEST]


def _relation(
    check: Check,
    of: str,
    x_title: str,
    unit: Literal["money", "count", "ratio"],
    pairs: Sequence[tuple[PersonRow, float]],
) -> Relation:
    x, y = np.array([value for _, value in pairs]), np.array([row.attainment for row, _ in pairs])
    line = fitted(x, y)
    points = []
    for row, value in pairs:
        at = line.at(value) if line else (None, None, None)
        points.append(Point(name=row.name, x=value, y=row.attainment, line=at[0], low=at[1], high=at[2]))
    return Relation(
        check=check.check, title=f"Does attainment follow {of}?", x_title=x_title, unit=unit, points=tuple(points),
        sentence=_says(check, line, x), trust=check.trust,
    )  # fmt: skip


def _says(check: Check, line: Fit | None, x: Any) -> str:  # noqa: ANN401  an array
    """Whether it does, by the ranks; and how much, by the line from its lower to its upper quarter."""
    if len(x) and float(np.ptp(x)) == 0:
        return "It cannot be told: it is the same for everybody."
    if check.value is None:
        return "It cannot be told: too few people, or all attained alike."
    if trust(check.n) == "too_few":
        return f"Too few to tell: {check.n} people. {check.caution}"
    told = f"{check.means} {check.caution}".strip()
    if line is None:
        return told
    low, high = (float(np.quantile(x, part)) for part in (0.25, 0.75))
    size = [round(end * (high - low) * 100) for end in (line.slope, line.low, line.high)]
    across = (
        f"From the lower to the upper quarter the line changes by {size[0]:+d} points ({size[1]:+d} to {size[2]:+d})."
    )
    return f"{told} {across}".replace("-", "\N{MINUS SIGN}")


def _sentence(n_people: int, checks: Sequence[Check]) -> str:
    """The pack in a sentence: what stands out, and how sure one can be."""
    if n_people < FEWEST:
        return "Nothing can be told: fewer than three of these people brought something last year."
    if trust(n_people) == "too_few":
        near = next(check for check in checks if check.check == "within")
        return f"Too few to tell: with {n_people} people each of these can be chance. As it is: {near.means}"
    odd = [
        check.means
        for check in checks
        if check.check in {"size_correlation", "growth_correlation"} and _is_apart(check)
    ]  # fmt: skip
    near = next(check for check in checks if check.check == "within")
    return " ".join([near.means, *odd]) if odd else f"{near.means} Attainment follows neither size nor growth asked."


def _is_apart(check: Check) -> bool:
    return (check.low is not None and check.low > 0) or (check.high is not None and check.high < 0)
