"""Statements as PDF, in the creator's language."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog.pdf import Columns, new_pdf
from catalog.prices import format_money
from creators.models import Creator
from payouts.csv_export import get_agency_name
from payouts.descriptions import describe_line
from payouts.models import StatementLine
from payouts.statements import Month

MOST_OF_CAPTION = 40
COLUMNS = Columns(widths=(22, 78, 25, 20, 20, 22), numbers=(3, 4, 5))
"""Date, description, clip, gross, agency, net."""


def render_statement_pdf(*, creator: Creator, month: Month, lines: Iterable[StatementLine]) -> bytes:
    """Return a PDF file with the statement for one month, and a total for each currency."""
    with override(creator.user.language or settings.LANGUAGE_CODE):
        values = {"handle": f"@{creator.handle}", "month": date_format(month.start, "YEAR_MONTH_FORMAT")}
        title = _("Statement of %(handle)s for %(month)s") % values
        with new_pdf(title) as pdf:
            pdf.write_heading(title)
            pdf.write_table(build_statement_rows(lines), COLUMNS)
            return bytes(pdf.output())


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
                Truncator(line.clip_name).chars(MOST_OF_CAPTION),
                "" if is_pending else line.gross.text,
                agency,
                net,
            ],
            False,
        )
    for currency, total_minor in sorted(totals.items()):
        yield ["", _("Total"), "", "", "", format_money(total_minor, currency)], True
