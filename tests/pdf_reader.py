"""Reads back what is drawn in a PDF by fpdf2: the outlines of glyphs from left to right, and the text that copying gives."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from io import BytesIO

import uharfbuzz
from fontTools.ttLib import TTFont

type Outline = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class DrawnGlyph:
    outline: Outline
    text: str


@dataclass(frozen=True)
class EmbeddedFont:
    outlines: Sequence[Outline]
    glyph_ids: bytes
    """Two bytes for each code."""
    texts: dict[int, str]

    def draw(self, code: int) -> DrawnGlyph:
        glyph_id = int.from_bytes(self.glyph_ids[2 * code : 2 * code + 2])
        return DrawnGlyph(self.outlines[glyph_id], self.texts.get(code, ""))


def read_lines(pdf: bytes) -> list[list[DrawnGlyph]]:
    """Return each piece of text with its glyphs from left to right."""
    objects = {int(number): body for number, body in re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL)}
    fonts = {
        name: _read_font(objects, int(number))
        for body in objects.values()
        for fonts in re.findall(rb"/Font <<(.*?)>>", body, re.DOTALL)
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", fonts)
    }
    lines: list[list[DrawnGlyph]] = []
    font = None
    for number in re.findall(rb"/Contents (\d+) 0 R", pdf):
        content = _read_stream(objects[int(number)])
        for name, begin, text in re.findall(rb"/(F\d+) [\d.]+ Tf|(BT)|\(((?:\\.|[^\\)])*)\) Tj", content, re.DOTALL):
            if name:
                font = fonts[name]
            elif begin:
                lines.append([])
            elif font is not None:
                codes = re.sub(rb"\\(.)", lambda escape: {b"r": b"\r"}.get(escape[1], escape[1]), text, flags=re.DOTALL)
                pairs = zip(codes[::2], codes[1::2], strict=True)
                lines[-1] += [font.draw(256 * high + low) for high, low in pairs]
    return [line for line in lines if line]


def shape_word(word: str, face: str) -> list[Outline]:
    """Return the outlines of a word as HarfBuzz joins and orders them, from left to right."""
    data, outlines = _load_face(face)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(word)
    buffer.guess_segment_properties()
    uharfbuzz.shape(uharfbuzz.Font(uharfbuzz.Face(data)), buffer)
    return [outlines[info.codepoint] for info in buffer.glyph_infos]


def find_word(lines: list[list[DrawnGlyph]], word: str, faces: Sequence[str]) -> list[str] | None:
    """Return the texts of the glyphs in the first place where the word is drawn, from left to right, or None."""
    for shaped in (shape_word(word, face) for face in faces):
        for line in lines:
            outlines = [glyph.outline for glyph in line]
            for start in range(len(line) - len(shaped) + 1):
                if outlines[start : start + len(shaped)] == shaped:
                    return [glyph.text for glyph in line[start : start + len(shaped)]]
    return None


def _read_font(objects: dict[int, bytes], number: int) -> EmbeddedFont:
    font = objects[number]
    descendant = objects[_follow(font, rb"/DescendantFonts \[")]
    program = _read_stream(objects[_follow(objects[_follow(descendant, b"/FontDescriptor ")], b"/FontFile2 ")])
    names = _read_stream(objects[_follow(font, b"/ToUnicode ")])
    texts = {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in _pairs(names)}
    glyph_ids = _read_stream(objects[_follow(descendant, b"/CIDToGIDMap ")])
    return EmbeddedFont(_read_outlines(program), glyph_ids, texts)


def _pairs(names: bytes) -> list[tuple[bytes, bytes]]:
    return [pair for block in re.findall(rb"beginbfchar(.*?)endbfchar", names, re.DOTALL) for pair in
            re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", block)]  # fmt: skip


def _follow(body: bytes, key: bytes) -> int:
    match = re.search(key + rb"(\d+) 0 R", body)
    assert match is not None, key
    return int(match[1])


def _read_stream(body: bytes) -> bytes:
    head, _stream, rest = body.partition(b"stream\n")
    data = rest[: rest.rindex(b"\nendstream")]
    return zlib.decompress(data) if b"FlateDecode" in head else data


@lru_cache(maxsize=4)
def _load_face(face: str) -> tuple[bytes, list[Outline]]:
    data: bytes = import_module(f"pymupdf_fonts.{face}").fontbuffer
    return data, _read_outlines(data)


def _read_outlines(data: bytes) -> list[Outline]:
    font = TTFont(BytesIO(data))
    glyphs = font["glyf"]
    return [tuple(glyphs[name].getCoordinates(glyphs)[0]) for name in font.getGlyphOrder()]
