"""Downloads: the links by which buyers of digital variants get their files."""

from django.core.signing import Signer
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shop.models.order_line import OrderLine


class Download(models.Model):
    """How often, and until when, the file of an order line can still be downloaded. Its link has a signature."""

    order_line = models.OneToOneField(
        OrderLine, on_delete=models.PROTECT, related_name="download", verbose_name=_("order line")
    )
    left = models.PositiveSmallIntegerField(_("downloads left"))
    expires_at = models.DateTimeField(_("valid until"))
    first_at = models.DateTimeField(_("first downloaded at"), null=True, blank=True, editable=False)
    last_at = models.DateTimeField(_("last downloaded at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")

    def __str__(self) -> str:
        return str(self.order_line)

    def get_absolute_url(self) -> str:
        """Return the path of the page with the file. Select the line's order."""
        return reverse("download", args=[self.order_line.order.code, self.pk, self.token])

    @property
    def token(self) -> str:
        """Return the secret part of the link."""
        return Signer(salt="shop.download").signature(str(self.pk))
