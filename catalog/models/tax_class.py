"""Kinds of products by their tax rates."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaxClass(models.Model):
    """A kind of products with tax rates of its own, such as books or food. Without rates, the standard ones apply."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("tax class")
        verbose_name_plural = _("tax classes")

    def __str__(self) -> str:
        return self.name
