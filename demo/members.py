"""Demo members: people who rate products have profiles, and follow creators and each other. Everybody may post."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.text import slugify

from accounts.blocks import Blocked
from accounts.models import User
from catalog.models import SiteSettings
from catalog.models.site import Posters
from creators.models import Creator
from creators.profiles import HandleTaken, ProfileRefused, make_profile
from demo.accounts import get_or_create_user
from demo.datasets import RATINGS
from demo.progress import Progress
from social.marks import set_follow

MEMBERS = tuple(dict.fromkeys(rating.name for rating in RATINGS))[:6]
SHOPPER_NAME = "Robin"
REFUSALS = (Blocked, HandleTaken, ProfileRefused)


def create_members(shopper: User, progress: Progress, *, now: datetime) -> None:
    """Create the profiles that are missing. New ones follow every second creator and those who came before them."""
    SiteSettings.objects.get_or_create(pk=SiteSettings.ONLY_PK, defaults={"posters": Posters.MEMBERS})
    creators = list(Creator.objects.exclude(enrolments=None).distinct().order_by("pk"))
    before: list[Creator] = []
    for number, name in enumerate((SHOPPER_NAME, *MEMBERS)):
        user = shopper if name == SHOPPER_NAME else get_or_create_user(f"{slugify(name)}@demo.example", now=now)
        is_new = not Creator.objects.filter(user=user).exists()
        handle = slugify(name).replace("-", ".")
        try:
            profile = make_profile(user=user, handle=handle, display_name=name, is_old_enough=True)
            if is_new:
                _follow(profile, [*creators[number % 2 :: 2], *before], now)
        except REFUSALS as refusal:
            progress.note(f"The member @{handle} has no profile, or follows fewer people: {refusal}")
        else:
            before.append(profile)


def _follow(follower: Creator, profiles: Sequence[Creator], now: datetime) -> None:
    for profile in profiles:
        set_follow(user=follower.user, creator=profile, is_on=True, now=now)
