"""What merchants list and change, waiting for the house's review. The rows that wait are the queue."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from catalog.models.product import Product


class ChangeState(models.TextChoices):
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Declined")


class ListingChangeQuerySet(TransitionQuerySet["ListingChange"]):
    transitions: ClassVar[Mapping[Any, frozenset[Any]]] = {
        ChangeState.IN_REVIEW: frozenset({ChangeState.APPROVED, ChangeState.REFUSED}),
        ChangeState.APPROVED: frozenset(),
        ChangeState.REFUSED: frozenset(),
    }


class ListingChange(models.Model):
    """A new product, or changes of one that is reviewed. A product has at most one that waits.

    `values` are the fields that change, as `catalog.merchants.listing_values` names them. A new product's own text is
    in the product, which nobody sees yet; only a brand that it proposes is in `values`. `previous` is what the values
    replaced. `version` counts what was sent, so that a decision is about what its maker saw.
    """

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="listing_changes", verbose_name=_("product")
    )
    state = models.CharField(_("state"), max_length=9, choices=ChangeState, default=ChangeState.IN_REVIEW)
    is_new = models.BooleanField(_("new product"), default=False)
    values = models.JSONField(default=dict)
    previous = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sent by"),
    )
    sent_at = models.DateTimeField(_("sent at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")

    objects = ListingChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a listing")
        verbose_name_plural = _("changes of listings")
        constraints = [
            models.UniqueConstraint(
                fields=["product"], name="catalog_listing_waits_once", condition=Q(state="in_review")
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="catalog_listing_declined_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["sent_at"], name="catalog_listing_waiting", condition=Q(state="in_review")),
            models.Index(fields=["product", "-id"], name="catalog_listing_of_product"),
        ]

    def __str__(self) -> str:
        return str(self.product)
