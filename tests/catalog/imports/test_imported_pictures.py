"""Pictures of imported products: fetched by workers, stored once, asked for again, and left alone once staff removed them."""

import io
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from catalog.images import add_image, remove_image
from catalog.imports.pictures.fetcher import PictureFetcher
from catalog.imports.pictures.picture_store import fetch_waiting_pictures
from catalog.models import Import, PictureState, ProductImage, SourcedPicture
from catalog.public_web.client import Endpoint, PublicWeb
from tests.catalog.imports.pretend_web import Page, PretendWeb, open_web
from tests.catalog.imports.readings import shopify
from tests.catalog.imports.runs import import_feed, import_text, sentences_of, variant_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


@pytest.fixture
def web() -> Iterator[PretendWeb]:
    with open_web() as web:
        yield web


def encode(colour: str, ending: str = "JPEG") -> bytes:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Maker of the camera"
    Image.new("RGB", (64, 32), colour).save(file, ending, exif=exif)
    return file.getvalue()


def import_pictures(*names: str) -> Import:
    blank = {"Handle": "pan", "Title": "", "Variant SKU": "", "Variant Price": ""}
    rows = [blank | {"Image Src": f"http://shop.example/{name}"} for name in names[1:]]
    first = {"Handle": "pan", "Title": "Pan", "Variant SKU": "PAN", "Variant Price": "5.00"}
    first |= {"Image Src": f"http://shop.example/{names[0]}", "Variant Image": f"http://shop.example/{names[-1]}"}
    return import_text(shopify(first, *rows))


def fetch(web: PretendWeb) -> list[str]:
    """Fetch what waits, as if all pauses were over. Return what the server was asked for."""
    web.asked.clear()
    SourcedPicture.objects.filter(state=PictureState.WAITING).update(next_try_at=timezone.now())
    fetch_waiting_pictures(fetcher=web.fetcher())
    return [address.removeprefix("shop.example/") for address in web.asked]


def make_old() -> None:
    SourcedPicture.objects.update(fetched_at=timezone.now() - timedelta(days=1))


def images_of(sku: str = "PAN") -> list[ProductImage]:
    return list(variant_by(sku).product.images.order_by("position"))


def states() -> list[str]:
    return list(SourcedPicture.objects.order_by("place").values_list("state", flat=True))


def test_pictures_are_stored_in_the_order_of_the_source_without_their_metadata(
    web: PretendWeb, settings: object
) -> None:
    web.pages |= {f"shop.example/{name}": Page(encode(name)) for name in ("blue", "green")}
    import_pictures("red", "green", "blue")
    assert fetch(web) == ["red", "green", "blue"]
    assert states() == ["waiting", "stored", "stored"]
    web.pages["shop.example/red"] = Page(encode("red"))
    assert fetch(web) == ["red"]
    by_address = dict(SourcedPicture.objects.values_list("address", "image"))
    assert [image.pk for image in images_of()] == [
        by_address[f"http://shop.example/{name}"] for name in ("red", "green", "blue")
    ]
    assert variant_by("PAN").picture_id == by_address["http://shop.example/blue"]
    assert images_of()[0].alternative_text == "Pan"
    files = list(Path(settings.MEDIA_ROOT).rglob("*.jpeg"))  # type: ignore[attr-defined]
    assert len(files) == 9
    assert not any(b"Maker" in path.read_bytes() for path in files)


def test_the_same_picture_at_two_addresses_is_stored_once(web: PretendWeb) -> None:
    web.pages |= {f"shop.example/{name}": Page(encode("red")) for name in ("a", "b")}
    import_pictures("a", "b")
    fetch(web)
    assert states() == ["stored", "stored"]
    assert len(images_of()) == 1
    assert variant_by("PAN").picture_id == images_of()[0].pk


def test_the_next_run_asks_whether_a_picture_has_changed(web: PretendWeb) -> None:
    web.pages["shop.example/a"] = Page(encode("red"), headers={"ETag": '"1"'})
    web.pages["shop.example/b"] = Page(encode("green"))
    import_pictures("a", "b")
    fetch(web)
    stems = [image.stem for image in images_of()]
    import_pictures("a", "b")
    assert fetch(web) == []
    make_old()
    import_pictures("a", "b")
    assert fetch(web) == ["a"]
    assert [image.stem for image in images_of()] == stems
    make_old()
    web.pages["shop.example/a"] = Page(encode("blue"), headers={"ETag": '"2"'})
    import_pictures("a", "b")
    fetch(web)
    assert [image.stem == stem for image, stem in zip(images_of(), stems, strict=True)] == [False, True]


def test_what_staff_removed_stays_away_and_what_they_added_stays(web: PretendWeb) -> None:
    web.pages |= {f"shop.example/{name}": Page(encode("red"), headers={"ETag": '"1"'}) for name in ("a", "b")}
    import_pictures("a")
    fetch(web)
    remove_image(images_of()[0])
    add_image(product=variant_by("PAN").product, file=io.BytesIO(encode("green")), alternative_text="Ours")
    make_old()
    import_pictures("a", "b")
    assert fetch(web) == ["b"]
    assert [image.alternative_text for image in images_of()] == ["Ours"]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(status=404), "there is none"),
        (
            Page(b"<svg xmlns='http://www.w3.org/2000/svg'/>", headers={"Content-Type": "image/svg+xml"}),
            "can't be used",
        ),
        (Page(b"<!doctype html><title>Sign in</title>", headers={"Content-Type": "image/jpeg"}), "can't be used"),
        (Page(status=302, headers={"Location": "http://127.0.0.1/"}), "no address on the public web"),
    ],
)
def test_a_failure_is_tried_three_times_and_then_noted_on_the_row(web: PretendWeb, page: Page, words: str) -> None:
    web.pages["shop.example/a"] = page
    run = import_pictures("a")
    assert [fetch(web) for _try in range(4)] == [["a"], ["a"], ["a"], []]
    assert states() == ["failed"]
    assert [words in sentence for sentence in sentences_of(run, "1")] == [True]
    assert (images_of(), run.refused) == ([], 0)
    web.pages["shop.example/a"] = Page(encode("red"))
    import_pictures("a")
    assert fetch(web) == ["a"]
    assert len(images_of()) == 1


def test_a_pause_follows_a_failure(web: PretendWeb) -> None:
    import_pictures("a")
    assert fetch_waiting_pictures(fetcher=web.fetcher()) == 1
    assert fetch_waiting_pictures(fetcher=web.fetcher()) == 0


def test_a_picture_whose_workers_die_is_given_up(web: PretendWeb) -> None:
    import_pictures("a")
    SourcedPicture.objects.update(attempts=3)
    assert fetch(web) == []
    assert states() == ["failed"]


def test_of_many_addresses_only_public_ones_are_asked(web: PretendWeb) -> None:
    web.names["pictures.example"] = [["10.0.0.5"]]
    import_feed("picture_addresses.csv")
    assert SourcedPicture.objects.count() == 2
    assert fetch(web) == []
    assert web.dialled == []


def test_a_feed_has_each_address_once_for_each_product(web: PretendWeb) -> None:
    import_feed("google_pictures.xml")
    products = [variant_by(f"PI-{number}").product_id for number in range(1, 7)]
    addresses = list(SourcedPicture.objects.values_list("sourced__product", "address"))
    counts = [sum(owner == product for owner, _address in addresses) for product in products]
    assert counts[:3] + counts[4:] == [3, 3, 13, 0, 1]
    assert (products[5], "https://pictures.example/my%20photo.jpg") in addresses


def test_slow_host_does_not_keep_pictures_of_other_hosts_waiting(web: PretendWeb) -> None:
    web.pages["quick.example/pan"] = Page(encode("red"))
    web.names["slow.example"] = [["93.184.215.99"]]
    addresses = [*(f"http://slow.example/{number}" for number in range(3)), "http://quick.example/pan"]
    import_text(shopify(*({"Image Src": address} for address in addresses)))

    def dial(endpoint: Endpoint, timeout_s: float) -> socket.socket:
        if endpoint[0] == "93.184.215.99":
            raise TimeoutError
        return web.dial(endpoint, timeout_s)

    SourcedPicture.objects.update(next_try_at=timezone.now())
    fetch_waiting_pictures(fetcher=PictureFetcher(PublicWeb(resolve=web.resolve, dial=dial)))
    assert web.asked == ["quick.example/pan"]
    assert list(SourcedPicture.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 0, 0, 1]
    assert not SourcedPicture.objects.filter(state=PictureState.WAITING, next_try_at__lte=timezone.now()).exists()
