"""The Maven files as engine frames, by a small adapter: what the importer's preset does, for one company."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw
import polars as pl

from quarterdeck.engine.ledger.memberships import memberships
from quarterdeck.engine.ledger.states import no_history, opportunity_states
from quarterdeck.terms.tables import Frame  # noqa: TC001  read by whoever imports this helper

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "maven_crm"
KINDS = {"Won": "won", "Lost": "lost"}


def deals() -> Frame:
    """All 8,800 deals in the shape that opportunity_states takes; GTXPro is GTX Pro."""
    rows = pl.read_csv(FOLDER / "sales_pipeline.csv", try_parse_dates=True)
    accounts = pl.read_csv(FOLDER / "accounts.csv")
    return nw.from_native(
        rows.join(accounts.select("account", "sector"), on="account", how="left").select(
            "opportunity_id",
            person_id="sales_agent",
            account_id="account",
            product_id=pl.col("product").replace({"GTXPro": "GTX Pro"}),
            segment_id="sector",
            stage="deal_stage",
            stage_kind=pl.col("deal_stage").replace_strict(KINDS, default="open"),
            forecast_category=pl.lit(None, pl.String),
            amount_minor=(pl.col("close_value").cast(pl.Int64) * 100),
            opened_on="engage_date",
            close_on=pl.lit(None, pl.Date),
            closed_on="close_date",
        )
    )


def states() -> Frame:
    current = deals()
    return opportunity_states(current, no_history(current))


def members() -> Frame:
    """Agents in their manager's team, teams under their region, regions under the company."""
    rows = pl.read_csv(FOLDER / "sales_teams.csv")
    always = {"effective_from": pl.lit(None, pl.Date), "effective_to": pl.lit(None, pl.Date)}
    seats = rows.select(
        position_id="sales_agent", person_id="sales_agent", team_id="manager", hat=pl.lit("rep"), **always
    )
    edges = [
        rows.select(team_id="manager", parent_id="regional_office").unique(),
        rows.select(team_id="regional_office", parent_id=pl.lit("company")).unique(),
    ]
    return memberships(nw.from_native(seats), nw.from_native(pl.concat(edges).with_columns(**always)))
