"""Who waits for a place in a full campaign."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.utils.translation import gettext_lazy as _

from creators.models.campaign import Enrolment


class WaitingState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SERVED = "served", _("Got a place")
    LEFT = "left", _("Left")


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def waiting(self) -> Self:
        return self.filter(state=WaitingState.WAITING)

    def first_come(self) -> Self:
        return self.order_by("asked_at", "pk")

    def in_campaign(self, campaign_id: int) -> Self:
        return self.filter(enrolment__campaign=campaign_id)

    def open_at(self, now: datetime) -> Self:
        """Keep those whose campaigns take clips: see `Enrolment.is_open_at`."""
        is_in_time = Q()
        for terms in ("enrolment__terms", "enrolment__campaign__terms"):
            ends = Q(**{f"{terms}__closes_at": None}) | Q(**{f"{terms}__closes_at__gt": now})
            is_in_time |= Q(**{f"{terms}__opens_at__lte": now}) & ends
        return self.filter(is_in_time, enrolment__campaign__is_published=True)

    def with_number(self) -> Self:
        """Read along the number on the list, 1 for who is next; None for who waits no more."""
        before = Q(asked_at__lt=OuterRef("asked_at")) | Q(asked_at=OuterRef("asked_at"), pk__lte=OuterRef("pk"))
        ahead = Waiting.objects.waiting().filter(before, enrolment__campaign=OuterRef("enrolment__campaign"))
        count = Subquery(ahead.order_by().values("enrolment__campaign").annotate(count=Count("pk")).values("count"))
        return self.annotate(number=Case(When(state=WaitingState.WAITING, then=count)))

    def able(self) -> Self:
        """Keep those whose creators have places of their own left: only they keep others waiting."""
        taken = F("enrolment__held_count") + F("enrolment__earned_count")
        return self.filter(enrolment__clips_cap__gt=taken)


class Waiting(models.Model):
    """A clip that was complete when its campaign was full or closed; it is submitted when its turn comes.

    `number` is there on rows read `with_number()`.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="waiting")
    clip_code = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=WaitingState, default=WaitingState.WAITING)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    number: int | None

    objects = WaitingQuerySet.as_manager()

    class Meta:
        verbose_name = _("place on a waiting list")
        verbose_name_plural = _("waiting lists")
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state="waiting"), name="creators_waiting_in_order"),
            models.Index(
                fields=["settled_at"], condition=Q(state="served", mailed_at=None), name="creators_waiting_unmailed"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clip_code"], condition=Q(state="waiting"), name="creators_waiting_once_per_clip"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clip_code} {self.state}"
