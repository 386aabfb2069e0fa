"""Signs that somebody who was suspended has come back under another profile."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Creator
from creators.models.suspension import Suspension


class LinkSign(models.TextChoices):
    """What a newer profile has in common with a suspended one."""

    PAYOUT_ACCOUNT = "payout", _("The same payout account")
    EMAIL = "email", _("The same mailbox, written differently")
    NETWORK = "network", _("The same network")


class SuspensionLinkQuerySet(models.QuerySet["SuspensionLink"]):
    def active(self) -> Self:
        """Return the links that count: the suspension lasts, and nobody has dismissed the sign."""
        return self.filter(dismissed_at=None, suspension__lifted_at=None)


class SuspensionLink(models.Model):
    """A sign that a profile made after a suspension belongs to the same person.

    It rejects nothing: while it is active, a moderator reviews every post of the profile. Staff dismiss what is chance.
    """

    creator = models.ForeignKey(
        Creator, on_delete=models.CASCADE, related_name="suspension_links", verbose_name=_("newer profile")
    )
    suspension = models.ForeignKey(
        Suspension, on_delete=models.CASCADE, related_name="links", verbose_name=_("suspension")
    )
    sign = models.CharField(_("sign"), max_length=8, choices=LinkSign)
    noted_at = models.DateTimeField(_("noted at"))
    dismissed_at = models.DateTimeField(_("dismissed at"), null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("dismissed by"),
    )

    objects = SuspensionLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to a suspension")
        verbose_name_plural = _("links to suspensions")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["creator", "suspension", "sign"], name="creators_suspension_link_once"),
            models.CheckConstraint(
                condition=Q(dismissed_by=None) | Q(dismissed_at__isnull=False),
                name="creators_suspension_link_dismissed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.creator}: {self.get_sign_display()}"
