"""Product clicks. Purchases are attributed to clips by these clicks."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from shop.shopper import Shopper
from videos.models import Clip, Revision


class ClickQuerySet(models.QuerySet["Click"]):
    def of(self, shopper: Shopper) -> Self:
        """Return the shopper's clicks, including those made before signing in."""
        by_visitor = Q(visitor=shopper.visitor) if shopper.visitor else Q(pk__in=())
        return self.filter(by_visitor | Q(user=shopper.user) if shopper.user else by_visitor)

    def live_at(self, now: datetime) -> Self:
        """Return the clicks of the last ATTRIBUTION_DAYS before `now`, newest first."""
        since = now - timedelta(days=settings.ATTRIBUTION_DAYS)
        return self.filter(clicked_at__gt=since, clicked_at__lte=now).order_by("-clicked_at", "-pk")


class Click(models.Model):
    """A viewer's click on a product in a clip."""

    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="clicks", verbose_name=_("clip"))
    revision = models.ForeignKey(
        Revision,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("The revision that was live."),
        verbose_name=_("revision"),
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("user")
    )
    visitor = models.CharField(_("browser"), max_length=32)
    viewer = models.UUIDField(null=True, editable=False, help_text=_("To whom the clip was served, from the token."))
    served_at = models.DateTimeField(
        _("shown at"), null=True, help_text=_("When the clip was served, from the signed token.")
    )
    clicked_at = models.DateTimeField(_("clicked at"))

    objects = ClickQuerySet.as_manager()

    class Meta:
        verbose_name = _("product click")
        verbose_name_plural = _("product clicks")
        indexes = [
            models.Index(fields=["clicked_at"], name="shop_click_by_date"),
            models.Index(fields=["visitor", "-clicked_at"], name="shop_click_of_visitor"),
            models.Index(fields=["user", "-clicked_at"], name="shop_click_of_user", condition=Q(user__isnull=False)),
            models.Index(fields=["clip", "-clicked_at"], name="shop_click_of_clip"),
        ]

    def __str__(self) -> str:
        return f"{self.clip} → {self.product}"
