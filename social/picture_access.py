"""Who may see the pictures of ratings, and those that moderators removed from profiles. `videos.playback.media_files` asks."""

from typing import Any

from accounts.access import is_adult
from catalog.models import Product
from social.models import Rating, RatingPicture


def can_see_rating_picture(stem: str, user: Any) -> bool:
    """Return whether the user may see a rating's picture: its author and moderators may, others while it is public."""
    pictures = RatingPicture.objects.filter(stem=stem)
    products = Product.objects.suitable_for(is_adult=is_adult(user))
    if pictures.filter(rating__in=Rating.objects.public().filter(product__in=products)).exists():
        return True
    if not user.is_authenticated:
        return False
    return user.has_perm("social.change_rating") or pictures.filter(rating__user=user).exists()


def can_see_withheld(_stem: str, user: Any) -> bool:
    """Return whether the user may see a picture that was removed from a profile. Those who decide on appeals may."""
    return bool(user.has_perm("social.change_removal"))
