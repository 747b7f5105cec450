"""Addresses of plans and of what people are told about their targets."""

from django.urls import URLPattern, path

from quarterdeck.faces.web.views import mixes, plan_amend, plan_drivers, plan_fairness, plan_grid, plan_sheets, plans

urlpatterns: list[URLPattern] = [
    path("plans", plans.plans, name="plans"),
    path("plans/new", plans.plan_new, name="plan-new"),
    path("plans/<int:plan_id>", plans.plan, name="plan"),
    path("plans/<int:plan_id>/submit", plans.submit, name="plan-submit"),
    path("plans/<int:plan_id>/return", plans.give_back, name="plan-return"),
    path("plans/<int:plan_id>/approve", plans.approve, name="plan-approve"),
    path("plans/<int:plan_id>/publish", plans.publish, name="plan-publish"),
    path("plans/<int:plan_id>/basis", plan_drivers.basis, name="plan-basis"),
    path("plans/<int:plan_id>/carry", plan_drivers.carry, name="plan-carry"),
    path("plans/<int:plan_id>/rails", plan_drivers.rails, name="plan-rails"),
    path("plans/<int:plan_id>/hedges", plan_drivers.hedges, name="plan-hedges"),
    path("plans/<int:plan_id>/amend", plan_amend.amend, name="plan-amend"),
    path("plans/<int:plan_id>/fairness", plan_fairness.fairness, name="plan-fairness"),
    path("plans/<int:plan_id>/propose", plans.propose, name="plan-propose"),
    path("plans/proposals/<int:proposal_id>/accept", plans.accept, name="proposal-accept"),
    path("plans/proposals/<int:proposal_id>/decline", plans.decline, name="proposal-decline"),
    path("plans/<int:plan_id>/cells/<str:node>", plan_grid.cell, name="plan-cell"),
    path("plans/<int:plan_id>/grid.json", plan_grid.grid, name="plan-grid"),
    path("plans/<int:plan_id>/edits", plan_grid.edits, name="plan-edits"),
    path("plans/<int:plan_id>/undo", plan_grid.undo, name="plan-undo"),
    path("plans/<int:plan_id>/redo", plan_grid.redo, name="plan-redo"),
    path("plans/<int:plan_id>/sheet.xlsx", plan_sheets.sheet, name="plan-sheet"),
    path("plans/<int:plan_id>/sheet", plan_sheets.sheet_read, name="plan-sheet-read"),
    path("mix", mixes.choose, name="mix"),
    path("mix/teams/<int:team_id>", mixes.limit, name="mix-limit"),
    path("notices", plans.notices, name="notices"),
    path("notices/<int:notice_id>/seen", plans.notice_seen, name="notice-seen"),
]
