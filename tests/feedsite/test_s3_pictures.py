"""With S3, pictures come from this site's own address, which its content security policy allows."""

import io
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.object_storage import StoreAway
from accounts.pictures import PictureRefused
from catalog import site
from catalog.images import add_image
from catalog.models import Product, ProductImage, SiteSettings
from creators.avatars import remove_avatar, set_avatar
from creators.models import Creator
from tests.conftest import client_of
from tests.factories import make_creator, make_product, make_published_clip, make_user
from tests.object_store import ObjectStore

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
SENTENCE = "We can't store pictures right now. Please try again in a few minutes."


def picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (400, 400), "teal").save(file, "PNG")
    return SimpleUploadedFile("me.png", file.getvalue(), "image/png")


@pytest.fixture
def shop(object_store: ObjectStore) -> Product:
    """Return a product with a picture, in a shop with a logo and a creator with an avatar, all in S3."""
    creator, product = make_creator("maya"), make_product("mug")
    set_avatar(creator=creator, file=picture())
    add_image(product=product, file=picture(), alternative_text="Mug")
    make_published_clip(creator, products=[product, make_product("lamp")])
    default_storage.save("site/logo-384.webp", ContentFile(b"logo"))
    SiteSettings.objects.create(pk=1, name="Inspire", logo_stem="site/logo")
    site.forget_site()
    return product


def test_every_picture_of_a_page_is_on_this_site_and_can_be_fetched(object_store: ObjectStore, shop: Product) -> None:
    found: set[str] = set()
    for page in (f"/p/{shop.slug}/", "/@maya/", "/api/v1/feed/"):
        answer = Client().get(page)
        assert answer.status_code == 200
        assert object_store.address not in answer.content.decode()
        found |= set(re.findall(r"/media/(?:products|avatars|site)/[\w./-]+", answer.content.decode()))
    assert {address.split("/")[2] for address in found} == {"products", "avatars", "site"}
    for address in found:
        response: Any = Client().get(address)
        assert response.getvalue()
        assert (response.status_code, response["Cache-Control"]) == (200, "public, max-age=31536000, immutable")


@pytest.mark.parametrize("name", ["default", "originals", "uploads", "ranking"])
def test_address_of_no_storage_leaves_this_site(object_store: ObjectStore, name: str) -> None:
    assert storages[name].url("a/b c.mp4") == "/media/a/b%20c.mp4"


def test_picture_that_cannot_be_stored_is_refused_at_its_field_and_nothing_is_lost(
    object_store: ObjectStore, creator: Creator
) -> None:
    client, admin = client_of(creator.user), client_of(make_user("a@example.com", is_staff=True, is_superuser=True))
    fields = {"handle": creator.handle, "display_name": "Maya R.", "bio": "Typed."}
    with object_store.refusing():
        answer = client.post("/studio/profile/", fields | {"picture": picture()})
        assert (answer.status_code, SENTENCE in answer.content.decode().replace("&#x27;", "'")) == (422, True)
        assert "Typed." in answer.content.decode()
        typed = {"name": "Inspire", "contact_email": "", "logo": picture()}
        logo = admin.post("/admin/catalog/sitesettings/add/", typed)
        assert SENTENCE in logo.content.decode().replace("&#x27;", "'") and 'value="Inspire"' in logo.content.decode()
        with pytest.raises(PictureRefused, match="can't store pictures"):
            add_image(product=make_product(), file=picture(), alternative_text="Mug")
    creator.refresh_from_db()
    assert (creator.bio, creator.avatar_stem) == ("", "")
    assert not (ProductImage.objects.exists() or SiteSettings.objects.exists())


def test_picture_is_replaced_although_its_old_files_cannot_be_deleted(
    object_store: ObjectStore, creator: Creator, django_capture_on_commit_callbacks: object
) -> None:
    set_avatar(creator=creator, file=picture())
    with object_store.refusing(), django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        remove_avatar(creator=creator)
    creator.refresh_from_db()
    assert creator.avatar_stem == ""


def test_refusal_is_told_from_absence(object_store: ObjectStore) -> None:
    with object_store.refusing(), pytest.raises(StoreAway):
        default_storage.exists("products/a.webp")
    assert default_storage.exists("products/a.webp") is False
    with pytest.raises(FileNotFoundError):
        default_storage.size("products/a.webp")


def test_page_that_needs_the_store_says_that_it_is_away(object_store: ObjectStore) -> None:
    with object_store.refusing():
        answer = Client().get("/media/products/a.webp")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
