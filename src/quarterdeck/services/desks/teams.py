"""Rows of teams, segments and products: actual against target and against the same days of last year.

East   target 6,000,000   actual 410,000   expected 395,000   last year 380,000   growth 0.079   share 0.34
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quarterdeck.services.desks.building import figure, progress_of
from quarterdeck.services.desks.shapes import Figure, Line, TeamRow
from quarterdeck.services.desks.words import said
from quarterdeck.services.metrics import unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quarterdeck.services.scene import Scene
    from quarterdeck.terms.period import Period


def ratio(above: float | None, below: float | None) -> float | None:
    """A share or a growth; None where there is nothing to divide by.

    >>> ratio(1, 4), ratio(1, 0), ratio(None, 4)
    (0.25, None, None)
    """
    return None if above is None or not below or below < 0 else above / below


def growth_of(actual: float | None, earlier: float | None) -> float | None:
    """The change on last year, as its share.

    >>> growth_of(120, 100), growth_of(5, 0)
    (0.2, None)
    """
    return None if actual is None else ratio(actual - (earlier or 0), earlier)


def team_rows(  # noqa: PLR0913  what a row is made of
    scene: Scene, metric: str, teams: Sequence[int], year: Period, standing: Mapping[Any, dict[str, Any]],
    *, share_of: str, last_year: Mapping[str, int] | None = None, before: Period | None = None,
    lines: Mapping[str, tuple[Line, ...]] | None = None,
) -> tuple[TeamRow, ...]:  # fmt: skip
    """One row per team, by name. Without last year's numbers growth is not defined."""
    whole = standing[share_of, year.starts_on, year.ends_on]["actual"]
    rows = []
    for team in teams:
        holder = f"team:{team}"
        row = standing[holder, year.starts_on, year.ends_on]
        progress = progress_of(scene, metric, holder, year, row)
        past = (last_year or {}).get(holder)
        rows.append(
            TeamRow(
                key=holder, name=scene.name(holder), target=progress.target, actual=progress.actual,
                expected=progress.expected, pace=progress.pace, share=ratio(row["actual"], whole),
                last_year=past_figure(scene, metric, past, holder, before or year),
                growth=growth_figure(scene, metric, row["actual"], past, holder, year), standing=progress.standing,
                lines=(lines or {}).get(holder, ()),
            )
        )  # fmt: skip
    return tuple(rows)


def past_figure(  # noqa: PLR0913, PLR0917  a figure is its question and its answer
    scene: Scene, metric: str, value: int | None, holder: str, before: Period, slice_by: str = "", slice_value: str = ""
) -> Figure:
    """What the same days of last year brought."""
    note = "" if value is not None else "Nothing is known of last year."
    return figure(
        scene, metric, value, holder, before, title="Last year", note=note, slice_by=slice_by, slice_value=slice_value
    )


def growth_figure(  # noqa: PLR0913, PLR0917  as above
    scene: Scene, metric: str, actual: int | None, earlier: int | None, holder: str, year: Period,
    slice_by: str = "", slice_value: str = "",
) -> Figure:  # fmt: skip
    """The change on the same days of last year."""
    value = growth_of(actual, earlier)
    note = "" if value is not None else "There was nothing in the same days of last year."
    return figure(
        scene, "growth", value, holder, year, of=metric, note=note, slice_by=slice_by, slice_value=slice_value
    )


def furthest_behind(
    scene: Scene, teams: Sequence[int], year: Period, standing: Mapping[Any, dict[str, Any]]
) -> tuple[str, str] | None:
    """The team that is furthest behind its pace, and by how much, said; None when none is."""
    rows = {pk: standing[f"team:{pk}", year.starts_on, year.ends_on] for pk in teams}
    gaps = {
        pk: row["expected"] - row["actual"] for pk, row in rows.items() if row["expected"] and (row["pace"] or 0) < 1
    }
    if not gaps:
        return None
    worst = max(sorted(gaps), key=lambda pk: gaps[pk])
    return scene.team_names[worst], said(gaps[worst], unit_of(scene.metric), scene.company.currency)  # type: ignore[arg-type]  # one of four units
