"""How long files and rows of imports are kept: what came of an import stays, its details do not."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from catalog.models import Import, ImportState, SourceFetch

RETENTION = timedelta(days=30)


def forget_old_imports(*, now: datetime) -> int:
    """Delete files and rows of imports that ended 30 days ago, or that nobody started since, and what came of fetches.

    Return how many imports there were.
    """
    is_over = Q(ended_at__lt=now - RETENTION) | Q(state=ImportState.CHECKED, active_at__lt=now - RETENTION)
    SourceFetch.objects.filter(fetched_at__lt=now - RETENTION).delete()
    runs = list(Import.objects.filter(is_over).exclude(file="").order_by("pk")[:100])
    for run in runs:
        _forget(run, now)
    return len(runs)


@transaction.atomic
def _forget(run: Import, now: datetime) -> None:
    """Delete the file after the transaction commits. An import that was never started can't be started any more."""
    Import.objects.filter(pk=run.pk, state=ImportState.CHECKED).update(state=ImportState.FAILED, ended_at=now)
    run.import_rows.all().delete()
    name, storage = str(run.file.name), run.file.storage
    Import.objects.filter(pk=run.pk).update(file="")
    transaction.on_commit(lambda: storage.delete(name))
