"""What every page's frame needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest


def chrome(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001  Django's signature
    """Nothing yet but a name."""
    return {}
