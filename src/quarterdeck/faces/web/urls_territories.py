"""Addresses of territories: the list, balancing, proposals of moves and their answers."""

from django.urls import URLPattern, path

from quarterdeck.faces.web.views import territories

_PROPOSAL = "territories/proposals/<int:territory_proposal_id>"

urlpatterns: list[URLPattern] = [
    path("territories", territories.territories, name="territories"),
    path("territories/<int:territory_id>", territories.territory, name="territory"),
    path("territories/balance", territories.balance, name="territory-balance"),
    path("territories/proposals", territories.proposal_list, name="territory-proposals"),
    path(_PROPOSAL, territories.proposal, name="territory-proposal"),
    path(f"{_PROPOSAL}/accept", territories.accept, name="territory-proposal-accept"),
    path(f"{_PROPOSAL}/decline", territories.decline, name="territory-proposal-decline"),
    path(f"{_PROPOSAL}/take-back", territories.take_back, name="territory-proposal-take-back"),
    path(f"{_PROPOSAL}/withdraw", territories.withdraw, name="territory-proposal-withdraw"),
    path(f"{_PROPOSAL}/quota/<int:plan_id>", territories.quota, name="territory-proposal-quota"),
]
