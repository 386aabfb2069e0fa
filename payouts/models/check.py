"""Runs of the ledger's verification."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerCheck(models.Model):
    """One run that rebuilt every balance. It has no `finished_at` while it runs, or if it was interrupted."""

    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    discrepancies = models.PositiveIntegerField(_("discrepancies"), default=0)

    class Meta:
        verbose_name = _("ledger check")
        verbose_name_plural = _("ledger checks")
        indexes = [models.Index(fields=["-finished_at"], name="payouts_check_newest")]

    def __str__(self) -> str:
        return str(_("check of %(time)s")) % {"time": f"{self.started_at:%Y-%m-%d %H:%M}"}
