"""PDF documents in the active language, laid out from right to left for Arabic and Hebrew.

FiraGO has Latin, Arabic and Hebrew letters; HarfBuzz joins and orders them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils.translation import get_language, get_language_bidi
from fpdf import FPDF
from fpdf.enums import Align, TextDirection, WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from accounts.templatetags.isolation import isolate
from catalog.site import site_name

FONT = "FiraGO"
FACES = {"": "FiraGO_Regular", "B": "FiraGO_Bold"}
MARGIN_MM = 15
TEXT_PT, HEADING_PT = 8, 16
LINE_MM = 4.2
LINE_GREY = 200
HEBREW, ARABIC = "\u0590-\u05ff\ufb1d-\ufb4f", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"
SCRIPT_CHANGE = re.compile(rf"(?<=[{HEBREW}])(\W*)(?=[{ARABIC}])|(?<=[{ARABIC}])(\W*)(?=[{HEBREW}])")


@dataclass(frozen=True)
class Columns:
    """The columns of a table: their widths in proportion, and which of them have numbers, which end at one edge."""

    widths: Sequence[int]
    numbers: Sequence[int] = ()


class PdfDocument(FPDF):
    """An A4 document with page numbers, that writes in the direction of the active language."""

    def __init__(self, fonts: Path, title: str) -> None:
        super().__init__(format="A4")
        self.is_rtl = get_language_bidi()
        self.set_margin(MARGIN_MM)
        for style, name in FACES.items():
            self.add_font(FONT, style, fonts / f"{name}.ttf")
        self.set_text_shaping(True, direction=TextDirection.RTL if self.is_rtl else TextDirection.LTR)
        self.set_lang(get_language() or settings.LANGUAGE_CODE)
        self.set_draw_color(LINE_GREY)
        self.set_title(title)
        self.set_author(site_name())
        self.add_page()

    @property
    def start(self) -> Align:
        """Return the side on which lines begin."""
        return Align.R if self.is_rtl else Align.L

    def footer(self) -> None:
        self.set_y(-MARGIN_MM)
        self.set_font(FONT, size=TEXT_PT)
        self.cell(0, LINE_MM, str(self.page_no()), align=Align.C)

    def drop_undrawable(self, text: str) -> str:
        """Return the text without letters that the font lacks, such as emoji, which would be empty boxes."""
        drawable = self.fonts[FONT.lower()].cmap  # type: ignore[union-attr]  # a TrueType font
        return "".join(letter for letter in text if ord(letter) in drawable or not letter.isprintable())

    def orient(self, text: str) -> str:
        """Return the drawable text with marks that keep the order of an address or a name of the other direction.

        In a paragraph from right to left, each line runs in the direction of its first letter. Where Hebrew and Arabic
        meet, there is a mark. HarfBuzz shapes a run of one direction in the script of its first letter, so that without
        the mark Arabic letters after Hebrew ones do not join. In a paragraph from left to right, it would change the order.
        """
        text = self.drop_undrawable(text)
        if not self.is_rtl:
            return text
        return "\n".join(isolate(line) for line in SCRIPT_CHANGE.sub("\\g<0>\u200e", text).split("\n"))

    def write_heading(self, text: str) -> None:
        self.set_font(FONT, "B", HEADING_PT)
        self._write(text, 0, HEADING_PT / 2)
        self.ln(LINE_MM)

    def write_lines(self, lines: Iterable[str]) -> None:
        """Write each text as a paragraph, and a gap."""
        self.set_font(FONT, size=TEXT_PT)
        for line in lines:
            self._write(line, 0, LINE_MM)
        self.ln(LINE_MM)

    def write_side_by_side(self, blocks: Sequence[Sequence[str]]) -> None:
        """Write blocks of lines beside each other, as for addresses, the first at the start. First lines are bold."""
        width, top, bottom = self.epw / len(blocks), self.get_y(), self.get_y()
        for place, lines in enumerate(self._order(blocks)):
            self.set_y(top)
            for number, line in enumerate(lines):
                self.set_font(FONT, "" if number else "B", TEXT_PT)
                self.set_x(self.l_margin + place * width)
                self._write(line, width, LINE_MM)
            bottom = max(bottom, self.get_y())
        self.set_y(bottom + LINE_MM)

    def write_table(self, rows: Iterable[tuple[list[str], bool]], columns: Columns) -> None:
        """Write rows of cells. The first repeats on each page. A row marked True is bold."""
        self.set_font(FONT, size=TEXT_PT)
        end = Align.L if self.is_rtl else Align.R
        aligns = [end if column in columns.numbers else self.start for column in range(len(columns.widths))]
        with self.table(
            col_widths=self._order(columns.widths),
            text_align=self._order(aligns),
            line_height=LINE_MM,
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD"),
            padding=1,
            wrapmode=WrapMode.WORD,
        ) as table:
            for cells, is_bold in rows:
                oriented = [self.orient(cell) for cell in cells]
                table.row(self._order(oriented), style=FontFace(emphasis="BOLD") if is_bold else None)

    def _write(self, text: str, width: float, height: float) -> None:
        oriented = self.orient(text)
        self.multi_cell(width, height, oriented, align=self.start, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _order[Cell](self, cells: Iterable[Cell]) -> list[Cell]:
        """Return the cells from left to right."""
        ordered = list(cells)
        return ordered[::-1] if self.is_rtl else ordered


@contextmanager
def new_pdf(title: str) -> Iterator[PdfDocument]:
    """Yield an empty document. Call its `output` before the end: it reads the fonts from files until then.

    Their package has them as bytes, and fpdf2 reads files.
    """
    with TemporaryDirectory(prefix="fonts-") as folder:
        for name in FACES.values():
            Path(folder, f"{name}.ttf").write_bytes(import_module(f"pymupdf_fonts.{name}").fontbuffer)
        yield PdfDocument(Path(folder), title)
