"""Emails to merchants about what the house decided on their listings."""

from collections.abc import Sequence

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from accounts.letters import write_email
from catalog.models import HOUSE_ID, ListingChange, MerchantMember, MerchantRole

NAMED = 20
"""How many products one email names. A merchant finds the others in its list."""


def mail_decisions(changes: Sequence[ListingChange], *, is_taken_off: bool = False) -> None:
    """Email owners and managers what became of what they sent: one email for each merchant, whose changes all ended alike."""
    by_merchant: dict[int, list[ListingChange]] = {}
    for change in changes:
        by_merchant.setdefault(change.product.merchant_id or HOUSE_ID, []).append(change)
    members = MerchantMember.objects.filter(merchant__in=by_merchant, user__is_active=True)
    listers = members.exclude(role=MerchantRole.PACKER).select_related("user").order_by("pk")
    for member in listers:
        _mail(member, by_merchant[member.merchant_id], is_taken_off=is_taken_off)


def _mail(member: MerchantMember, changes: Sequence[ListingChange], *, is_taken_off: bool) -> None:
    site_name = get_adapter().get_site_name()
    with override(member.user.language or settings.LANGUAGE_CODE):
        reason = changes[0].reason
        subject = gettext("Declined: %(products)s") if reason else gettext("Approved: %(products)s")
        subject = gettext("Taken off sale: %(products)s") if is_taken_off else subject
        names = [change.product.local_name for change in changes[:NAMED]]
        context = {
            "reason": reason,
            "is_taken_off": is_taken_off,
            "names": names,
            "others": len(changes) - len(names),
            "site_name": site_name,
            "site_url": settings.SITE_URL,
        }
        text = render_to_string("catalog/mail/listing_decision.txt", context)
        title = names[0] if len(changes) == 1 else gettext("%(count)d products") % {"count": len(changes)}
        write_email(subject % {"products": title}, text, to=member.user.email).send()
