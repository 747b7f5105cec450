"""Addresses of capacity and of scenarios."""

from django.urls import URLPattern, path

from quarterdeck.faces.web.views import capacity, scenarios

urlpatterns: list[URLPattern] = [
    path("capacity", capacity.capacity, name="capacity"),
    path("capacity/plans", capacity.plans, name="capacity-plans"),
    path("capacity/<int:plan_id>/<int:team_id>", capacity.team, name="capacity-team"),
    path("capacity/<int:plan_id>/<int:team_id>/why", capacity.why, name="capacity-why"),
    path("capacity/<int:plan_id>/<int:team_id>/sizing", capacity.sizing, name="capacity-sizing"),
    path("capacity/<int:plan_id>/<int:team_id>/drivers", capacity.driver, name="capacity-driver"),
    path("scenarios", scenarios.scenarios, name="scenarios"),
    path("scenarios/new", scenarios.scenario_new, name="scenario-new"),
    path("scenarios/compare", scenarios.compare, name="scenario-compare"),
    path("scenarios/<int:scenario_id>", scenarios.scenario, name="scenario"),
    path("scenarios/<int:scenario_id>/drop", scenarios.drop, name="scenario-drop"),
    path("scenarios/<int:scenario_id>/apply", scenarios.apply, name="scenario-apply"),
]
