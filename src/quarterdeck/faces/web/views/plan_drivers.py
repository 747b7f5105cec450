"""What a draft is driven by: posts that come back to the plan's page."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from django.views.decorators.http import require_POST

from quarterdeck.faces.web.asked import actor
from quarterdeck.faces.web.views.plans import stepped
from quarterdeck.services.plans.drivers import DEEPEST, basis_chosen, carrying_set, hedges_set, rail_set, weighable
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WHAT: Final = "The plan was not changed."
LONGEST: Final = 200_000
"""Characters of weights that are read."""


@require_POST
def basis(request: HttpRequest, plan_id: int) -> HttpResponse:
    """By what the plan is shared, with the conventions that go with it."""
    form = request.POST

    def step() -> str:
        chosen = form.get("basis", "")
        said = {name: form.get(name, "") for name in _NAMED.get(chosen, ())}
        said |= {name: _ratio(said[name]) for name in ("history_share", "growth", "relief") if name in said}
        weights = _weights(request, plan_id) if chosen == "weights" else None
        basis_chosen(actor(request), plan_id, basis=chosen, weights=weights, conventions=said)
        return "The plan is weighed anew."

    return stepped(request, plan_id, step)


_MARKET: Final = ("potential_from", "unknown")
_NAMED: Final = {
    "potential": _MARKET, "blend": (*_MARKET, "history_share"),
    "growth_share": (*_MARKET, "growth", "relief", "relief_rule"),
}  # fmt: skip
"""What the form's fields say by basis; the other fields are not looked at."""


def _weights(request: HttpRequest, plan_id: int) -> dict[str, int]:
    """Weights as a sheet gives them: a name and a whole number a line, with a tab, a semicolon or a colon between."""
    nodes = weighable(actor(request), plan_id)
    found: dict[str, int] = {}
    for line in filter(str.strip, request.POST.get("weights", "")[:LONGEST].splitlines()):
        name, _, weight = line.strip().replace("\t", ";").replace(":", ";").rpartition(";")
        node = nodes.get(name.strip().casefold())
        if node is None or not weight.strip().isdecimal():
            why = f"'{line.strip()[:40]}' does not say whose weight it is, or no whole number."
            raise Refusal(WHAT, why, "Write a name of the plan and a number a line: Rita Moreno; 3.", "plan_driver")
        found[node] = int(weight)
    return found


@require_POST
def carry(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What seats carry of full months: a ramp in percent by month of tenure, a share of vacant seats, what counts."""
    form = request.POST

    def step() -> str:
        ramp = [_ratio(part) for part in form.get("ramp", "").replace(";", ",").split(",") if part.strip()]
        carrying_set(
            actor(request), plan_id, ramp=ramp, vacancy=_ratio(form.get("vacancy", "")),
            day_count=form.get("day_count", ""),
            **{name: form.get(name) == "yes" for name in ("part_time", "leave", "working_days")},
        )  # fmt: skip
        return "The plan counts what seats carry."

    return stepped(request, plan_id, step)


@require_POST
def rails(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Least and most growth of a node, in percent."""
    form = request.POST

    def step() -> str:
        least, most = _ratio(form.get("minimum", "")), _ratio(form.get("maximum", ""))
        rail_set(actor(request), plan_id, node=form.get("node", ""), minimum=least, maximum=most)
        return "The rails are set."

    return stepped(request, plan_id, step)


@require_POST
def hedges(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A hedge per level, in percent: fields hedge-0, hedge-1, ..."""
    form = request.POST

    def step() -> str:
        ratios = {depth: _ratio(form[name]) for depth in range(DEEPEST) if (name := f"hedge-{depth}") in form}
        hedges_set(actor(request), plan_id, ratios=ratios)
        return "The hedges are set; the street layer follows."

    return stepped(request, plan_id, step)


def _ratio(percent: str) -> str:
    """A ratio from percents as people write them; empty stays empty."""
    cleaned = percent.strip().removesuffix("%").strip().replace(",", ".")
    if not cleaned:
        return ""
    try:
        return str(Decimal(cleaned) / 100)
    except InvalidOperation as error:
        raise Refusal(WHAT, f"'{percent[:30]}' is no percentage.", "Write 5 for 5 %.", "plan_driver") from error
