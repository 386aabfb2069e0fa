"""Packing slips as PDF, in the language of the order: what is in a parcel, who sends it, and where it goes.

No prices: it may be a gift.
"""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog.merchants.sellers import list_sender
from catalog.pdf import Columns, new_pdf
from shop.models import Parcel

COLUMNS = Columns(widths=(150, 30), numbers=(1,))
"""Product, quantity."""


def packing_slip_response(parcel: Parcel) -> HttpResponse:
    """Return the slip as a file to print. The parcel comes from `for_slips`."""
    headers = {"Content-Disposition": f'inline; filename="packing-slip-{parcel.order.code}-{parcel.pk}.pdf"'}
    return HttpResponse(_render(parcel), content_type="application/pdf", headers=headers)


def _render(parcel: Parcel) -> bytes:
    order = parcel.order
    with override(order.language):
        title = _("Packing slip of order %(code)s") % {"code": order.code}
        packed_on = date_format(localtime(parcel.packed_at), "DATE_FORMAT")
        with new_pdf(title) as pdf:
            pdf.write_heading(title)
            recipient, sender = (
                [_("Delivery address"), *order.label_lines],
                [_("Sender"), *list_sender(parcel.merchant)],
            )
            pdf.write_side_by_side([recipient, sender, [_("Packed"), packed_on]])
            pdf.write_table(list_slip_rows(parcel), COLUMNS)
            return bytes(pdf.output())


def list_slip_rows(parcel: Parcel) -> Iterator[tuple[list[str], bool]]:
    """Yield the table's header, and a row for each line."""
    yield [_("Item"), _("Quantity")], True
    for line in parcel.lines.all():
        yield [line.order_line.local_name, str(line.quantity)], False
