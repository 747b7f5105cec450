"""Files in, facts out: handed in, previewed, applied whole or not at all, undone whole.

Start with `batches`; `applying` is the path of one chunk of rows, `settling` what follows, `undoing` the way back.
"""

from quarterdeck.services.imports.batches import (
    batch_applied,
    batch_created,
    batch_for,
    batch_mapped,
    batch_previewed,
    batch_reading,
    findings_of,
)
from quarterdeck.services.imports.progress import batch_progress
from quarterdeck.services.imports.undoing import batch_undone

__all__ = [
    "batch_applied",
    "batch_created",
    "batch_for",
    "batch_mapped",
    "batch_previewed",
    "batch_progress",
    "batch_reading",
    "batch_undone",
    "findings_of",
]
