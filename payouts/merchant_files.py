"""A merchant's statement as CSV and as PDF. Amounts in the CSV are plain decimals, such as 25.00."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from catalog.csv_files import iterate_csv
from catalog.models import Merchant
from catalog.pdf import Columns, new_pdf
from catalog.prices import format_money, plain_decimal
from payouts.merchant_descriptions import describe_merchant_line
from payouts.merchant_statements import MerchantLine
from payouts.statements import Month

CSV_COLUMNS = ("date", "kind", "order", "what", "rule", "currency", "sale", "discount", "fee", "commission", "net")
PDF_COLUMNS = Columns(widths=(20, 76, 24, 20, 22, 24), numbers=(2, 3, 4, 5))
"""Date, description, sale, fee, commission, net."""


def iterate_merchant_csv(lines: Iterable[MerchantLine]) -> Iterator[str]:
    """Yield the rows of the CSV file as strings: a header, then one row for each line."""
    return iterate_csv(CSV_COLUMNS, map(_read_cells, lines))


def render_merchant_pdf(*, merchant: Merchant, reader: User, month: Month, lines: Iterable[MerchantLine]) -> bytes:
    """Return a PDF file with the statement for one month in the reader's language, and a total for each currency."""
    with override(reader.language or settings.LANGUAGE_CODE):
        values = {"merchant": merchant.name, "month": date_format(month.start, "YEAR_MONTH_FORMAT")}
        title = _("Statement of %(merchant)s for %(month)s") % values
        with new_pdf(title) as pdf:
            pdf.write_heading(title)
            pdf.write_table(build_merchant_rows(lines), PDF_COLUMNS)
            return bytes(pdf.output())


def build_merchant_rows(lines: Iterable[MerchantLine]) -> Iterator[tuple[list[str], bool]]:
    """Yield the table's header, a row for each line, and the totals."""
    yield [_("Date"), _("Description"), _("Sale"), _("Fee"), _("Commission"), _("Net")], True
    totals: dict[str, int] = {}
    for line in lines:
        description, currency = describe_merchant_line(line), line.currency
        totals[currency] = totals.get(currency, 0) + line.net_minor
        parts = (line.sale_minor + line.discount_minor, line.fee_minor, line.commission_minor)
        cells = [
            date_format(localtime(line.occurred_at, get_default_timezone()), "SHORT_DATE_FORMAT"),
            f"{description.what}\n{description.rule}",
            *(format_money(part, currency) if part else "" for part in parts),
            format_money(line.net_minor, currency),
        ]
        yield cells, False
    for currency, total_minor in sorted(totals.items()):
        yield ["", _("Total"), "", "", "", format_money(total_minor, currency)], True


def _read_cells(line: MerchantLine) -> list[object]:
    description = describe_merchant_line(line)
    amounts = (line.sale_minor, line.discount_minor, line.fee_minor, line.commission_minor, line.net_minor)
    return [
        localtime(line.occurred_at).isoformat(timespec="seconds"),
        line.posting.kind,
        line.order_code,
        description.what,
        description.rule,
        line.currency,
        *(plain_decimal(amount, line.currency) for amount in amounts),
    ]
