"""What the files of products.json, WooCommerce and Google in tests/data/feeds say beyond expected.json."""

from datetime import UTC, datetime, timedelta

from catalog.imports.remarks import NoteKind
from catalog.imports.results import Availability, SalePrice
from tests.catalog.imports.readings import FEEDS, read_feed, read_text

MICROSECOND = timedelta(microseconds=1)


def test_public_products_json() -> None:
    read = read_feed("products_public.json")
    assert [variant.options for variant in read.product_of("J-2").variants] == [("1/2 l",), ("1 l / 2 pt",)]
    assert read.variants["J-2"].availability == Availability.IN_STOCK
    assert {variant.stock for variant in read.variants.values()} == {None}
    assert read.product_of("J-6").description == ""
    tongs = read.product_of("tongs|Long/Wood")
    assert len(tongs.variants) == 2 and all("|" in variant.key for variant in tongs.variants)


def test_a_hundred_variants() -> None:
    shoe = read_feed("products_100_variants.json").product_of("SHOE-R55")
    colours, sizes = zip(*(variant.options for variant in shoe.variants), strict=True)
    assert (len(set(colours)), len(set(sizes)), len(shoe.variants)) == (5, 20, 100)


def test_variations_find_their_parents() -> None:
    read = read_feed("woo_variable.csv")
    assert [variant.options for variant in read.product_of("HOOD-S-R").variants] == [
        *(("S", "Red"), ("M", "Red"), ("S", "Blue")),
    ]
    assert read.product_of("CHAIR-O").title == "Chair"
    assert read.variants["HOOD-S-B"].sale == SalePrice(4000)
    assert read.product_of("VASE").option_names == ()
    assert read.product_of("HOOD-S-R").product_types == ("Clothing > Hoodies",)


def test_types_of_woocommerce() -> None:
    read = read_feed("woo_types.csv")
    kettle = read.variants["WT-1"]
    assert (kettle.weight_grams, kettle.stock) == (907, 8)
    assert kettle.sale and kettle.sale.starts_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert read.product_of("WT-1").description.split("\n") == ["<p>Steel.</p>", "Holds a litre."]
    assert not read.variants["WT-2"].needs_shipping
    assert (read.variants["WT-3"].is_download, read.variants["WT-3"].download_limit) == (True, 3)
    assert read.variants["WT-4"].outbound_url == "https://stoves.example/s1"
    assert read.product_of("WT-8").title == "=Sum"


def test_google_elements_are_those_of_its_namespace() -> None:
    read = read_feed("google_rss_other_prefix.xml")
    hat = read.product_of("N1")
    assert (hat.title, hat.description) == ("Rain hat – adult", "<p>Warm &amp; dry</p>")
    assert hat.pictures[0].address == "https://pictures.example/n1.jpg?w=1&h=2"


def test_atom_links_stand_in_attributes() -> None:
    read = read_feed("google_atom.xml")
    assert (read.variants["A1"].link, read.variants["A2"].link) == (
        "https://shop.example/p/A1",
        "https://shop.example/p/A2",
    )
    assert "tag:shop.example,2026:A3" in read.variants
    assert read.product_of("A2").description == "<b>Fits</b> A1."


def test_item_groups_become_products() -> None:
    read = read_feed("google_groups.xml")
    polo = read.product_of("PO-1")
    assert (polo.title, polo.option_names, len(polo.variants)) == ("Polo", ("Color", "Size"), 4)
    assert min(variant.price_minor for variant in polo.variants) == 2000
    assert read.product_of("POLO").title == "Polo brush"
    assert read.product_of("VE-1").option_names == ()


def test_name_of_a_group_does_not_depend_on_the_order_of_items() -> None:
    text = (FEEDS / "google_groups.xml").read_text()
    head, *items = text.split("<item>")
    items = [f"<item>{body.partition('</item>')[0]}</item>" for body in items]
    for order in (items, items[::-1], items[3:] + items[:3]):
        read = read_text(f"{head}{''.join(order)}</channel></rss>")
        assert {read.product_of("PO-1").title, read.product_of("CA-1").title} == {"Polo", "Cape"}


def test_pictures_of_google_items() -> None:
    read = read_feed("google_pictures.xml")
    counts = {variant.sku: len(p.pictures) for p in read.products for variant in p.variants}
    assert counts == {"PI-1": 3, "PI-2": 3, "PI-3": 13, "PI-4": 2, "PI-5": 0, "PI-6": 1}
    assert read.notes == {"5": [NoteKind.NO_PICTURE]}
    assert read.product_of("PI-6").pictures[0].address == "https://pictures.example/my%20photo.jpg"


def test_categories_are_kept_in_the_words_of_the_source() -> None:
    read = read_feed("google_categories_and_shipping.xml")
    words = {v.sku: (p.category, p.product_types) for p in read.products for v in p.variants}
    assert words["CG-1"] == ("1604", ("Clothing > Shirts",))
    assert words["CG-2"] == ("Apparel & Accessories > Clothing", ("Clothing > Shirts", "Sale > Winter"))
    assert words["CG-4"] == ("", ("Clothing > Shirts",))
    assert words["CG-5"] == ("", ())
    assert read.variants["CG-6"].weight_grams == 1200


def test_sale_prices_and_their_periods() -> None:
    prices = read_feed("google_prices.xml")
    assert prices.variants["GP-Q"].sale == SalePrice(2400)
    period = datetime(2026, 12, 1, 5, tzinfo=UTC), datetime(2026, 12, 8, 4, 59, tzinfo=UTC)
    assert prices.variants["GP-R"].sale == SalePrice(2400, *period)
    assert prices.notes == {"11": [NoteKind.PRICE_ZERO], "19": [NoteKind.SALE_NOT_LOWER]}
    sales = {name: variant.sale for name, variant in read_feed("google_sale_dates.xml").variants.items()}
    assert sales == {
        "D-1": SalePrice(2000, datetime(2026, 12, 24, 8, tzinfo=UTC), datetime(2026, 12, 27, 7, 59, tzinfo=UTC)),
        "D-2": SalePrice(2000, datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, tzinfo=UTC)),
        "D-3": SalePrice(2000, datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC)),
        "D-4": None,
        "D-5": SalePrice(2000),
    }


def test_availabilities_of_google() -> None:
    read = read_feed("google_availability.txt")
    in_stock = [name for name, variant in read.variants.items() if variant.availability == Availability.IN_STOCK]
    assert in_stock == ["AV-1", "AV-2", "AV-3", "AV-7", "AV-8", "AV-11"]
    assert read.variants["AV-6"].availability == Availability.BACKORDER
    assert (read.variants["AV-1"].is_tracked, read.variants["AV-11"].is_tracked) == (None, True)


def test_feeds_that_do_not_quote_keep_their_quotation_marks() -> None:
    assert read_feed("google_tsv_inch_marks.txt").titles == [
        *('12" iron pan', 'Poster "North" 50×70', "Pot, 3 l", '"Quoted" title', "Plain"),
    ]


def test_unicode_text_of_a_spreadsheet() -> None:
    read = read_feed("google_utf16.txt")
    assert read.titles == ["Crème jug", "Żółty kubek", "茶杯"]
    assert "UTF-16" in read.file_notes[NoteKind.ENCODING]


def test_gzipped_feed_is_read() -> None:
    assert list(read_feed("google_feed.xml.gz").prices.values()) == [100, 200, 300, 400, 500]


def test_feed_that_is_cut_off_says_so_and_has_no_half_item() -> None:
    read = read_feed("google_cut_off.xml")
    assert list(read.variants) == ["TR-1", "TR-2", "TR-3", "TR-4", "TR-5"]
    assert read.ends_early and NoteKind.ENDS_EARLY in read.file_notes


def test_wrong_bytes_in_one_item_leave_the_others_alone() -> None:
    read = read_feed("xml_says_utf8_has_latin1.xml")
    assert read.prices == {"L1-1": 500, "L1-2": 600, "L1-3": 700}
    assert read.product_of("L1-2").title == "Théière tea"
    assert read.notes == {"2": [NoteKind.WRONG_BYTES]}


def test_undeclared_entity_in_one_item_leaves_the_others_alone() -> None:
    read = read_feed("xml_undeclared_entity.xml")
    assert read.prices == {"UE-1": 500, "UE-2": 600, "UE-3": 700}
    assert read.product_of("UE-2").title == "Café & co"
    assert read.notes == {"2": [NoteKind.REPAIRED_XML]}


def test_runs_as_far_as_reading_goes() -> None:
    first, second = read_feed("run_1.csv"), read_feed("run_2.csv")
    assert set(first.variants) - set(second.variants) == {"R-4", "R-6-M"}
    assert set(second.variants) - set(first.variants) == {"R-6-L", "R-7"}
    assert (second.variants["R-1"].price_minor, second.variants["R-1"].compare_at_minor) == (1800, 2000)
    assert second.variants["R-8"].stock is None
    assert second.product_of("R-5").handle == "butter-bell"
