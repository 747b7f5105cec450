"""Doing once what a program asks for twice: the answer is kept under the program's key, in the write's own transaction.

    key   asked           answer
    k-1   POST /facts ..  {"counts": ...}      asked again: the same answer, and nothing is written
    k-1   another body                         refused (rule `idempotency_key`)

The key is claimed before the write and commits with it: of two requests at once one waits and reads the other's answer.
A refused request keeps nothing. Source: the IETF draft "The Idempotency-Key HTTP Header Field".
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, OperationalError, transaction

from quarterdeck.records.models import IdempotencyKey
from quarterdeck.terms.errors import QuarterdeckFault, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from quarterdeck.services.actor import Actor

KEPT: Final = dt.timedelta(days=1)
LONGEST: Final = 200
_WHAT: Final = "Nothing was written."


def answered_once(actor: Actor, key: str, asked: bytes, answer: Callable[[], str]) -> tuple[str, bool]:
    """The answer's text, and whether it is an earlier one; `asked` is all that makes one request differ from another.

    Raises Refusal for a key used for something else, a key that is none, and while another writer does not end.
    """
    if not (0 < len(key) <= LONGEST and key.isprintable()):
        why = f"An Idempotency-Key has 1 to {LONGEST} printable characters."
        raise Refusal(_WHAT, why, "Send another key.", "bad_key")
    fingerprint = hashlib.sha256(asked).hexdigest()
    try:
        with transaction.atomic():
            return _answered(actor, key, fingerprint, answer)
    except OperationalError as error:
        if "lock" in str(error).lower():
            raise Refusal(_WHAT, "Another write is still under way.", "Try again shortly.", "busy") from error
        raise


def _answered(actor: Actor, key: str, fingerprint: str, answer: Callable[[], str]) -> tuple[str, bool]:
    if actor.user is None:
        raise QuarterdeckFault("a key belongs to a user, and nobody asked")
    user_id = actor.user.pk
    IdempotencyKey.objects.filter(at__lt=actor.now - KEPT).delete()
    try:
        with transaction.atomic():
            kept = IdempotencyKey.objects.create(user_id=user_id, key=key, asked=fingerprint, at=actor.now)
    except IntegrityError:
        kept = IdempotencyKey.objects.get(user_id=user_id, key=key)
        if kept.asked != fingerprint:
            why = "This Idempotency-Key was used for another request."
            raise Refusal(_WHAT, why, "Make a new key for each request.", "idempotency_key") from None
        return kept.answer, True
    kept.answer = answer()
    kept.save(update_fields=["answer"])
    return kept.answer, False
