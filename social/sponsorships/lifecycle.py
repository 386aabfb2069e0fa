"""The states of a sponsorship, from its payment to its end. Each function moves it by compare-and-set.

What the feed knows of it, its place and the mark on its post, changes in the same transaction.
"""

import logging
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Category
from feed.models import SponsoredPlace
from shop.prepayment_charges import create_prepayment, pay_prepayment
from shop.prepayments import cancel_prepayment
from shop.providers import Outcome
from social.models import EndReason, PauseReason, Sponsorship, SponsorshipState
from social.sponsorships.bookings import SponsorshipRefused
from social.sponsorships.mail import mail_sponsor
from social.sponsorships.obstacles import find_obstacle
from social.sponsorships.remainders import refund_remainder
from videos.models import Clip

logger = logging.getLogger(__name__)

LIVE = (SponsorshipState.RUNNING, SponsorshipState.PAUSED)


def pay(*, sponsorship_id: int, user: User, now: datetime) -> Outcome:
    """Charge the budget of a draft. Raises SponsorshipRefused, PaymentRefused, ProviderUnavailable."""
    with transaction.atomic():
        sponsorship = lock(sponsorship_id)
        if sponsorship.state != SponsorshipState.DRAFT:
            raise SponsorshipRefused(_("This is already paid, or ended."))
        if sponsorship.starts_on < timezone.localdate(now) and sponsorship.prepayment is None:
            raise SponsorshipRefused(_("Its first day is over. Book it again."))
        if sponsorship.prepayment is None:
            sponsorship.prepayment = create_prepayment(
                user=user,
                purpose=f"Sponsorship {sponsorship.code}",
                return_path=sponsorship.get_absolute_url(),
                amount_minor=sponsorship.budget_minor,
                now=now,
            )
            Sponsorship.objects.filter(pk=sponsorship.pk).update(prepayment=sponsorship.prepayment)
    outcome = pay_prepayment(prepayment=sponsorship.prepayment, now=now)
    submit_if_paid(sponsorship_id=sponsorship_id, now=now)
    return outcome


def submit_if_paid(*, sponsorship_id: int, now: datetime) -> bool:
    """Send a draft to review if its payment has arrived. Return False if nothing changed."""
    paid = Sponsorship.objects.filter(prepayment__state="paid")
    if not paid.filter(pk=sponsorship_id).exists():
        return False
    draft, in_review = SponsorshipState.DRAFT, SponsorshipState.IN_REVIEW
    return Sponsorship.objects.move(sponsorship_id, draft, in_review, submitted_at=now)


def approve(*, sponsorship_id: int, approved_by: User, now: datetime) -> None:
    """Let a sponsorship run. Raises SponsorshipRefused."""
    with transaction.atomic():
        sponsorship = lock(sponsorship_id)
        check_decidable(sponsorship, approved_by)
        if obstacle := find_obstacle(sponsorship):
            raise SponsorshipRefused(str(obstacle.label))
        if Sponsorship.objects.filter(clip=sponsorship.clip_id, state__in=LIVE).exists():
            raise SponsorshipRefused(_("Another sponsorship of this post has not ended yet."))
        values = {"place": _create_place(sponsorship), "decided_by": approved_by, "decided_at": now}
        Sponsorship.objects.move(sponsorship.pk, SponsorshipState.IN_REVIEW, SponsorshipState.RUNNING, **values)
        _mark_clip(sponsorship, is_sponsored=True, now=now)
        mail_sponsor(sponsorship.pk)


def refuse(*, sponsorship_id: int, refused_by: User, reason: str, now: datetime) -> None:
    """Decline a sponsorship, and refund all that was paid. Raises SponsorshipRefused."""
    with transaction.atomic():
        sponsorship = lock(sponsorship_id)
        check_decidable(sponsorship, refused_by)
        Sponsorship.objects.filter(pk=sponsorship.pk).update(refusal=reason, decided_by=refused_by, decided_at=now)
        end(sponsorship_id=sponsorship.pk, reason=EndReason.REFUSED, now=now)


def check_decidable(sponsorship: Sponsorship, user: User) -> None:
    """Raise SponsorshipRefused unless the sponsorship is in review, and booked by somebody else."""
    if sponsorship.state != SponsorshipState.IN_REVIEW:
        raise SponsorshipRefused(_("It does not wait for a decision."))
    if sponsorship.booked_by_id == user.pk:
        raise SponsorshipRefused(_("You booked this yourself. A colleague has to decide."))


def pause(*, sponsorship_id: int, reason: PauseReason, now: datetime) -> bool:
    """Take a running sponsorship out of the feed. Return False if it was not running."""
    with transaction.atomic():
        sponsorship = lock(sponsorship_id)
        if not Sponsorship.objects.move(
            sponsorship.pk, SponsorshipState.RUNNING, SponsorshipState.PAUSED, pause_reason=reason
        ):
            return False
        _stop(sponsorship, now)
    logger.info("sponsorship paused: %s", reason, extra={"sponsorship": sponsorship.code})
    return True


def resume(*, sponsorship_id: int, now: datetime) -> None:
    """Let a paused sponsorship run again. Raises SponsorshipRefused if it is not paused, or something stands in its way."""
    with transaction.atomic():
        sponsorship = lock(sponsorship_id)
        if obstacle := find_obstacle(sponsorship):
            raise SponsorshipRefused(str(obstacle.label))
        if not Sponsorship.objects.move(
            sponsorship.pk, SponsorshipState.PAUSED, SponsorshipState.RUNNING, pause_reason=""
        ):
            raise SponsorshipRefused(_("It is not paused."))
        SponsoredPlace.objects.filter(sponsorship=sponsorship.pk).update(is_running=True)
        _mark_clip(sponsorship, is_sponsored=True, now=now)


def end(*, sponsorship_id: int, reason: EndReason, now: datetime) -> bool:
    """End a sponsorship for good, and refund what is left. Return False if it had ended before."""
    with transaction.atomic():
        sponsorship = lock(sponsorship_id)
        old = SponsorshipState(sponsorship.state)
        if old == SponsorshipState.DONE:
            return False
        prepayment = sponsorship.prepayment
        if old == SponsorshipState.DRAFT and prepayment is not None and not prepayment.is_settled:
            cancel_prepayment(prepayment_id=prepayment.pk)
        values = {"pause_reason": "", "end_reason": reason, "ended_at": now}
        Sponsorship.objects.move(sponsorship.pk, old, SponsorshipState.DONE, **values)
        _stop(sponsorship, now)
        refund_remainder(sponsorship_id=sponsorship.pk, now=now)
        if old != SponsorshipState.DRAFT and reason != EndReason.BOOKER:
            mail_sponsor(sponsorship.pk)
    logger.info("sponsorship ended: %s", reason, extra={"sponsorship": sponsorship.code})
    return True


def lock(sponsorship_id: int) -> Sponsorship:
    """Return a sponsorship, read anew and locked until the transaction ends."""
    rows = Sponsorship.objects.select_for_update(of=("self",))
    return rows.select_related("clip__creator", "merchant", "prepayment", "place").get(pk=sponsorship_id)


def _create_place(sponsorship: Sponsorship) -> SponsoredPlace:
    """Write what the feed needs to know. The audience's categories include those below them."""
    return SponsoredPlace.objects.create(
        clip=sponsorship.clip,
        sponsor=sponsorship.sponsor,
        booked_by=sponsorship.booked_by,
        merchant=sponsorship.merchant,
        currency=sponsorship.currency,
        bid_minor=sponsorship.bid_minor,
        budget_minor=sponsorship.budget_minor,
        daily_cap_minor=sponsorship.daily_cap_minor,
        categories=_with_subcategories(sponsorship.categories),
        languages=sponsorship.languages,
        starts_at=_midnight(sponsorship.starts_on),
        ends_at=_midnight(sponsorship.ends_on + timedelta(days=1)),
        is_running=True,
    )


def _midnight(day: date) -> datetime:
    """Return the beginning of a day in the shop's time zone."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def _with_subcategories(ids: list[int]) -> list[int]:
    wanted, level = set(ids), set(ids)
    while level:
        level = set(Category.objects.filter(parent__in=level).values_list("pk", flat=True)) - wanted
        wanted |= level
    return sorted(wanted)


def _stop(sponsorship: Sponsorship, now: datetime) -> None:
    """Take the place out of the feed. After this, no view of it is charged."""
    if sponsorship.place_id is not None:
        SponsoredPlace.objects.filter(pk=sponsorship.place_id).update(is_running=False)
        _mark_clip(sponsorship, is_sponsored=False, now=now)


def _mark_clip(sponsorship: Sponsorship, *, is_sponsored: bool, now: datetime) -> None:
    Clip.objects.filter(pk=sponsorship.clip_id).update(is_sponsored=is_sponsored, updated_at=now)
