"""Addresses of what leaves the house about pay: documents and their acceptance, payroll files, what pay costs."""

from django.urls import URLPattern, path

from quarterdeck.faces.web.views import pay_costs, pay_documents, pay_payrolls

_VERSION = "comp-plans/versions/<int:comp_plan_version_id>"

urlpatterns: list[URLPattern] = [
    path("pay/statements/<int:pay_run_id>/<int:person_id>/pdf", pay_documents.statement_pdf, name="statement-pdf"),
    path("comp-plans/acceptances", pay_documents.acceptance_list, name="plan-acceptances"),
    path("comp-plans/acceptances/remind", pay_documents.remind, name="plan-remind"),
    path(f"{_VERSION}/documents/<int:person_id>", pay_documents.plan_document, name="plan-document"),
    path(f"{_VERSION}/documents/<int:person_id>/pdf", pay_documents.plan_document_pdf, name="plan-document-pdf"),
    path(f"{_VERSION}/accept", pay_documents.accept, name="plan-accept"),
    path("pay/payrolls/<int:payroll_id>/files", pay_payrolls.file_new, name="payroll-file-new"),
    path("pay/payroll-files/<int:payroll_file_id>", pay_payrolls.file, name="payroll-file"),
    path("cost-of-pay", pay_costs.cost_months, name="pay-costs"),
    path("cost-of-pay/capitalisation", pay_costs.capitalisation, name="pay-capitalisation"),
    path("pay/payroll-settings", pay_payrolls.settings_page, name="payroll-settings"),
    path("pay/payroll-settings/set", pay_payrolls.setting_new, name="pay-setting-new"),
    path("pay/payroll-settings/codes", pay_payrolls.codes, name="payroll-codes"),
]
