"""Template rows as engine frames, with codes for ids.

people.csv   person  team  hat         seats   position_id    person_id  team_id  hat
             rita    east  rep      ->         rita:rep:east  rita       east     rep
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import narwhals as nw
import polars as pl

from quarterdeck.connectors.files import read_files, unknown_references
from quarterdeck.connectors.files.parsing import mapping_from_yaml
from quarterdeck.engine.ledger.attribution import attributed, following
from quarterdeck.engine.ledger.memberships import memberships
from quarterdeck.engine.ledger.stages import with_stage_kinds
from quarterdeck.engine.ledger.states import opportunity_states
from quarterdeck.engine.metrics.definitions import METRICS
from quarterdeck.engine.metrics.measures import totals
from quarterdeck.terms.errors import Refusal
from quarterdeck.terms.frames import FRAMES
from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from quarterdeck.terms.findings import Finding
    from quarterdeck.terms.tables import Frame, Table

ROOT: Final = "team:all"
"""The team above all others, where the files name several roots or none."""


@dataclass(frozen=True)
class Inputs:
    """What the files said: rows by template (missing templates are empty), and findings. Frames are made when asked."""

    rows: Mapping[str, pl.DataFrame]
    findings: Sequence[Finding]

    @cached_property
    def teams(self) -> Frame:
        """TEAMS; teams that only people name hang under one root."""
        said = self.rows["teams"].select(
            team_id="team", parent_id="parent", effective_from="effective_from", effective_to="effective_to"
        )
        named = self.rows["people"].select(team_id="team").drop_nulls().unique()
        whole = pl.concat([said, named.join(said, on="team_id", how="anti")], how="diagonal")
        roots = whole.filter(pl.col("parent_id").is_null())["team_id"].unique()
        if len(roots) > 1:
            whole = whole.with_columns(pl.col("parent_id").fill_null(ROOT))
            whole = pl.concat([whole, pl.DataFrame({"team_id": [ROOT]})], how="diagonal")
        return _framed(FRAMES["teams"], whole)

    @cached_property
    def seats(self) -> Frame:
        """SEATS."""
        own = pl.concat_str("person", pl.lit(":"), "hat", pl.lit(":"), "team")
        people = self.rows["people"].with_columns(position_id=pl.coalesce("position", own))
        return _framed(FRAMES["seats"], people.rename({"person": "person_id", "team": "team_id"}))

    @cached_property
    def memberships(self) -> Frame:
        """Each person in their team and every team above, dated."""
        return memberships(self.seats, self.teams)

    @cached_property
    def segments(self) -> pl.DataFrame:
        """account_id, segment_id and territory_of."""
        return self.rows["accounts"].select(account_id="account", segment_id="segment", territory_of="territory")

    @cached_property
    def opportunity_states(self) -> Frame:
        """OPPORTUNITY_STATES."""
        deals = self._known("opportunities").rename(
            {"opportunity": "opportunity_id", "owner": "person_id", "account": "account_id", "product": "product_id"}
        )
        deals = deals.rename({"amount": "amount_minor"}).join(self.segments, on="account_id", how="left")
        moves = self._known("opportunity_history").rename({"opportunity": "opportunity_id", "owner": "person_id"})
        current = with_stage_kinds(nw.from_native(deals, eager_only=True))
        history = with_stage_kinds(nw.from_native(moves.rename({"amount": "amount_minor"}), eager_only=True))
        return opportunity_states(current, history)

    @cached_property
    def activities(self) -> Frame:
        """ACTIVITIES."""
        rows = self._known("activities").rename(
            {"activity": "activity_id", "person": "person_id", "account": "account_id", "opportunity": "opportunity_id"}
        )
        return _framed(FRAMES["activities"], rows)

    @cached_property
    def bookings(self) -> Frame:
        """BOOKINGS, each with the person it counts for."""
        names = ("booking", "person", "account", "product", "opportunity", "territory")
        rows = self._known("bookings").rename({name: f"{name}_id" for name in names} | {"amount": "amount_minor"})
        rows = rows.join(self.segments, on="account_id", how="left")
        rows = rows.with_columns(territory_id=pl.coalesce("territory_id", "territory_of"))
        held = self._known("territories").rename({"territory": "territory_id", "person": "person_id"})
        return attributed(_eager(rows), self.opportunity_states, _eager(held))

    @cached_property
    def facts(self) -> dict[str, Frame]:
        """Every fact by the name that measures know it by."""
        returns = self._known("returns").rename(
            {"return": "return_id", "booking": "booking_id", "amount": "amount_minor"}
        )
        paid = self._known("payments").rename(
            {"payment": "payment_id", "booking": "booking_id", "amount": "amount_minor"}
        )
        return {
            "opportunity_states": self.opportunity_states,
            "activities": self.activities,
            "bookings": self.bookings,
            "returns": following(_eager(returns), self.bookings),
            "payments": following(_eager(paid), self.bookings),
        }

    @cached_property
    def totals(self) -> Frame:
        """TOTALS by day: all that a metric reads."""
        return totals({name: frame.lazy() for name, frame in self.facts.items()}).collect()

    @cached_property
    def targets(self) -> Frame:
        """TARGETS, of people and teams; what a holder is, is looked up where the file leaves it open."""
        teams = self.teams["team_id"].to_list()
        kind = pl.when(pl.col("holder").is_in(teams)).then(pl.lit("team")).otherwise(pl.lit("person"))
        rows = self._known("targets").with_columns(
            holder_kind=pl.coalesce("holder_kind", kind), metric=pl.col("metric").fill_null("bookings")
        )
        return _eager(rows.rename({"holder": "holder_id"}))

    def _known(self, template: str) -> pl.DataFrame:
        """The rows of a template, people named by code whether the file says the code, the name or the address."""
        rows, codes = self.rows[template], self._people_codes
        columns = [column.name for column in TEMPLATES[template].columns if column.refers_to == "people"]
        return rows.with_columns(
            pl.col(name).str.strip_chars().str.to_lowercase().replace_strict(codes, default=pl.col(name))
            for name in columns
        )

    @cached_property
    def _people_codes(self) -> dict[str, str]:
        people = self.rows["people"].select("person", "name", "email").unique(maintain_order=True)
        return {
            said.strip().lower(): person
            for person, *names in people.iter_rows()
            for said in (person, *names)
            if said
        }  # fmt: skip


def inputs(
    paths: Sequence[Path], *, as_of: dt.date, mapping: str = "", preset: str = "", currency: str = "USD"
) -> Inputs:
    """Read files by a preset, a mapping's YAML, or what they look like. Raises Refusal when nothing was recognised."""
    counted = [metric.name for metric in METRICS.values() if metric.unit != "money"]
    chosen = mapping_from_yaml(mapping) if mapping else preset or None
    reading = read_files(paths, chosen, as_of=as_of, currency=currency, count_metrics=counted)
    if not reading.mapped:
        raise Refusal(
            "Nothing was computed.",
            "None of the files fits a template.",
            "Name a --preset or a --mapping, or use the templates' headings.",
            "no_template",
        )
    empty = {name: nw.from_dict({c: [] for c in t.schema}, t.schema, backend="polars") for name, t in TEMPLATES.items()}
    rows = {name: frame.to_native() for name, frame in empty.items()}
    found = [*reading.findings, *unknown_references(reading.mapped, {})]
    return Inputs(rows | {one.template: one.frame for one in reading.mapped}, found)


def _eager(frame: pl.DataFrame) -> Frame:
    return nw.from_native(frame, eager_only=True)


def _framed(table: Table, frame: pl.DataFrame) -> Frame:
    return table.check(_eager(frame.select(column.name for column in table.columns)))
