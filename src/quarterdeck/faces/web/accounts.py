"""Sign-in rules: nobody signs up by themselves; people are invited, and single sign-on finds people who are users.

the provider says          there is a user with it     answer
ada@x.com, verified        yes                         connected and signed in
ada@x.com, verified        no                          refused: ask to be invited
ada@x.com, not verified    yes or no                   refused: the provider does not vouch for the address
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.shortcuts import render

from quarterdeck.services.users import user_with_address
from quarterdeck.terms.errors import Refusal

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closed sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody makes an account without an invitation."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on for people who are users already."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """A verified address of an existing user signs in; nobody else."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect a login seen for the first time to the user whose address the provider vouches for."""
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        # Some providers write the claim as text, and "false" would count as true.
        vouched = [said.email for said in sociallogin.email_addresses if str(said.verified).lower() == "true"]
        try:
            user = user_with_address(vouched)
        except Refusal as refusal:
            page = render(request, "socialaccount/refused.html", {"refusal": refusal}, status=403)
            raise ImmediateHttpResponse(page) from refusal
        sociallogin.connect(request, user)
