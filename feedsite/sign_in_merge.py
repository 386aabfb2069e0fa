"""Merging of a visitor's data into the user's account when the visitor signs in.

Emails about accounts carry the shop's name.
"""

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.languages import AccountAdapter
from accounts.models import User
from accounts.pasted_text import is_mailable, validate_mailable, without_invisible
from catalog.site import site_name
from feed.events.identity import identify_signed_in_viewer, set_viewer_cookie
from feed.models import Viewer
from shop.browser_accounts import record_browser_accounts
from shop.models import Order
from shop.order_links import adopt_guest_orders
from shop.shopper import VISITOR_KEY
from social.marks import adopt_marks


class SignInMergeAdapter(AccountAdapter):
    """An allauth adapter that merges a visitor's feed data, marks and follows into the account on sign-in."""

    def get_site_name(self) -> str:
        return site_name()

    def clean_email(self, email: str) -> str:
        plain = without_invisible(super().clean_email(email))
        validate_mailable(plain)
        return plain

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue an email, to the address without invisible characters. To one that can't be written, none is sent."""
        address = without_invisible(email)
        if not is_mailable(address):
            return
        named = SimpleNamespace(name=site_name(), domain=urlsplit(settings.SITE_URL).netloc)
        super().send_mail(template_prefix, address, {**context, "current_site": named})

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        now = timezone.now()
        identity = identify_signed_in_viewer(request, now=now)
        viewer = Viewer.objects.filter(pk=identity.key).first()
        if viewer is not None:
            marks = {"like": viewer.liked, "save": viewer.saved, "not-interested": viewer.hidden}
            adopt_marks(user=user, clip_ids=marks, creator_ids=viewer.followed, now=now)
        set_viewer_cookie(response, request, identity)
        _adopt_orders(request, user, now)
        _remember_browser(request, user, now)
        return response

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        is_confirmed = bool(super().confirm_email(request, email_address))
        if is_confirmed:
            _adopt_orders(request, email_address.user, timezone.now())
        return is_confirmed


def _adopt_orders(request: HttpRequest, user: User, now: datetime) -> None:
    """Move the paid orders that were placed as a guest with one of the user's verified addresses to the account."""
    verified = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    count = adopt_guest_orders(user=user, emails=list(verified), now=now)
    if count:
        sentence = ngettext(
            "An order that you placed as a guest is now in your account.",
            "%(count)d orders that you placed as a guest are now in your account.",
            count,
        )
        messages.success(request, sentence % {"count": count})


def _remember_browser(request: HttpRequest, user: User, now: datetime) -> None:
    """Record that a creator signs in with the browser from which orders were placed through their clips before."""
    visitor = request.session.get(VISITOR_KEY, "")
    orders = Order.objects.filter(visitor=visitor).exclude(user=user) if visitor else Order.objects.none()
    order_ids = list(orders.order_by("-placed_at").values_list("pk", flat=True)[:100])
    record_browser_accounts(order_ids=order_ids, user_ids=[user.pk], now=now)
