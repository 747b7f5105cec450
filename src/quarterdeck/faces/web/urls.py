"""Addresses of the pages. A name here is what templates link to; `nav.PAGES` offers those that exist."""

from django.urls import URLPattern, path

from quarterdeck.faces.web import (
    urls_account,
    urls_capacity,
    urls_imports,
    urls_lists,
    urls_pay,
    urls_pay_office,
    urls_people,
    urls_planning,
    urls_plans,
)
from quarterdeck.faces.web.views import because, desks, live, log

urlpatterns: list[URLPattern] = [
    path("", desks.home, name="home"),
    path("desk/rep/<int:person_id>", desks.rep, name="desk-rep"),
    path("desk/manager/<int:team_id>", desks.manager, name="desk-manager"),
    path("desk/director/<int:team_id>", desks.director, name="desk-director"),
    path("because", because.because, name="because"),
    path("log/activity", log.activity, name="log-activity"),
    path("log/activity/<int:activity_id>/undo", log.undo, name="log-undo"),
    path("log/note", log.note, name="log-note"),
    path("live", live.live, name="live"),
    *urls_account.urlpatterns,
    *urls_imports.urlpatterns,
    *urls_lists.urlpatterns,
    *urls_plans.urlpatterns,
    *urls_planning.urlpatterns,
    *urls_capacity.urlpatterns,
    *urls_people.urlpatterns,
    *urls_pay.urlpatterns,
    *urls_pay_office.urlpatterns,
]
