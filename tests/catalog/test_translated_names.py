"""Optional translations of names: on pages, feed cards, in forms and the API; without one, the original is shown."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from catalog.models import Category, Product
from feed.page.cache import clear_caches
from tests.conftest import client_of
from tests.factories import make_campaign, make_category, make_creator, make_product, make_user
from tests.feed.watching import make_watchable_clip
from tests.shop.conftest import ADDRESS, buy

pytestmark = pytest.mark.django_db
AR = {"headers": {"Accept-Language": "ar"}}
HE = {"headers": {"Accept-Language": "he"}}


@pytest.fixture
def mug() -> Product:
    category = make_category("kitchen", name="Kitchen", name_translations={"ar": "مطبخ"})
    return make_product("mug", name="Mug", name_translations={"ar": "كوب"}, category=category)


def read(client: Client, url: str, **options: Any) -> str:
    return client.get(url, **options).content.decode()


def test_pages_show_the_name_in_the_readers_language(client: Client, mug: Product) -> None:
    for url in ("/p/mug/", "/search/"):
        assert "كوب" in read(client, url, **AR) and "Mug" not in read(client, url, **AR).split("<main")[1]
        assert "Mug" in read(client, url) and "Mug" in read(client, url, **HE)
    assert "مطبخ" in read(client, "/p/mug/", **AR) and "مطبخ" in read(client, "/welcome/", **AR)
    assert "Kitchen" in read(client, "/p/mug/", **HE)


def test_the_api_answers_in_the_language_of_the_request(client: Client, mug: Product) -> None:
    for options, product, category in ((AR, "كوب", "مطبخ"), (HE, "Mug", "Kitchen"), ({}, "Mug", "Kitchen")):
        assert client.get("/api/v1/products/mug/", **options).json()["name"] == product
        names = [row["name"] for row in client.get("/api/v1/categories/", **options).json()]
        assert names == [category]


def test_feed_cards_and_reasons_follow_the_language_and_not_the_cache(client: Client, mug: Product) -> None:
    make_watchable_clip(products=[mug, make_product()])
    for _time in range(2):
        for options, name in ((AR, "كوب"), ({}, "Mug"), (HE, "Mug")):
            tags = client.get("/api/v1/feed/", **options).json()["clips"][0]["tags"]
            assert name in [tag["product"]["name"] for tag in tags]


def test_a_new_translation_reaches_cached_cards(client: Client, mug: Product) -> None:
    make_watchable_clip(products=[mug, make_product()])
    assert "כוס" not in client.get("/api/v1/feed/", **HE).content.decode()
    mug.name_translations["he"] = "כוס"
    mug.save()
    assert "כוס" in client.get("/api/v1/feed/", **HE).content.decode()


def test_bag_orders_and_emails_use_the_shoppers_language(client: Client, mug: Product) -> None:
    client.post("/api/v1/bag/", {"product": "mug"}, "application/json")
    assert "كوب" in read(client, "/bag/", **AR)
    assert client.get("/api/v1/bag/", **AR).json()["lines"][0]["name"] == "كوب"
    code = buy(client, {"product": "mug", "email": "a@example.com", "address": ADDRESS}).json()["code"]
    for url in ("/orders/", f"/orders/{code}/"):
        assert "كوب" in read(client, url, **AR) and "Mug" in read(client, url)
    assert client.get(f"/api/v1/orders/{code}/", **AR).json()["lines"][0]["name"] == "كوب"


def test_campaigns_are_shown_to_creators_in_their_language() -> None:
    make_campaign("summer", clips_cap=10)
    from creators.models import Campaign

    Campaign.objects.update(title="Summer", title_translations={"ar": "صيف"})
    creator = client_of(make_creator("maya").user)
    assert "صيف" in read(creator, "/studio/campaigns/", **AR) and "Summer" in read(creator, "/studio/campaigns/", **HE)
    assert creator.get("/api/v1/campaigns/", **AR).json()["results"][0]["title"] == "صيف"


def test_staff_type_translations_as_text_and_empty_ones_are_left_out() -> None:
    admin = client_of(make_user("admin@example.com", is_staff=True, is_superuser=True))
    url = "/admin/catalog/category/add/"
    form = admin.get(url).content.decode()
    assert 'name="name_translations_ar"' in form and 'name="name_translations_he"' in form and "{}" not in form
    body = {"name": "Kitchen", "slug": "kitchen", "position": 0, "commission_rate_bps": "4.5"}
    translations = {"name_translations_ar": " مطبخ ", "name_translations_he": "", "name_translations_en": ""}
    assert admin.post(url, body | translations).status_code == 302
    category = Category.objects.get()
    assert category.name_translations == {"ar": "مطبخ"}
    with override("ar"):
        assert category.local_name == "مطبخ"
    too_long = admin.post(url, body | {"slug": "other", "name_translations_ar": "x" * 121})
    assert too_long.status_code == 200 and "at most 120 characters" in too_long.content.decode()
    assert "x" * 121 in too_long.content.decode() and Category.objects.count() == 1


def test_a_form_that_changes_nothing_changes_nothing(mug: Product) -> None:
    clear_caches()
    assert mug._meta.get_field("name_translations").formfield().has_changed({"ar": "كوب"}, ["", "كوب", ""]) is False
    assert mug._meta.get_field("name_translations").formfield().has_changed({"ar": "كوب"}, ["Mug", "", ""]) is True
