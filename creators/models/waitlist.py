"""The waitlist for clips whose campaign is full or closed."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, When
from django.utils.translation import gettext_lazy as _

from creators.models.campaign import Enrolment

OPEN_CLIPS_PER_APPROVAL = 2
"""How many more clips of a creator may be open for each that was approved."""


class WaitlistState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SERVED = "served", _("Got a slot")
    LEFT = "left", _("Left")


class WaitlistQuerySet(models.QuerySet["WaitlistEntry"]):
    def waiting(self) -> Self:
        return self.filter(state=WaitlistState.WAITING)

    def in_order(self) -> Self:
        """Order entries by when they joined the waitlist, earliest first."""
        return self.order_by("joined_at", "pk")

    def in_campaign(self, campaign_id: int) -> Self:
        return self.filter(enrolment__campaign=campaign_id)

    def open_at(self, now: datetime) -> Self:
        """Return entries whose campaigns accept clips at `now`, by the same rule as `Enrolment.is_open_at`."""
        is_in_time = Q()
        for terms in ("enrolment__terms", "enrolment__campaign__terms"):
            ends = Q(**{f"{terms}__closes_at": None}) | Q(**{f"{terms}__closes_at__gt": now})
            is_in_time |= Q(**{f"{terms}__opens_at__lte": now}) & ends
        return self.filter(is_in_time, enrolment__campaign__is_published=True)

    def with_number(self) -> Self:
        """Annotate each entry with `number`, its position on the campaign's waitlist.

        The clip that is submitted next has number 1. Entries that are not waiting have None.
        """
        before = Q(joined_at__lt=OuterRef("joined_at")) | Q(joined_at=OuterRef("joined_at"), pk__lte=OuterRef("pk"))
        ahead = WaitlistEntry.objects.waiting().filter(before, enrolment__campaign=OuterRef("enrolment__campaign"))
        count = Subquery(ahead.order_by().values("enrolment__campaign").annotate(count=Count("pk")).values("count"))
        return self.annotate(number=Case(When(state=WaitlistState.WAITING, then=count)))

    def with_free_slots(self) -> Self:
        """Return entries whose creator has a free slot, and may have one more open clip, in the campaign and in all."""
        taken_count = F("enrolment__held_count") + F("enrolment__earned_count")
        open_clips_cap = F("enrolment__campaign__open_clips_cap")
        own = Enrolment.objects.filter(creator=OuterRef("enrolment__creator")).order_by().values("creator")
        spare = Sum(F("earned_count") * OPEN_CLIPS_PER_APPROVAL - F("held_count"))
        return self.filter(
            enrolment__clips_cap__gt=taken_count,
            enrolment__held_count__lt=open_clips_cap,
            pk__in=self.alias(spare=Subquery(own.annotate(spare=spare).values("spare")))
            .filter(spare__gt=-settings.OPEN_CLIPS_WITHOUT_APPROVALS)
            .values("pk"),
        )

    def of_approved_creators(self) -> Self:
        """Return entries whose creator has an approved clip in any campaign."""
        earned = Enrolment.objects.filter(creator=OuterRef("enrolment__creator"), earned_count__gt=0)
        return self.filter(Exists(earned))


class WaitlistEntry(models.Model):
    """A finished clip that could not be submitted because its campaign was full or closed.

    A task submits waiting clips in order, as slots become free. `number` exists only on entries from `with_number()`.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="waitlist")
    clip_code = models.CharField(_("clip"), max_length=12)
    state = models.CharField(_("state"), max_length=8, choices=WaitlistState, default=WaitlistState.WAITING)
    joined_at = models.DateTimeField(_("joined at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("emailed at"), null=True, blank=True)

    number: int | None

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        verbose_name = _("waitlist entry")
        verbose_name_plural = _("waitlist")
        indexes = [
            models.Index(fields=["joined_at"], condition=Q(state="waiting"), name="creators_waitlist_order"),
            models.Index(
                fields=["settled_at"], condition=Q(state="served", mailed_at=None), name="creators_waitlist_unmailed"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clip_code"], condition=Q(state="waiting"), name="creators_waitlist_once")
        ]

    def __str__(self) -> str:
        return f"{self.clip_code}: {self.get_state_display()}"
