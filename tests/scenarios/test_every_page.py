"""Every page there is, found in the URLconf: it answers, and is accessible in light, in dark and on a phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver

from browsing import browser_type_launch_args, run, served, sign_in, staged, violations

__all__ = ["browser_type_launch_args"]
pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
PASSWORD = "harbour-and-hale"  # noqa: S105  printed by the demo
DAY = "2026-03-17"
NO_PAGES = {"live", "import-template", "import-findings", "home", "plan-grid", "plan-sheet"}
NO_PAGES |= {"statement-pdf", "plan-document-pdf", "payroll-file"}
"""Streams, files and redirects: they are no pages."""
DECIDES = {"territory-proposal-quota", "plan-amend"}
"""Pages of who decides: operations may not open them, a director does."""
WIDTHS = (1440, 390)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, list[int]]]]:
    data_dir = tmp_path_factory.mktemp("pages")
    staged(data_dir, HERE / "demo_stage.py")
    ids = json.loads(run(data_dir, HERE / "ids_stage.py"))
    with served(data_dir, "quarterdeck.config.asgi:application", HERE) as address:
        yield address, ids


def addresses(ids: dict[str, list[int]], *, decides: bool = False) -> list[str]:
    """One address per page that can be read, its parameters filled from the database."""
    found = []
    for pattern in get_resolver().url_patterns[-1].url_patterns:
        if not isinstance(pattern, URLPattern) or pattern.name in NO_PAGES or not reads(pattern):
            continue
        if (pattern.name in DECIDES) != decides:
            continue
        route = str(pattern.pattern)
        for name in pattern.pattern.converters:
            noun = {"holder": "person", "node": "team"}.get(name)
            value = f"{noun}:{ids[noun][0]}" if noun else ids[name.removesuffix("_id")][0]
            start, end = route.index("<"), route.index(">")
            route = f"{route[:start]}{value}{route[end + 1 :]}"
        found.append(f"/{route}{QUERY.get(pattern.name or '', '')}".replace("PERSON", str(ids["person"][0])))
    return found


QUERY = {
    "because": f"?metric=bookings&holder=person:PERSON&starts_on=2026-03-01&ends_on=2026-04-01&as_of={DAY}",
    "target": "?starts_on=2026-03-01&metric=bookings",
    "search": "?q=tern",
}


def reads(pattern: URLPattern) -> bool:
    """Whether it answers GET: views that only take posts say so by the decorator's closure."""
    view: Any = pattern.callback
    methods = [cell.cell_contents for cell in (view.__closure__ or ()) if isinstance(cell.cell_contents, list)]
    return methods != [["POST"]] and "<str:secret>" not in str(pattern.pattern)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("who", "n_least"), [("ines", 20), ("dana", 0)])
def test_every_page_is_accessible(
    browser: Any, demo: tuple[str, dict[str, list[int]]], width: int, who: str, n_least: int
) -> None:
    address, ids = demo
    context = browser.new_context(base_url=address, viewport={"width": width, "height": 900})
    page, faults = context.new_page(), []
    page.on("console", lambda said: faults.append(f"{page.url} {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"{page.url} {error}"))
    sign_in(page, address, f"{who}@example.com", PASSWORD)
    pages = addresses(ids, decides=who == "dana")
    assert len(pages) > n_least
    for path in pages:
        answer = page.goto(path)
        assert answer.status == 200, path
        faults += [f"{path} {one}" for one in violations(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        faults += [f"{path} scrolls sideways by {wide}"] if wide > 1 else []
        if width == max(WIDTHS):
            page.emulate_media(color_scheme="dark")
            faults += [f"{path} in the dark: {one}" for one in violations(page, "color-contrast")]
            page.emulate_media(color_scheme="light")
    context.close()
    assert faults == []
