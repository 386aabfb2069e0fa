"""Google's product data as files: RSS 2.0, and text with tabs."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from xml.sax.saxutils import escape

from django.conf import settings

from catalog.exports.google import COLUMNS, google_items
from catalog.site import site_name

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class GoogleFile(StrEnum):
    """The endings of the files."""

    RSS = "xml"
    TSV = "txt"

    @property
    def content_type(self) -> str:
        return f"{'application/rss+xml' if self is GoogleFile.RSS else 'text/tab-separated-values'}; charset=utf-8"

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file, with all that is on sale now."""
        return rss_lines(google_items()) if self is GoogleFile.RSS else tsv_lines(google_items())


def rss_lines(items: Iterable[dict[str, list[str]]]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>\n'
    yield f"<title>{_text(site_name())}</title>\n<link>{_text(settings.SITE_URL)}</link>\n<description></description>\n"
    for item in items:
        elements = (f"<g:{name}>{_text(text)}</g:{name}>" for name, texts in item.items() for text in texts)
        yield f"<item>{''.join(elements)}</item>\n"
    yield "</channel>\n</rss>\n"


def _text(text: str) -> str:
    return escape(NOT_IN_XML.sub("", text))


def tsv_lines(items: Iterable[dict[str, list[str]]]) -> Iterator[str]:
    """Yield lines without quotes, as Google's text files are: line breaks and tabs within a value become spaces."""
    yield "\t".join(name.replace("_", " ") for name in COLUMNS) + "\n"
    for item in items:
        yield "\t".join(" ".join(",".join(item.get(name, ())).split()) for name in COLUMNS) + "\n"
