"""The API and its description."""

from ninja import NinjaAPI

api = NinjaAPI(title="Quarterdeck", version="1", urls_namespace="api")
