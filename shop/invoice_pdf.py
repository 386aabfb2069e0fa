"""Invoices and credit notes as PDF, in the order's language."""

from collections.abc import Iterator

from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog.pdf import Columns, new_pdf
from shop.invoice_content import InvoiceContent, InvoiceRow
from shop.models import Invoice

COLUMNS = Columns(widths=(84, 18, 28, 20, 30), numbers=(1, 2, 3, 4))
"""Description, quantity, unit price, tax rate, amount."""


def render_invoice_pdf(invoice: Invoice) -> bytes:
    """Return a PDF file with what is stored: the same bytes whenever it is made."""
    content = InvoiceContent.from_json(invoice.content)
    with override(invoice.language), new_pdf(invoice.title) as pdf:
        pdf.set_author(content.seller[0])
        pdf.set_creation_date(localtime(invoice.issued_at, get_default_timezone()))
        pdf.write_heading(invoice.title)
        blocks = [(_("Seller"), content.seller), (_("Billed to"), content.buyer)]
        if content.delivery:
            blocks.append((_("Delivered to"), content.delivery))
        pdf.write_side_by_side([[heading, *lines] for heading, lines in blocks])
        pdf.write_lines(content.facts)
        pdf.write_table(build_rows(content), COLUMNS)
        if content.notes:
            pdf.ln()
            pdf.write_lines(content.notes)
        return bytes(pdf.output())


def build_rows(content: InvoiceContent) -> Iterator[tuple[list[str], bool]]:
    """Yield the table's header, a row for each product, and the totals, the last of which is bold."""
    yield [_("Description"), _("Quantity"), _("Unit price"), _("Tax rate"), _("Amount")], True
    *parts, total = content.totals
    for row in [*content.rows, *parts]:
        yield _read_cells(row), False
    yield _read_cells(total), True
    for row in content.included:
        yield _read_cells(row), False


def _read_cells(row: InvoiceRow) -> list[str]:
    return [row.text, row.quantity, row.unit_price, row.tax_rate, row.amount]
