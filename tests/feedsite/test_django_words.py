"""Django's own pages have no English words in Arabic and Hebrew: what its catalogues lack, ours collect."""

import io
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from feedsite.translations import KEYWORDS, PLURALS, extract_messages, extract_template, is_translated

ROOT = Path(django.__file__).parent
SOURCES = ("contrib/admin/options.py", "contrib/admin/views/main.py", "contrib/auth/password_validation.py")
FOLDERS = ("contrib/admin/templatetags", "contrib/admin/templates/admin", "forms", "db/models/fields", "core")


def sources() -> Iterator[Path]:
    yield from (ROOT / name for name in SOURCES)
    for folder in FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".html"))


def first(message: object) -> str:
    return message if isinstance(message, str) else str(message[0])  # type: ignore[index]  # a tuple of plural forms


def test_words_that_django_does_not_translate_are_collected() -> None:
    used = set()
    for path in sources():
        method = "python" if path.suffix == ".py" else extract_template
        content = io.BytesIO(path.read_bytes())
        used |= {first(words) for _line, words, _comments, _context in extract(method, content, KEYWORDS, [])}
    collected = {first(message.id) for message in extract_messages() if message.id}
    for language in PLURALS:
        catalogues = ROOT.glob(f"c*/**/locale/{language}/LC_MESSAGES/django.po")
        messages = (message for path in catalogues for message in read_po(io.BytesIO(path.read_bytes()), language))
        translated = {first(message.id) for message in messages if message.id and is_translated(message.string)}
        assert used - translated - collected == set(), language
