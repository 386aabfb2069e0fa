"""Secret addresses under which other programs read the shop's products."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _


def make_token() -> str:
    return secrets.token_urlsafe(32)


class ExportAddress(models.Model):
    """An address for one reader, such as Google. Deleting it closes the address."""

    name = models.CharField(_("reader"), max_length=80, unique=True, help_text=_("Who reads it, such as Google."))
    token = models.CharField(max_length=43, unique=True, default=make_token, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    last_read_at = models.DateTimeField(_("last read"), null=True, editable=False)

    class Meta:
        verbose_name = _("address of a product export")
        verbose_name_plural = _("addresses of product exports")

    def __str__(self) -> str:
        return self.name
