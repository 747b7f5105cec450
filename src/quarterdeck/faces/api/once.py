"""Writes that a program may send twice: `Idempotency-Key` makes the second one answer like the first.

once(request, 200, Ingested, lambda: facts_ingested(...))   ->   the answer, written once
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from quarterdeck.faces.api.auth import writes
from quarterdeck.services.idempotency import answered_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from quarterdeck.faces.api.answers import Answer

KEY: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            "description": "Your name for this very request: asked again within a day, it is answered the same and "
            "nothing is written twice. Refused requests are not kept.",
        }
    ]
}
"""The header, for operations that honour it (`openapi_extra`)."""


def once(request: HttpRequest, status: int, model: type[Answer], made: Callable[[], Any]) -> HttpResponse:
    """Write and answer; with an Idempotency-Key, once. An earlier answer says so in `Idempotency-Replayed`."""

    def text() -> str:
        return model.model_validate(made()).model_dump_json()

    key = request.headers.get("Idempotency-Key")
    if key is None:
        return HttpResponse(text(), status=status, content_type="application/json")
    asked = b"\0".join([(request.method or "").encode(), request.get_full_path().encode(), request.body])
    kept, is_replayed = answered_once(writes(request), key, asked, text)
    response = HttpResponse(kept, status=status, content_type="application/json")
    if is_replayed:
        response["Idempotency-Replayed"] = "true"
    return response
