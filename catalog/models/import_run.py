"""Imports: runs of sources of products, and what became of each row."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.transitions import TransitionQuerySet
from catalog.imports.run_remarks import unpack_remark
from catalog.models.catalogue_source import CatalogueSource

MAX_ROW_TITLE_CHARS = 200


class ImportState(models.TextChoices):
    READ = "read", _("Being checked")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class RowOutcome(models.TextChoices):
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Kept")
    REFUSED = "refused", _("Refused")
    SKIPPED = "skipped", _("No variant")


def catalogue_storage() -> Storage:
    """Return where uploaded catalogues are kept. Nobody can fetch them there."""
    return storages["catalogues"]


class ImportQuerySet(TransitionQuerySet["Import"]):
    transitions: ClassVar[Mapping[Any, frozenset[Any]]] = {
        ImportState.READ: frozenset({ImportState.CHECKED, ImportState.FAILED}),
        ImportState.CHECKED: frozenset({ImportState.RUNNING, ImportState.FAILED}),
        ImportState.RUNNING: frozenset({ImportState.PAUSED, ImportState.DONE}),
        ImportState.PAUSED: frozenset({ImportState.RUNNING, ImportState.FAILED}),
        ImportState.DONE: frozenset(),
        ImportState.FAILED: frozenset(),
    }


class Import(models.Model):
    """One run of a source: a file that was read, checked and imported.

    `position` is how much of the file's results was written, and the counts are of rows. Before it runs, they say what
    would become of them. `takes_off_missing` says whether what is missing from the file goes off sale; None asks.
    """

    source = models.ForeignKey(
        CatalogueSource, on_delete=models.PROTECT, related_name="imports", verbose_name=_("source")
    )
    file = models.FileField(_("file"), storage=catalogue_storage, max_length=200)
    file_name = models.CharField(_("file name"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=ImportState, default=ImportState.READ)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"))
    active_at = models.DateTimeField(help_text="When somebody or a worker last did something with it.")
    ended_at = models.DateTimeField(_("ended at"), null=True)
    format_name = models.CharField(_("format"), max_length=40, blank=True)
    remarks = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("kept"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    missing = models.PositiveIntegerField(_("missing"), default=0)
    asks_in_stock = models.BooleanField(default=False)
    takes_off_missing = models.BooleanField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.UniqueConstraint(
                fields=["source"], name="catalog_import_one_at_a_time", condition=Q(state__in=("running", "paused"))
            )
        ]
        indexes = [
            models.Index(
                fields=["active_at"], name="catalog_import_at_work", condition=Q(state__in=("read", "running"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.file_name}"

    @property
    def skipped(self) -> int:
        """Return how many rows are no variants of their own, such as rows with further pictures."""
        return self.rows - self.created - self.changed - self.unchanged - self.refused

    @property
    def sentences(self) -> list[str]:
        """Return what is to be said about the file as a whole, in the active language."""
        return [unpack_remark(remark).sentence for remark in self.remarks]

    @property
    def asks_missing(self) -> bool:
        """Return whether somebody has to say what becomes of products that are missing from the file."""
        return self.state == ImportState.CHECKED and self.takes_off_missing is None


class ImportRow(models.Model):
    """What became of one row, or would become of it: the row's number and, in JSON, the number of the variant in it."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="import_rows", verbose_name=_("import"))
    row = models.PositiveIntegerField(_("row"))
    part = models.PositiveIntegerField(default=0)
    line = models.PositiveIntegerField(_("line"), default=0)
    outcome = models.CharField(_("outcome"), max_length=9, choices=RowOutcome)
    title = models.CharField(_("title"), max_length=MAX_ROW_TITLE_CHARS, blank=True)
    remarks = models.JSONField(default=list)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [models.UniqueConstraint(fields=["run", "row", "part"], name="catalog_importrow_once")]
        indexes = [models.Index(fields=["run", "outcome", "row"], name="catalog_importrow_by_outcome")]

    def __str__(self) -> str:
        return gettext("Row %(number)s") % {"number": self.number}

    @property
    def number(self) -> str:
        return f"{self.row}.{self.part}" if self.part else str(self.row)

    @property
    def sentences(self) -> list[str]:
        """Return the reason and notes in the active language."""
        return [unpack_remark(remark).sentence for remark in self.remarks]
