"""People and products that a comment names: as `@handle`, and as the address of a product in this shop."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.access import is_adult
from accounts.models import User
from catalog.models import Product
from creators.models import Creator
from social.comments.refusals import CommentRefused
from social.models import Comment, Mention

MAX_PEOPLE = 5
MAX_PRODUCTS = 5
_HANDLE = r"(?<![\w@./])@(?P<handle>[A-Za-z0-9_](?:[A-Za-z0-9_.]{1,28})[A-Za-z0-9_])(?![\w@])"
_SLUG = r"(?P<slug>[-a-z0-9_]{1,80})"


@dataclass(frozen=True)
class Segment:
    """A piece of a comment: plain `text` or, with a `mention`, a link to a person or product."""

    text: str
    mention: Mention | None = None

    @property
    def url(self) -> str:
        target = self.mention and (self.mention.person or self.mention.product)
        return target.get_absolute_url() if target else ""

    @property
    def label(self) -> str:
        """Return the handle as it was written, or the name of the product instead of its address."""
        return self.mention.product.local_name if self.mention and self.mention.product else self.text


def _pattern() -> re.Pattern[str]:
    host = re.escape(urlsplit(settings.SITE_URL).netloc)
    return re.compile(rf"{_HANDLE}|(?:https?://{host}|(?<![\w/.])(?:{host})?)/p/{_SLUG}/?(?![\w/])")


def without_products(words: str) -> str:
    """Return the words without the addresses of products of this shop, which are no links that wait for a moderator."""
    return _pattern().sub(lambda match: " " if match["slug"] else match[0], words)


def find_mentions(words: str, user: User) -> list[Mention]:
    """Return unsaved mentions of the people and products in the words whom the author can see.

    Everything else stays plain text. Raises CommentRefused if there are too many.
    """
    matches = list(_pattern().finditer(words))
    handles = {match["handle"].lower() for match in matches if match["handle"]}
    slugs = {match["slug"] for match in matches if match["slug"]}
    if len(handles) > MAX_PEOPLE:
        raise CommentRefused(_("Mention at most %(most)d people in a comment.") % {"most": MAX_PEOPLE})
    if len(slugs) > MAX_PRODUCTS:
        raise CommentRefused(_("Mention at most %(most)d products in a comment.") % {"most": MAX_PRODUCTS})
    people = Creator.objects.visible_to(user.pk).filter(handle__in=handles) if handles else ()
    visible = Product.objects.on_sale().suitable_for(is_adult=is_adult(user))
    products = visible.filter(slug__in=slugs) if slugs else ()
    named = [Mention(person=person, key=person.handle) for person in people]
    return named + [Mention(product=product, key=product.slug) for product in products]


def store_mentions(comment: Comment, mentions: Sequence[Mention]) -> None:
    """Replace what a comment mentions."""
    Mention.objects.filter(comment=comment).delete()
    for mention in mentions:
        mention.comment = comment
    Mention.objects.bulk_create(mentions)


def split_words(comment: Comment) -> Iterator[Segment]:
    """Yield the pieces of a comment, whose mentions are prefetched. Those who are hidden now are not linked."""
    by_key = {(mention.person_id is not None, mention.key): mention for mention in comment.mentions.all()}
    end = 0
    for match in _pattern().finditer(comment.words):
        is_person = match["handle"] is not None
        mention = by_key.get((is_person, match["handle"].lower() if is_person else match["slug"]))
        if mention is None or (mention.person is not None and mention.person.is_hidden):
            continue
        yield Segment(comment.words[end : match.start()])
        yield Segment(match[0], mention)
        end = match.end()
    yield Segment(comment.words[end:])
