"""Whether a stage is open, won or lost, read off its name where nobody says so.

    stage              kind
    Closed Won         won
    Verloren           lost
    Proposal           open

Names are the company's own, so this is a guess for files that carry no kind: it knows how CRMs in a few languages call
a closed deal, and takes everything else for open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import narwhals as nw

if TYPE_CHECKING:
    from quarterdeck.terms.tables import Frame

WON: Final = r"(?i)\b(won|gewonnen|gagn|gan(ad|h)|vint|signed|completed)"
LOST: Final = r"(?i)\b(lost|verloren|perd|pers|disqualified|abandoned|cancel)"


def with_stage_kinds(rows: Frame) -> Frame:
    """The rows with every empty `stage_kind` filled from `stage`; rows without a stage stay without a kind.

    >>> rows = nw.from_dict({"stage": ["Closed Won", "Demo", "Demo"], "stage_kind": [None, None, "lost"]},
    ...     {"stage": nw.String, "stage_kind": nw.String}, backend="polars")
    >>> with_stage_kinds(rows)["stage_kind"].to_list()
    ['won', 'open', 'lost']
    """
    named = nw.col("stage")
    lost_or_open = nw.when(named.str.contains(LOST)).then(nw.lit("lost")).otherwise(nw.lit("open"))
    guess = nw.when(named.str.contains(WON)).then(nw.lit("won")).otherwise(lost_or_open)
    known = nw.when(~named.is_null()).then(guess)
    return rows.with_columns(stage_kind=nw.coalesce(nw.col("stage_kind"), known))
