"""The API: every router under one roof, closed by default."""

from django.http import HttpRequest, HttpResponse

from quarterdeck.faces.api import (
    because,
    capacity,
    deals,
    facts,
    imports,
    journal,
    market,
    metrics,
    negotiation,
    orders,
    people,
    planning,
    plans,
    work,
)
from quarterdeck.faces.api.asked import CarefulParser
from quarterdeck.faces.api.auth import Session, Token
from quarterdeck.faces.api.description import ABOUT, Api
from quarterdeck.faces.api.page import page
from quarterdeck.faces.api.problems import handled

api = Api(
    title="Quarterdeck",
    version="1",
    description=ABOUT,
    urls_namespace="api",
    auth=[Token(), Session()],
    parser=CarefulParser(),
    docs_url=None,
)
for part in (
    people,
    market,
    deals,
    work,
    orders,
    facts,
    metrics,
    because,
    plans,
    planning,
    negotiation,
    capacity,
    imports,
    journal,
):
    api.add_router("", part.router)
handled(api)


@api.get("/docs", auth=None, include_in_schema=False, url_name="docs")
def docs(request: HttpRequest) -> HttpResponse:
    """The description as a page, for people."""
    return page(request, api.get_openapi_schema())
