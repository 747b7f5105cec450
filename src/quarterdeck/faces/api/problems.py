"""Errors as `application/problem+json` (RFC 9457): a refusal keeps its parts, and the rule decides the status.

Refusal(what, why, next_step, rule)  ->  {"type": "/docs/refusals#cursor", "title": what, "status": 422,
                                          "detail": why, "next_step": ..., "rule": "cursor"}

Faults of ours are not described to anybody: they go to the server's log, and the answer says only that.
"""

from __future__ import annotations

import json
import logging
import math
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from ninja import Field, Schema
from ninja.errors import HttpError, Throttled, ValidationError

from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest
    from ninja import NinjaAPI

CONTENT_TYPE: Final = "application/problem+json"
STATUS: Final = {
    "bad_request": 400,
    "not_signed_in": 401,
    "csrf": 403, "needs_hat": 403, "needs_scope": 403, "person_needed": 403,
    "not_found": 404, "not_visible": 404,
    "idempotency_key": 409, "not_applied": 409, "position_taken": 409, "later_batch": 409, "plan_version": 409,
    "too_large": 413, "too_many_rows": 413, "too_many": 413,
    "too_many_requests": 429,
    "busy": 503,
}  # fmt: skip
"""By rule; every other refusal is 422: the request was understood, and cannot be done as asked."""
_WAIT_WHEN_BUSY: Final = 5


class Problem(Schema):
    """Why a request was not answered, and what to do about it (RFC 9457)."""

    type: str = Field("about:blank", description="Always about:blank: `rule` names the kind of problem.")
    title: str = Field(description="What was refused.", examples=["The metrics were not computed."])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="Why.", examples=["There is no metric 'wins'."])
    next_step: str = Field(description="What to do next.", examples=["Choose one of GET /api/v1/metrics."])
    rule: str = Field(description="The rule that refused, for programs.", examples=["unknown_metric"])
    errors: list[dict[str, Any]] = Field(
        default_factory=list, description="Fields that do not validate: where (a path) and why; empty otherwise."
    )


def problem(refusal: Refusal, errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """The answer for a refusal."""
    status = STATUS.get(refusal.rule, 422)
    body = {
        "type": "about:blank", "title": refusal.what, "status": status, "detail": refusal.why,
        "next_step": refusal.next_step, "rule": refusal.rule, "errors": errors or [],
    }  # fmt: skip
    response = HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE)
    if status == STATUS["not_signed_in"]:
        response["WWW-Authenticate"] = "Bearer"
    if status == STATUS["busy"]:
        response["Retry-After"] = str(_WAIT_WHEN_BUSY)
    return response


_HTTP: Final = {
    400: Refusal("The request was not read.", "Its body is no JSON in UTF-8.", "Send JSON.", "bad_request"),
    401: Refusal("The request was not answered.", "It carries no valid token and no session.",
                 "Send `Authorization: Bearer <token>`; make one under Security in the web pages.", "not_signed_in"),
    403: Refusal("The request was not answered.", "The session's CSRF token is missing or wrong.",
                 "Send the csrftoken cookie's value as X-CSRFToken, or use a token.", "csrf"),
}  # fmt: skip
NOT_FOUND: Final = Refusal("The request was not answered.", "There is nothing at this address.",
                           "See /api/v1/openapi.json for what there is.", "not_found")  # fmt: skip
TOO_LARGE: Final = Refusal("The request was not read.", "Its body is too large.", "Send it in parts, or as a file.",
                           "too_large")  # fmt: skip
TOO_MANY: Final = Refusal("The request was not answered.", "This token asked too often.",
                          "Wait as long as Retry-After says.", "too_many_requests")  # fmt: skip


def _http_error(_: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401  HttpError, by ninja's own handler type
    if isinstance(error.__cause__, RequestDataTooBig):
        return problem(TOO_LARGE)
    if isinstance(error.__cause__, Refusal):
        return problem(error.__cause__)
    return problem(_HTTP[error.status_code])


def _throttled(_: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401  Throttled
    response = problem(TOO_MANY)
    response["Retry-After"] = str(math.ceil(error.wait or 1))
    return response


def _invalid(_: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401  ValidationError
    errors = [{"where": ".".join(map(str, one["loc"])), "why": str(one["msg"])[:300]} for one in error.errors]
    first = errors[0] if errors else {"where": "", "why": "It does not validate."}
    why = f"{first['where']}: {first['why']}" + (f" ({len(errors)} fields in all)" if len(errors) > 1 else "")
    return problem(Refusal("The request was not accepted.", why, "Correct it and send it again.", "invalid"), errors)


def _too_large(_: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401  SuspiciousOperation
    return problem(TOO_LARGE if isinstance(error, RequestDataTooBig) else _HTTP[400])


def _fault(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401  anything
    logging.getLogger("quarterdeck.api").error("%s %s", request.method, request.path, exc_info=error)
    body = {"type": "about:blank", "title": "Something broke.", "status": 500, "detail": "It is ours to mend.",
            "next_step": "Ask your operator to look at the server's log.", "rule": "fault", "errors": []}  # fmt: skip
    return HttpResponse(json.dumps(body), status=500, content_type=CONTENT_TYPE)


def handled(api: NinjaAPI) -> None:
    """Make every error of this API a problem."""
    api.add_exception_handler(Refusal, lambda _, error: problem(error))  # type: ignore[arg-type]
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(Throttled, _throttled)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(Http404, lambda *_: problem(NOT_FOUND))
    api.add_exception_handler(SuspiciousOperation, _too_large)
    api.add_exception_handler(Exception, _fault)
