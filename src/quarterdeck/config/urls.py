"""Every address: the API under its version, sign-in, and the pages."""

from django.urls import include, path

from quarterdeck.faces.api.routes import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("sign-in/", include("allauth.urls")),
    path("", include("quarterdeck.faces.web.urls")),
]
