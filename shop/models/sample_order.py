"""Orders by which samples are sent to creators."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from creators.models import Sample
from shop.models.order import Order


class SampleOrder(models.Model):
    """The order, of zero, by which a sample is sent. What is in it counts as given, not as bought."""

    sample = models.OneToOneField(Sample, on_delete=models.PROTECT, related_name="sample_order")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="sample_order")

    class Meta:
        verbose_name = _("order of a sample")
        verbose_name_plural = _("orders of samples")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.sample}: {self.order.code}"
