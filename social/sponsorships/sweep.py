"""Periodic work on sponsorships: what was paid goes to review, what can't be shown pauses, and what is over ends."""

from datetime import datetime

from django.db.models import F, Q
from django.utils import timezone

from accounts.sweeps import do_each
from social.models import EndReason, PauseReason, Sponsorship, SponsorshipState
from social.models.sponsorship import BY_PEOPLE
from social.sponsorships.lifecycle import LIVE, end, pause, resume, submit_if_paid
from social.sponsorships.obstacles import find_obstacle
from social.sponsorships.remainders import list_unrefunded, refund_remainder


def advance_sponsorships(*, now: datetime) -> None:
    """Take every sponsorship to the state that its payment, dates, budget, post and products call for."""
    paid = Sponsorship.objects.filter(state=SponsorshipState.DRAFT, prepayment__state="paid")
    do_each(list(paid.values_list("pk", flat=True)), lambda pk: submit_if_paid(sponsorship_id=pk, now=now))
    do_each(_list_over(now), lambda row: end(sponsorship_id=row[0], reason=row[1], now=now))
    related = ("clip", "merchant", "prepayment", "place")
    live = Sponsorship.objects.filter(state__in=LIVE).exclude(pause_reason__in=BY_PEOPLE)
    do_each(live.select_related(*related).order_by("pk"), lambda row: _follow_obstacles(row, now))
    small = list(list_unrefunded().values_list("pk", flat=True)[:200])
    do_each(small, lambda pk: int(refund_remainder(sponsorship_id=pk, now=now) is not None))


def _list_over(now: datetime) -> list[tuple[int, EndReason]]:
    """Return the sponsorships that are over, with the reason. What was refunded elsewhere is not shown any more."""
    today = timezone.localdate(now)
    is_open = Sponsorship.objects.filter(state__in=(SponsorshipState.IN_REVIEW, *LIVE))
    is_spent = Q(place__spent_milli__gt=F("place__budget_minor") * 1000 - F("place__bid_minor"))
    queries = (
        (is_open.filter(prepayment__refunded_minor__gt=0), EndReason.REFUNDED),
        (is_open.filter(is_spent), EndReason.SPENT),
        (is_open.filter(ends_on__lt=today), EndReason.DATES),
    )
    return [(pk, reason) for rows, reason in queries for pk in rows.values_list("pk", flat=True)]


def _follow_obstacles(sponsorship: Sponsorship, now: datetime) -> bool:
    """Pause what can't be shown, and resume what can be shown again. Return whether anything changed."""
    obstacle = find_obstacle(sponsorship)
    is_running = sponsorship.state == SponsorshipState.RUNNING
    if obstacle is not None and is_running:
        return pause(sponsorship_id=sponsorship.pk, reason=obstacle, now=now)
    if obstacle is not None and obstacle != sponsorship.pause_reason:
        paused = Sponsorship.objects.filter(pk=sponsorship.pk, state=SponsorshipState.PAUSED)
        return paused.exclude(pause_reason__in=BY_PEOPLE).update(pause_reason=PauseReason(obstacle)) == 1
    if obstacle is None and not is_running:
        resume(sponsorship_id=sponsorship.pk, now=now)
        return True
    return False
