"""Twenty downloads at once of a link with five left: five begin."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from shop.checkout import check_out
from shop.digital.downloads import MAX_DOWNLOADS, DownloadRefused, start_download
from shop.models import Download
from shop.orders import RequestedItem
from tests.concurrency.crowd import run_at_once
from tests.concurrency.test_shop_race import buyer
from tests.factories import make_product

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def download() -> Download:
    make_product("book")
    order = check_out(buyer=buyer(1), items=[RequestedItem("book", 1)], key="key-00001", now=timezone.now()).order
    expires_at = timezone.now() + timedelta(days=1)
    return Download.objects.create(order_line=order.lines.get(), left=MAX_DOWNLOADS, expires_at=expires_at)


def start_by_check_then_count(pk: int, _number: int) -> bool:
    """Start a download without the guard: read what is left, then write one less."""
    download = Download.objects.get(pk=pk)
    if not download.left:
        return False
    download.left -= 1
    download.save(update_fields=["left"])
    return True


def start(pk: int, _number: int) -> bool:
    try:
        start_download(download=Download.objects.get(pk=pk), is_resumed=False, now=timezone.now())
    except DownloadRefused:
        return False
    return True


def test_without_the_guard_more_downloads_begin_than_are_left(download: Download) -> None:
    begun = []
    for _run in range(5):
        Download.objects.update(left=MAX_DOWNLOADS)
        outcomes = run_at_once([partial(start_by_check_then_count, download.pk, number) for number in range(20)])
        begun.append(sum(bool(outcome.result) for outcome in outcomes))
    assert max(begun) > MAX_DOWNLOADS, begun


def test_of_20_downloads_at_once_five_begin(download: Download) -> None:
    outcomes = run_at_once([partial(start, download.pk, number) for number in range(20)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(bool(outcome.result) for outcome in outcomes) == MAX_DOWNLOADS
    assert Download.objects.get().left == 0
