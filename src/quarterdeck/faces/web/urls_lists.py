"""Addresses of lists, and of pages about the house."""

from django.urls import URLPattern, path

from quarterdeck.faces.web import urls_territories
from quarterdeck.faces.web.views import deals, house, work

urlpatterns: list[URLPattern] = [
    path("deals", deals.deals, name="deals"),
    path("deals/<int:opportunity_id>", deals.deal, name="deal"),
    path("activities", work.activities, name="activities"),
    path("field-reports", work.field_reports, name="field-reports"),
    path("accounts", work.accounts, name="accounts"),
    path("accounts/<int:account_id>", work.account, name="account-page"),
    path("bookings", work.bookings, name="bookings"),
    *urls_territories.urlpatterns,
    path("search", house.search, name="search"),
    path("metrics", house.metrics, name="metrics"),
    path("journal", house.journal, name="journal"),
    path("settings", house.settings, name="settings"),
]
