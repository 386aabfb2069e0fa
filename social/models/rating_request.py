"""Emails that ask for ratings after a delivery, and who wants none."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.models import Order


class RatingRequest(models.Model):
    """An order whose shopper was asked to rate its products, or about whom it was settled that they are not asked."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="+")
    is_mailed = models.BooleanField()
    settled_at = models.DateTimeField()

    class Meta:
        verbose_name = _("request for ratings")
        verbose_name_plural = _("requests for ratings")

    def __str__(self) -> str:
        return str(self.order_id)


class RatingMailStop(models.Model):
    """A user who wants no emails that ask for ratings. Asking for them again deletes the row."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    stopped_at = models.DateTimeField()

    class Meta:
        verbose_name = _("stop of requests for ratings")
        verbose_name_plural = _("stops of requests for ratings")

    def __str__(self) -> str:
        return str(self.user_id)
