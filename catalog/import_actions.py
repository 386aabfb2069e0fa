"""What people do with imports, in admin and by the API: start, pause, resume, discard. It enqueues what then runs."""

from django.utils import timezone
from django.utils.translation import gettext

from catalog.imports.runs import ImportRefused, discard_import, pause_import, resume_import, start_import
from catalog.models import Import
from catalog.tasks import enqueue_import

ACTIONS = ("start", "pause", "resume", "discard")


def change_import(run: Import, action: str, *, takes_off_missing: bool | None = None) -> None:
    """Start, pause, resume or discard an import, and enqueue what then runs. Raises ImportRefused."""
    now = timezone.now()
    match action:
        case "start":
            start_import(run_id=run.pk, now=now, takes_off_missing=takes_off_missing)
        case "pause":
            pause_import(run_id=run.pk, now=now)
        case "resume":
            resume_import(run_id=run.pk, now=now)
        case "discard":
            discard_import(run_id=run.pk, now=now)
        case _:
            raise ImportRefused(gettext("Start, pause, resume or discard an import."))
    if action in ("start", "resume"):
        enqueue_import(run.pk)
