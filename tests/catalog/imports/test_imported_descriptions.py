"""Descriptions of imported products are shown as HTML in which nothing runs; typed ones stay plain text."""

import pytest
from django.test import Client

from catalog.descriptions import plain_description, render_description
from catalog.models import Product
from tests.catalog.imports.runs import import_feed
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


def test_imported_markup_is_shown_and_nothing_of_it_runs(client: Client) -> None:
    import_feed("html_in_descriptions.csv")
    pages = {
        product.variants.get().sku: client.get(product.get_absolute_url()).content.decode()
        for product in Product.objects.all()
    }
    assert "<p>Before after</p>" in pages["HT-1"]
    assert '<a href="https://shop.example/care"' in pages["HT-3"]
    assert "<ul><li>one</li>" in pages["HT-5"]
    assert "&lt;b&gt;Bold&lt;/b&gt; title" in pages["HT-7"]
    for page in pages.values():
        assert not any(text in page for text in ("onerror=", "javascript:", "<iframe", "onload=", "alert("))
    slug = Product.objects.get(variants__sku="HT-8").slug
    body = client.get(f"/api/v1/products/{slug}/").json()
    assert body["description"] == 'Line one\nLine two, "quoted"\nLine three'
    assert body["description_html"].startswith("<p>Line one</p>")


def test_typed_text_stays_as_it_was(client: Client) -> None:
    product = make_product("rule", description="a < b & c\n<script>x</script>")
    page = client.get(product.get_absolute_url()).content.decode()
    assert "<p>a &lt; b &amp; c<br>&lt;script&gt;x&lt;/script&gt;</p>" in page


def test_markup_that_staff_type_is_cleaned() -> None:
    assert render_description('<p onclick="x()">Hi</p><script>y</script>') == "<p>Hi</p>"
    assert plain_description("<p>One &amp; <b>two</b></p><ul><li>x</li><li>y</li></ul>") == "One & two\nx\ny"
