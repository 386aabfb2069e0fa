"""What came of fetching the files of sources from their addresses."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.imports.schedule.failures import FetchFailure
from catalog.models.catalogue_source import CatalogueSource
from catalog.models.import_run import Import


class FetchOutcome(models.TextChoices):
    CHECKING = "checking", _("Being checked")
    NEW_FILE = "new_file", _("New file")
    UNCHANGED = "unchanged", _("Unchanged")
    FAILED = "failed", _("Failed")


class SourceFetch(models.Model):
    """One fetch of a source. Only a new file makes an import."""

    source = models.ForeignKey(
        CatalogueSource, on_delete=models.CASCADE, related_name="fetches", db_index=False, verbose_name=_("source")
    )
    fetched_at = models.DateTimeField(_("fetched at"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=FetchOutcome)
    failure = models.CharField(max_length=20, blank=True, default="", db_default="")
    values = models.JSONField(default=dict, db_default={})
    size_bytes = models.PositiveBigIntegerField(_("bytes"), default=0, db_default=0)
    run = models.ForeignKey(
        Import, on_delete=models.SET_NULL, null=True, related_name="fetches", verbose_name=_("import")
    )

    class Meta:
        verbose_name = _("fetch of a source")
        verbose_name_plural = _("fetches of sources")
        indexes = [
            models.Index(fields=["source", "fetched_at"], name="catalog_fetch_by_source"),
            models.Index(fields=["run"], name="catalog_fetch_checking", condition=models.Q(outcome="checking")),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_outcome_display()}"

    @property
    def sentence(self) -> str:
        """Return why it failed in the active language, or ""."""
        if self.failure == FetchFailure.NOT_READ and self.run is not None and self.run.remarks:
            return " ".join(self.run.sentences)
        return str(FetchFailure(self.failure).label) % self.values if self.failure else ""
