"""Celery task for campaigns' invitations. It finds its work in the database."""

from celery import shared_task
from django.utils import timezone

from creators import erasure


@shared_task
def forget_invitations() -> None:
    """Erase the addresses of people whose invitations were over long ago."""
    erasure.forget_invitations(now=timezone.now())
