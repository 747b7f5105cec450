"""What a draft is driven by: posts that come back to the plan's page."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from django.views.decorators.http import require_POST

from quarterdeck.faces.web.asked import actor
from quarterdeck.faces.web.views.plans import stepped
from quarterdeck.services.plans.drivers import DEEPEST, basis_chosen, hedges_set, rail_set
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WHAT: Final = "The plan was not changed."


@require_POST
def basis(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Weights by history or even."""

    def step() -> str:
        basis_chosen(actor(request), plan_id, basis=request.POST.get("basis", ""))
        return "The plan is weighed anew."

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
