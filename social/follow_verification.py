"""A recount of what triggers keep of follows, and a search for follows through a block."""

from collections.abc import Iterator

from django.db.models import Count, F
from django.db.models.functions import Coalesce

from accounts.blocks import Block
from creators.models import Creator
from social.models import Follow


def find_discrepancies() -> Iterator[str]:
    """Yield a sentence for each profile whose followers are miscounted, and for each follow through a block."""
    recounted = Creator.objects.annotate(
        counted=Count("followers"), noted=Coalesce(F("follow_count__followers"), 0)
    ).exclude(counted=F("noted"))
    for row in recounted.order_by("pk").values_list("handle", "noted", "counted"):
        yield "@{}: {} followers are noted, {} are there.".format(*row)
    pairs = set(Block.objects.values_list("user_id", "blocked_user_id"))
    parties = {user_id for pair in pairs for user_id in pair}
    follows = Follow.objects.filter(user__in=parties, creator__user__in=parties).order_by("pk")
    for follower, followed in follows.values_list("user_id", "creator__user_id"):
        if {(follower, followed), (followed, follower)} & pairs:
            yield f"User {follower} follows user {followed} through a block."
