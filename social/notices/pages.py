"""What the addresses in a notice show, whether it is still there, and whose it is."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from accounts.keys import parse_key
from catalog.models import Product
from creators.models import Creator
from social.models import Comment, CommentState, NoticedPage, Rating, RatingState
from videos.models import Clip
from videos.states import ClipState

ROUTES = {
    "clip": ("clip", "code"),
    "comments": ("clip", "code"),
    "comment-thread": ("comment", "thread"),
    "product": ("product", "slug"),
    "storefront": ("creator", "handle"),
}
"""Maps names of routes to what their pages show, and to the part of the address that is its key."""


@dataclass(frozen=True)
class NamedPage:
    """What an address shows. `kind` and `key` are empty for pages that nobody of our users made."""

    address: str
    kind: str = ""
    key: str = ""


def read_address(address: str) -> NamedPage | None:
    """Return what an address of this shop shows, or None if there is no such page."""
    try:
        parts = urlsplit(address if "://" in address else f"{settings.SITE_URL}/{address.lstrip('/')}")
        match = resolve(parts.path)
    except (ValueError, Resolver404):  # urlsplit refuses brackets that are not those of an IPv6 address
        return None
    if parts.netloc != urlsplit(settings.SITE_URL).netloc:
        return None
    kind, part = ROUTES.get(match.url_name or "", ("", ""))
    key = str(match.kwargs.get(part, ""))
    anchor, _dash, number = parts.fragment.partition("-")
    if kind in ("clip", "comment") and anchor == "comment" and parse_key(number):
        kind, key = "comment", number
    elif kind == "product" and (rating := parse_key(parse_qs(parts.query).get("rating", [""])[0])):
        kind, key = "rating", str(rating)
    return NamedPage(parts.geturl()[:500], kind, key)


def find_clip(page: NamedPage | NoticedPage) -> Clip | None:
    return Clip.objects.select_related("creator").filter(code=page.key).first()


def find_comment(page: NamedPage | NoticedPage) -> Comment | None:
    return Comment.objects.select_related("author__user").filter(pk=parse_key(page.key), deleted_at=None).first()


def find_rating(page: NamedPage | NoticedPage) -> Rating | None:
    return Rating.objects.select_related("user", "product").filter(pk=parse_key(page.key)).first()


def find_profile(page: NamedPage | NoticedPage) -> Creator | None:
    """Return the profile that answers for what a page shows, or None if there is none."""
    if page.kind == "clip":
        clip = find_clip(page)
        return clip.creator if clip else None
    if page.kind == "comment":
        comment = find_comment(page)
        return comment.author if comment else None
    if page.kind == "rating":
        rating = find_rating(page)
        return Creator.objects.filter(user=rating.user).first() if rating else None
    return Creator.objects.with_handle(page.key).first() if page.kind == "creator" else None


def is_shown(page: NoticedPage) -> bool:
    """Return whether what a page was about is public now."""
    if page.kind == "clip":
        return Clip.objects.filter(code=page.key, state=ClipState.PUBLISHED).exists()
    if page.kind == "comment":
        return Comment.objects.filter(pk=parse_key(page.key), state=CommentState.VISIBLE).exists()
    if page.kind == "rating":
        return Rating.objects.filter(pk=parse_key(page.key), state=RatingState.VISIBLE).exists()
    if page.kind == "product":
        return Product.objects.on_sale().filter(slug=page.key).exists()
    return page.acted_at is None
