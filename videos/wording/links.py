"""Links in the words of captions and comments: hashtags, people as `@handle`, and products as their address in this shop."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from videos.wording.hashtags import find_hashtags

_HANDLE = r"(?<![\w@./])@(?P<person>[A-Za-z0-9_](?:[A-Za-z0-9_.]{1,28})[A-Za-z0-9_])(?![\w@])"
_SLUG = r"(?P<product>[-a-z0-9_]{1,80})"


class LinkKind(StrEnum):
    """What the words name."""

    HASHTAG = "hashtag"
    PERSON = "person"
    PRODUCT = "product"


@dataclass(frozen=True)
class TextLink:
    """Where words name something. `key` is the folded hashtag, the handle in small letters, or the product's slug."""

    kind: LinkKind
    key: str
    start: int
    end: int


@dataclass(frozen=True)
class LinkTarget:
    """Where a link leads, and what it says if that is not the words themselves."""

    url: str
    label: str = ""


@dataclass(frozen=True)
class Segment:
    """A piece of a text: plain if it has no `url`."""

    text: str
    url: str = ""


def find_links(text: str, *, host: str = "") -> list[TextLink]:
    """Return what the words name, in order. With `host`, the addresses of this shop's products count."""
    links = [TextLink(LinkKind.HASHTAG, tag.key, tag.start, tag.end) for tag in find_hashtags(text)]
    for match in _pattern(host).finditer(text):
        kind = LinkKind(match.lastgroup or "")
        links.append(TextLink(kind, match[kind].lower() if kind == LinkKind.PERSON else match[kind], *match.span()))
    return sorted(links, key=lambda link: link.start)


def split_text(text: str, targets: Mapping[tuple[LinkKind, str], LinkTarget], *, host: str = "") -> Iterator[Segment]:
    """Yield the pieces of a text. What has no target stays plain."""
    end = 0
    for link in find_links(text, host=host):
        target = targets.get((link.kind, link.key))
        if target is None:
            continue
        if link.start > end:
            yield Segment(text[end : link.start])
        yield Segment(target.label or text[link.start : link.end], target.url)
        end = link.end
    if end < len(text):
        yield Segment(text[end:])


def _pattern(host: str) -> re.Pattern[str]:
    if not host:
        return re.compile(_HANDLE)
    name = re.escape(host)
    return re.compile(rf"{_HANDLE}|(?:https?://{name}|(?<![\w/.])(?:{name})?)/p/{_SLUG}/?(?![\w/])")
