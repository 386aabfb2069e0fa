"""Functions that update and compile the message catalogues in `feedsite/locale`.

`python -m feedsite.translations update` updates every catalogue from the source code (`make messages`). `python -m
feedsite.translations compile` writes `.mo` files that are missing or out of date (`make setup`).
"""

import io
import os
import re
import subprocess
import sys
from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "feedsite" / "locale"
PLURALS = {
    "ar": (6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5"),
    "he": (3, "n==1 ? 0 : n==2 ? 1 : 2"),
}
"""Maps each language to its number of plural forms and its plural rule. Source: Django's own catalogues.

English is not listed: its catalogue only puts allauth's messages into sentence case, and `update` does not change it.
"""

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "N_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "ngettext_noop": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LITERAL = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*u?({LITERAL}(?:\s*,\s*u?{LITERAL})*)")
ExtractedMessage = tuple[int, str, str | tuple[str, ...], list[str]]


def extract_template(fileobj: io.BytesIO, *_babel: object, **_options: object) -> Iterator[ExtractedMessage]:
    """Yield a Django template's messages as the tuples that Babel expects: line, function, arguments, comments.

    Django's `templatize` blanks out everything except the messages. The result is not valid Python, so Babel's own
    extractor cannot read it.
    """
    text = templatize(fileobj.read().decode())
    for call in CALL.finditer(text):
        arguments = tuple(literal_eval(argument) for argument in re.findall(LITERAL, call[2]))
        line = text.count("\n", 0, call.start()) + 1
        yield line, call[1], arguments[0] if len(arguments) == 1 else arguments, []


def extract_messages() -> Catalog:
    """Return a catalogue of all messages in the project's Python files and templates, ordered by file name."""
    catalog = Catalog(charset="utf-8")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py", "templates"]
    names = subprocess.check_output(command, cwd=ROOT, text=True).split()
    for name in sorted(set(names)):
        if name.startswith(("tests/", "benchmarks/")) or not (ROOT / name).exists():
            continue
        method: Any = "python" if name.endswith(".py") else extract_template
        source = io.BytesIO((ROOT / name).read_bytes())
        for _line, message, comments, context in extract(method, source, KEYWORDS, ["Translators:"]):
            catalog.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


def read_catalogue(language: str) -> Catalog:
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language)
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def po_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def update() -> None:
    """Add new messages to all catalogues and remove obsolete ones. Similar old translations are not reused."""
    messages = extract_messages()
    for language in PLURALS:
        catalog = read_catalogue(language)
        catalog.update(messages, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_header(language) + _body(catalog))
        missing = [message.id for message in catalog if message.id and not is_translated(message.string)]
        print(f"{language}: {len(catalog)} messages, {len(missing)} without a translation")


def is_translated(words: str | tuple[str, ...] | list[str] | None) -> bool:
    """Return whether a message is translated. Return False if one of its plural forms is missing."""
    return bool(words) and all(words or ())


def _header(language: str) -> bytes:
    """Return the header of a catalogue. It has no dates, so that repeating an update writes identical files."""
    count, rule = PLURALS[language]
    lines = [
        f"Language: {language}",
        f"Plural-Forms: nplurals={count}; plural={rule};",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    return ('msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n").encode()


def _body(catalog: Catalog) -> bytes:
    written = io.BytesIO()
    write_po(written, catalog, width=110, omit_header=True, include_lineno=False)
    return written.getvalue()


def compile_stale() -> None:
    """Compile each catalogue whose `.mo` file is missing or older than the `.po` file. Processes may do so at once."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            compiled = io.BytesIO()
            write_mo(compiled, read_catalogue(source.parts[-3]))
            new = target.with_suffix(f".{os.getpid()}")
            new.write_bytes(compiled.getvalue())
            new.replace(target)


if __name__ == "__main__":
    {"update": update, "compile": compile_stale}[sys.argv[1]]()
