"""What the three desks are built of: figures with their question, a holder's progress, and how fresh the facts are.

a row of engine.metrics.progress  ->  Progress(target=Figure(...), actual=Figure(...), pace=Figure(...), ...)
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from quarterdeck.services.desks.shapes import Figure, Number, Progress, Unit
from quarterdeck.services.desks.words import amount_of, of_said, said, standing_of
from quarterdeck.services.metrics import title_of, unit_of

if TYPE_CHECKING:
    from quarterdeck.services.scene import Scene
    from quarterdeck.terms.period import Period
    from quarterdeck.terms.tables import Frame

_NO_TARGET: Final = "No target is set for this period."
_PARTS: Final = (
    "target", "actual", "expected", "attainment", "pace", "remaining", "needed_per_day", "projected_finish",
    "open_pipeline", "coverage",
)  # fmt: skip


def figure(  # noqa: PLR0913  a figure is its question and its answer
    scene: Scene, metric: str, value: Number | None, holder: str, period: Period, *, of: str = "",
    **more: Any,  # noqa: ANN401  fields of a figure
) -> Figure:  # fmt: skip
    """A number of a holder in a period, as of the scene's day."""
    unit: Unit = more.pop("unit", None) or unit_of(metric, of)  # type: ignore[assignment]  # definitions know four units
    if isinstance(value, float) and unit in {"money", "count"}:
        value = round(value)
    return Figure(
        metric=metric, of=of, title=more.pop("title", "") or title_of(metric, of), value=value, unit=unit,
        holder=holder, starts_on=period.starts_on, ends_on=period.ends_on, as_of=scene.as_of, **more,
    )  # fmt: skip


def rows_by_key(rows: Frame) -> dict[tuple[str, dt.date, dt.date], dict[str, Any]]:
    """Rows of engine.metrics.progress by holder and days."""
    return {
        (f"{row['holder_kind']}:{row['holder_id']}", row["starts_on"], row["ends_on"]): row
        for row in rows.iter_rows(named=True)
    }


def progress_of(scene: Scene, metric: str, holder: str, period: Period, row: dict[str, Any]) -> Progress:
    """A row of engine.metrics.progress as figures; each that is not defined says why."""
    notes = _notes(row)
    figures = {name: _figure(scene, name, metric, holder, period, row, notes.get(name, "")) for name in _PARTS}
    return Progress(
        period=period,
        standing=standing_of(row["pace"], remaining=row["remaining"], target=row["target"]),
        work_days=row["days_total"] or 0.0,
        work_days_left=row["days_left"] or 0.0,
        **figures,
    )


def _figure(  # noqa: PLR0913, PLR0917  as above
    scene: Scene, name: str, metric: str, holder: str, period: Period, row: dict[str, Any], note: str
) -> Figure:
    if name == "actual":
        return figure(scene, metric, row["actual"], holder, period)
    if name == "open_pipeline":
        return figure(scene, name, row[name], holder, period)
    return figure(scene, name, row[name], holder, period, of=metric, note=note if row[name] is None else "")


def _notes(row: dict[str, Any]) -> dict[str, str]:
    """Why a figure of a row is not defined."""
    if row["target"] is None:
        named = ("target", "expected", "attainment", "pace", "remaining", "needed_per_day", "coverage")
        notes = dict.fromkeys(named, _NO_TARGET)
    else:
        notes = {
            "attainment": "The target is zero.",
            "expected": "The period has no working days.",
            "pace": "Nothing is expected yet.",
            "needed_per_day": "No working day is left.",
            "coverage": "Nothing remains to be covered.",
        }
    return notes | {"projected_finish": "No working day has passed."}


def standing_said(scene: Scene, progress: Progress, who: str, *, verbs: tuple[str, str] = ("is", "has")) -> str:
    """Where a holder stands in a period, as the beginning of a sentence: no full stop, what to do comes after.

    East is 78,618 USD behind pace with 49,550 of the 152,580 USD of bookings for November 2026
    """
    unit, currency = progress.actual.unit, scene.company.currency
    title, name = progress.actual.title, progress.period.name
    be, have = verbs
    actual, target = progress.actual.value, progress.target.value
    if target is None:
        return f"{who} {have} {amount_of(actual, unit, currency, title)} in {name} and no target to reach"
    sized = f"{of_said(actual, target, unit, currency, title)} for {name}"
    if progress.remaining.value == 0:
        return f"{who} {have} reached the target with {sized}"
    if not progress.expected.value:
        return f"{who} {have} {sized}, and nothing is expected yet"
    gap = round(actual or 0) - round(progress.expected.value)
    # Over a year pace is even, while months have a season: whoever looks must not take the one for the other.
    pace = "an even pace" if progress.period.kind == "year" else "pace"
    if progress.standing == "on_pace" or not gap:
        return f"{who} {be} on {pace} with {sized}"
    word = "ahead of" if gap > 0 else "behind"
    return f"{who} {be} {said(abs(gap), unit, currency)} {word} {pace} with {sized}"


def sentence(stands: str, then: str) -> str:
    """Where somebody stands and what to do next: one sentence with one full stop."""
    return f"{stands}: {then}." if then else f"{stands}."


def is_telling(progress: Progress) -> bool:
    """Whether enough of a period has passed for its pace to say something: a tenth of its working days."""
    return progress.work_days - progress.work_days_left >= progress.work_days / 10
