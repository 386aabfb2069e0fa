"""Search: whole, partial and misspelt words, with or without accents; filters; only what is public."""

import re
import sys

import pytest
from django.db import connection
from django.test import Client

from catalog.models import Product, Variant
from tests.factories import make_category, make_creator, make_enrolment, make_product, make_variants, make_waiting_clip
from tests.feed.watching import make_watchable_clip

pytestmark = pytest.mark.django_db


def search(client: Client, **query: str) -> str:
    response = client.get("/search/", query)
    assert response.status_code == 200
    return response.content.decode()


def products_for(client: Client, words: str) -> list[Product]:
    return list(client.get("/search/", {"q": words}).context["results"].products)


@pytest.mark.parametrize("words", ["headphones", "Headph", "hedphones", "héadphones", "hush head", "HUSH"])
def test_product_is_found_however_it_is_typed(client: Client, words: str) -> None:
    make_product("hush", name="Hush Headphones")
    make_product("mug", name="Morning Mug")
    html = search(client, q=words)
    assert "Hush Headphones" in html
    assert "Morning Mug" not in html


def test_accents_need_not_be_typed(client: Client) -> None:
    make_product("creme", name="Crème Brûlée Set")
    assert "Crème Brûlée Set" in search(client, q="creme brulee")


def test_words_of_the_description_are_searched(client: Client) -> None:
    make_product("pan", name="Pan 28", description="Forged from carbon steel.")
    assert "Pan 28" in search(client, q="carbon")


def test_filters_narrow_the_results(client: Client) -> None:
    audio = make_category("audio")
    make_product("hush", name="Hush Headphones", category=audio, price_minor=14900)
    make_product("small", name="Small Headphones", category=make_category("other"), price_minor=2900)
    assert "Small" not in search(client, q="headphones", category="audio")
    assert "Hush" not in search(client, q="headphones", to="100,00")
    assert "Small" not in search(client, q="headphones", **{"from": "100"})
    assert "Hush" in search(client, q="headphones", **{"from": "abc"})


def test_creator_and_clips_are_found_by_name(client: Client) -> None:
    enrolment = make_enrolment(make_creator("nina.films", display_name="Nina Petrov"))
    make_watchable_clip(None, enrolment, [make_product("cup"), make_product("book")], caption="A calm morning")
    html = search(client, q="petrof")
    assert 'href="/@nina.films/"' in html
    assert "A calm morning" in html
    assert "A calm morning" in search(client, q="mornin")
    assert "A calm morning" in search(client, q="cup")
    assert "Cup" in search(client, creator="@nina.films")


def test_unpublished_clip_is_not_found(client: Client) -> None:
    make_waiting_clip(caption="Secret launch")
    assert "No results" in search(client, q="secret")


def test_adult_products_are_hidden_from_unknown_ages(client: Client) -> None:
    make_product("wine", name="Red Wine", category=make_category("wine", is_age_restricted=True))
    assert "No results" in search(client, q="wine")


@pytest.mark.parametrize("words", ["'; DROP TABLE", "%_\\", "\0", "a" * 5000, "🎧", "& | ! :*"])
def test_special_characters_break_nothing(client: Client, words: str) -> None:
    make_product("cup")
    assert client.get("/search/", {"q": words}).status_code == 200


def letters_that_are_signs_without_accents() -> list[str]:
    """Return every letter and digit of Unicode that PostgreSQL spells with signs, such as ⑴, ŉ and ½."""
    letters = [chr(code) for code in range(1, sys.maxunicode + 1) if re.match(r"\w", chr(code))]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT letter FROM unnest(%s::text[]) letter WHERE feed_plain(letter) ~ '[^[:alnum:]]'", [letters]
        )
        return [letter for (letter,) in cursor.fetchall() if letter != "_"]


def test_letters_that_are_spelled_with_signs_are_searched(client: Client) -> None:
    make_product("phone", name="Phone 1")
    odd = letters_that_are_signs_without_accents()
    assert len(odd) > 100 and {"⑴", "ŉ"} <= set(odd)
    for start in range(0, len(odd), 40):
        some = odd[start : start + 40]
        for words in (" ".join(some), "ß".join(some), "".join(some)):
            assert client.get("/search/", {"q": words[:100]}).status_code == 200, words
    assert "Phone 1" in search(client, q="phone ⑴")


def test_longest_letters_are_searched(client: Client) -> None:
    for letter in ("ﷺ", "㍿", "🄫", "ß", "ｱ"):
        assert client.get("/search/", {"q": letter * 100}).status_code == 200


def test_products_are_found_by_the_options_of_their_variants(client: Client) -> None:
    shirt = make_product("linen-shirt")
    _small, medium = make_variants(shirt, "S", "M")
    Variant.objects.filter(pk=medium.pk).update(option_values=["M / Grün"])
    make_product("green-mug")
    for words in ("grün", "linen GRUN", "m grun"):
        assert [product.slug for product in products_for(client, words)] == ["linen-shirt"], words
    assert products_for(client, "M")[0].slug == "linen-shirt"
    assert client.get("/api/v1/products/?q=linen+grün").json()["results"][0]["slug"] == "linen-shirt"
    Variant.objects.filter(pk=medium.pk).update(is_active=False)
    assert products_for(client, "grün") == []
    assert client.get("/api/v1/products/?q=grün").json()["results"] == []
    Variant.objects.filter(pk=medium.pk).delete()
    shirt.refresh_from_db()
    assert shirt.option_words == "S"


def test_what_has_all_words_comes_before_what_is_similar(client: Client) -> None:
    names = ["Blue mug", "Blue rug", "Mug with a blue ring", "Bleu mug"]
    for name in names:
        make_product(name.lower().replace(" ", "-"), name=name)
    best, *others = [product.name for product in products_for(client, "blue mug")]
    assert best == "Blue mug" and "Mug with a blue ring" in others
