"""Emails to the people of a merchant: what staff decided, and invitations to act for it."""

from collections.abc import Iterator
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.letters import write_email
from accounts.models import User
from catalog.models import Merchant, MerchantInvitation, MerchantRole
from catalog.site import site_name

SUBJECTS = {
    "approve": gettext_lazy("%(merchant)s can now sell at %(site)s"),
    "decline": gettext_lazy("Your application for %(merchant)s was declined"),
    "suspend": gettext_lazy("%(merchant)s was suspended"),
    "restore": gettext_lazy("%(merchant)s can sell again"),
    "changed": gettext_lazy("The changes of %(merchant)s were made"),
    "unchanged": gettext_lazy("The changes of %(merchant)s were declined"),
}


def mail_decision_to_owners(*, merchant: Merchant, kind: str, reason: str) -> None:
    """Email every owner, in their language. `kind` is a key of SUBJECTS."""
    words = {"merchant": merchant.name, "site": site_name()}
    for owner in speak_to_owners(merchant):
        context = {**words, "kind": kind, "reason": reason, "site_name": site_name()}
        context["link"] = f"{settings.SITE_URL}{reverse('merchant-apply' if kind == 'decline' else 'merchant-home')}"
        text = render_to_string("merchant/mail/decision.txt", context)
        write_email(SUBJECTS[kind] % words, text, to=owner.email).send()


def mail_fee_to_owners(*, merchant: Merchant, fee: str, starts_at: datetime, reason: str) -> None:
    """Email every owner from when on another fee holds. It is in percent."""
    for owner in speak_to_owners(merchant):
        context = {"merchant": merchant.name, "fee": fee, "starts_at": starts_at, "reason": reason}
        context |= {"site_name": site_name(), "link": f"{settings.SITE_URL}{reverse('merchant-home')}"}
        text = render_to_string("merchant/mail/fee.txt", context)
        write_email(_("The fee of %(merchant)s changes") % {"merchant": merchant.name}, text, to=owner.email).send()


def speak_to_owners(merchant: Merchant) -> Iterator[User]:
    """Yield every owner who can sign in, while their language is active."""
    owners = User.objects.filter(merchant_roles__merchant=merchant, merchant_roles__role=MerchantRole.OWNER)
    for owner in owners.filter(is_active=True).order_by("pk"):
        with override(owner.language or settings.LANGUAGE_CODE):
            yield owner


def mail_merchant_invitation(*, invitation: MerchantInvitation, token: str) -> None:
    """Email the link, in the language of whoever has the address, or else in the shop's."""
    known = EmailAddress.objects.filter(email=invitation.email, verified=True).select_related("user").first()
    with override(known.user.language if known and known.user.language else settings.LANGUAGE_CODE):
        words = {"merchant": invitation.merchant.name, "site": site_name()}
        link = f"{settings.SITE_URL}{reverse('merchant-invitation', args=[token])}"
        context = {**words, "link": link, "role": invitation.get_role_display(), "last_day": invitation.expires_at}
        text = render_to_string("merchant/mail/invitation.txt", context)
        write_email(_("%(merchant)s invites you at %(site)s") % words, text, to=invitation.email).send()
