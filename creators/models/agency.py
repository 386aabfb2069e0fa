"""Agencies, and the agreements that give them a share of a creator's pay."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.pasted_text import validate_visible
from catalog.money import WHOLE_BPS, percent_of
from creators.models.creator import Creator


class Agency(models.Model):
    """A company that represents creators and gets a share of what they earn."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=80, validators=[validate_visible])
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="agency",
        verbose_name=_("user"),
    )
    notice_days = models.PositiveSmallIntegerField(
        _("notice period in days"), default=30, help_text=_("From a creator's notice to the end of the share.")
    )

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")

    def __str__(self) -> str:
        return self.name


class RepresentationQuerySet(models.QuerySet["Representation"]):
    def offered(self) -> Self:
        return self.filter(accepted_at=None)

    def active_at(self, now: datetime) -> Self:
        """Return the accepted shares that are in effect at `now`."""
        return self.filter(starts_at__lte=now).filter(Q(ends_at=None) | Q(ends_at__gt=now))


class Representation(models.Model):
    """An agreement that gives an agency a share of a creator's pay. Each new offer is a new version.

    The agency makes an offer, and the creator accepts it. Later the creator can end the share by giving notice.
    """

    creator = models.ForeignKey(
        Creator, on_delete=models.PROTECT, related_name="representations", verbose_name=_("creator")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="representations", verbose_name=_("agency")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    share_bps = models.PositiveIntegerField(
        _("share"),
        validators=[MaxValueValidator(WHOLE_BPS)],
        help_text=_("In percent. A campaign's terms may allow less."),
    )
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    notice_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        verbose_name = _("representation")
        verbose_name_plural = _("representations")
        constraints = [
            models.UniqueConstraint(
                fields=["creator", "agency", "version"], name="creators_representation_version_unique"
            ),
            models.UniqueConstraint(
                fields=["creator"],
                condition=Q(accepted_at__isnull=False, ends_at=None),
                name="creators_representation_one_open",
            ),
            models.CheckConstraint(condition=Q(share_bps__lte=WHOLE_BPS), name="creators_representation_at_most_all"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, starts_at=None, ends_at=None)
                | Q(accepted_at__isnull=False, starts_at__gte=F("accepted_at")),
                name="creators_representation_starts_when_accepted",
            ),
        ]

    def __str__(self) -> str:
        words = {"agency": self.agency, "creator": self.creator, "number": self.version}
        return str(_("%(agency)s for %(creator)s, version %(number)d")) % words

    @property
    def share_percent(self) -> str:
        return f"{percent_of(self.share_bps)}%"
