"""Reports of viewers, and the reasons and answers that there are for each kind of subject."""

from functools import reduce
from operator import or_
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.trigrams import search_index
from catalog.models import Product
from creators.models import Creator
from social.models.comment import Comment
from social.models.rating import Rating
from videos.models import Clip

type Subject = Clip | Product | Creator | Rating | Comment
"""What can be reported."""


class ReportReason(models.TextChoices):
    MISLEADING = "misleading", _("Misleading claims")
    DANGEROUS = "dangerous", _("Dangerous")
    HATEFUL = "hateful", _("Hateful or abusive")
    SEXUAL = "sexual", _("Sexual content")
    STOLEN = "stolen", _("Someone else's work")
    FAKE = "fake", _("Counterfeit or not as described")
    PRETENDER = "pretender", _("Impersonation")
    OTHER = "other", _("Something else")


REASONS_FOR: dict[str, tuple[ReportReason, ...]] = {
    "clip": (
        ReportReason.MISLEADING,
        ReportReason.DANGEROUS,
        ReportReason.HATEFUL,
        ReportReason.SEXUAL,
        ReportReason.STOLEN,
        ReportReason.OTHER,
    ),
    "product": (ReportReason.FAKE, ReportReason.MISLEADING, ReportReason.DANGEROUS, ReportReason.OTHER),
    "creator": (
        ReportReason.PRETENDER,
        ReportReason.HATEFUL,
        ReportReason.SEXUAL,
        ReportReason.STOLEN,
        ReportReason.OTHER,
    ),
    "rating": (
        ReportReason.MISLEADING,
        ReportReason.HATEFUL,
        ReportReason.SEXUAL,
        ReportReason.STOLEN,
        ReportReason.OTHER,
    ),
    "comment": (
        ReportReason.HATEFUL,
        ReportReason.SEXUAL,
        ReportReason.MISLEADING,
        ReportReason.DANGEROUS,
        ReportReason.OTHER,
    ),
}
"""Maps each kind of subject to the reasons that viewers can give for reporting it."""


class ReportState(models.TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")


class ReportAnswer(models.TextChoices):
    """Answers to reports on products, creators, ratings and comments. The labels are shown to the reporter."""

    TAKEN_OFF = "taken_off", _("The product is no longer sold here.")
    RECHECKED = "rechecked", _("All of their clips are being reviewed again.")
    REMOVED = "removed", _("The rating has been removed.")
    COMMENT_GONE = "comment_gone", _("The comment has been removed.")
    CORRECTED = "corrected", _("The problem has been fixed.")
    WITHIN_RULES = "within_rules", _("It does not break our rules.")
    NO_SIGN = "no_sign", _("We could not confirm the problem.")
    NOT_OURS = "not_ours", _("This is outside our responsibility.")


UPHOLDING: dict[str, tuple[ReportAnswer, ...]] = {
    "product": (ReportAnswer.TAKEN_OFF, ReportAnswer.CORRECTED),
    "creator": (ReportAnswer.RECHECKED, ReportAnswer.CORRECTED),
    "rating": (ReportAnswer.REMOVED,),
    "comment": (ReportAnswer.COMMENT_GONE,),
}
"""Maps each kind of subject to the answers that uphold a report on it."""
DISMISSING = (ReportAnswer.WITHIN_RULES, ReportAnswer.NO_SIGN, ReportAnswer.NOT_OURS)


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> Self:
        return self.filter(state=ReportState.OPEN)

    def owned_by(self, user: User) -> Self:
        return self.filter(user=user)

    def with_subject(self) -> Self:
        return self.select_related("clip__creator", "product", "creator", "rating__product", "comment__clip")

    def with_cases(self) -> Self:
        """Return reports on anything but clips. Reports on clips are settled at the review desk instead."""
        return self.filter(clip=None)


def _about_one_subject() -> Q:
    only = (Q(**{f"{other}__isnull": other != kind for other in REASONS_FOR}) for kind in REASONS_FOR)
    return reduce(or_, only)


class Report(models.Model):
    """A viewer's report that a clip, product, creator, rating or comment breaks the rules.

    A user has at most one open report on the same subject.
    """

    clip = models.ForeignKey(
        Clip, on_delete=models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("clip")
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("product")
    )
    creator = models.ForeignKey(
        Creator, on_delete=models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("creator")
    )
    rating = models.ForeignKey(
        Rating, on_delete=models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("rating")
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("comment")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("user")
    )
    reason = models.CharField(_("reason"), max_length=12, choices=ReportReason)
    words = models.CharField(_("details"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.OPEN)
    created_at = models.DateTimeField(_("created at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("settled by")
    )
    answer = models.CharField(_("answer"), max_length=12, choices=ReportAnswer, blank=True)
    answer_words = models.CharField(_("note to the reporters"), max_length=500, blank=True)
    notified_at = models.DateTimeField(
        _("reporter told at"), null=True, blank=True, help_text=_("When the outcome was emailed to the reporter.")
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [
            search_index("words", name="social_report_search"),
            models.Index(fields=["created_at"], name="social_report_by_date"),
            models.Index(fields=["created_at"], condition=Q(state="open"), name="social_report_open"),
            models.Index(
                fields=["settled_at"],
                condition=Q(notified_at=None, settled_at__isnull=False, user__isnull=False),
                name="social_report_to_notify",
            ),
            models.Index(fields=["user", "-created_at"], name="social_report_of_user"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", subject], condition=Q(state="open"), name=f"social_report_{subject}_once_open"
            )
            for subject in REASONS_FOR
        ]
        constraints += [
            models.CheckConstraint(
                condition=_about_one_subject(),
                name="social_report_of_one_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.subject}"

    @property
    def subject(self) -> Subject:
        subject = self.clip or self.product or self.creator or self.rating or self.comment
        assert subject is not None
        return subject

    @property
    def subject_text(self) -> str:
        """Return the reported clip's caption, the product's name, the creator's handle, or what a rating or comment says."""
        if self.clip is not None:
            return self.clip.caption
        if self.rating is not None:
            return gettext("Rating of %(product)s") % {"product": self.rating.product.local_name}
        if self.comment is not None:
            return gettext("Comment: %(words)s") % {"words": self.comment.words}
        return self.product.name if self.product is not None else f"@{self.creator.handle}" if self.creator else ""
