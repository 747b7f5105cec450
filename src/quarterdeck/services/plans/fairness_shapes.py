"""What the fairness pack shows: checks with how sure one can be, people by name, points with the line through them.

within   0.83   0.44 to 0.97   6 people   "83% would have ended within 20% of their target."   too few to tell

Amounts in minor units (or counts), attainment, growth and intervals as ratios.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from quarterdeck.engine.fairness.pack import trust
from quarterdeck.services.listing import Listing, whole
from quarterdeck.terms.tables import Column

SAYS: Final = {"too_few": "too few to tell", "unsure": "unsure", "enough": "fairly sure"}
TITLES: Final = {
    "size_correlation": "Attainment and size of the territory", "growth_correlation": "Attainment and growth asked",
    "within": "Within 20 % of the target", "cv": "How far people differ", "iqr": "The middle half",
    "bimodality": "One heap or two",
}  # fmt: skip
Size = Literal["potential", "accounts", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of fairness, as the engine says it."""

    check: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    means: str
    caution: str

    @property
    def title(self) -> str:
        """What is looked at."""
        return TITLES[self.check]

    @property
    def trust(self) -> str:
        """Whether it is too few people to tell, unsure or fairly sure."""
        return SAYS[trust(self.n)]

    @property
    def unit(self) -> str:
        """How its value is written: correlations and the coefficient are plain numbers."""
        return "ratio" if self.check in {"within", "cv", "iqr"} else "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person in the back-cast."""

    node: str
    name: str
    last_year: int
    year_before: int | None
    plan_year: int
    back_cast: int
    size: int | None = None

    @property
    def attainment(self) -> float:
        """What they brought against the back-cast target."""
        return self.last_year / self.back_cast

    @property
    def growth(self) -> float | None:
        """The back-cast target against what they brought the year before; None where they brought nothing.

        To a tenth of a percent: cents that were rounded must not look like a difference.
        """
        before = self.year_before or 0
        return round(self.back_cast / before - 1, 3) if before > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A person in a chart: where they are, and the line with its band there."""

    name: str
    x: float
    y: float
    line: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Attainment against something: the points, the line through them, and what it says."""

    check: str
    title: str
    x_title: str
    unit: Literal["money", "count", "ratio"]
    points: tuple[Point, ...]
    sentence: str
    trust: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessPack:
    """What to read before a plan is published."""

    plan_id: int
    name: str
    unit: str
    state: str
    is_whole: bool
    """Whether it is about everybody in the plan; else about the people whom the actor sees."""
    is_by_rules: bool
    """Whether targets are the plan's rules on the year before last; else the plan's own shares of last year."""
    n_left_out: int
    people: tuple[PersonRow, ...]
    checks: tuple[Check, ...]
    relations: tuple[Relation, ...]
    size: Size
    sentence: str

    @property
    def listing(self) -> Listing[dict[str, Any]]:
        """The back-cast for files, by name."""
        kind: Literal["money", "count"] = "money" if self.unit == "money" else "count"
        size: Literal["money", "count"] = "money" if self.size == "potential" else "count"
        columns = (
            Column("name", "text", "Who, by name."), Column("last_year", kind, "What they brought last year."),
            Column("year_before", kind, "What they brought in the same months of the year before."),
            Column("plan_year", kind, "Their year by this plan."),
            Column("back_cast", kind, "Their share, by this plan, of what all brought last year."),
            Column("attainment", "ratio", "Last year against the back-cast target."),
            Column("growth", "ratio", "The back-cast target against the year before."),
            Column("size", size, "Potential of their territory, or accounts in it."),
        )  # fmt: skip
        rows = [{column.name: getattr(row, column.name) for column in columns} for row in self.people]
        return whole(f"Fairness of plan {self.plan_id}", columns, rows)
