"""Every address: the API under its version, sign-in, and the pages."""

from django.urls import include, path

from quarterdeck.faces.api.routes import api
from quarterdeck.faces.web.urls_account import sign_in

urlpatterns = [
    path("api/v1/", api.urls),
    path("sign-in/", include(sign_in)),
    path("", include("quarterdeck.faces.web.urls")),
]
