"""Campaigns, enrolments, and versions of a campaign's terms."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.amounts import validate_currency
from catalog.translations import TranslationsField, translate_name
from creators.models.creator import Creator
from creators.models.invitation import Invitation


class ClipKind(models.TextChoices):
    REVIEW = "review", _("Review")
    COMPARISON = "comparison", _("Comparison")
    RANKING = "ranking", _("Ranking")
    GIFT_GUIDE = "gift_guide", _("Gift guide")


def all_kinds() -> list[str]:
    return list(ClipKind.values)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def with_terms(self) -> Self:
        return self.select_related("terms")

    def with_counts(self) -> Self:
        """Annotate each campaign with `held_count` and `earned_count`, the numbers of its held and earned slots."""
        enrolments = Enrolment.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
        counts = {
            name: Coalesce(Subquery(enrolments.values(total=Sum(name)), output_field=models.IntegerField()), 0)
            for name in ("held_count", "earned_count")
        }
        return self.annotate(**counts)

    def open_at(self, now: datetime) -> Self:
        opened = self.filter(is_published=True, terms__opens_at__lte=now)
        return opened.filter(Q(terms__closes_at=None) | Q(terms__closes_at__gt=now))

    def visible_to(self, creator: Creator | None) -> Self:
        """Return the published campaigns that the creator may see.

        Campaigns by invitation are included if the creator was invited or has enrolled. An invitation by email counts for
        the creator who has verified its address.
        """
        published = self.filter(is_published=True)
        if creator is None:
            return published.filter(is_by_invitation=False)
        return published.filter(
            Q(is_by_invitation=False)
            | Q(pk__in=creator.invitations.values("pk"))
            | Q(pk__in=Enrolment.objects.filter(creator=creator).values("campaign"))
            | Q(pk__in=Invitation.objects.open_at(Now()).sent_to(creator).values("campaign"))
        )


class Campaign(models.Model):
    """A brief for clips, with terms and a cap. Only `creators.slots` changes `taken_count`.

    `held_count` and `earned_count` exist only on campaigns from `with_counts()`.
    """

    slug = models.SlugField(_("slug"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_translations = TranslationsField(_("translations of the title"))
    brief = models.TextField(_("brief"), help_text=_("What to film, what to say, what to avoid."))
    category_slugs = ArrayField(
        models.SlugField(),
        verbose_name=_("categories"),
        default=list,
        blank=True,
        help_text=_("Leave empty for all categories."),
    )
    is_published = models.BooleanField(_("published to creators"), default=True)
    is_by_invitation = models.BooleanField(_("by invitation"), default=False)
    invited = models.ManyToManyField(Creator, blank=True, related_name="invitations", verbose_name=_("invited"))
    terms = models.OneToOneField(
        "creators.Terms",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("current terms"),
    )
    clips_cap = models.PositiveIntegerField(_("maximum clips in total"))
    open_clips_cap = models.PositiveIntegerField(
        _("maximum open clips per creator"),
        default=20,
        db_default=20,
        validators=[MinValueValidator(1)],
        help_text=_("Submitted clips that are not decided on yet. It keeps one creator from taking all slots."),
    )
    taken_count = models.PositiveIntegerField(default=0, editable=False, help_text=_("Slots held or earned."))
    created_at = models.DateTimeField(auto_now_add=True)

    held_count: int
    earned_count: int

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(condition=Q(clips_cap__gte=F("taken_count")), name="creators_campaign_within_cap")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def local_title(self) -> str:
        """Return the title in the active language."""
        return translate_name(self.title, self.title_translations)

    @property
    def free_count(self) -> int:
        return self.clips_cap - self.taken_count


class Terms(models.Model):
    """One version of a campaign's terms: what it pays and requires. Published versions never change."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="versions", verbose_name=_("campaign")
    )
    version = models.PositiveIntegerField(_("version"))
    fee_minor = models.PositiveIntegerField(_("fee per approved clip"))
    currency = models.CharField(_("currency"), max_length=3, validators=[validate_currency])
    clips_per_creator = models.PositiveIntegerField(_("maximum clips per creator"))
    products_per_clip = models.PositiveSmallIntegerField(_("minimum products per clip"), default=2)
    is_same_category = models.BooleanField(_("all products of a clip in the same category"), default=False)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=ClipKind), verbose_name=_("kinds of clip"), default=all_kinds
    )
    accepts_photos = models.BooleanField(
        _("photo posts are accepted"), default=False, db_default=False, help_text=_("They earn the same fee as films.")
    )
    hold_days = models.PositiveSmallIntegerField(
        _("days a slot is held"), default=30, help_text=_("While the creator makes requested changes.")
    )
    agency_cap_bps = models.PositiveIntegerField(
        _("maximum share of an agency"), default=2000, help_text=_("In percent, for example 20.")
    )
    is_category_credited = models.BooleanField(
        _("a click also earns commission on other products of the category"),
        default=False,
        help_text=_("Otherwise only on the product that was clicked."),
    )
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    is_offered_to_enrolled = models.BooleanField(
        _("offered to creators who have joined"),
        default=False,
        help_text=_("They may accept these terms for their next clips. Until then, theirs stay as they are."),
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    proposal_id: int | None = None
    """The proposal to publish these terms, while they are not saved."""

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        permissions = [("approve_terms", "Can approve campaign terms")]
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="creators_terms_version_unique")]

    def __str__(self) -> str:
        return str(_("terms %(number)d")) % {"number": self.version}

    def is_open_at(self, now: datetime) -> bool:
        return self.opens_at <= now and (self.closes_at is None or now < self.closes_at)


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def owned_by(self, user: User) -> Self:
        return self.filter(creator__user=user)

    def with_free_slots(self) -> Self:
        """Return enrolments that have a free slot under the creator's own cap."""
        return self.filter(clips_cap__gt=F("held_count") + F("earned_count"))


class Enrolment(models.Model):
    """A creator's participation in a campaign, with the accepted version of the terms and the number of slots used."""

    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("creator"))
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("campaign")
    )
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("terms"))
    accepted_at = models.DateTimeField(_("accepted at"))
    clips_cap = models.PositiveIntegerField(_("maximum clips"))
    held_count = models.PositiveIntegerField(_("held slots"), default=0)
    earned_count = models.PositiveIntegerField(_("earned slots"), default=0)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["creator", "campaign"], name="creators_enrolment_once"),
            models.CheckConstraint(
                condition=Q(clips_cap__gte=F("held_count") + F("earned_count")), name="creators_enrolment_within_cap"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.creator}"

    def is_open_at(self, now: datetime) -> bool:
        """Return whether the campaign accepts clips from the creator.

        The campaign must be published. Either the terms that the creator accepted or the current terms must be open.
        """
        current = self.campaign.terms
        is_in_time = self.terms.is_open_at(now) or (current is not None and current.is_open_at(now))
        return self.campaign.is_published and is_in_time

    @property
    def free_count(self) -> int:
        return self.clips_cap - self.held_count - self.earned_count
