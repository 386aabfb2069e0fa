"""Statements as PDF, in the creator's language, laid out from right to left for Arabic and Hebrew.

FiraGO has Latin, Arabic and Hebrew letters; HarfBuzz joins and orders them.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import get_language, get_language_bidi, override
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import Align, TextDirection, WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from catalog.prices import format_money
from catalog.site import site_name
from creators.models import Creator
from payouts.csv_export import get_agency_name
from payouts.descriptions import describe_line
from payouts.models import StatementLine
from payouts.statements import Month

FONT = "FiraGO"
FACES = {"": "FiraGO_Regular", "B": "FiraGO_Bold"}
WIDTHS = (22, 78, 25, 20, 20, 22)
"""Widths of the columns in proportion: date, description, clip, gross, agency, net."""
MARGIN_MM = 15
TEXT_PT, HEADING_PT = 8, 16
LINE_MM = 4.2
LINE_GREY = 200
MOST_OF_CAPTION = 40
NUMBER_COLUMNS = (3, 4, 5)
HEBREW, ARABIC = "\u0590-\u05ff\ufb1d-\ufb4f", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"
SCRIPT_CHANGE = re.compile(rf"(?<=[{HEBREW}])(\W*)(?=[{ARABIC}])|(?<=[{ARABIC}])(\W*)(?=[{HEBREW}])")


class StatementPdf(FPDF):
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

    def footer(self) -> None:
        self.set_y(-MARGIN_MM)
        self.set_font(FONT, size=TEXT_PT)
        self.cell(0, LINE_MM, str(self.page_no()), align=Align.C)

    def drop_undrawable(self, text: str) -> str:
        """Return the text without letters that the font lacks, such as emoji, which would be empty boxes."""
        drawable = self.fonts[FONT.lower()].cmap  # type: ignore[union-attr]  # a TrueType font
        return "".join(letter for letter in text if ord(letter) in drawable or not letter.isprintable())

    def separate_scripts(self, text: str) -> str:
        """Return the text with an invisible mark where Hebrew and Arabic meet.

        HarfBuzz shapes a run of one direction in the script of its first letter: without the mark, Arabic letters that
        follow Hebrew ones do not join. In a paragraph from left to right, the mark would change the order.
        """
        return SCRIPT_CHANGE.sub("\\g<0>\u200e", text) if self.is_rtl else text

    def write_heading(self, text: str) -> None:
        self.set_font(FONT, "B", HEADING_PT)
        align = Align.R if self.is_rtl else Align.L
        self.multi_cell(
            0, HEADING_PT / 2, self.separate_scripts(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self.ln(LINE_MM)

    def write_table(self, rows: Iterable[tuple[list[str], bool]]) -> None:
        """Write rows of cells. The first repeats on each page. A row marked True is bold."""
        self.set_font(FONT, size=TEXT_PT)
        start, end = (Align.R, Align.L) if self.is_rtl else (Align.L, Align.R)
        aligns = [end if column in NUMBER_COLUMNS else start for column in range(len(WIDTHS))]
        with self.table(
            col_widths=self._order(WIDTHS),
            text_align=self._order(aligns),
            line_height=LINE_MM,
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD"),
            padding=1,
            wrapmode=WrapMode.WORD,
        ) as table:
            for cells, is_bold in rows:
                separated = [self.separate_scripts(self.drop_undrawable(cell)) for cell in cells]
                table.row(self._order(separated), style=FontFace(emphasis="BOLD") if is_bold else None)

    def _order[Cell](self, cells: Iterable[Cell]) -> list[Cell]:
        """Return the cells from left to right."""
        ordered = list(cells)
        return ordered[::-1] if self.is_rtl else ordered


def render_statement_pdf(*, creator: Creator, month: Month, lines: Iterable[StatementLine]) -> bytes:
    """Return a PDF file with the statement for one month, and a total for each currency."""
    with override(creator.user.language or settings.LANGUAGE_CODE), _font_files() as fonts:
        values = {"handle": f"@{creator.handle}", "month": date_format(month.start, "YEAR_MONTH_FORMAT")}
        title = _("Statement of %(handle)s for %(month)s") % values
        pdf = StatementPdf(fonts, title)
        pdf.write_heading(title)
        pdf.write_table(build_statement_rows(lines))
        return bytes(pdf.output())


def truncate(caption: str) -> str:
    return Truncator(caption).chars(MOST_OF_CAPTION)


def build_statement_rows(lines: Iterable[StatementLine]) -> Iterator[tuple[list[str], bool]]:
    """Yield the table's header, a row for each line, and the totals."""
    yield [_("Date"), _("Description"), _("Clip"), _("Gross"), _("Agency"), _("Net")], True
    totals: dict[str, int] = {}
    for line in lines:
        description = describe_line(line)
        totals[line.currency] = totals.get(line.currency, 0) + line.net_minor
        is_pending = bool(line.pending_minor)
        agency = f"{line.agency.text}\n{get_agency_name(line)}" if line.agency_minor else ""
        net = (
            f"{line.pending.text}\n{_('being checked') if line.kind == 'held' else _('pending')}"
            if is_pending
            else line.net.text
        )
        yield (
            [
                date_format(localtime(line.occurred_at, get_default_timezone()), "SHORT_DATE_FORMAT"),
                f"{description.what}\n{description.rule}",
                truncate(line.clip_name),
                "" if is_pending else line.gross.text,
                agency,
                net,
            ],
            False,
        )
    for currency, total_minor in sorted(totals.items()):
        yield ["", _("Total"), "", "", "", format_money(total_minor, currency)], True


@contextmanager
def _font_files() -> Iterator[Path]:
    """Yield a folder with the fonts as files, which is how fpdf2 reads them; their package has them as bytes."""
    with TemporaryDirectory(prefix="fonts-") as folder:
        for name in FACES.values():
            Path(folder, f"{name}.ttf").write_bytes(import_module(f"pymupdf_fonts.{name}").fontbuffer)
        yield Path(folder)
