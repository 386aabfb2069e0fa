"""The email that says an endpoint was switched off."""

from collections.abc import Iterator

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import write_email
from accounts.models import User
from catalog.merchants.mail import speak_to_owners
from catalog.site import site_name
from programme.webhooks.models import WebhookEndpoint


def mail_switched_off(*, endpoint: WebhookEndpoint, is_gone: bool) -> None:
    """Email the owners of the merchant, or whoever made an endpoint of the house."""
    is_house = endpoint.merchant.is_house
    page = "admin:programme_webhookendpoint_change" if is_house else "merchant-webhook"
    link = f"{settings.SITE_URL}{reverse(page, args=[endpoint.pk])}"
    for reader in _speak_to_creator(endpoint) if is_house else speak_to_owners(endpoint.merchant):
        context = {"endpoint": str(endpoint), "is_gone": is_gone, "link": link, "site_name": site_name()}
        text = render_to_string("merchant/mail/webhook_off.txt", context)
        subject = _("We switched off your webhook %(endpoint)s") % {"endpoint": str(endpoint)}
        write_email(subject, text, to=reader.email).send()


def _speak_to_creator(endpoint: WebhookEndpoint) -> Iterator[User]:
    if endpoint.created_by is not None and endpoint.created_by.is_active:
        with override(endpoint.created_by.language or settings.LANGUAGE_CODE):
            yield endpoint.created_by
