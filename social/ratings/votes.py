"""Votes that a rating helped."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.merchants.access import acts_for
from social.models import HelpfulVote, Rating


class VoteRefused(Exception):
    """The vote does not count. The message says why."""


def set_vote(*, user: User, rating: Rating, is_on: bool, now: datetime) -> None:
    """Store that the rating helped the user, or take it back. Repeating a call changes nothing. Raises VoteRefused."""
    if rating.user_id == user.pk:
        raise VoteRefused(_("You can't vote for your own rating."))
    if not is_on:
        HelpfulVote.objects.filter(rating=rating, user=user).delete()
        return
    if acts_for(user, rating.product.merchant_id):
        raise VoteRefused(_("You act for the seller of this product, so you can't vote for its ratings."))
    with transaction.atomic():
        if not Rating.objects.select_for_update(no_key=True).filter(pk=rating.pk).values_list("pk").first():
            raise VoteRefused(_("Its author has deleted this rating."))
        HelpfulVote.objects.bulk_create([HelpfulVote(rating=rating, user=user, created_at=now)], ignore_conflicts=True)
