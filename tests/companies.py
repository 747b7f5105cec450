"""The companies that tests load: their day, their files, and what is known once one is loaded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from quarterdeck.records.models import Batch
    from quarterdeck.services.actor import Actor

MAVEN: Final = Path(__file__).resolve().parents[2] / "shared" / "data" / "maven_crm"
DEMO_DAY: Final = dt.date(2026, 3, 17)


@dataclass(frozen=True)
class Loaded:
    """A company that has been imported: by whom, from which files, and the batch."""

    actor: Actor
    batch: Batch
    files: list[Path]
