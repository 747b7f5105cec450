"""Addresses of pay: the home by hat, comp plans, runs, statements, questions, payroll."""

from django.urls import URLPattern, path

from quarterdeck.faces.web.views import comp_plans, pay, pay_now, pay_runs, plan_edit

urlpatterns: list[URLPattern] = [
    path("pay", pay.home, name="pay"),
    path("pay/estimate", pay.estimate, name="pay-estimate"),
    path("pay/what-if", pay_now.what_if, name="pay-what-if"),
    path("pay/now", pay_now.now, name="pay-now"),
    path("pay/now/<int:person_id>", pay_now.now, name="pay-now-of"),
    path("comp-plans", comp_plans.plans, name="comp-plans"),
    path("comp-plans/new", comp_plans.plan_new, name="comp-plan-new"),
    path("comp-plans/start", plan_edit.start, name="comp-plan-start"),
    path("comp-plans/keep", plan_edit.keep, name="comp-plan-keep"),
    path("comp-plans/<int:comp_plan_id>", comp_plans.plan, name="comp-plan"),
    path("comp-plans/<int:comp_plan_id>/edit", plan_edit.edit, name="comp-plan-edit"),
    path("comp-plans/<int:comp_plan_id>/checks", plan_edit.checks, name="comp-plan-checks"),
    path("comp-plans/<int:comp_plan_id>/end", comp_plans.end, name="comp-plan-end"),
    path("comp-plans/<int:comp_plan_id>/assign", comp_plans.assign, name="comp-plan-assign"),
    path("comp-plans/versions/<int:comp_plan_version_id>/publish", comp_plans.publish, name="comp-plan-publish"),
    path("pay/runs/new", pay_runs.run_new, name="pay-run-new"),
    path("pay/runs/<int:pay_run_id>", pay_runs.run, name="pay-run"),
    path("pay/runs/<int:pay_run_id>/since", pay_now.since, name="pay-run-since"),
    path("pay/runs/<int:pay_run_id>/preview", pay_runs.preview, name="pay-run-preview"),
    path("pay/runs/<int:pay_run_id>/approve", pay_runs.approve, name="pay-run-approve"),
    path("pay/runs/<int:pay_run_id>/lock", pay_runs.lock, name="pay-run-lock"),
    path("pay/runs/<int:pay_run_id>/pay", pay_runs.pay, name="pay-run-pay"),
    path("pay/runs/<int:pay_run_id>/discard", pay_runs.discard, name="pay-run-discard"),
    path("pay/runs/<int:pay_run_id>/check", pay_runs.check, name="pay-run-check"),
    path("pay/statements/<int:pay_run_id>/<int:person_id>", pay.statement, name="statement"),
    path("pay/statements/<int:pay_run_id>/<int:person_id>/ask", pay.ask, name="statement-ask"),
    path("pay/questions/<int:dispute_id>", pay.question, name="dispute"),
    path("pay/questions/<int:dispute_id>/answer", pay.answer, name="dispute-answer"),
    path("pay/payrolls/<int:payroll_id>", pay_runs.payroll, name="payroll"),
]
