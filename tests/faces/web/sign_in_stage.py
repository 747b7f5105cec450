"""A data directory for the sign-in pages: the small company and an open invitation, whose address is printed."""

from __future__ import annotations

import django

django.setup()

from django.core.management import call_command  # noqa: E402  Django must be set up first
from django.urls import reverse  # noqa: E402

from quarterdeck.faces.web import clock  # noqa: E402
from quarterdeck.services import invitations  # noqa: E402
from quarterdeck.services.actor import Actor  # noqa: E402
from small_company import small_company  # noqa: E402

call_command("migrate", verbosity=0)
company = small_company()
company.users["lena"].delete()
secrets: list[str] = []


def kept(secret: str) -> str:
    """What the mail carries; the test needs it too."""
    secrets.append(secret)
    return secret


invitations.person_invited(Actor(now=clock.now()), company.people["lena"].pk, kept)
print("address:", reverse("invitation", args=secrets))  # noqa: T201  read by the test
