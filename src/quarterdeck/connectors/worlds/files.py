"""A world as the files a company would hand in: one canonical CSV per template.

targets.csv
holder,holder_kind,metric,period_kind,starts_on,amount,currency,layer,is_quota
rita,person,bookings,month,2025-03-01,64310.00,USD,plan,yes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from quarterdeck.terms.templates import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def world_files(
    frames: Mapping[str, pl.DataFrame], folder: Path, *, activities: Iterable[pl.DataFrame] = ()
) -> list[Path]:
    """Write each frame as `<template>.csv` (UTF-8, comma, header) and return the paths in the order of TEMPLATES.

    Amounts have two digits, as all currencies of a world do; days are ISO 8601; flags yes and no; empty cells nothing.
    `activities` takes the chunks of a large world. Makes the folder; replaces files; a frame without rows has none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chunked = {"activities": activities} if "activities" not in frames else {}
    paths = []
    for name in (name for name in TEMPLATES if name in chunked or (name in frames and frames[name].height)):
        paths.append(folder / f"{name}.csv")
        _written(name, [frames[name]] if name in frames else chunked[name], paths[-1])
    return paths


def _written(name: str, chunks: Iterable[pl.DataFrame], path: Path) -> None:
    header = pl.DataFrame(schema=[column.name for column in TEMPLATES[name].columns])
    with path.open("wb") as file:
        header.write_csv(file)
        for chunk in chunks:
            as_text(name, chunk).write_csv(file, include_header=False)


def as_text(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with amounts and flags as people write them; all other columns as they are."""
    kinds = {column.name: column.kind for column in TEMPLATES[name].columns}
    amounts = [_amount(pl.col(column)) for column, kind in kinds.items() if kind == "money"]
    flags = [
        pl.when(column).then(pl.lit("yes")).when(~pl.col(column)).then(pl.lit("no")).alias(column)
        for column, kind in kinds.items()
        if kind == "flag"
    ]
    return frame.with_columns(*amounts, *flags)


def _amount(minor: pl.Expr) -> pl.Expr:
    sign = pl.when(minor < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    cents = (minor.abs() % 100).cast(pl.String).str.zfill(2)
    return (sign + (minor.abs() // 100).cast(pl.String) + "." + cents).name.keep()
