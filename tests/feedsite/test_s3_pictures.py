"""With S3, pictures come from this site's own address, which its content security policy allows."""

import io
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.object_storage import StoreAway
from accounts.picture_rules import PictureRefused
from catalog import site
from catalog.images import add_image
from catalog.models import Product, ProductImage, SiteSettings
from creators.avatars import remove_avatar, set_avatar
from creators.models import Creator
from tests.conftest import client_of
from tests.factories import make_category, make_creator, make_product, make_published_clip, make_user
from tests.html_forms import read_form
from tests.object_store import ObjectStore

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
SENTENCE = "We can't store pictures right now. Please try again in a few minutes."


def picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (400, 400), "teal").save(file, "PNG")
    return SimpleUploadedFile("me.png", file.getvalue(), "image/png")


def after_first_puts(answered: int) -> Callable[[str, str], bool]:
    """Return a condition that lets the first files be stored, and refuses the others."""
    puts = itertools.count(1)
    return lambda method, path: method == "PUT" and next(puts) > answered


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
        typed = {"posters": "creators", "name": "Inspire", "contact_email": "", "logo": picture()}
        logo = admin.post("/admin/catalog/sitesettings/add/", typed)
        assert SENTENCE in logo.content.decode().replace("&#x27;", "'") and 'value="Inspire"' in logo.content.decode()
        with pytest.raises(PictureRefused, match="can't store pictures"):
            add_image(product=make_product(), file=picture(), alternative_text="Mug")
    creator.refresh_from_db()
    assert (creator.bio, creator.avatar_stem) == ("", "")
    assert not (ProductImage.objects.exists() or SiteSettings.objects.exists())


@pytest.mark.parametrize("answered", [0, 1, 4])
def test_product_picture_that_cannot_be_stored_is_refused_at_its_field_on_the_same_form(
    object_store: ObjectStore, admin_client: Client, answered: int
) -> None:
    product = make_product("lamp", description="Old")
    url = f"/admin/catalog/product/{product.pk}/change/"
    data = read_form(admin_client.get(url).content.decode()) | {"description": "Typed for an hour."}
    with object_store.refusing(after_first_puts(answered)):
        answer = admin_client.post(url, data | {"new_picture": picture()})
    page = answer.content.decode().replace("&#x27;", "'")
    assert (answer.status_code, SENTENCE in page, "Typed for an hour." in page) == (200, True, True)
    assert answer.context["adminform"].form.errors == {"new_picture": [SENTENCE]}
    product.refresh_from_db()
    assert product.description == "Old"
    assert not (ProductImage.objects.exists() or object_store.keys)
    assert admin_client.post(url, read_form(page) | {"new_picture": picture()}).status_code == 302
    product.refresh_from_db()
    assert (product.description, ProductImage.objects.count()) == ("Typed for an hour.", 1)


def test_new_product_without_its_picture_is_not_created(object_store: ObjectStore, admin_client: Client) -> None:
    brand = make_product("lamp").brand_id
    data = read_form(admin_client.get("/admin/catalog/product/add/").content.decode())
    data |= {"name": "Mug", "slug": "mug", "brand": brand, "category": make_category("books").pk, "price_minor": "20"}
    with object_store.refusing():
        answer = admin_client.post("/admin/catalog/product/add/", data | {"new_picture": picture()})
    assert answer.context["adminform"].form.errors == {"new_picture": [SENTENCE]}
    assert Product.objects.count() == 1


@pytest.mark.parametrize("error", ["in the form", "in the list of pictures"])
def test_picture_of_a_form_that_is_refused_for_another_reason_leaves_no_files(
    object_store: ObjectStore, admin_client: Client, error: str
) -> None:
    product = make_product("lamp")
    image = add_image(product=product, file=picture(), alternative_text="Lamp")
    keys, url = object_store.keys, f"/admin/catalog/product/{product.pk}/change/"
    data = read_form(admin_client.get(url).content.decode())
    data |= {"name": ""} if error == "in the form" else {"images-0-position": "-5"}
    answer = admin_client.post(url, data | {"new_picture": picture()})
    assert answer.status_code == 200
    assert sorted(object_store.keys) == sorted(keys)
    assert list(product.images.all()) == [image]


@pytest.mark.parametrize("answered", [1, 3])
def test_profile_picture_that_fails_midway_changes_nothing(
    object_store: ObjectStore, creator: Creator, answered: int
) -> None:
    set_avatar(creator=creator, file=picture())
    keys, stem = object_store.keys, creator.avatar_stem
    fields = {"handle": "renamed", "display_name": "Maya R.", "bio": "Typed."}
    with object_store.refusing(after_first_puts(answered)):
        answer = client_of(creator.user).post("/studio/profile/", fields | {"picture": picture()})
    assert answer.status_code == 422
    assert 'value="renamed"' in answer.content.decode() and "Typed." in answer.content.decode()
    creator.refresh_from_db()
    assert (creator.handle, creator.bio, creator.avatar_stem) == ("maya", "", stem)
    assert sorted(object_store.keys) == sorted(keys)


def test_full_disk_is_said_at_the_field_as_well(settings: Any, tmp_path: Any, creator: Creator) -> None:
    settings.MEDIA_ROOT = tmp_path / "file"
    settings.MEDIA_ROOT.write_text("A file where the folder should be: nothing can be stored.")
    fields = {"handle": "maya", "display_name": "Maya R.", "bio": "Typed."}
    answer = client_of(creator.user).post("/studio/profile/", fields | {"picture": picture()})
    assert (answer.status_code, SENTENCE in answer.content.decode().replace("&#x27;", "'")) == (422, True)
    creator.refresh_from_db()
    assert (creator.bio, creator.avatar_stem) == ("", "")


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
