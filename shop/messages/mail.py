"""Emails about messages. They name no email address of the other side: people reply on the page."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from accounts.access import staff_with_permission
from accounts.letters import write_email
from accounts.models import User
from catalog.models import MerchantRole
from catalog.site import site_name
from shop.models import MessageThread, ThreadMessage, ThreadSide

ANSWERING = (MerchantRole.OWNER, MerchantRole.MANAGER)
"""Which members of a merchant read and answer messages."""
FROM_SELLER = gettext_lazy("%(merchant)s wrote to you")
FROM_SHOPPER = gettext_lazy("A shopper wrote to %(merchant)s")
REPORTED = gettext_lazy("A message between a shopper and %(merchant)s was reported")


def mail_message(message: ThreadMessage) -> None:
    """Email a message to the other side: to the shopper, or to everybody who answers for the merchant."""
    thread = message.thread
    if message.side == ThreadSide.MERCHANT:
        _mail(thread.user, FROM_SELLER, "message", message, reverse("message-thread", args=[thread.pk]))
        return
    roles = {"merchant_roles__merchant": thread.merchant_id, "merchant_roles__role__in": ANSWERING}
    for member in User.objects.filter(**roles).order_by("pk"):
        _mail(member, FROM_SHOPPER, "message", message, reverse("merchant-thread", args=[thread.pk]))


def mail_report(message: ThreadMessage) -> None:
    """Email those who moderate messages. What was written stays on the page."""
    path = reverse("admin:shop_messagethread_change", args=[message.thread_id])
    for moderator in staff_with_permission("shop.change_messagethread"):
        _mail(moderator, REPORTED, "message_report", message, path)


def _mail(user: User, subject: Any, template: str, message: ThreadMessage, path: str) -> None:
    thread: MessageThread = message.thread
    if not user.is_active:
        return
    with override(user.language or settings.LANGUAGE_CODE):
        context = {"message": message, "thread": thread, "link": settings.SITE_URL + path, "site_name": site_name()}
        text = render_to_string(f"shop/mail/{template}.txt", context)
        write_email(subject % {"merchant": thread.merchant.name}, text, to=user.email).send()
