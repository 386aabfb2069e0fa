"""What the addresses in a notice show, whether it is still there, and whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from accounts.keys import parse_key, parse_keys
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
        kind, key = "comment", str(parse_key(number))
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


def find_shown(pages: Sequence[NoticedPage]) -> set[int]:
    """Return the ids of the pages whose content is public now. Takes a query for each kind among them."""
    keys: dict[str, set[str]] = {}
    for page in pages:
        keys.setdefault(page.kind, set()).add(page.key)
    shown = {kind: _PUBLIC[kind](named) for kind, named in keys.items() if kind in _PUBLIC}
    return {page.pk for page in pages if (page.key in shown[page.kind] if page.kind in shown else not page.acted_at)}


def _public_clips(keys: set[str]) -> set[str]:
    return set(Clip.objects.filter(code__in=keys, state=ClipState.PUBLISHED).values_list("code", flat=True))


def _public_comments(keys: set[str]) -> set[str]:
    visible = Comment.objects.filter(pk__in=parse_keys(list(keys)), state=CommentState.VISIBLE)
    return {str(pk) for pk in visible.values_list("pk", flat=True)}


def _public_ratings(keys: set[str]) -> set[str]:
    visible = Rating.objects.filter(pk__in=parse_keys(list(keys)), state=RatingState.VISIBLE)
    return {str(pk) for pk in visible.values_list("pk", flat=True)}


def _public_products(keys: set[str]) -> set[str]:
    return set(Product.objects.on_sale().filter(slug__in=keys).values_list("slug", flat=True))


_PUBLIC = {
    "clip": _public_clips,
    "comment": _public_comments,
    "rating": _public_ratings,
    "product": _public_products,
}
