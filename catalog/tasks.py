"""Celery tasks of the catalogue. The rows of imports are the queue."""

from datetime import timedelta
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from catalog.imports.pictures.fetcher import PictureFetcher
from catalog.imports.pictures.picture_store import fetch_waiting_pictures
from catalog.imports.retention import forget_old_imports
from catalog.imports.runs import check_import, run_import
from catalog.imports.sale_prices import move_sale_prices
from catalog.imports.schedule.conclusions import conclude_fetches
from catalog.imports.schedule.fetcher import SourceFetcher
from catalog.imports.schedule.fetches import fetch_due_sources
from catalog.merchants.erasure import forget_merchant_invitations
from catalog.models import Import, ImportState
from catalog.scheduled_prices import move_scheduled_prices

SILENCE = timedelta(minutes=2)
"""After which a check or a run is taken for dead, and enqueued again. Doing either twice has one effect."""


def enqueue_import(run_id: int) -> None:
    """Enqueue a check or a run after the transaction commits. If the broker is down, `enqueue_imports` does it later."""
    transaction.on_commit(partial(do_import.delay, run_id), robust=True)


@shared_task
def do_import(run_id: int) -> None:
    """Check an import that was received, or go on with one that runs."""
    check_import(run_id=run_id, now=timezone.now())
    conclude_fetches(now=timezone.now())
    if run_import(run_id=run_id):
        do_import.delay(run_id)


@shared_task
def enqueue_imports() -> None:
    """Enqueue imports whose worker has died, or whose message was lost."""
    at_work = Import.objects.filter(state__in=(ImportState.READ, ImportState.RUNNING))
    silent = at_work.filter(active_at__lt=timezone.now() - SILENCE)
    for run_id in silent.order_by("active_at").values_list("pk", flat=True)[:20]:
        do_import.delay(run_id)


def enqueue_fetches() -> None:
    """Enqueue the fetching of sources after the transaction commits. If the broker is down, beat does it later."""
    transaction.on_commit(fetch_sources.delay, robust=True)


@shared_task
def fetch_sources() -> None:
    """Fetch sources that are due for some time. What is left waits for the next task."""
    conclude_fetches(now=timezone.now())
    for run in fetch_due_sources(fetcher=SourceFetcher()):
        enqueue_import(run.pk)


@shared_task
def fetch_pictures() -> None:
    """Fetch pictures of imported products for some time. What is left waits for the next task."""
    fetch_waiting_pictures(fetcher=PictureFetcher())


@shared_task
def move_prices() -> None:
    """Begin and end the sales of sources and the scheduled prices."""
    move_sale_prices(now=timezone.now())
    move_scheduled_prices(now=timezone.now())


@shared_task
def forget_imports() -> None:
    """Delete files and rows of old imports."""
    forget_old_imports(now=timezone.now())


@shared_task
def forget_invitations_of_merchants() -> None:
    """Delete invitations to act for merchants that were over some time ago."""
    forget_merchant_invitations(now=timezone.now())
