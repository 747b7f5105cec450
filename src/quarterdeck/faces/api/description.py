"""The API's description of itself: what ninja makes of the operations, with every error that any of them may answer."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from ninja import NinjaAPI

from quarterdeck.faces.api.problems import CONTENT_TYPE, Problem

if TYPE_CHECKING:
    from ninja.openapi.schema import OpenAPISchema

ABOUT: Final = """Facts in, numbers out: everything here is a function of facts as of a day.

Who asks: send `Authorization: Bearer <token>`. Tokens are made in the web pages under Security, with scopes (`read`,
`write:facts`, `write:plans`, `admin`) and an end. What a token may do is what its owner's hats may do, within
its scopes. 600 requests a minute and token; more are answered with 429 and `Retry-After`.

Lists come by key: `next` of one page is `after` of the following one, and stays right while rows are added.

Amounts are whole minor units of the company's currency, ratios are ratios, days are ISO 8601, and what ends, ends
on the first day no longer so.

Writes may carry an `Idempotency-Key`: asked again with it within a day, they are answered the same, and done once.

Errors are `application/problem+json` with what was refused, why, the next step, and the rule."""
ERRORS: Final = (400, 401, 403, 404, 409, 413, 422, 429, 500, 503)


class Api(NinjaAPI):
    """NinjaAPI whose description names the problems, and is made once: it takes half a second and never changes."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The description, with each operation's errors; not to be written to."""
        return self._described(path_prefix, tuple(sorted((path_params or {}).items())))

    @lru_cache(maxsize=4)  # noqa: B019  there is one API, which lives as long as the process
    def _described(self, path_prefix: str | None, path_params: tuple[tuple[str, Any], ...]) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=dict(path_params))
        schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"].update(_problems())
        return schema


def _problems() -> dict[int, Any]:
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in ERRORS}
