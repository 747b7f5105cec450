"""Invented desks: what a service would hand over, so that pages can be looked at and tested by themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from quarterdeck.services.desks.shapes import (
    Action,
    DealRow,
    DirectorDesk,
    Figure,
    KindRow,
    Line,
    ManagerDesk,
    MonthRow,
    Notice,
    Progress,
    RepDesk,
    ReportRow,
    RepRow,
    Series,
    TeamRow,
)
from quarterdeck.services.mixes import MixStanding
from quarterdeck.services.year_range import YearRange, year_range
from quarterdeck.terms.period import Period

DAY = dt.date(2026, 3, 17)
MONTH = Period(dt.date(2026, 3, 1), dt.date(2026, 4, 1), "month", "March 2026")
YEAR = Period(dt.date(2026, 1, 1), dt.date(2027, 1, 1), "year", "2026")


def figure(metric: str, value: float | None, unit: str = "money", holder: str = "person:1", **more: object) -> Figure:
    return Figure(
        metric=metric,
        title=metric.replace("_", " ").capitalize(),
        value=value,
        unit=unit,
        holder=holder,
        starts_on=MONTH.starts_on,
        ends_on=MONTH.ends_on,
        as_of=DAY,
        **more,
    )


FIGURES = (
    "target", "actual", "expected", "attainment", "pace", "remaining", "needed_per_day", "projected_finish",
    "open_pipeline", "coverage",
)  # fmt: skip


def progress(period: Period = MONTH, size: int = 1, standing: str = "behind") -> Progress:
    return Progress(
        period=period,
        standing=standing,
        target=figure("target", 9_000_000 * size),
        actual=figure("won_amount", 3_840_050 * size, change=-0.12, change_from="last year"),
        expected=figure("expected", 4_909_091 * size),
        attainment=figure("attainment", 0.4267, "ratio"),
        pace=figure("pace", 0.782, "ratio"),
        remaining=figure("remaining", 5_159_950 * size),
        needed_per_day=figure("needed_per_day", 469_086 * size),
        projected_finish=figure("projected_finish", 7_040_092 * size),
        open_pipeline=figure("open_pipeline", 14_300_000 * size),
        coverage=figure("coverage", 2.77, "ratio"),
        work_days=22,
        work_days_left=11,
    )


def cumulative() -> Series:
    labels = tuple(f"{n} Mar" for n in range(1, 32))
    actual = tuple(min(n, 17) * 225_885 if n <= 17 else None for n in range(1, 32))
    expected = tuple(n * 290_322 for n in range(1, 32))
    return Series(
        title="Am I on pace this month?",
        unit="money",
        labels=labels,
        lines=(Line(name="Won", values=actual), Line(name="Expected", values=expected, kind="expected")),
    )


def deals() -> tuple[DealRow, ...]:
    names = (
        ("Hollis 40 seats", "Hollis Tools", 4_800_000, "Proposal"),
        ("Brandt refit", "Brandt & Söhne", 1_250_000, "Demo"),
        ("Ōkami pilot", "Ōkami KK", None, "Qualified"),
    )
    return tuple(
        DealRow(
            opportunity_id=at,
            code=f"d-{at}",
            name=name,
            stage=stage,
            stage_kind="open",
            account=account,
            amount_minor=amount,
            close_on=DAY + dt.timedelta(days=at * 4 - 6),
            last_activity_on=DAY - dt.timedelta(days=9 * at),
            reasons=("expected to close 2 days ago", f"not touched for {9 * at} days"),
        )
        for at, (name, account, amount, stage) in enumerate(names, 1)
    )


def rep_desk(**changes: object) -> RepDesk:
    actions = tuple(
        Action(kind=kind, title=title, needed_today=needed, done_today=done, why=why)
        for kind, title, needed, done, why in (
            (
                "call",
                "Calls",
                12,
                5,
                "12 calls make 3 meetings at your rate of 1 in 4, pulled towards the team's 1 in 5.",
            ),
            ("meeting", "Meetings", 3, 3, "3 meetings make 1 proposal."),
            ("proposal", "Proposals", 1, 0, "One proposal in three is won; 4,691 USD a day are needed."),
        )
    )
    desk = RepDesk(
        person_id=1,
        person="Rita Moreno",
        as_of=DAY,
        fresh_at=dt.datetime(2026, 3, 17, 9, tzinfo=dt.UTC),
        metric="won_amount",
        metric_title="Won",
        sentence="You are 10,690 USD behind the pace for March: 7 more calls and 1 proposal today bring you back, and "
        "Hollis 40 seats needs you first.",
        notices=(),
        progress=progress(),
        year=progress(YEAR, 12, "on_pace"),
        actions=actions,
        mix=MixStanding(limit=0),
        deals=deals(),
        n_open_deals=14,
        series=cumulative(),
        week=tuple(
            KindRow(kind=kind, title=kind.capitalize() + "s", done=figure(kind, done, "count"), needed=needed)
            for kind, done, needed in (
                ("call", 21, 60),
                ("email", 33, 30),
                ("meeting", 7, 15),
                ("demo", 2, 4),
                ("proposal", 1, 5),
            )
        ),
        week_starts_on=dt.date(2026, 3, 16),
        reports=(
            ReportRow(
                report_id=1,
                person="Rita Moreno",
                reported_on=DAY,
                account="Hollis Tools",
                text="They were offered 8 % less by Northwind, and asked whether we match it.",
            ),
        ),
    )
    return replace(desk, **changes)


def empty_rep_desk(**changes: object) -> RepDesk:
    """Before any goal, deal or activity: nothing is defined, and the page says what to do."""
    nothing = {name: replace(getattr(progress(), name), value=None, note="no target", change=None) for name in FIGURES}
    bare = replace(progress(), standing="unknown", **nothing)
    series = Series(title="Am I on pace this month?", unit="money", labels=(), lines=(Line(name="Won", values=()),))
    empty = {"actions": (), "deals": (), "n_open_deals": 0, "week": (), "reports": (), "fresh_at": None}
    return rep_desk(progress=bare, year=bare, series=series, **empty, **changes)


def crowded_manager_desk(**changes: object) -> ManagerDesk:
    """Three hundred people with names that try to be markup, and amounts as large as a column holds."""
    name = "<img src=x onerror=alert(1)> Wolfeschlegelsteinhausenbergerdorff " * 2
    huge = figure("won_amount", 2**63 - 1)
    reps = tuple(replace(rep_row(name, at, "ahead", name), actual=huge) for at in range(1, 301))
    return manager_desk(reps=reps, sentence=name * 3, team=name, **changes)


def year_lines(size: int) -> tuple[Line, ...]:
    """A team's year so far in three strokes."""
    return tuple(
        Line(name=name, values=tuple(at * step * size if at <= last else None for at in range(1, 13)), kind=kind)
        for name, kind, step, last in (("Won", "actual", 8_300_000, 3), ("Goal", "goal", 3_400_000, 12),
            ("Last year", "last_year", 2_400_000, 12))
    )  # fmt: skip


def finish() -> YearRange:
    """Three months are over, nine are to come."""
    months = [Period(dt.date(2026, at, 1), dt.date(2026 + at // 12, at % 12 + 1, 1)) for at in range(1, 13)]
    brought = [98_000_000, 70_000_000, 126_000_000] + [0] * 9
    return year_range(
        "won_amount", YEAR, months, brought=brought, targets=[100_000_000] * 12, past=[], as_of=dt.date(2026, 3, 31)
    )


def team_row(name: str, key: str, size: int, standing: float | None = 0.93) -> TeamRow:
    money = {"holder": key if key.startswith("team") else "team:1"}
    return TeamRow(
        key=key,
        name=name,
        target=figure("target", 40_000_000 * size, **money),
        actual=figure("won_amount", 31_000_000 * size, **money),
        expected=figure("expected", 33_000_000 * size, **money),
        pace=figure("pace", standing, "ratio", note="no target", **money),
        last_year=figure("won_amount", 28_000_000 * size, **money),
        growth=figure("growth", 0.107, "ratio", **money),
        share=0.31,
        manager="Mona Field" if key.startswith("team") else "",
        standing="behind",
        lines=year_lines(size) if key.startswith("team") else (),
    )


def rep_row(name: str, person_id: int | None, standing: str, *attention: str) -> RepRow:
    return RepRow(
        person_id=person_id,
        position_id=9,
        name=name,
        hats=("rep",),
        standing=standing,
        target=figure("target", 9_000_000),
        actual=figure("won_amount", 3_840_050 if person_id else 0),
        expected=figure("expected", 4_909_091),
        pace=figure("pace", 0.78, "ratio"),
        needed_per_day=figure("needed_per_day", 469_086),
        open_pipeline=figure("open_pipeline", 14_300_000),
        coverage=figure("coverage", 2.77, "ratio"),
        activities_today=figure("activities", 8, "count"),
        activities_week=figure("activities", 31, "count"),
        sparkline=(31, 40, 28, 22, 39, 41, 44, 30, 18, 25, 33, 8),
        attention=attention,
    )


def manager_desk(**changes: object) -> ManagerDesk:
    reps = (
        rep_row("Rita Moreno", 1, "behind", "10,690 USD behind the pace", "two deals past their close date"),
        rep_row("Raj Patel", 2, "ahead"),
        rep_row("Sam Okonkwo", 3, "far_behind", "no meeting for 9 working days"),
        rep_row("Ana Lindqvist-Hernández", 4, "on_pace"),
        rep_row("East 5", None, "unknown", "vacant since 1 Feb: 90,000 USD carried by nobody"),
    )
    desk = ManagerDesk(
        team_id=3,
        team="East",
        as_of=DAY,
        fresh_at=dt.datetime(2026, 3, 17, 9, tzinfo=dt.UTC),
        metric="won_amount",
        metric_title="Won",
        sentence="East is at 78 % of its pace for March; talk to Sam first, then fill East 5.",
        notices=(
            Notice(
                text="The team's targets sum to 12,000 USD less than its own.",
                next_step="Look at the targets",
                link="targets",
            ),
        ),
        progress=progress(size=5),
        year=progress(YEAR, 60, "on_pace"),
        reps=reps,
        teams=(),
        series=replace(cumulative(), title="Is the team on pace this month?"),
    )
    return replace(desk, **changes)


def director_desk(**changes: object) -> DirectorDesk:
    months = []
    so_far = 0
    for at in range(1, 13):
        period = Period(
            dt.date(2026, at, 1), dt.date(2026 + at // 12, at % 12 + 1, 1), "month", dt.date(2026, at, 1).strftime("%B")
        )
        so_far += 98_000_000
        months.append(
            MonthRow(
                period=period,
                target=figure("target", 100_000_000),
                actual=figure("won_amount", 98_000_000 if at < 4 else None, note="not begun"),
                last_year=figure("won_amount", 88_000_000),
                target_so_far=at * 100_000_000,
                actual_so_far=so_far if at < 4 else None,
                last_year_so_far=at * 88_000_000,
            )
        )
    series = Series(
        title="Are we ahead of last year, and on the way to the goal?",
        unit="money",
        labels=tuple(row.period.name[:3] for row in months),
        lines=(
            Line(name="Won", values=tuple(row.actual_so_far for row in months)),
            Line(name="Goal", values=tuple(row.target_so_far for row in months), kind="goal"),
            Line(name="Last year", values=tuple(row.last_year_so_far for row in months), kind="last_year"),
            Line(name="May end from", values=finish().ends.low, kind="low"),
            Line(name="May end at most", values=finish().ends.high, kind="high"),
        ),
        note="The band: where the year may end.",
    )
    desk = DirectorDesk(
        team_id=1,
        team="Harbour & Hale",
        as_of=DAY,
        fresh_at=dt.datetime(2026, 3, 17, 9, tzinfo=dt.UTC),
        metric="won_amount",
        metric_title="Won",
        sentence="We are 2 % behind the goal and 11 % ahead of last year; East decides whether the quarter holds.",
        notices=(),
        goal=figure("goal", 1_200_000_000),
        progress=progress(YEAR, 60, "behind"),
        last_year=figure("won_amount", 264_000_000),
        last_year_whole=figure("won_amount", 1_056_000_000),
        growth=figure("growth", 0.113, "ratio"),
        teams=(
            team_row("East", "team:3", 4),
            team_row("West", "team:4", 3, 1.04),
            team_row("Central", "team:5", 2, None),
        ),
        segments=(
            team_row("Manufacturing", "segment:1", 4),
            team_row("Retail", "segment:2", 3),
            team_row("None", "segment:0", 1),
        ),
        products=(team_row("Ridge 1", "product:1", 5), team_row("Ridge 2", "product:2", 2)),
        months=tuple(months),
        series=series,
        finish=finish(),
    )
    return replace(desk, **changes)
