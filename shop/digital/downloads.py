"""Functions that hand over digital goods: links after payment, and the downloads that are left of them."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from shop.delivery.summary import group_by_merchant, update_summary
from shop.models import Download, Order, OrderLine, Parcel, ParcelLine
from shop.states import PACKABLE, ParcelState

logger = logging.getLogger(__name__)

MAX_DOWNLOADS = 5
VALID_FOR = timedelta(days=30)
RESUMABLE_FOR = timedelta(hours=24)
"""How long after its beginning a download can be resumed without counting as another."""


class DownloadRefused(Exception):
    """A refused download. Nothing was counted. The message says why."""


def hand_over_downloads(*, order: Order, now: datetime) -> None:
    """Give each digital line of an order that was just paid its link, and record that it was handed over.

    The lines of each merchant are a parcel that was delivered at once, so that periods and refunds count from it.
    """
    lines = list(order.lines.filter(is_digital=True).order_by("pk"))
    for own_lines, _parcels in group_by_merchant(lines, ()):
        parcel = Parcel.objects.create(
            order=order,
            merchant_id=own_lines[0].merchant_id,
            is_digital=True,
            state=ParcelState.DELIVERED,
            packed_at=now,
            delivered_at=now,
        )
        ParcelLine.objects.bulk_create(
            ParcelLine(parcel=parcel, order_line=line, quantity=line.quantity) for line in own_lines
        )
    Download.objects.bulk_create(
        Download(order_line=line, left=MAX_DOWNLOADS, expires_at=now + VALID_FOR) for line in lines
    )
    OrderLine.objects.filter(pk__in=[line.pk for line in lines]).update(packed_quantity=F("quantity"))
    if lines:
        update_summary(order_id=order.pk, now=now)


def find_download(*, order_code: str, pk: int, token: str) -> Download | None:
    """Return the download of a link, or None if the link is not ours."""
    downloads = Download.objects.select_related("order_line__order", "order_line__product", "order_line__variant")
    download = downloads.filter(pk=pk, order_line__order__code=order_code).first()
    return download if download and constant_time_compare(token, download.token) else None


def list_downloads(order: Order) -> QuerySet[Download]:
    """Return the downloads of an order that were not refunded."""
    downloads = Download.objects.filter(_not_refunded(), order_line__order=order)
    return downloads.select_related("order_line__order", "order_line__product").order_by("order_line")


def start_download(*, download: Download, is_resumed: bool, now: datetime) -> None:
    """Count a download, by one conditional UPDATE, unless it resumes one that began not long ago. Raises DownloadRefused."""
    usable = Download.objects.filter(_not_refunded(), pk=download.pk, order_line__order__state__in=PACKABLE)
    usable = usable.filter(expires_at__gt=now)
    if is_resumed and usable.filter(last_at__gt=now - RESUMABLE_FOR).exists():
        return
    with transaction.atomic():
        counted = Download.objects.filter(pk__in=usable.values("pk"), left__gt=0)
        if not counted.update(left=F("left") - 1, first_at=Coalesce("first_at", now), last_at=now):
            logger.info("a download was refused", extra={"download": download.pk, "left": download.left})
            raise DownloadRefused(explain_refusal(download, now=now))


def explain_refusal(download: Download, *, now: datetime) -> str:
    """Return why a download is refused, or "" if it is not."""
    download.refresh_from_db(fields=["left", "expires_at"])
    line = download.order_line
    line.refresh_from_db(fields=["refunded_quantity"])
    if not line.refundable_quantity:
        return _("This was refunded, so its link is no longer valid.")
    if line.order.state not in PACKABLE:
        return _("The payment of this order is disputed. The link is valid again when the bank has decided.")
    if download.expires_at <= now:
        return _("This link has expired. Ask us for another.")
    return "" if download.left else _("This file was downloaded as often as the link allows. Ask us for more.")


def find_downloaded(order: Order) -> set[int]:
    """Return the ids of the order's lines that were downloaded, for which the right of withdrawal has ended.

    Source: Directive 2011/83/EU, article 16(m).
    """
    begun = Download.objects.filter(order_line__order=order, first_at__isnull=False)
    return set(begun.values_list("order_line", flat=True))


def _not_refunded() -> Q:
    return Q(order_line__refunded_quantity__lt=F("order_line__quantity"))
