"""Verification of sponsorships: budgets, days, views and refunds that agree with each other."""

from collections.abc import Iterator

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from feed.models import SponsoredPlace
from shop.states import SETTLED
from social.models import Sponsorship, SponsorshipState
from social.sponsorships.remainders import list_unrefunded

LIVE = (SponsorshipState.RUNNING, SponsorshipState.PAUSED)


def find_sponsorship_problems() -> Iterator[str]:
    """Yield a sentence for each sponsorship whose rows do not agree."""
    yield from _find_wrong_spending()
    yield from _find_wrong_states()
    yield from _find_wrong_refunds()


def _find_wrong_spending() -> Iterator[str]:
    by_day = SponsoredPlace.objects.annotate(days_milli=Coalesce(Sum("days__spent_milli"), 0))
    for place in by_day.exclude(days_milli=F("spent_milli")).order_by("pk"):
        yield f"Place {place.pk} spent {place.spent_milli}, and its days {vars(place)['days_milli']}, in thousandths."
    by_view = SponsoredPlace.objects.annotate(views_milli=Coalesce(Sum("views__charged_milli"), 0))
    for viewed in by_view.filter(views_milli__gt=F("spent_milli")).order_by("pk"):
        yield f"Place {viewed.pk} spent {viewed.spent_milli}, less than its views cost."


def _find_wrong_states() -> Iterator[str]:
    rows = Sponsorship.objects.select_related("place", "prepayment", "clip").order_by("pk")
    for row in rows.filter(state=SponsorshipState.RUNNING).exclude(place__is_running=True, clip__is_sponsored=True):
        yield f"Sponsorship {row} runs, and its place or the label of its post does not say so."
    for row in rows.exclude(state=SponsorshipState.RUNNING).filter(place__is_running=True):
        yield f"Sponsorship {row} does not run, but its place does."
    for row in rows.filter(state__in=(SponsorshipState.IN_REVIEW, *LIVE)).exclude(prepayment__state__in=SETTLED):
        yield f"Sponsorship {row} is {row.state} without having been paid."


def _find_wrong_refunds() -> Iterator[str]:
    ended = Sponsorship.objects.filter(state=SponsorshipState.DONE, prepayment__state__in=SETTLED)
    due = set(list_unrefunded().values_list("pk", flat=True))
    for row in ended.select_related("place", "prepayment", "refund").order_by("pk"):
        assert row.prepayment is not None
        left_minor = row.prepayment.total_minor - row.prepayment.refunded_minor - row.spent_minor
        if row.refund is not None and left_minor > 0:
            yield f"Sponsorship {row} was refunded, and {left_minor} is left nevertheless."
        if row.refund is None and left_minor > 0 and row.pk not in due and row.prepayment.state != "disputed":
            yield f"Sponsorship {row} ended with {left_minor} left, which nobody refunds."
