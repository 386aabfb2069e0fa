"""The files of digital variants."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.variant import Variant


class DigitalFile(models.Model):
    """What the buyers of a variant download. A later file takes the place of an earlier one, for earlier buyers, too."""

    FOLDER = "digital"

    variant = models.OneToOneField(
        Variant, on_delete=models.CASCADE, related_name="digital_file", verbose_name=_("variant")
    )
    stored_name = models.CharField(max_length=100, unique=True, editable=False)
    file_name = models.CharField(_("file name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=60)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("digital file")
        verbose_name_plural = _("digital files")

    def __str__(self) -> str:
        return self.file_name
