"""Notices of illegal content and of rights holders, the pages that they are about, and senders whose notices are paused."""

import secrets
from datetime import timedelta
from typing import Self

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.transitions import TransitionQuerySet
from accounts.trigrams import search_index
from creators.models import Creator

INFRINGEMENTS_WITHIN = timedelta(days=365)
"""For how long an upheld notice counts against a profile."""


class NoticeKind(models.TextChoices):
    ILLEGAL = "illegal", _("It is against the law")
    RIGHTS = "rights", _("It uses my work, brand or picture without permission")
    MINORS = "minors", _("It shows the sexual abuse of a child")


class NoticeState(models.TextChoices):
    OPEN = "open", _("Waiting for a decision")
    DECIDED = "decided", _("Decided")


class NoticeAction(models.TextChoices):
    NONE = "none", _("No action")
    REMOVED = "removed", _("Removed")
    PASSED_ON = "passed_on", _("Passed on to the authorities")


class LegalNoticeQuerySet(TransitionQuerySet["LegalNotice"]):
    transitions = {NoticeState.OPEN: frozenset({NoticeState.DECIDED}), NoticeState.DECIDED: frozenset()}

    def sent_by(self, user: User) -> Self:
        """Return what a user sent, signed in or from an address that they have confirmed."""
        confirmed = EmailAddress.objects.filter(user=user, verified=True)
        return self.filter(Q(user=user) | Q(email__in=confirmed.values("email")))


def new_notice_token() -> str:
    """Return the secret part of the address of a notice's status."""
    return secrets.token_urlsafe(24)


class LegalNotice(models.Model):
    """Somebody's notice that pages of ours break the law or infringe a right. Anybody can send one, without an account.

    Whoever has the token can read what became of it. Names and words are forgotten some time after the decision.
    """

    MAX_WORDS = 4000
    MAX_PAGES = 10

    token = models.CharField(max_length=40, unique=True, default=new_notice_token, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=NoticeKind)
    words = models.TextField(_("explanation"), max_length=MAX_WORDS)
    right = models.CharField(_("right"), max_length=500, blank=True)
    name = models.CharField(_("name of the sender"), max_length=120, blank=True)
    email = models.EmailField(_("email address"), blank=True)
    shares_contact = models.BooleanField(_("name and address may be given to the author"), default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("user")
    )
    network = models.CharField(max_length=16, blank=True, editable=False)
    language = models.CharField(max_length=10, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    state = models.CharField(_("state"), max_length=8, choices=NoticeState, default=NoticeState.OPEN)
    action = models.CharField(_("action"), max_length=10, choices=NoticeAction, blank=True)
    answer = models.TextField(_("statement of reasons"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = LegalNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal notice")
        verbose_name_plural = _("legal notices")
        indexes = [
            search_index("words", "right", "name", "email", name="social_notice_search"),
            models.Index(fields=["created_at"], name="social_notice_by_date"),
            models.Index(fields=["email", "created_at"], name="social_notice_of_sender"),
            models.Index(fields=["network", "created_at"], name="social_notice_of_network"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", action="", decided_at=None)
                | Q(~Q(action=""), state="decided", decided_at__isnull=False),
                name="social_notice_decided_with_action",
            )
        ]

    def __str__(self) -> str:
        return str(_("notice %(number)d")) % {"number": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("notice-status", args=[self.token])


class NoticedPage(models.Model):
    """A page that a notice is about: what is shown there, by its key, and the profile that answers for it."""

    notice = models.ForeignKey(LegalNotice, on_delete=models.CASCADE, related_name="pages")
    address = models.CharField(_("address"), max_length=500)
    kind = models.CharField(max_length=8, blank=True)
    key = models.CharField(max_length=100, blank=True)
    profile = models.ForeignKey(
        Creator, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("profile")
    )
    acted_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("noticed page")
        verbose_name_plural = _("noticed pages")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["notice", "address"], name="social_noticed_page_once")]

    def __str__(self) -> str:
        return self.address


class NotifierPause(models.Model):
    """A time in which no notices are taken from an address, because many of its notices were manifestly unfounded."""

    email = models.EmailField(_("email address"))
    until = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=300)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("paused by")
    )
    paused_at = models.DateTimeField(_("paused at"))

    class Meta:
        verbose_name = _("paused notifier")
        verbose_name_plural = _("paused notifiers")
        indexes = [models.Index(fields=["email", "until"], name="social_notifier_pause")]

    def __str__(self) -> str:
        return self.email
