"""The feed's work besides answering."""

from celery import shared_task
from django.utils import timezone

from feed.events.partitions import drop_old_partitions, make_partitions
from feed.training import count_clips, rebuild


@shared_task
def keep_partitions() -> None:
    """Make the event table's next months and drop those that are no longer kept."""
    now = timezone.now()
    make_partitions(now=now)
    drop_old_partitions(now=now)


@shared_task
def learn() -> None:
    """Sum up every clip and find anew which clips go together."""
    now = timezone.now()
    count_clips(now=now)
    rebuild(now=now)
