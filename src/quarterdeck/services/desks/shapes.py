"""What a desk hands to a face: plain frozen values, and every number among them a `Figure`.

A figure carries the question it answers (metric, holder, days, slice), so that each number on a page opens to its
because. A face lays figures out; it never computes one:

    Figure(metric="won_amount", holder="person:7", value=4200000, unit="money", ...)  ->  42,000  /because?metric=...

Shapes: one value per thing shown; amounts in whole minor units, ratios as ratios, days as a number of days. A value of
None means not defined (nothing to divide by, no target), and `note` says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from quarterdeck.services.deal_names import beside, deal_label, in_text
from quarterdeck.terms.period import Period  # noqa: TC001  the API reads these annotations at run time

if TYPE_CHECKING:
    from quarterdeck.services.mixes import MixStanding
    from quarterdeck.services.year_range import YearRange

Unit = Literal["money", "count", "ratio", "days"]
Number: TypeAlias = int | float | Fraction
Standing = Literal["ahead", "on_pace", "behind", "far_behind", "unknown"]
"""How the actual stands against what was expected by now; a word and a shape on a page, a colour only third."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number on a page, with the question that it answers.

    `of` names the metric meant by a derived one (attainment of won_amount). `change` is a ratio against `change_from`
    ("last year"). `value` is None where the number is not defined, and `note` then says why.

    >>> day = dt.date(2018, 1, 2)
    >>> figure = Figure(metric="won_amount", title="Won", value=1200, unit="money", holder="person:7",
    ...     starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2018, 2, 1), as_of=day)
    >>> figure.query()["holder"], figure.query()["starts_on"], "slice_by" in figure.query()
    ('person:7', '2018-01-01', False)
    """

    metric: str
    title: str
    value: Number | None
    unit: Unit
    holder: str
    starts_on: dt.date
    ends_on: dt.date
    as_of: dt.date
    of: str = ""
    slice_by: str = ""
    slice_value: str = ""
    tree: str = "then"
    change: float | None = None
    change_from: str = ""
    note: str = ""

    def query(self) -> dict[str, str]:
        """What the because page takes: enough to compute the number again; nothing that is empty."""
        asked = {
            "metric": self.metric,
            "of": self.of,
            "holder": self.holder,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "as_of": self.as_of.isoformat(),
            "slice_by": self.slice_by,
            "slice_value": self.slice_value,
            "tree": "" if self.tree == "then" else self.tree,
        }
        return {name: value for name, value in asked.items() if value or (name == "slice_value" and self.slice_by)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a reader must know before trusting a page: a goal that is missing, targets that do not sum."""

    text: str
    next_step: str = ""
    link: str = ""
    """Where the next step is taken: "goals", "targets", "imports", "people"; empty for nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to do today: how many, how many are done, and why that many."""

    kind: str
    title: str
    needed_today: int
    done_today: int
    why: str
    because: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether today's number is reached."""
        return self.done_today >= self.needed_today


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRow:
    """A deal as it stood on the as-of day; its own page is the because of its amount."""

    opportunity_id: int
    code: str
    name: str
    stage: str
    stage_kind: str
    forecast_category: str = ""
    amount_minor: int | None = None
    person_id: int | None = None
    person: str = ""
    account_id: int | None = None
    account: str = ""
    product_id: int | None = None
    product: str = ""
    opened_on: dt.date | None = None
    close_on: dt.date | None = None
    closed_on: dt.date | None = None
    last_activity_on: dt.date | None = None
    need: float = 0.0
    """How much it needs its owner, by engine.actions; the order of the list."""
    reasons: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What people call it: its name, else account and product."""
        return deal_label(self.name, self.code, self.account, self.product)

    @property
    def beside(self) -> str:
        """The code, where it is needed beside the label."""
        return "" if self.label == self.code else beside(self.name, self.code)

    @property
    def in_text(self) -> str:
        """What running text calls it."""
        return in_text(self.label, self.beside)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A field report as a list shows it."""

    report_id: int
    person: str
    reported_on: dt.date
    text: str
    account: str = ""
    opportunity: str = ""
    person_id: int | None = None
    account_id: int | None = None
    opportunity_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chart; `values` are as many as the labels, None where there is nothing to say."""

    name: str
    values: tuple[int | float | None, ...]
    kind: Literal["actual", "expected", "last_year", "goal", "low", "high", "bar"] = "actual"
    """`low` and `high` are the edges of a band; a `bar` stands for each label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A chart and the table behind it: labels (days or months) and lines over them. The title is a question."""

    title: str
    unit: Unit
    labels: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""
    """What a reader must know to read it: what its band means, or why there is none."""
    head: str = "When"
    """What the labels are."""

    @property
    def rows(self) -> list[tuple[str, tuple[int | float | None, ...]]]:
        """The table behind the chart: one row per label.

        >>> Series(title="?", unit="count", labels=("a", "b"), lines=(Line(name="n", values=(1, None)),)).rows
        [('a', (1,)), ('b', (None,))]
        """
        return [(label, tuple(line.values[at] for line in self.lines)) for at, label in enumerate(self.labels)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a holder stands in a period; the same figures on every desk."""

    period: Period
    standing: Standing
    target: Figure
    actual: Figure
    expected: Figure
    attainment: Figure
    pace: Figure
    remaining: Figure
    needed_per_day: Figure
    projected_finish: Figure
    open_pipeline: Figure
    coverage: Figure
    work_days: float
    work_days_left: float

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All of them, in the order of a desk."""
        return (
            self.target, self.actual, self.expected, self.attainment, self.pace, self.remaining, self.needed_per_day,
            self.projected_finish, self.open_pipeline, self.coverage,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """This week's activities of one kind against what the week needs."""

    kind: str
    title: str
    done: Figure
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepDesk:
    """Today, for one person."""

    person_id: int
    person: str
    as_of: dt.date
    version: int = 0
    """The data's version, read before everything else: a later write shows up as a newer one."""
    fresh_at: dt.datetime | None
    """When the newest fact became known; None before any."""
    metric: str
    metric_title: str
    sentence: str
    """One sentence: where they stand and what to do next."""
    evidence: tuple[str, ...] = ()
    """Facts that the sentence rests on, in a few words each."""
    notices: tuple[Notice, ...]
    progress: Progress
    """The fiscal month."""
    year: Progress
    """The fiscal year."""
    actions: tuple[Action, ...]
    mix: MixStanding
    """How far they may shift their actions, and how they do."""
    deals: tuple[DealRow, ...]
    n_open_deals: int
    series: Series
    """Actual and expected so far, day by day, over the fiscal month."""
    week: tuple[KindRow, ...]
    week_starts_on: dt.date
    reports: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepRow:
    """One seat of a team: a person with their numbers, or a vacancy with its target."""

    person_id: int | None
    """None while the seat is vacant."""
    position_id: int | None
    name: str
    hats: tuple[str, ...]
    standing: Standing
    target: Figure
    actual: Figure
    expected: Figure
    pace: Figure
    needed_per_day: Figure
    open_pipeline: Figure
    coverage: Figure
    activities_today: Figure
    activities_week: Figure
    sparkline: tuple[int, ...]
    """Activities of the last twelve weeks, oldest first."""
    attention: tuple[str, ...]
    """What needs the manager's attention, in words; empty when nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """A team, segment or product against its target and last year."""

    key: str
    """"team:3", "segment:4", "product:9"; "segment:0" for facts without one."""
    name: str
    target: Figure | None
    actual: Figure
    expected: Figure | None
    pace: Figure | None
    last_year: Figure
    """The same days of last year."""
    growth: Figure
    share: float | None
    """Share of the whole, of the actual."""
    manager: str = ""
    standing: Standing = "unknown"
    lines: tuple[Line, ...] = ()
    """The year so far, month by month, for a small chart: actual, goal, last year. Empty where none is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerDesk:
    """Team, for one team and everybody below it."""

    team_id: int
    team: str
    as_of: dt.date
    version: int = 0
    """The data's version, read before everything else: a later write shows up as a newer one."""
    fresh_at: dt.datetime | None
    metric: str
    metric_title: str
    sentence: str
    """One sentence: where they stand and what to do next."""
    evidence: tuple[str, ...] = ()
    """Facts that the sentence rests on, in a few words each."""
    notices: tuple[Notice, ...]
    progress: Progress
    year: Progress
    reps: tuple[RepRow, ...]
    """People of the team itself, then vacancies."""
    teams: tuple[TeamRow, ...]
    """Teams directly below, to drill into."""
    series: Series


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """One fiscal month of the year, alone and summed since the year's start."""

    period: Period
    target: Figure
    actual: Figure
    last_year: Figure
    target_so_far: int | None
    actual_so_far: int | None
    """None for months that have not begun."""
    last_year_so_far: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorDesk:
    """Direction, for one fiscal year."""

    team_id: int
    team: str
    as_of: dt.date
    version: int = 0
    """The data's version, read before everything else: a later write shows up as a newer one."""
    fresh_at: dt.datetime | None
    metric: str
    metric_title: str
    sentence: str
    """One sentence: where they stand and what to do next."""
    evidence: tuple[str, ...] = ()
    """Facts that the sentence rests on, in a few words each."""
    notices: tuple[Notice, ...]
    goal: Figure
    progress: Progress
    last_year: Figure
    """The same days of last year."""
    last_year_whole: Figure
    growth: Figure
    teams: tuple[TeamRow, ...]
    segments: tuple[TeamRow, ...]
    products: tuple[TeamRow, ...]
    months: tuple[MonthRow, ...]
    series: Series
    """Goal, actual and last year, month by month, summed since the year's start, and the band of where it may end."""
    finish: YearRange | None = None
    """Where the year may end."""
