"""The page that shows the API: made from its description by a template of ours, so that it works offline.

    description["paths"]["/api/v1/people"]["get"]   ->   GET /people  summary, parameters, answer, a form that tries it

Each shape (schema) stands on the page once, with a row per field; types link to it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from quarterdeck.faces.api import clock
from quarterdeck.services.actor import actor_of
from quarterdeck.services.calendar import company

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.http import HttpRequest, HttpResponse

_REF: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a field of a shape."""

    name: str
    kind: str
    shape: str
    """The shape to link to; empty for plain types."""
    is_required: bool
    about: SafeString
    where: str = ""
    """path, query or header, for parameters."""
    example: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for."""

    method: str
    path: str
    key: str
    summary: str
    about: tuple[SafeString, ...]
    parameters: tuple[Field, ...]
    takes: str
    """The content type of its body; empty without one."""
    body: Field | None
    example: str
    answers: Field | None


def page(request: HttpRequest, description: Mapping[str, Any]) -> HttpResponse:
    """The page, for people who are signed in; others are sent to do so."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    actor = actor_of(request.user, clock.now())
    # What the frame of every page reads off the request.
    request.actor = actor  # type: ignore[attr-defined]
    request.as_of = company().shows_as_of or actor.today  # type: ignore[attr-defined]
    return render(request, "api.html", {
        "about": paragraphs(description["info"]["description"]), "groups": groups(description),
        "shapes": shapes(description), "server": request.build_absolute_uri("/").rstrip("/"),
    })  # fmt: skip


def groups(description: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """Operations by their tag, in the order of the description."""
    found: dict[str, list[Operation]] = {}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(_operation(path, method, operation, description))
    return found


def shapes(description: Mapping[str, Any]) -> dict[str, tuple[str, list[Field]]]:
    """Every shape's words and fields, by name."""
    models = description["components"]["schemas"]
    return {
        name: (model.get("description", ""), list(_fields(model))) for name, model in sorted(models.items())
    }  # fmt: skip


def _operation(path: str, method: str, said: Mapping[str, Any], description: Mapping[str, Any]) -> Operation:
    bodies: dict[str, Any] = said.get("requestBody", {}).get("content", {})
    takes = next(iter(bodies), "")
    content = bodies.get(takes, {})
    schema = content.get("schema", {})
    example = content.get("example") or example_of(schema, description["components"]["schemas"])
    return Operation(
        method=method, path=path, key=said["operationId"], summary=said["summary"],
        about=paragraphs(said["description"]),
        parameters=tuple(_parameter(one) for one in said.get("parameters", [])), takes=takes,
        body=_field("body", schema, is_required=True) if schema else None,
        example=json.dumps(example, indent=2) if takes == "application/json" else "",
        answers=_answer(said["responses"]),
    )  # fmt: skip


def _answer(responses: Mapping[int, Any]) -> Field | None:
    """What it answers when all is well."""
    for status, said in responses.items():
        for content in said.get("content", {}).values():
            if int(status) < 300:  # noqa: PLR2004  success
                return _field("answer", content["schema"], is_required=True)
    return None


def _parameter(said: Mapping[str, Any]) -> Field:
    schema = said["schema"] | {"description": said.get("description", said["schema"].get("description", ""))}
    return _field(said["name"], schema, is_required=said.get("required", False), where=said["in"])


def _fields(model: Mapping[str, Any]) -> Iterator[Field]:
    for name, schema in model.get("properties", {}).items():
        yield _field(name, schema, is_required=name in model.get("required", ()))


def _field(name: str, schema: Mapping[str, Any], *, is_required: bool, where: str = "") -> Field:
    kind, shape = kind_of(schema)
    examples = schema.get("examples") or [""]
    example = examples[0]
    return Field(
        name=name, kind=kind, shape=shape, is_required=is_required,
        about=prose(schema.get("description", "")), where=where,
        example=example if isinstance(example, str) else json.dumps(example), choices=tuple(schema.get("enum", ())),
    )  # fmt: skip


def paragraphs(text: str) -> tuple[SafeString, ...]:
    """The paragraphs of a text."""
    return tuple(prose(part) for part in text.split("\n\n"))


def prose(text: str) -> SafeString:
    """The little CommonMark that descriptions use: code between backticks; everything else is escaped.

    >>> prose("Send `next` & <b>")
    'Send <code>next</code> &amp; &lt;b&gt;'
    """
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))  # noqa: S308  escaped before


def kind_of(schema: Mapping[str, Any]) -> tuple[str, str]:
    """What a schema takes in words, and the shape it refers to.

    >>> kind_of({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]})
    ('date or null', '')
    >>> kind_of({"type": "array", "items": {"$ref": "#/components/schemas/Seat"}})
    ('list of Seat', 'Seat')
    """
    if ref := schema.get("$ref"):
        name = ref.removeprefix(_REF)
        return name, name
    if parts := schema.get("anyOf") or schema.get("allOf"):
        found = [kind_of(part) for part in parts]
        return " or ".join(kind for kind, _ in found), next((shape for _, shape in found if shape), "")
    if schema.get("type") == "array":
        kind, shape = kind_of(schema.get("items", {}))
        return f"list of {kind}", shape
    if isinstance(more := schema.get("additionalProperties"), dict):
        kind, shape = kind_of(more)
        return f"object of {kind}", shape
    return schema.get("format") or schema.get("type") or "anything", ""


def example_of(schema: Mapping[str, Any], models: Mapping[str, Any]) -> Any:  # noqa: ANN401  JSON
    """A value that fits, from the examples of the fields; fields without one and without need are left out.

    >>> example_of({"properties": {"kind": {"type": "string", "examples": ["call"]}, "note": {"type": "string"}},
    ...     "required": ["kind"]}, {})
    {'kind': 'call'}
    """
    if ref := schema.get("$ref"):
        return example_of(models[ref.removeprefix(_REF)], models)
    if examples := schema.get("examples"):
        return examples[0]
    if "properties" in schema:
        required = set(schema.get("required", ()))
        return {
            name: example_of(part, models)
            for name, part in schema["properties"].items()
            if name in required or part.get("examples")
        }
    return {"integer": 1, "number": 1, "boolean": False, "array": [], "object": {}}.get(schema.get("type", ""), "")
