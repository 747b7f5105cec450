"""What is read once for every version of the data: who sat where, targets, working days, what stages there are.

    journal at 4711   kept("stages", ...)     asks                  the first page after a write
                      kept("stages", ...)     remembers             every page until the next one

Every write has a row in the journal, so what was read at one version holds until there is a higher one. Inside a
transaction nothing is kept: it may yet be rolled back, and its version be given to another write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from quarterdeck.services.bulk import connection
from quarterdeck.services.journal import data_version

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MOST: Final = 64
"""Things remembered; a year's working days of 500 people are the largest, 4 MB."""
_LAST: Final[dict[tuple[str, str], tuple[int, Any]]] = {}
"""By database and name, the newest version seen and what was read at it; what was read last comes last."""


def kept(name: str, read: Callable[[], T], version: int | None = None) -> T:
    """What `read` gave at this version of the data; `version` where it is known already, else it costs a query."""
    database = connection()
    if database.in_atomic_block:
        return read()
    key = str(database.settings_dict["NAME"]), name
    seen = data_version() if version is None else version
    last = _LAST.get(key)
    if last is None or last[0] != seen:
        _LAST.pop(key, None)
        _LAST[key] = last = (seen, read())
        for old in list(_LAST)[:-MOST]:
            _LAST.pop(old, None)
    found: T = last[1]
    return found
