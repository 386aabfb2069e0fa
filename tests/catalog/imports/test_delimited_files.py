"""CSV and TSV files: quoting, line breaks, delimiters, names of columns, and files that break off."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.csv_files import iterate_csv
from catalog.imports.remarks import CatalogueStopped, NoteKind, RefusalReason, StopReason
from catalog.imports.values.text import clean_line
from tests.catalog.imports.readings import read_bytes, read_text, shopify, stop_of

HEADER = "Handle,Title,Variant SKU,Variant Price,Status\n"
TSV_HEADER = "id\ttitle\tdescription\tavailability\tprice\n"


def rows(*titles: str) -> str:
    return HEADER + "".join(f"h{n},{title},S{n},5.00,active\n" for n, title in enumerate(titles, start=1))


def tsv(*titles: str) -> str:
    return TSV_HEADER + "".join(
        f"T{n}\t{title}\tPlain.\tin stock\t5.00 USD\n" for n, title in enumerate(titles, start=1)
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_recognized(delimiter: str) -> None:
    read = read_text(shopify({"Title": "Pan; large, flat|round"}, {}, delimiter=delimiter))
    assert read.titles == ["Pan; large, flat|round", "Pan"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    assert read_text(rows("One", '"Two\nlines"').replace("\n", end)).titles == ["One", "Two lines"]


@pytest.mark.parametrize(
    "before", ["\n\n", "sep=,\n", '"sep=,"\r\n', "\ufeff", "\ufeff\ufeff", ",,,\n", " \n", "\ufeffsep=,\n\n"]
)
def test_what_stands_before_the_column_names_is_no_row(before: str) -> None:
    read = read_text(before + rows("One", '"12'))
    assert list(read.variants) == ["S1"]
    assert list(read.refused) == ["2"]


@pytest.mark.parametrize(
    "header",
    [
        HEADER.upper(),
        HEADER.lower(),
        "handle , title , variant_sku, Variant-Price,status\n",
        '"Handle","Title","Variant SKU","Variant Price","Status"\n',
        "\u200bHandle,\u00a0Title,Variant\u00a0SKU,Variant  Price,'Status'\n",
        "URL handle,Title,SKU,Price,Status\n",
        "Ｈａｎｄｌｅ,Title,Variant SKU,Variant Price,Status\n",
        '"Handle","Title","Variant\nSKU","Variant\r\nPrice","Status"\n',
    ],
)
def test_column_names_are_recognized_in_any_spelling(header: str) -> None:
    read = read_text(rows("One").replace(HEADER, header))
    assert (read.format_name, read.titles, read.prices) == ("Shopify CSV", ["One"], {"S1": 500})


@pytest.mark.parametrize(
    "column",
    ["Variant Price", "variant price ", "VARIANT_PRICE", "Price", "\ufeffVariant Price", "Title", "SKU", "Handle"],
)
def test_two_columns_with_one_meaning_stop_the_file(column: str) -> None:
    assert stop_of(rows("One").replace("Status\n", f"Status,{column}\n")) == StopReason.REPEATED_COLUMN


@pytest.mark.parametrize("column", ["", "Notes,Notes", "Price / North", "Tags,Tags", "variant price market"])
def test_other_columns_may_repeat(column: str) -> None:
    read = read_text(rows("One").replace("Status\n", f"Status,{column}\n"))
    assert read.prices == {"S1": 500}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b,c\n1,2,3\n", StopReason.UNKNOWN_COLUMNS),
        ("Dear shop\n\nplease find our goods\n", StopReason.UNKNOWN_COLUMNS),
        ("1,2,3\n4,5,6\n", StopReason.UNKNOWN_COLUMNS),
        ("Handle,Title,Variant SKU\nx,y,z\n", StopReason.MISSING_COLUMN),
        ("id\ttitle\tprice\tlink\n1\tA\t5\thttps://a.example/\n", StopReason.MISSING_COLUMN),
        (HEADER, StopReason.NO_ROWS),
        (HEADER + "\n,,,,\n  , ,,,\n", StopReason.NO_ROWS),
        ("\n\n , \n", StopReason.EMPTY),
    ],
)
def test_text_that_is_no_catalogue_stops(text: str, reason: StopReason) -> None:
    assert stop_of(text) == reason


def test_empty_rows_count_and_short_rows_are_rows() -> None:
    read = read_text(
        HEADER + "\nh2,Two,S2,5.00\n,,,,\n   ,,\nh5,Five,S5\nh6,Six,S6,6.00,active,,\n,,,,,,,\nh8,8,S8,x\n"
    )
    assert read.prices == {"S2": 500, "S6": 600}
    assert read.refused == {"5": RefusalReason.NO_PRICE, "8": RefusalReason.NOT_A_PRICE}
    assert read.lines == {"5": 6, "8": 9}


def test_row_with_more_cells_than_columns_is_refused_and_its_title_counts() -> None:
    read = read_text(HEADER + "h1,One,S1,5.00,active,more\nh1,,S2,6.00\n")
    assert (read.refused, read.titles) == ({"1": RefusalReason.TOO_MANY_CELLS}, ["One"])


def test_stray_quotation_mark_does_not_swallow_the_next_rows() -> None:
    read = read_text(rows("One", '"12 inch pan', "Three", '"Four"', "Five"))
    assert (read.refused, list(read.variants)) == ({"2": RefusalReason.UNCLOSED_QUOTE}, ["S1", "S3", "S4", "S5"])


def test_stray_quotation_mark_without_another_does_not_swallow_the_rest() -> None:
    read = read_text(rows("One", '"12 inch pan', "Three", "Four"))
    assert (read.refused, list(read.variants)) == ({"2": RefusalReason.UNCLOSED_QUOTE}, ["S1", "S3", "S4"])
    assert not read.ends_early


def test_stray_quotation_mark_behind_a_cell_of_several_lines_splits_no_row() -> None:
    head = "Handle,Body (HTML),Title,Variant SKU,Variant Price\n"
    read = read_text(head + 'h1,"Two\n\nlines","Best" pan,S1,5.00\nh2,,Two,S2,x\n')
    assert (read.titles, read.refused, read.lines) == (["Best pan"], {"2": RefusalReason.NOT_A_PRICE}, {"2": 5})


def test_row_that_is_not_whole_says_nothing_about_its_product() -> None:
    read = read_text(HEADER + 'h1,"12 inch pan,S1,5.00,active\nh1,,S2,5.00,active\nh2,Two,S3,5.00,active\n')
    assert read.refused == {"1": RefusalReason.UNCLOSED_QUOTE, "2": RefusalReason.NO_TITLE}
    assert read.titles == ["Two"]


def test_stray_quotation_mark_in_a_cell_that_is_too_long_stops_the_file() -> None:
    assert stop_of(rows(f'"a"{"b" * 200_000}')) == StopReason.CELL_TOO_LONG
    assert stop_of(rows(f'"{"b" * 200_000}', "Two")) == StopReason.CELL_TOO_LONG


def test_quotation_marks_inside_a_cell_are_text() -> None:
    assert read_text(rows('12" pan', '"The ""best"" pan"', '""')).titles == ['12" pan', 'The "best" pan']


def test_file_that_ends_inside_quotes_is_cut_off() -> None:
    read = read_text(rows("One") + 'h2,"Half a tit')
    assert (read.refused, list(read.variants)) == ({"2": RefusalReason.CUT_OFF}, ["S1"])
    assert read.ends_early and NoteKind.ENDS_EARLY in read.file_notes


def test_short_last_row_is_cut_off_if_all_others_are_whole() -> None:
    read = read_text(rows("One", "Two", "Three") + "h4,Four,S4,1")
    assert (read.refused, read.ends_early) == ({"4": RefusalReason.CUT_OFF}, True)


def test_short_last_row_is_a_row_if_others_are_short() -> None:
    read = read_text(rows("One", "Two", "Three") + "h4,Four,S4,1\nh5,Five,S5,1")
    assert (read.prices["S5"], read.ends_early) == (100, False)


@given(st.integers(0, len(rows("One", '"Two, and\nmore"', "Three", "Four", "Five"))))
def test_file_cut_off_anywhere_has_no_half_price(length: int) -> None:
    text = rows("One", '"Two, and\nmore"', "Three", "Four", "Five").replace("5.00", "512.34")[:length]
    if text.count("\n") < 5:
        return  # three whole rows show how long a row is
    assert set(read_text(text).prices.values()) == {51234}


def test_tab_separated_feed_keeps_its_quotation_marks() -> None:
    titles = ['12" pan', '"Quoted"', '"Quoted" pan', '"', '""', 'a "b', '"open', 'close"', 'a""b', "Pot, 3 l"]
    assert read_text(tsv(*titles)).titles == titles


def test_tab_separated_file_of_a_spreadsheet_is_unquoted() -> None:
    titles = ['"12"" pan"', '"Pot, 3 l"', "Plain", '"Two\nlines"', '"Say ""hi"", twice"']
    assert read_text(tsv(*titles)).titles == ['12" pan', "Pot, 3 l", "Plain", "Two lines", 'Say "hi", twice']


def test_tab_inside_quotation_marks_belongs_to_its_cell() -> None:
    titles = ['"Pot\t3 l"', '"12"" pan"', "Plain", '"Two\nlines"']
    assert read_text(tsv(*titles)).titles == ["Pot 3 l", '12" pan', "Plain", "Two lines"]


def test_quotation_mark_that_opens_in_one_row_and_closes_in_another_is_text() -> None:
    assert read_text(tsv('"open', 'close"', "Plain")).titles == ['"open', 'close"', "Plain"]


def test_google_columns_in_a_comma_separated_file() -> None:
    read = read_text(
        "ID,Title,g:price,Availability,image link,additional_image_link,additional_image_link,product type,Color\n"
        'A,"Pot, 3 l",5.00 USD,in stock,https://a.example/1.jpg,https://a.example/2.jpg,https://a.example/3.jpg,A > B,Red\n'
    )
    product = read.product_of("A")
    assert (len(product.pictures), product.product_types, product.option_names) == (3, ("A > B",), ())


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30),
        min_size=1,
        max_size=6,
    )
)
def test_titles_are_read_as_a_csv_writer_writes_them(titles: list[str]) -> None:
    titles = [title for title in titles if clean_line(title.replace("\x00", ""))]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Handle", "Title", "Variant SKU", "Variant Price", "Status"])
    writer.writerows([f"h{n}", title, f"S{n}", "5.00", "active"] for n, title in enumerate(titles))
    if titles:
        assert read_text(text.getvalue()).titles == [clean_line(title) for title in titles]


@given(st.lists(st.text(alphabet="'=+-@\t 1a\u200b\uff1d", min_size=1, max_size=8), min_size=1, max_size=6))
def test_our_own_csv_brings_back_what_it_guarded(titles: list[str]) -> None:
    titles = [title for title in titles if clean_line(title)]
    lines = iterate_csv(["sku", "title", "price"], [(f"S{n}", title, "5.00") for n, title in enumerate(titles)])
    if titles:
        read = read_text("".join(lines))
        assert (read.format_name, read.titles) == ("CSV", [clean_line(title) for title in titles])


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_stop_a_file(data: bytes) -> None:
    for start in (b"", HEADER.encode(), TSV_HEADER.encode(), b'{"products": [', b"<rss><channel><item>", b"\xff\xfe"):
        with suppress(CatalogueStopped):
            read_bytes(start + data)
