"""Encodings of catalogue files that do not say theirs: UTF-8, or Windows-1252 as spreadsheets write it."""

import codecs
import re
from dataclasses import dataclass

from catalog.imports.remarks import CatalogueStopped, StopReason
from catalog.imports.source_file import SourceFile
from catalog.imports.values.text import WRONG_BYTES

CHUNK_BYTES = 256 * 1024
SAMPLE_BYTES = 64 * 1024
NOT_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")
HIGH_WORD = re.compile(rb"[A-Za-z]?[\x80-\xff][A-Za-z\x80-\xff]*")
"""From the letter before the first high byte. A longer start would be sought again from each letter of a long cell."""
NOT_WESTERN = re.compile(
    r"[À-ÖØ-öø-ÿ]{4}|[a-zß-ÿ][À-ÖØ-ÞŠŒŽŸˆ]|[^\W\d_][¡-©¬-¶¸¹¼-¿×÷‚-‰•˜™]+[^\W\d_]|\ufffd|^[£¥¨¯³´¸¹¼¾][a-zß-ÿ]|^[Œœ][cklmprtw]"
)
"""Four letters with accents in a row, a capital or sign inside a word, or one that begins no western word: the bytes are
those of another code page."""
TEXT_ENCODING = re.compile(
    r"utf-?8|us-ascii|ascii|iso-?8859-?\d+|latin-?\d+|windows-?\d+|cp-?\d+|koi8-?[rut]|macroman|mac-?roman"
    r"|utf-?16(-?[lb]e)?|shift[_-]?jis|euc-?(jp|kr)|gb2312|gbk|gb18030|big5|tis-620"
)
LATIN_1 = {"iso8859-1", "ascii", "cp1252"}


@dataclass(frozen=True)
class Encoding:
    name: str
    """As Python calls it."""
    errors: str = "replace"
    """“surrogateescape” where bytes that are no UTF-8 are read as Windows-1252, with a note on their row."""


UTF_8 = Encoding("utf-8-sig", "surrogateescape")
WINDOWS_1252 = Encoding("cp1252", "surrogateescape")


def detect_encoding(source: SourceFile, *, is_western: bool = False) -> Encoding:
    """Return UTF-8 or Windows-1252, after reading the whole file.

    Raises CatalogueStopped if it can be neither, unless the letters are said to be western ones.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    letters = wrong_bytes = 0
    words: list[bytes] = []
    with source.open() as file:
        while data := file.read(CHUNK_BYTES):
            if data.isascii():
                continue
            text = decoder.decode(data)
            letters += len(NOT_ASCII.findall(text))
            wrong_bytes += sum(len(run) for run in WRONG_BYTES.findall(text))
            if wrong_bytes and len(words) < 1_000:
                words += HIGH_WORD.findall(data[:SAMPLE_BYTES])
    if letters >= wrong_bytes:
        return UTF_8
    strange = sum(1 for word in words if NOT_WESTERN.search(word.decode("cp1252", "replace")))
    if strange > len(words) / 3 and not is_western:
        raise CatalogueStopped(StopReason.UNKNOWN_ENCODING)
    return WINDOWS_1252


def declared_encoding(source: SourceFile, name: str) -> Encoding:
    """Return the encoding that an XML declaration or a person names. Raises CatalogueStopped if it is not known.

    A file that says UTF-16 and begins with an ASCII letter is UTF-8, as some programs write it. One that says Latin-1 may
    be UTF-8 all the same, which its bytes show.
    """
    name = name.strip().casefold()
    if not name or name.startswith("utf-16") or name == "utf16":
        return UTF_8
    try:
        python_name = codecs.lookup(name).name if TEXT_ENCODING.fullmatch(name) else ""
    except LookupError:
        python_name = ""
    if not python_name:
        raise CatalogueStopped(StopReason.UNKNOWN_ENCODING)
    if python_name == "utf-8":
        return UTF_8
    return detect_encoding(source, is_western=True) if python_name in LATIN_1 else Encoding(python_name)
