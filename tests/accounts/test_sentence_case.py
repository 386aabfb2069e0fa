"""Headings, buttons and labels under /accounts/ are in sentence case, allauth's own included."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from accounts.models import User

NAMES = {"Arabic", "English", "Hebrew", "I", "IP", "TOTP", "QR", "JavaScript", "CSV", "API", "ZIP", "US", "ID"}
SHOWN = {"title", "h1", "h2", "h3", "button", "label", "legend", "summary", "th"}


class Headings(HTMLParser):
    """Collects the text of headings, buttons, labels and links that look like buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_button = tag == "a" and "button" in (dict(attrs).get("class") or "")
        if tag in SHOWN or is_button:
            self.open.append(tag)
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[-1] += data


def title_case(page: str) -> list[str]:
    """Return the texts of a page in which a word after the first begins with a capital letter."""
    parser = Headings()
    parser.feed(page)
    return [text for text in (" ".join(text.split()) for text in parser.texts) if has_late_capital(text)]


def has_late_capital(text: str) -> bool:
    """Return False for sentence case, in which a capital letter begins a sentence or a name."""
    for sentence in re.split(r"[.?!:·] |\S+@\S+", text):
        words = re.findall(r"[A-Za-z][\w'’-]*", sentence)
        if any(word[0].isupper() and word not in NAMES for word in words[1:]):
            return True
    return False


def pages() -> list[str]:
    """Return the address of every page below /accounts/ that takes no arguments."""
    return sorted(
        f"/{route}" for route in set(routes(get_resolver().url_patterns)) if re.fullmatch(r"accounts/[\w/-]*", route)
    )


def routes(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def test_title_case_is_found() -> None:
    assert title_case("<h1>Sign In</h1><h2>Sign in</h2><button>I am 18 or over</button>") == ["Sign In"]


@pytest.mark.django_db
def test_account_pages_are_in_sentence_case(client: Client, shopper: User) -> None:
    wrong: dict[str, list[str]] = {}
    seen = 0
    with translation.override("en"):
        for is_signed_in in (False, True):
            if is_signed_in:
                client.force_login(shopper)
            for address in pages():
                answer = client.get(address)
                if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
                    continue
                seen += 1
                if texts := title_case(answer.content.decode()):
                    wrong[address] = texts
    assert seen > 8
    assert wrong == {}
    assert reverse("account_login") in pages()
