"""Statements as PDF."""

from collections.abc import Iterable
from io import BytesIO

from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from catalog.prices import format_money
from catalog.site import site_name
from creators.models import Creator
from payouts.descriptions import describe_line
from payouts.models import StatementLine
from payouts.statements import Month

SMALL = ParagraphStyle("small", fontName="Helvetica", fontSize=8, leading=10)
HEADING = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=18, leading=22)


@override("en")
def render_statement_pdf(*, creator: Creator, month: Month, lines: Iterable[StatementLine]) -> bytes:
    """Return a PDF file with the statement for one month, and a total for each currency.

    The PDF is always in English, because the fonts built into PDF readers lack Arabic and Hebrew letters.
    """
    rows: list[list[object]] = [[_("Date"), _("Description"), _("Clip"), _("Gross"), _("Agency"), _("Net")]]
    totals: dict[str, int] = {}
    for line in lines:
        description = describe_line(line)
        totals[line.currency] = totals.get(line.currency, 0) + line.net_minor
        rows.append(
            [
                line.occurred_at.strftime("%Y-%m-%d"),
                Paragraph(f"<b>{_escape(description.what)}</b><br/>{_escape(description.rule)}", SMALL),
                line.clip_code,
                line.gross.text,
                line.agency.text if line.agency_minor else "",
                line.net.text,
            ]
        )
    rows += [["", _("Total"), "", "", "", format_money(minor, currency)] for currency, minor in totals.items()]
    table = LongTable(rows, colWidths=[20 * mm, 80 * mm, 24 * mm, 20 * mm, 18 * mm, 22 * mm], repeatRows=1)
    table.setStyle(_build_style())
    file = BytesIO()
    title = _("Statement of @%(handle)s for %(month)s") % {"handle": creator.handle, "month": month}
    pdf = SimpleDocTemplate(file, pagesize=A4, title=title, author=site_name(), margin=18 * mm)
    pdf.build([Paragraph(_escape(title), HEADING), Spacer(1, 6 * mm), table])
    return file.getvalue()


def _build_style() -> TableStyle:
    return TableStyle(
        [
            ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
            ("FONTSIZE", (0, 0), (-1, -1), 8),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("ALIGN", (3, 0), (-1, -1), "RIGHT"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey),
            ("FONTNAME", (0, -1), (-1, -1), "Helvetica-Bold"),
        ]
    )


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
