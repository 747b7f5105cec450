"""Tables on disk: one CSV and one JSON file per result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from quarterdeck.terms.tables import Frame


def written(folder: Path, name: str, frame: Frame) -> tuple[Path, Path]:
    """Write `<name>.csv` and `<name>.json` (a list of objects, days as ISO text) and return both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    table, objects = folder / f"{name}.csv", folder / f"{name}.json"
    frame.write_csv(str(table))
    objects.write_text(json.dumps(frame.rows(named=True), default=str, indent=1, ensure_ascii=False), encoding="utf-8")
    return table, objects
