"""Descriptions as HTML in which nothing runs, nothing is fetched and nothing covers the page."""

import re
from html import escape

import nh3

TAGS = {
    *("p", "br", "hr", "strong", "b", "em", "i", "u", "s", "sub", "sup", "small", "blockquote", "a"),
    *("ul", "ol", "li", "dl", "dt", "dd", "h2", "h3", "h4", "h5", "h6"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
MARKUP = re.compile(r"<[a-zA-Z/!?]")
PARAGRAPHS = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)\s*")
LINES = re.compile(r"\r\n?|\n")


def _only_https(tag: str, attribute: str, value: str) -> str | None:
    """Keep links to full addresses with https. Others would lead into this shop."""
    is_link = tag == "a" and attribute == "href"
    return value if not is_link or value.strip().casefold().startswith("https://") else None


CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style"},
    attributes={"a": {"href"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}},
    attribute_filter=_only_https,
    url_schemes={"https"},
    link_rel="nofollow noopener noreferrer ugc",
    strip_comments=True,
)


def clean_description(text: str) -> str:
    """Return the description as HTML of harmless elements. Words stay, except those inside script and style.

    A text without markup becomes paragraphs and line breaks. Cleaning twice changes nothing.
    """
    text = text.strip()
    words = CLEANER.clean(text).strip() if "<" in text or "&" in text else escape(text, quote=False)
    if MARKUP.search(words) or not LINES.search(words):
        return words
    paragraphs = (LINES.sub("<br>", paragraph) for paragraph in PARAGRAPHS.split(words))
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
