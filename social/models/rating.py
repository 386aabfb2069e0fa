"""Ratings of products: stars, words and pictures of a person, votes that they helped, and the seller's reply."""

from typing import Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.transitions import TransitionQuerySet
from accounts.trigrams import search_index
from catalog.models import Merchant, Product
from shop.models import OrderLine
from shop.states import OrderState


class RatingState(models.TextChoices):
    VISIBLE = "visible", _("Visible")
    HELD = "held", _("Waiting for a moderator")
    REMOVED = "removed", _("Removed")


RATING_MOVES: dict[RatingState, frozenset[RatingState]] = {
    RatingState.VISIBLE: frozenset({RatingState.HELD, RatingState.REMOVED}),
    RatingState.HELD: frozenset({RatingState.VISIBLE, RatingState.REMOVED}),
    RatingState.REMOVED: frozenset({RatingState.HELD, RatingState.VISIBLE}),
}


class HoldReason(models.TextChoices):
    """Reasons why a rating waits for a moderator before others see it."""

    NEWCOMER = "newcomer", _("The account is new.")
    WORDING = "wording", _("The words meet a wording rule.")
    AFTER_REMOVAL = "after_removal", _("It was changed after a moderator had removed it.")


STARS = (5, 4, 3, 2, 1)
BOUGHT = (OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.DISPUTED)
"""States of orders whose lines count as bought, unless the line was refunded."""


class RatingQuerySet(TransitionQuerySet["Rating"]):
    transitions = RATING_MOVES

    def public(self) -> Self:
        """Return the ratings that everybody sees. A product's sum and count are of these."""
        return self.filter(state=RatingState.VISIBLE, is_author_hidden=False)

    def owned_by(self, user: User) -> Self:
        return self.filter(user=user)

    def visible_to(self, user: object) -> Self:
        """Return the public ratings and, for a signed-in user, their own in every state."""
        is_public = Q(state=RatingState.VISIBLE, is_author_hidden=False)
        return self.filter(is_public | Q(user=user) if isinstance(user, User) else is_public)

    def with_purchase(self) -> Self:
        """Annotate `is_bought_here`: the person has bought the product here, and not all of it was refunded."""
        lines = OrderLine.objects.filter(
            order__user=OuterRef("user"),
            order__state__in=BOUGHT,
            order__sample_order=None,
            refunded_quantity__lt=F("quantity"),
        )
        return self.annotate(is_bought_here=Exists(lines.filter(product=OuterRef("product"))))

    def bought_here(self) -> Self:
        """Return the ratings of people who have bought the product here, and kept some of it."""
        return self.with_purchase().filter(Q(("is_bought_here", True)))

    def count_by_stars(self) -> dict[int, int]:
        """Return how many ratings there are of each number of stars, from 5 to 1."""
        counts = dict(self.order_by().values_list("stars").annotate(number=Count("pk")))
        return {stars: counts.get(stars, 0) for stars in STARS}


class Rating(models.Model):
    """One person's rating of a product. Triggers keep the product's sum and count, and `is_author_hidden` and
    `helpful_count`, in the transaction of whoever writes; see `social/migrations/_rating_sql.py`.

    `revision` counts changes of the content: moderators decide on what they saw. A removed rating that its author
    deletes stays as a row without content, so that the next one of the same person is looked at first.
    """

    PICTURE_WIDTHS_PX = (320, 1200)
    MAX_PICTURES = 4

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="ratings", verbose_name=_("product"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    author_name = models.CharField(_("name of the author"), max_length=60, blank=True)
    stars = models.PositiveSmallIntegerField(_("stars"))
    words = models.TextField(_("words"), max_length=4000, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=RatingState, default=RatingState.VISIBLE)
    hold_reason = models.CharField(_("why it waits"), max_length=16, choices=HoldReason, blank=True)
    removal_reason = models.CharField(_("reason for the removal"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)
    is_author_hidden = models.BooleanField(
        _("author hidden"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Set by triggers while the author's account is deactivated or hidden."),
    )
    helpful_count = models.PositiveIntegerField(_("helpful votes"), default=0, db_default=0, editable=False)
    reply_words = models.TextField(_("reply of the seller"), max_length=2000, blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("replied by")
    )
    replied_for = models.ForeignKey(
        Merchant,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("in the name of"),
        help_text=_("The merchant that replied; empty if the shop did."),
    )
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"), help_text=_("When its author last wrote it."))

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        permissions = [("reply_rating", "Can reply to ratings in the shop's name")]
        indexes = [
            search_index("words", "author_name", name="social_rating_search"),
            models.Index(fields=["created_at"], name="social_rating_by_date"),
            models.Index(fields=["changed_at"], condition=Q(state="held"), name="social_rating_held"),
            models.Index("product", F("id").desc(), name="social_rating_newest"),
            models.Index("product", F("helpful_count").desc(), F("id").desc(), name="social_rating_helpful"),
            models.Index("product", "stars", F("helpful_count").desc(), F("id").desc(), name="social_rating_critical"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="social_rating_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="social_rating_one_to_five_stars"),
            models.CheckConstraint(
                condition=Q(state=RatingState.HELD) | Q(hold_reason=""), name="social_rating_reason_while_held"
            ),
            models.CheckConstraint(
                condition=Q(reply_words="", replied_at=None) | (~Q(reply_words="") & Q(replied_at__isnull=False)),
                name="social_rating_replied_at_iff_reply",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_name or '–'}: {self.stars}/5"

    def get_absolute_url(self) -> str:
        return f"{reverse('product', args=[self.product.slug])}?rating={self.pk}#rating-{self.pk}"

    @property
    def is_edited(self) -> bool:
        return self.changed_at > self.created_at


class RatingPicture(models.Model):
    """A picture of a rating, re-encoded without metadata. The uploaded file is discarded."""

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField()
    stem = models.CharField(max_length=120, unique=True, editable=False)
    width_px = models.PositiveIntegerField(editable=False)
    height_px = models.PositiveIntegerField(editable=False)

    class Meta:
        verbose_name = _("picture of a rating")
        verbose_name_plural = _("pictures of ratings")
        constraints = [
            models.UniqueConstraint(fields=["rating", "position"], name="social_rating_picture_once"),
            models.CheckConstraint(
                condition=Q(position__lt=Rating.MAX_PICTURES), name="social_rating_pictures_at_most_four"
            ),
        ]

    def __str__(self) -> str:
        return self.stem

    @property
    def small_url(self) -> str:
        return default_storage.url(f"{self.stem}-{Rating.PICTURE_WIDTHS_PX[0]}.webp")

    @property
    def large_url(self) -> str:
        return default_storage.url(f"{self.stem}-{Rating.PICTURE_WIDTHS_PX[-1]}.webp")


class HelpfulVote(models.Model):
    """A user's vote that a rating helped them. Taking it back deletes the row."""

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("helpful vote")
        verbose_name_plural = _("helpful votes")
        constraints = [models.UniqueConstraint(fields=["rating", "user"], name="social_helpful_vote_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.rating_id}"
