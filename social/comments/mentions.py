"""What a comment names: people as `@handle`, products as their address in this shop, and hashtags."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.access import is_adult
from accounts.models import User
from catalog.models import Product
from creators.models import Creator
from social.comments.refusals import CommentRefused
from social.models import Comment, Mention
from videos.models import Hashtag
from videos.wording.hashtags import find_hashtags
from videos.wording.links import LinkKind, LinkTarget, Segment, find_links, split_text

MAX_PEOPLE = 5
MAX_PRODUCTS = 5
MAX_HASHTAGS = 10


def without_products(words: str) -> str:
    """Return the words without the addresses of products of this shop, which are no links that wait for a moderator."""
    for link in reversed(find_links(words, host=_host())):
        if link.kind == LinkKind.PRODUCT:
            words = f"{words[: link.start]} {words[link.end :]}"
    return words


def find_mentions(words: str, user: User) -> list[Mention]:
    """Return unsaved mentions of the people and products in the words whom the author can see.

    Everything else but hashtags stays plain text. Raises CommentRefused if there are too many of one kind.
    """
    links = find_links(words, host=_host())
    handles, slugs, keys = (
        {link.key for link in links if link.kind == kind}
        for kind in (LinkKind.PERSON, LinkKind.PRODUCT, LinkKind.HASHTAG)
    )
    if len(handles) > MAX_PEOPLE:
        raise CommentRefused(_("Mention at most %(most)d people in a comment.") % {"most": MAX_PEOPLE})
    if len(slugs) > MAX_PRODUCTS:
        raise CommentRefused(_("Mention at most %(most)d products in a comment.") % {"most": MAX_PRODUCTS})
    if len(keys) > MAX_HASHTAGS:
        raise CommentRefused(_("Use at most %(most)d hashtags in a comment.") % {"most": MAX_HASHTAGS})
    people = Creator.objects.visible_to(user.pk).filter(handle__in=handles) if handles else ()
    visible = Product.objects.on_sale().suitable_for(is_adult=is_adult(user))
    products = visible.filter(slug__in=slugs) if slugs else ()
    named = [Mention(person=person, key=person.handle) for person in people]
    return named + [Mention(product=product, key=product.slug) for product in products]


def store_mentions(comment: Comment, mentions: Sequence[Mention]) -> None:
    """Replace what a comment mentions, its hashtags among it.

    Call it after the post was locked: whoever publishes locks a post first and then its hashtags.
    """
    hashtags = Hashtag.objects.ensure(find_hashtags(comment.words)).values()
    Mention.objects.filter(comment=comment).delete()
    for mention in mentions:
        mention.comment = comment
    named = [Mention(comment=comment, hashtag=hashtag, key=hashtag.key) for hashtag in hashtags]
    Mention.objects.bulk_create([*mentions, *named])


def shown_mentions(comment: Comment) -> list[Mention]:
    """Return what a comment, whose mentions are prefetched, links to. People who are hidden now are left out, and so are blocked hashtags."""
    return [
        mention
        for mention in comment.mentions.all()
        if not (mention.person and mention.person.is_hidden) and not (mention.hashtag and mention.hashtag.block_reason)
    ]


def split_words(comment: Comment) -> Iterator[Segment]:
    """Yield the pieces of a comment, whose mentions are prefetched. A product is named instead of its address."""
    targets = {}
    for mention in shown_mentions(comment):
        if mention.product is not None:
            target = LinkTarget(mention.product.get_absolute_url(), mention.product.local_name)
            targets[LinkKind.PRODUCT, mention.key] = target
        elif mention.person is not None:
            targets[LinkKind.PERSON, mention.key] = LinkTarget(mention.person.get_absolute_url())
        elif mention.hashtag is not None:
            targets[LinkKind.HASHTAG, mention.key] = LinkTarget(mention.hashtag.get_absolute_url())
    return split_text(comment.words, targets, host=_host())


def _host() -> str:
    return urlsplit(settings.SITE_URL).netloc
