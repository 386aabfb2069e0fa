"""Files made to the published specification of each format are read in full. Set LARGE_ROWS=50000 for large ones."""

import os

import pytest

from benchmarks.catalog_files import FORMATS, VARIANTS_EACH, Good
from tests.catalog.imports.readings import read_bytes

ROWS = int(os.environ.get("LARGE_ROWS", "400"))


@pytest.mark.parametrize("name", FORMATS)
def test_every_row_of_a_published_format_is_read(name: str) -> None:
    read = read_bytes("".join(FORMATS[name](ROWS)).encode())
    assert (read.refused, read.notes, read.ends_early) == ({}, {}, False)
    assert (len(read.products), len(read.variants)) == (ROWS // VARIANTS_EACH, ROWS)
    good, last = Good(ROWS // VARIANTS_EACH - 1), VARIANTS_EACH - 1
    product, variant = read.product_of(good.sku(last)), read.variants[good.sku(last)]
    assert (product.title, product.brand, variant.barcode) == (good.title, good.brand, good.barcode(last))
    assert (variant.options, variant.stock) == (good.options[last], int(good.stock(last)))
    assert f"{variant.price_minor / 100:.2f}" == good.price(last)
    assert [picture.address for picture in product.pictures] == good.pictures
    assert variant.weight_grams in (350, None)
