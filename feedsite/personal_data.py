"""Download of a user's personal data in all apps. Its deletion is in feedsite.account_erasure."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import signed_in_user
from accounts.blocks import Block, Mute
from accounts.models import User
from feed.models import Event, EventKind, Viewer
from feedsite.personal_creations import collect_creations
from feedsite.personal_memberships import collect_memberships
from feedsite.personal_notifications import collect_notifications_of
from feedsite.personal_purchases import collect_purchases, read_rows
from feedsite.personal_sponsorships import collect_sponsorships
from shop.models import BrowserAccount
from social.models import (
    CollectedClip,
    Collection,
    Comment,
    CommentLike,
    Follow,
    HashtagFollow,
    HelpfulVote,
    Hidden,
    LegalNotice,
    Like,
    Rating,
    RatingMailStop,
    RatingPicture,
    RatingRequest,
    Removal,
    Report,
    Save,
    SentPost,
    ShareLink,
)


def collect_data(user: User) -> dict[str, Any]:
    """Return everything stored about a user, grouped by kind. Amounts are in minor units and times in UTC."""
    return {
        "account": {
            "email": user.email,
            "joined_at": user.date_joined,
            "last_sign_in_at": user.last_login,
            "language": user.language,
            "time_zone": user.time_zone,
            "adult_confirmed_at": user.adult_confirmed_at,
        },
        **_sign_in(user),
        **collect_purchases(user),
        **_marks(user),
        **_ratings(user),
        **_comments(user),
        **_removals(user),
        **collect_sponsorships(user),
        **collect_creations(user),
        **collect_memberships(user),
        **collect_notifications_of(user),
        "feed": read_rows(
            Viewer.objects.filter(user=user),
            *("interests", "dial", "reason_factors", "hidden_creators", "created_at", "welcomed_at"),
        ),
        "events": _events(user),
        "browsers": read_rows(BrowserAccount.objects.filter(user=user).order_by("pk"), "recorded_at"),
    }


def _sign_in(user: User) -> dict[str, Any]:
    """Return the email addresses, and the passkeys and other second factors, without their secrets."""
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    return {
        "email_addresses": read_rows(
            EmailAddress.objects.filter(user=user).order_by("pk"), "email", "verified", "primary"
        ),
        "second_factors": read_rows(factors, "type", "created_at", "last_used_at", name=F("data__name")),
    }


def _marks(user: User) -> dict[str, Any]:
    """Return what a user likes, saved, collected, hid, follows and reported, and whom they blocked or muted."""
    return {
        "likes": read_rows(Like.objects.filter(user=user), "created_at", clip_code=F("clip__code")),
        "saves": read_rows(Save.objects.filter(user=user), "created_at", clip_code=F("clip__code")),
        "collections": read_rows(Collection.objects.filter(user=user), "name", "share_code", "created_at"),
        "collected_clips": read_rows(
            CollectedClip.objects.filter(collection__user=user).order_by("pk"),
            "created_at",
            collection_name=F("collection__name"),
            clip_code=F("clip__code"),
        ),
        "share_links": read_rows(
            ShareLink.objects.owned_by(user).order_by("pk"), "code", "created_at", clip_code=F("clip__code")
        ),
        "sent_posts": read_rows(
            SentPost.objects.filter(sender=user).order_by("pk"),
            "sent_at",
            clip_code=F("clip__code"),
            handle=F("recipient__creator__handle"),
        ),
        "received_posts": read_rows(
            SentPost.objects.filter(recipient=user).order_by("pk"),
            *("sent_at", "removed_at"),
            clip_code=F("clip__code"),
            handle=F("sender__creator__handle"),
        ),
        "hidden": read_rows(Hidden.objects.filter(user=user), "created_at", clip_code=F("clip__code")),
        "follows": read_rows(Follow.objects.filter(user=user), handle=F("creator__handle")),
        "hashtag_follows": read_rows(
            HashtagFollow.objects.filter(user=user).order_by("pk"), "created_at", hashtag_name=F("hashtag__name")
        ),
        "blocks": read_rows(
            Block.objects.filter(user=user).order_by("pk"), "created_at", handle=F("blocked_user__creator__handle")
        ),
        "mutes": read_rows(
            Mute.objects.filter(user=user).order_by("pk"), "created_at", handle=F("muted_user__creator__handle")
        ),
        "reports": read_rows(Report.objects.filter(user=user), "reason", "words", "state", "created_at"),
    }


def _ratings(user: User) -> dict[str, Any]:
    """Return a user's ratings of products, their pictures, the votes for others', and the emails that asked for ratings."""
    return {
        "ratings": read_rows(
            Rating.objects.owned_by(user).order_by("pk"),
            *("stars", "words", "author_name", "state", "removal_reason", "helpful_count", "created_at", "changed_at"),
            product_slug=F("product__slug"),
        ),
        "rating_pictures": read_rows(
            RatingPicture.objects.filter(rating__user=user).order_by("pk"),
            "stem",
            product_slug=F("rating__product__slug"),
        ),
        "helpful_votes": read_rows(
            HelpfulVote.objects.filter(user=user).order_by("pk"),
            "created_at",
            product_slug=F("rating__product__slug"),
        ),
        "rating_requests": read_rows(
            RatingRequest.objects.filter(order__user=user).order_by("pk"),
            *("is_mailed", "settled_at"),
            order_code=F("order__code"),
        ),
        "rating_mail_stop": read_rows(RatingMailStop.objects.filter(user=user), "stopped_at"),
    }


def _comments(user: User) -> dict[str, Any]:
    """Return what a user wrote below posts, and the comments that they like."""
    return {
        "comments": read_rows(
            Comment.objects.owned_by(user).order_by("pk"),
            *("words", "state", "removal_reason", "like_count", "reply_count", "created_at", "edited_at"),
            clip_code=F("clip__code"),
        ),
        "comment_likes": read_rows(
            CommentLike.objects.filter(user=user).order_by("pk"), "created_at", clip_code=F("comment__clip__code")
        ),
    }


def _removals(user: User) -> dict[str, Any]:
    """Return what staff removed of a user's, why, the user's appeals, and the notices that they sent."""
    return {
        "removals": read_rows(
            Removal.objects.owned_by(user).order_by("pk"),
            *("kind", "before", "reason", "words", "removed_at", "state", "appeal_words", "appealed_at"),
            *("answer", "decided_at"),
        ),
        "legal_notices": read_rows(
            LegalNotice.objects.sent_by(user).order_by("pk"),
            *("kind", "words", "right", "name", "email", "shares_contact", "created_at", "action", "answer"),
        ),
    }


def _events(user: User) -> list[dict[str, Any]]:
    keys = Viewer.objects.filter(user=user).values("key")
    events = Event.objects.filter(viewer__in=keys).order_by("at")
    columns = events.values_list("kind", "clip_id", "subject_id", "value", "at")
    names = ("kind", "clip_id", "subject_id", "value", "at")
    return [dict(zip(names, (EventKind(kind).label, *rest), strict=True)) for kind, *rest in columns]


@require_safe
@never_cache
def download_data(request: HttpRequest) -> HttpResponse:
    """Return everything stored about the user as one JSON file."""
    body = collect_data(signed_in_user(request))
    name = f"my-data-{timezone.now():%Y-%m-%d}.json"
    return JsonResponse(
        body, json_dumps_params={"indent": 2}, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
