"""Workers that fetch pictures of one product at once: each picture is claimed once, and the same one is stored once."""

from functools import partial
from unittest.mock import patch

import pytest

from catalog.imports.pictures import picture_store
from catalog.imports.pictures.picture_store import fetch_waiting_pictures
from catalog.models import PictureState, ProductImage, SourcedPicture
from tests.catalog.imports.pretend_web import Page, PretendWeb, open_web
from tests.catalog.imports.test_imported_pictures import encode, import_pictures
from tests.concurrency.crowd import run_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_folders")]


def fetch_at_once(web: PretendWeb) -> int:
    """Let three workers fetch what waits, and return how many pictures the product has."""
    outcomes = run_at_once([partial(fetch_waiting_pictures, fetcher=web.fetcher()) for _worker in range(3)])
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert set(SourcedPicture.objects.values_list("state", flat=True)) == {PictureState.STORED}
    return ProductImage.objects.count()


def test_the_same_picture_at_two_addresses_is_stored_twice_only_without_the_guard() -> None:
    with open_web() as web:
        web.pages |= {f"shop.example/{name}": Page(encode("red")) for name in ("a", "b")}
        import_pictures("a", "b")
        with patch.object(picture_store, "_find_same", lambda _picture, _digest: None):
            assert fetch_at_once(web) == 2
        SourcedPicture.objects.all().delete()
        ProductImage.objects.all().delete()
        import_pictures("a", "b")
        web.asked.clear()
        assert fetch_at_once(web) == 1
        assert sorted(web.asked) == ["shop.example/a", "shop.example/b"]
