"""What a sponsor may do with a sponsorship: pause, resume and end it."""

from datetime import datetime

from django.utils.translation import gettext as _

from shop.states import PaymentState
from social.models import EndReason, PauseReason, Sponsorship
from social.sponsorships.bookings import SponsorshipRefused
from social.sponsorships.lifecycle import end, pause, resume

CHANGES = ("pause", "resume", "end")


def change(sponsorship: Sponsorship, name: str, *, now: datetime) -> str:
    """Make a change, and return a sentence that says so. Raises SponsorshipRefused."""
    if name == "pause":
        if not pause(sponsorship_id=sponsorship.pk, reason=PauseReason.BOOKER, now=now):
            raise SponsorshipRefused(_("It is not running."))
        return _("Paused. It is not shown until you resume it.")
    if name == "resume":
        if sponsorship.pause_reason == PauseReason.STAFF:
            raise SponsorshipRefused(_("The shop paused it. Ask the shop."))
        resume(sponsorship_id=sponsorship.pk, now=now)
        return _("It runs again.")
    if name != "end":
        raise SponsorshipRefused(_("Choose what to do."))
    prepayment = sponsorship.prepayment
    if prepayment is not None and prepayment.payments.filter(state=PaymentState.PROCESSING).exists():
        raise SponsorshipRefused(_("Your bank is processing the payment. You can end it once that has arrived."))
    if not end(sponsorship_id=sponsorship.pk, reason=EndReason.BOOKER, now=now):
        raise SponsorshipRefused(_("It has ended already."))
    return _("Ended. What is left of the budget is refunded.")
