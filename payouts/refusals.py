"""Payouts that the bank refused because of the shop's own account, for example because it is empty.

Nothing moved, and the payee is not the reason. So the payout stays in transit and is sent again as one without an answer
is, the rest of its batch waits, finance is told, and the payee hears nothing until it arrives.
"""

import logging
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.access import staff_with_permission
from accounts.letters import write_email
from catalog.site import site_name
from payouts.models import Payout, PayoutState

logger = logging.getLogger(__name__)


def find_refusals(batch_ids: Collection[int]) -> dict[int, str]:
    """Return a sentence for each of these batches that waits because the bank refused one of its payouts, by batch id."""
    refused = Payout.objects.refused().filter(batch__in=batch_ids).order_by("-pk")
    sentence = _(
        "The bank refuses payouts because of the shop's own account: “%(text)s” Put that right first. The payout that "
        "was refused is sent again by itself; send the others once it is paid."
    )
    return {batch_id: sentence % {"text": text} for batch_id, text in refused.values_list("batch", "refused_text")}


def postpone_payout(*, payout: Payout, text: str) -> None:
    """Let a payout wait that the bank refused with this text, and tell finance if it is the first one of its batch."""
    with transaction.atomic():
        is_first = not Payout.objects.filter(batch=payout.batch_id).exclude(refused_text="").exists()
        values = {"refused_text": text[:300] or "–", "refused_count": payout.refused_count + 1}
        if not Payout.objects.move(payout.pk, PayoutState.SENDING, PayoutState.UNKNOWN, **values):
            return
        if is_first:
            _mail_refusal(payout, text)
    logger.warning("payout refused because of the shop's account", extra={"payout": payout.pk, "why": text})


def _mail_refusal(payout: Payout, text: str) -> None:
    """Email everybody who sends payouts, in their own language."""
    url = settings.SITE_URL + reverse("admin:payouts_batch_change", args=[payout.batch_id])
    for user in staff_with_permission("payouts.add_payout"):
        with override(user.language or settings.LANGUAGE_CODE):
            context = {"text": text, "minutes": settings.PAYOUT_UNSEEN_MINUTES, "url": url, "site_name": site_name()}
            subject = _("The bank refuses payouts: %(batch)s waits") % {"batch": payout.batch}
            body = render_to_string("payouts/mail/refused.txt", context)
            write_email(subject, body, to=user.email).send()
