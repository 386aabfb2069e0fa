"""The feed's background tasks."""

from celery import shared_task
from django.utils import timezone

from feed.events import partitions
from feed.sponsored.charges import charge_views, forget_views
from feed.training import count_clips, forget_networks, train_model

FIT_SECONDS = 720
"""A fit ends before the next one begins."""


@shared_task
def maintain_partitions() -> None:
    """Create the event table's partitions for the coming months and drop those that are too old. Forget old networks
    and views of sponsored places."""
    partitions.maintain_partitions(now=timezone.now())
    forget_networks(now=timezone.now())
    forget_views(now=timezone.now())


@shared_task(soft_time_limit=FIT_SECONDS, time_limit=FIT_SECONDS + 60, reject_on_worker_lost=False)
def learn() -> None:
    """Update the event counts of each clip, and train the ranking model.

    If the fit fails or takes longer than FIT_SECONDS, the previous model stays, and its age raises an alert.
    """
    now = timezone.now()
    count_clips(now=now)
    train_model(now=now)


@shared_task
def charge_sponsored_views() -> None:
    """Charge for the views of sponsored places that were not weighed yet."""
    charge_views(now=timezone.now())
