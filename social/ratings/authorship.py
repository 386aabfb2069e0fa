"""Functions with which people write, change and delete their ratings."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import has_verified_address
from accounts.constraints import violated_constraint
from accounts.models import User
from accounts.picture_rules import PictureRules, StoredPicture
from accounts.pictures import delete_picture
from catalog.merchants.access import acts_for
from catalog.models import Product
from social.models import Rating, RatingPicture, RatingState
from social.ratings.content import RatingContent, choose_hold, match_wording
from social.removals.records import end_removals
from videos.wording.engine import RuleMatch

PICTURE_RULES = PictureRules(folder="ratings", widths=Rating.PICTURE_WIDTHS_PX)


class RatingRefused(Exception):
    """The rating was not stored, and nothing was changed. The message says why."""


class RatingExists(RatingRefused):
    """The person has rated the product already."""


@dataclass(frozen=True)
class PictureChange:
    """Pictures that are added to a rating, and ids of those that are taken away."""

    added: Sequence[StoredPicture] = ()
    removed_ids: Collection[int] = ()


NO_PICTURES = PictureChange()


@dataclass(frozen=True)
class SavedRating:
    """A stored rating, whether it is a new one, and the wording rules for which it waits."""

    rating: Rating
    is_new: bool
    matches: Sequence[RuleMatch]


@transaction.atomic
def save_rating(
    *,
    user: User,
    product: Product,
    content: RatingContent,
    pictures: PictureChange = NO_PICTURES,
    replaces: bool = True,
    now: datetime,
) -> SavedRating:
    """Store a person's only rating of a product: a new one, or what replaces the content of the earlier one.

    Raises RatingRefused, and RatingExists if there is one that must not be replaced. The files of the added pictures are
    then the caller's to delete.
    """
    if not has_verified_address(user):
        raise RatingRefused(_("Confirm your email address before you rate products."))
    if acts_for(user, product.merchant_id):
        raise RatingRefused(_("You act for the seller of this product, so you can't rate it."))
    rating, is_new = _lock_or_create(user, product, content, now)
    if not is_new and not replaces and _is_shown_to_author(rating):
        raise RatingExists(_("You have already rated this product. Change your rating instead."))
    [matches] = match_wording([(content.words, product)])
    hold = choose_hold(rating, matches, now=now)
    _change_pictures(rating, pictures)
    rating.stars, rating.words, rating.author_name = content.stars, content.words, content.author_name
    rating.state, rating.hold_reason = (RatingState.HELD, hold) if hold else (RatingState.VISIBLE, "")
    rating.revision, rating.changed_at = rating.revision + (not is_new), now
    rating.removal_reason = ""
    written = ["stars", "words", "author_name", "state", "hold_reason", "removal_reason", "revision", "changed_at"]
    rating.save(update_fields=written)
    end_removals(rating=rating)
    return SavedRating(rating, is_new, matches)


@transaction.atomic
def delete_rating(*, rating: Rating) -> None:
    """Delete a person's rating with its pictures and votes.

    Of one that a moderator removed, the row stays without content: see `Rating`. Deleting twice changes nothing.
    """
    row = Rating.objects.select_for_update(of=("self",)).filter(pk=rating.pk).first()
    if row is None:
        return
    drop_pictures(row.pictures.all())
    end_removals(rating=row)
    if row.state != RatingState.REMOVED:
        row.delete()
        return
    row.votes.all().delete()
    row.words = row.author_name = row.reply_words = ""
    row.replied_at = row.replied_by = row.replied_for = None
    row.save(update_fields=["words", "author_name", "reply_words", "replied_at", "replied_by", "replied_for"])


def erase_ratings(*, user: User) -> None:
    """Delete all ratings of a person whose account is deleted, with the files of their pictures."""
    drop_pictures(RatingPicture.objects.filter(rating__user=user))
    Rating.objects.owned_by(user).delete()


def find_own_rating(user: object, product: Product) -> Rating | None:
    """Return the user's rating of a product in any state, or None if there is none or they have deleted it."""
    if not isinstance(user, User):
        return None
    rating = Rating.objects.owned_by(user).filter(product=product).prefetch_related("pictures").first()
    return rating if rating is not None and _is_shown_to_author(rating) else None


def drop_pictures(pictures: Iterable[RatingPicture]) -> None:
    """Delete pictures. Their files go once the transaction has committed."""
    for picture in pictures:
        picture.delete()
        transaction.on_commit(partial(delete_picture, picture.stem, rules=PICTURE_RULES))


def _is_shown_to_author(rating: Rating) -> bool:
    """Return False for what stays of a removed rating that its author has deleted."""
    return rating.state != RatingState.REMOVED or bool(rating.author_name)


def _lock_or_create(user: User, product: Product, content: RatingContent, now: datetime) -> tuple[Rating, bool]:
    """Return the person's rating, locked, and whether it was created. A new one is seen by nobody yet."""
    own = Rating.objects.select_for_update(of=("self",)).filter(user=user, product=product).select_related("user")
    rating = own.first()
    if rating is not None:
        return rating, False
    row = Rating(user=user, product=product, stars=content.stars, created_at=now, changed_at=now)
    row.state = RatingState.HELD
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if violated_constraint(error) != "social_rating_once":
            raise
        return own.get(), False
    return row, True


def _change_pictures(rating: Rating, change: PictureChange) -> None:
    """Raises RatingRefused if the rating would have too many pictures."""
    drop_pictures(rating.pictures.filter(pk__in=change.removed_ids))
    taken = set(rating.pictures.values_list("position", flat=True))
    free = [position for position in range(Rating.MAX_PICTURES) if position not in taken]
    if len(change.added) > len(free):
        raise RatingRefused(_("A rating can have at most %(most)d pictures.") % {"most": Rating.MAX_PICTURES})
    RatingPicture.objects.bulk_create(
        RatingPicture(
            rating=rating, position=position, stem=added.stem, width_px=added.width_px, height_px=added.height_px
        )
        for position, added in zip(free, change.added, strict=False)
    )
