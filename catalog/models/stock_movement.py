"""Movements of stock: every change of a variant's stock is a row."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.trigrams import search_index
from catalog.models.product import Product
from catalog.models.variant import Variant


class StockMovementKind(models.TextChoices):
    RECEIVED = "received", _("Received")
    RECOUNTED = "recounted", _("Recounted")
    CORRECTED = "corrected", _("Corrected")
    OPENING = "opening", _("Opening stock")
    SOLD = "sold", _("Ordered")
    RELEASED = "released", _("Order cancelled")
    RETURNED = "returned", _("Returned")
    IMPORTED = "imported", _("Changed at the source")


BY_STAFF = (StockMovementKind.RECEIVED, StockMovementKind.RECOUNTED, StockMovementKind.CORRECTED)
"""What staff can enter. The others are written by orders and imports."""


class StockMovement(models.Model):
    """One change of a variant's stock. The sum of a variant's movements is its stock: see `verify_stock`."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="stock_movements", verbose_name=_("product")
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="stock_movements", verbose_name=_("variant")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=StockMovementKind)
    change = models.IntegerField(_("change"))
    stock_after = models.PositiveIntegerField(_("stock after"))
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text=_("Or the code of the order."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        indexes = [
            search_index("reason", name="catalog_movement_search"),
            models.Index(fields=["created_at"], name="catalog_movement_by_date"),
            models.Index(fields=["product", "-created_at"], name="catalog_movement_of_product"),
            models.Index(fields=["variant", "-created_at"], name="catalog_movement_of_variant"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=StockMovementKind.RECEIVED) | Q(change__gt=0), name="catalog_movement_received_adds"
            ),
            models.CheckConstraint(
                condition=~Q(kind=StockMovementKind.CORRECTED) | ~Q(change=0), name="catalog_movement_corrects"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.change:+d}"
