"""Emails to the shopper of an order, in its language and with its link."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from accounts.letters import write_email
from catalog.site import site_name
from shop.models import Order


def email_shopper(subject: Any, template: str, order: Order, **context: Any) -> None:
    """Email the order's shopper, in its language. `subject` is lazy, because it is written in that language."""
    context |= {"order": order, "site_url": settings.SITE_URL, "site_name": site_name()}
    with override(order.language):
        text = render_to_string(f"shop/mail/{template}.txt", context)
        write_email(subject % {"code": order.code, "site": site_name()}, text, to=order.email).send()
