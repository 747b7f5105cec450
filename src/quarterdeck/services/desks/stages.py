"""From activity to won deal: how long a team's deals of the last twelve months took from step to step.

won deals of rita and raj, with their calls, meetings and proposals   ->   proposal 14 days to the deal, meeting 7
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals as nw

from quarterdeck.engine.actions.durations import stage_days
from quarterdeck.engine.actions.history import FUNNEL, WINDOW_DAYS
from quarterdeck.records.models import Activity
from quarterdeck.services.kept import kept

if TYPE_CHECKING:
    from collections.abc import Collection

    from quarterdeck.engine.actions.durations import StageDays
    from quarterdeck.services.scene import Scene


def team_stage_days(scene: Scene, people: Collection[int]) -> tuple[StageDays, ...]:
    """Durations of steps in deals that people won in the twelve months up to the day; kept while data stays."""
    name = f"stage days {scene.as_of} {sorted(people)}"
    found: tuple[StageDays, ...] = kept(name, lambda: _read(scene.as_of, people), scene.version)
    return found


def _read(as_of: dt.date, people: Collection[int]) -> tuple[StageDays, ...]:
    since = as_of - dt.timedelta(days=WINDOW_DAYS)
    is_won = "opportunity__states"
    done = Activity.current.filter(
        kind__in=[kind for kind, _ in FUNNEL], happened_on__lte=as_of, opportunity__withdrawn_at=None,
        **{
            f"{is_won}__stage_kind": "won", f"{is_won}__person_id__in": sorted(people),
            f"{is_won}__effective_from__gt": since, f"{is_won}__effective_from__lte": as_of,
        },
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for deal, kind, day, won_on in done.values_list(
        "opportunity_id", "kind", "happened_on", f"{is_won}__effective_from"
    ):
        rows += [(deal, kind, day), (deal, "won", won_on)]
    types: dict[str, Any] = {"opportunity_id": nw.Int64, "kind": nw.String, "day": nw.Date}
    columns = {name: [row[at] for row in rows] for at, name in enumerate(types)}
    return stage_days(nw.from_dict(columns, types, backend="polars"))
