"""Addresses of the import pages."""

from django.urls import URLPattern, path

from quarterdeck.faces.web.views import imports

urlpatterns: list[URLPattern] = [
    path("imports", imports.imports_list, name="imports"),
    path("imports/new", imports.upload, name="import-new"),
    path("imports/templates/<slug:name>", imports.template, name="import-template"),
    path("imports/<int:batch_id>", imports.batch_page, name="import"),
    path("imports/<int:batch_id>/read", imports.batch_read_as, name="import-read"),
    path("imports/<int:batch_id>/values", imports.batch_values, name="import-values"),
    path("imports/<int:batch_id>/apply", imports.batch_apply, name="import-apply"),
    path("imports/<int:batch_id>/undo", imports.batch_undo, name="import-undo"),
    path("imports/<int:batch_id>/findings.csv", imports.batch_findings, name="import-findings"),
]
