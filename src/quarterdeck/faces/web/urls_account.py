"""Addresses of a person's own pages and of invitations; `sign_in` goes before the library's own under /sign-in/."""

from django.urls import URLPattern, URLResolver, include, path

from quarterdeck.faces.web.views import account

urlpatterns: list[URLPattern] = [
    path("account", account.account, name="account"),
    path("account/tokens", account.token_list, name="tokens"),
    path("account/tokens/<int:token_id>/revoke", account.token_revoke, name="token-revoke"),
    path("invitation/<str:secret>", account.invitation, name="invitation"),
]
sign_in: list[URLPattern | URLResolver] = [
    path("email/", account.address, name="account_email"),
    path("", include("allauth.urls")),
]
