"""A full disk is the operator's to mend: what could not be written, why, and what to do.

OSError [Errno 28] No space left on device   ->   Nothing was written. The disk took no more: ... Make room on it, ...
"""

from __future__ import annotations

import errno
from typing import Final

from quarterdeck.terms.errors import Refusal

_NO_ROOM: Final = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EIO}
_SAID: Final = ("disk is full", "disk i/o", "space left", "readonly database")
"""What databases say of it: SQLite the first two and the last, PostgreSQL the third."""


def no_room(what: str, error: Exception) -> Refusal | None:
    """The refusal, when the error means that the disk cannot take what is written; None for any other.

    >>> no_room("The backup was not made.", OSError(28, "No space left on device")).rule
    'disk'
    >>> no_room("The backup was not made.", OSError(2, "No such file")) is None
    True
    """
    is_full = error.errno in _NO_ROOM if isinstance(error, OSError) else any(s in str(error).lower() for s in _SAID)
    why = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return (
        Refusal(what, f"The disk took no more: {why}.", "Make room on it, then try again.", "disk") if is_full else None
    )
