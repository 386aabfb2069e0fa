"""Deletion of the counts of an erased creator's posts, which nobody is shown any more."""

from creators.models import Creator
from programme.models import AudienceCount, SalesCount


def erase_counts(*, creator: Creator) -> None:
    AudienceCount.objects.filter(clip__creator=creator).delete()
    SalesCount.objects.filter(clip__creator=creator).delete()
