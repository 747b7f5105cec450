"""`quarterdeck compute`: the engine alone on files, without a database."""

from __future__ import annotations

import typer

app = typer.Typer(help="Run the engine alone on CSV or Parquet files, without a database.", no_args_is_help=True)
