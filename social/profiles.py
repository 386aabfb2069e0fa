"""What a profile shows beside its posts: how many follow it, and what the reader has to do with it."""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.blocks import Mute
from accounts.models import User
from creators.models import Creator
from feed.events.identity import identify_viewer
from feed.models import Viewer
from social.follow_lists import count_followed
from social.models import Follow, FollowCount


@dataclass(frozen=True)
class ProfileFacts:
    """Numbers of a profile, and what its reader did. `is_muted` is nobody else's business."""

    follower_count: int
    following_count: int
    is_followed: bool
    is_muted: bool


def describe_profile(profile: Creator, request: HttpRequest) -> ProfileFacts:
    """Return the facts of a profile for whoever reads it. A visitor's follows are those of their browser."""
    count = FollowCount.objects.filter(creator=profile).first()
    user = request.user
    if isinstance(user, User):
        is_followed = Follow.objects.filter(user=user, creator=profile).exists()
        is_muted = Mute.objects.filter(user=user, muted_user=profile.user_id).exists()
    else:
        viewers = Viewer.objects.filter(pk=identify_viewer(request).key, followed__contains=[profile.pk])
        is_followed, is_muted = viewers.exists(), False
    return ProfileFacts(count.followers if count else 0, count_followed(profile.user_id), is_followed, is_muted)
