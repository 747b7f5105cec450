"""Facts as versions: what is the same stays, what differs takes the place of the version before, what is new is added.

current   t-1 call 25 min    file   t-1 call 25 min     same: nothing happens
          t-2 call 10 min           t-2 call 12 min     changed: the old row is superseded, a new one is current
                                    t-3 demo            new
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from quarterdeck.records.models import Activity, Booking, OpportunityChange, OpportunityVersion
from quarterdeck.services.bulk import among, instant, rows_framed, rows_inserted
from quarterdeck.services.frames import framed
from quarterdeck.services.totals import OF_TOUCHED, day_totals, difference
from quarterdeck.terms.frames import FRAMES

if TYPE_CHECKING:
    from quarterdeck.records.models.base import Fact
    from quarterdeck.services.imports.writes import Counts, Write


def versions_written(write: Write, model: type[Fact], rows: pl.DataFrame, counts: Counts) -> None:
    """Write rows (source_id, unique, and the model's columns that their source decides), and note what they touch."""
    names = [name for name in rows.columns if name != "source_id"]
    known = current_versions(model, write.source_system, rows["source_id"], names)
    pairs = rows.join(known, on="source_id", how="left", suffix="_was", maintain_order="left")
    is_new = pl.col("id").is_null()
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_was")) for name in names)
    changed = pairs.filter(~is_new & differs)
    fresh = pairs.filter(is_new | differs).select(rows.columns)
    gone = changed.select("id", "source_id", *(pl.col(f"{name}_was").alias(name) for name in names))
    replaced(write, model, gone, fresh.with_columns(batch_id=pl.lit(write.batch_id, dtype=pl.Int64)))
    if issubclass(model, OpportunityVersion | OpportunityChange):
        write.touched.named["deals"].append(rows["opportunity_id"])
    if issubclass(model, Booking):
        write.touched.named["bookings"].append(rows["source_id"])
    counts.new += fresh.height - changed.height
    counts.changed += changed.height
    counts.same += rows.height - fresh.height


def current_versions(model: type[Fact], source_system: str, source_ids: pl.Series, names: list[str]) -> pl.DataFrame:
    """The current rows of these source ids: id, source_id and the named columns."""
    queryset = model.current.filter(source_system=source_system)
    queryset = queryset.filter(source_id__among=among(source_ids)) if queryset.exists() else queryset.none()
    return rows_framed(queryset, "id", "source_id", *names)


def replaced(write: Write, model: type[Fact], gone: pl.DataFrame, fresh: pl.DataFrame) -> None:
    """Supersede rows by id, insert others (with their batch_id) as current, and note both."""
    if gone.height:
        model.objects.filter(pk__among=among(gone["id"])).update(superseded_at=write.moment)
    known = {"source_system": pl.lit(write.source_system), "known_at": instant(write.moment)}
    rows_inserted(model, fresh.with_columns(**known))
    write.note(model, gone, fresh)
    if model is Activity and (gone.height or fresh.height):
        write.touched.deltas.append(difference(_activity_totals(gone), _activity_totals(fresh)))


def _activity_totals(rows: pl.DataFrame) -> pl.DataFrame:
    """Day totals of rows of activities, whose id is not yet known and does not matter."""
    named = rows.rename({"source_id": "activity_id"})
    return day_totals({"activities": framed(FRAMES["activities"], named)}, OF_TOUCHED)
