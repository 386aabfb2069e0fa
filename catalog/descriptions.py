"""Descriptions of products: plain text or, if it has an element such as <p>, HTML. HTML is cleaned whenever it is shown."""

import re
from html import unescape

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from catalog.imports.values.descriptions import CLEANER, TAGS

ELEMENT = re.compile(rf"</?(?:{'|'.join(sorted(TAGS))})(?:\s[^<>]*)?/?>", re.IGNORECASE)
ENDS = re.compile(r"</(?:p|h[2-6]|li|dt|dd|tr|caption|blockquote)>|<(?:br|hr)\s*/?>", re.IGNORECASE)
BLANK_LINES = re.compile(r"\s*\n\s*")


def has_markup(text: str) -> bool:
    return bool(ELEMENT.search(text))


def render_description(text: str) -> SafeString:
    """Return a description as safe HTML."""
    if has_markup(text):
        return mark_safe(CLEANER.clean(text))  # noqa: S308  cleaned
    return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308  escaped


def plain_description(text: str) -> str:
    """Return the words of a description, for programs and for places without paragraphs."""
    if not has_markup(text):
        return text
    lines = unescape(nh3.clean(ENDS.sub("\n", CLEANER.clean(text)), tags=set()))
    return BLANK_LINES.sub("\n", lines).strip()
