"""Metrics for whoever asks: any holder, period and slice, as of a day and by what was known at an instant.

    metrics(actor, ["won_amount", "win_rate"], holders=["team:3"], periods=[march], as_of=...)

    metric      holder  name  starts_on   ends_on     slice  slice_name  value     numerator  denominator
    won_amount  team:3  East  2025-03-01  2025-04-01                     12000000  12000000
    win_rate    team:3  East  2025-03-01  2025-04-01                     0.25      1          4

What compares with a target or with last year (attainment, pace, growth, ...) is asked for with `of`, the metric it
compares. Whoever may not see a holder is told that there is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw

from quarterdeck.engine.metrics.definitions import METRICS, Slice, metric_named
from quarterdeck.engine.metrics.progress import growth, progress, standings
from quarterdeck.engine.metrics.shares import work_shares
from quarterdeck.engine.metrics.values import metric_values
from quarterdeck.records.models import Person, Product, Segment
from quarterdeck.services import access, stored
from quarterdeck.services.cells import Cells, carried_by, cells, target_of, targets_framed
from quarterdeck.services.scene import Scene, holder_of, holders_framed
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.period import Period

if TYPE_CHECKING:
    from quarterdeck.engine.metrics.holdings import Tree
    from quarterdeck.services.actor import Actor
    from quarterdeck.terms.tables import Frame

OF_TARGETS: Final = (
    "target", "actual", "expected", "attainment", "pace", "projected_finish", "remaining", "needed_per_day", "coverage",
)  # fmt: skip
"""What a holder's standing gives beside the metric it is about."""
COMPARING: Final = (*OF_TARGETS, "growth")
_NOUNS: Final[dict[str, Any]] = {"product_id": Product, "segment_id": Segment, "person_id": Person}
_KEYS: Final = ("metric", "holder_kind", "holder_id", "starts_on", "ends_on", "slice")
_LARGEST: Final = 20_000
"""Holders times periods in one question."""


def metrics(  # noqa: PLR0913  each argument is a dimension of the question
    actor: Actor, names: Sequence[str], *, as_of: dt.date, periods: Sequence[Period],
    holders: Sequence[str] | None = None, known_at: dt.datetime | None = None, slice_by: Slice | None = None,
    tree: Tree = "then", of: str = "",
) -> Frame:  # fmt: skip
    """METRIC_VALUES with holder, name and slice_name: one row per metric, holder, period and slice.

    `holders` None: the people and teams whom the actor sees. `of`: the metric meant by attainment, pace and their kind;
    empty is the company's headline metric. Raises Refusal for unknown metrics, slices and holders.
    """
    scene = Scene(actor, as_of, known_at)
    asked = _seen(scene, holders)
    if len(asked) * len(periods) > _LARGEST:
        raise Refusal("The metrics were not computed.", f"That is {len(asked) * len(periods):,} holders and periods.",
            f"Ask for at most {_LARGEST:,} at once.", "too_many")  # fmt: skip
    plain = [name for name in names if name not in COMPARING]
    parts = [measured(scene, plain, asked, periods, slice_by=slice_by, tree=tree)] if plain else []
    compared = [name for name in names if name in COMPARING]
    if compared:
        if slice_by:
            raise Refusal(
                "The metrics were not computed.", "Targets are not set by slice.", "Leave the slice out.", "slice"
            )
        parts.append(_compared(scene, compared, of or scene.metric, asked, periods, tree=tree))
    return _named(scene, nw.concat(parts), slice_by)


def measured(  # noqa: PLR0913  each argument is a dimension of the question
    scene: Scene, names: Sequence[str], holders: Sequence[str], periods: Sequence[Period],
    *, slice_by: Slice | None = None, tree: Tree = "then",
) -> Frame:  # fmt: skip
    """METRIC_VALUES of holders, without a look at who asks."""
    rows = read(scene, names, holders, periods, slices=[slice_by] if slice_by else [])
    return valued(scene, names, rows, holders, periods, slice_by=slice_by, tree=tree)


def valued(  # noqa: PLR0913  as above
    scene: Scene, names: Sequence[str], rows: Frame, holders: Sequence[str], periods: Sequence[Period],
    *, slice_by: Slice | None = None, tree: Tree = "then", as_of: dt.date | None = None,
) -> Frame:  # fmt: skip
    """METRIC_VALUES of holders from totals that were read already."""
    framed, day = holders_framed(holders), as_of or scene.as_of
    spans = scene.spans(holders, tree) if day == scene.as_of else None
    return metric_values(
        names, rows, scene.memberships, framed, periods, day, slice_by=slice_by, tree=tree, spans=spans
    )


def people_in(scene: Scene, holders: Collection[str]) -> frozenset[int]:
    """People whose facts may count for the holders: those who were ever in a team, since stocks reach far back."""
    return frozenset(scene.stretches(holders))


def standing(
    scene: Scene, metric: str, holders: Sequence[str], periods: Sequence[Period], *, tree: Tree = "then"
) -> Frame:
    """Where holders stand against their targets: a row of engine.metrics.progress per holder and period.

    With the tree `then`, a team's open pipeline is that of the people who are in it on the day it is looked at.
    """
    rows = read(scene, [metric, "open_pipeline"], holders, periods)
    return progressed(scene, metric, rows, holders, periods, tree=tree)


def read(
    scene: Scene, names: Sequence[str], holders: Sequence[str], periods: Sequence[Period],
    *, slices: Collection[Slice] = (),
) -> Frame:  # fmt: skip
    """TOTALS of metrics for everybody who may count, summed over those who count alike; one query."""
    measures = stored.measures_of(names)
    wanted = stored.Wanted(
        measures=measures, since=min(period.starts_on for period in periods), as_of=scene.as_of,
        people=people_in(scene, holders) if "person_id" in slices else scene.alike(holders),
        slices=frozenset(slices) & {"product_id", "segment_id"},
        details=measures if "detail" in slices else stored.details_of(names),
        edges=stored.edges_of(periods), moves=scene.moves(holders), version=scene.version,
    )  # fmt: skip
    return stored.totals(wanted, known_at=scene.known_at)


def progressed(  # noqa: PLR0913  as above
    scene: Scene, metric: str, rows: Frame, holders: Sequence[str], periods: Sequence[Period],
    *, tree: Tree = "then", found: Cells | None = None, worked: Frame | None = None, both: Frame | None = None,
) -> Frame:  # fmt: skip
    """The same from totals (and cells, WORK_DAYS, values of the metric and the pipeline) that are known."""
    around = Period(min(part.starts_on for part in periods), max(part.ends_on for part in periods))
    people = people_in(scene, holders)
    if found is None:
        are_people = all(holder.startswith("person:") for holder in holders)
        found = cells(scene, metric, around, holders_with_cells(scene, holders) if are_people else None)
    amounts = {
        (holder, (period.starts_on, period.ends_on)): target_of(
            scene, found, holder, period, below=_below(scene, holder)
        )
        for holder in holders
        for period in periods
    }
    if worked is None:
        worked = scene.work_days(people, around.starts_on, around.ends_on)
    framed, spans = holders_framed(holders), scene.spans(holders, tree)
    shares = work_shares(worked, scene.memberships, framed, periods, scene.as_of, tree, spans=spans)
    if both is None:
        both = valued(scene, [metric, "open_pipeline"], rows, holders, periods, tree=tree)
    values, pipeline = (both.filter(nw.col("metric") == name) for name in (metric, "open_pipeline"))
    return progress(standings(values, targets_framed(metric, amounts), shares), pipeline)


def _below(scene: Scene, holder: str) -> frozenset[int]:
    kind, number = holder_of(holder)
    return scene.people_now(number) if kind == "team" else frozenset()


def holders_with_cells(scene: Scene, holders: Collection[str]) -> list[str]:
    """Holders whose stored targets say what these are to reach."""
    people = [number for kind, number in map(holder_of, holders) if kind == "person"]
    return [holder for holder in holders if holder.startswith("team:")] + carried_by(scene, people)


def grown(  # noqa: PLR0913  as above
    scene: Scene, metric: str, holders: Sequence[str], periods: Sequence[Period],
    *, slice_by: Slice | None = None, tree: Tree = "then",
) -> Frame:  # fmt: skip
    """Each period beside the same days of the year before: actual, earlier, growth; one row per holder and slice."""
    pairs = [(period, before) for period in periods if (before := earlier(scene, period))]
    if not pairs:
        return _no_growth()
    now, then = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    values = measured(scene, [metric], holders, now, slice_by=slice_by, tree=tree)
    past = measured(scene, [metric], holders, list(dict.fromkeys(then)), slice_by=slice_by, tree=tree)
    return growth(values, past, pairs)


def brought(scene: Scene, metric: str, rows: Frame, holders: Sequence[str], period: Period | None) -> dict[str, int]:
    """What each holder brought in a period, from totals that were read already; nothing without a period."""
    if period is None or not holders:
        return {}
    values = valued(scene, [metric], rows, holders, [period])
    found = values.select("holder_kind", "holder_id", "value").iter_rows()
    return {f"{kind}:{number}": round(value or 0) for kind, number, value in found}


def earlier(scene: Scene, period: Period) -> Period | None:
    """The period of the year before, up to the same day of it; None where no calendar reaches."""
    try:
        before = scene.year_before(period)
    except Refusal:
        return None
    return before.until(scene.day_before(period, before))


def _no_growth() -> Frame:
    texts, days, numbers = ("metric", "holder_kind", "slice"), ("starts_on", "ends_on"), ("actual", "earlier", "growth")
    schema: dict[str, Any] = {"holder_id": nw.Int64, **dict.fromkeys(texts, nw.String), **dict.fromkeys(days, nw.Date)}
    schema |= dict.fromkeys(numbers, nw.Float64)
    return nw.from_dict({name: [] for name in schema}, schema, backend="polars")


def _compared(  # noqa: PLR0913  as above
    scene: Scene, names: Sequence[str], of: str, holders: Sequence[str], periods: Sequence[Period], *, tree: Tree
) -> Frame:
    """METRIC_VALUES of attainment and its kind."""
    parts = []
    if wanted := [name for name in names if name in OF_TARGETS]:
        rows = standing(scene, of, holders, periods, tree=tree)
        parts += [_as_values(rows, name, name) for name in wanted]
    if "growth" in names:
        parts.append(_as_values(grown(scene, of, holders, periods, tree=tree), "growth", "growth"))
    return nw.concat(parts)


def _as_values(rows: Frame, name: str, column: str) -> Frame:
    nothing = nw.lit(None).cast(nw.Float64)
    return rows.select(
        nw.lit(name).alias("metric"), "holder_kind", "holder_id", "starts_on", "ends_on", nw.lit("").alias("slice"),
        nw.col(column).cast(nw.Float64).alias("value"), nothing.alias("numerator"), nothing.alias("denominator"),
    )  # fmt: skip


def _seen(scene: Scene, holders: Sequence[str] | None) -> list[str]:
    """The holders asked for, each there and seen by the actor; or all of those."""
    if holders is None:
        return _all_seen(scene)
    try:
        asked = [holder_of(holder) for holder in dict.fromkeys(holders)]
    except ValueError:
        raise access.not_visible("holder") from None
    people = scene.people([number for kind, number in asked if kind == "person"])
    there = {"person": people.keys(), "team": scene.team_names.keys()}
    for kind, number in asked:
        seen = {"person": access.sees_person, "team": access.sees_team}.get(kind)
        if seen is None or number not in there[kind] or not seen(scene.actor, number, scene.as_of):
            raise access.not_visible(kind)
    return list(dict.fromkeys(holders))


def _all_seen(scene: Scene) -> list[str]:
    people, teams = access.people_seen(scene.actor, scene.as_of), access.teams_seen(scene.actor, scene.as_of)
    if people is None:
        people = frozenset(Person.visible.values_list("pk", flat=True))
    team_ids = scene.team_names.keys() if teams is None else teams & scene.team_names.keys()
    return [f"team:{pk}" for pk in sorted(team_ids)] + [f"person:{pk}" for pk in sorted(people)]


def _named(scene: Scene, values: Frame, slice_by: Slice | None) -> Frame:
    """Add holder, name and slice_name; slices by person only of people whom the actor sees."""
    if slice_by == "person_id" and (seen := access.people_seen(scene.actor, scene.as_of)) is not None:
        values = values.filter(nw.col("slice").is_in([str(pk) for pk in seen]))
    holder = nw.concat_str("holder_kind", nw.col("holder_id").cast(nw.String), separator=":")
    rows = values.select(*_KEYS, "value", "numerator", "denominator", holder=holder)
    held = rows["holder"].to_list()
    scene.people([number for kind, number in map(holder_of, set(held)) if kind == "person"])
    names = {found: scene.name(found) for found in set(held)}
    slices = slice_names(slice_by, rows["slice"].to_list())
    texts: dict[str, list[str]] = {
        "name": [names[found] for found in held],
        "slice_name": [slices.get(key, key) for key in rows["slice"].to_list()],
    }
    return rows.with_columns(nw.new_series(name, text, nw.String, backend="polars") for name, text in texts.items())


def slice_names(slice_by: str | None, keys: Collection[str]) -> dict[str, str]:
    """What the keys of a slice are called; details (stages, kinds) speak for themselves. At most one query."""
    model = _NOUNS.get(slice_by or "")
    ids = {int(key) for key in keys if key} if model else set()
    found = dict(model.objects.filter(pk__in=ids).values_list("pk", "name")) if model and ids else {}
    return {str(pk): name for pk, name in found.items()} | ({"": "(none)"} if slice_by else {})


def unit_of(metric: str, of: str = "") -> str:
    """The unit of a metric; of one that is about another (what remains of deals won) it is the other's.

    >>> unit_of("remaining", of="deals_won"), unit_of("pace", of="won_amount"), unit_of("target", of="won_amount")
    ('count', 'ratio', 'money')
    """
    if metric in {"target", "actual", "expected", "remaining", "needed_per_day", "projected_finish"} and of:
        return metric_named(of).unit
    return metric_named(metric).unit if metric in METRICS else "count"


def title_of(metric: str, of: str = "") -> str:
    """What a page calls a metric.

    >>> title_of("expected"), title_of("win_rate")
    ('Expected by now', 'Win rate')
    """
    own = {"target": "Target", "actual": metric_named(of).title if of else "Actual", "expected": "Expected by now"}
    return own.get(metric) or metric_named(metric).title
