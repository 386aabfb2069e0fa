"""Barcodes, weights, text, descriptions and addresses of pictures, without a file around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.imports.remarks import NoteKind
from catalog.imports.values.barcodes import read_barcode
from catalog.imports.values.descriptions import clean_description
from catalog.imports.values.picture_addresses import check_picture_address, split_addresses
from catalog.imports.values.text import clean_line, comparable
from catalog.imports.values.weights import read_weight

ENGLISH_FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("text", "barcode", "note"),
    [
        *((f"{mark}9520000002015", "9520000002015", None) for mark in ("", "'", "’", " ", "\u200e")),
        ("952-0000-002015", "9520000002015", None),
        ("9520000002015.0", "9520000002015", None),
        ("٩٥٢٠٠٠٠٠٠٢٠١٥", "9520000002015", None),
        ("95200002", "95200002", None),
        ("5200002", "", NoteKind.BARCODE_INVALID),
        ("12345678905", "012345678905", NoteKind.BARCODE_ZERO),
        ("9780306406157", "9780306406157", None),
        ("0-306-40615-2", "9780306406157", NoteKind.BARCODE_ISBN),
        ("9.52E+12", "", NoteKind.BARCODE_DIGITS_LOST),
        ("9,52E12", "", NoteKind.BARCODE_DIGITS_LOST),
        ("9520000002016", "", NoteKind.BARCODE_INVALID),
        ("ABC", "", NoteKind.BARCODE_INVALID),
        ("9520000002015 / 95200002", "", NoteKind.BARCODE_INVALID),
        ("0", "", NoteKind.BARCODE_INVALID),
        *((blank, "", None) for blank in ("", "N/A", "none", "NULL", "-", "does not apply", "'")),
    ],
)
def test_barcode_is_right_or_left_out(text: str, barcode: str, note: NoteKind | None) -> None:
    actual, remark = read_barcode(text)
    assert (actual, remark and remark.kind) == (barcode, note)


@given(st.text(max_size=20))
def test_no_text_stops_the_reading_of_barcodes(text: str) -> None:
    barcode, _remark = read_barcode(text)
    assert not barcode or len(barcode) in (8, 12, 13, 14)


@pytest.mark.parametrize(
    ("text", "unit", "grams"),
    [
        *(("2", "lbs", 907), ("1.2 kg", "", 1200), ("1,2 kg", "", 1200), ("500", "g", 500), ("500 g", "kg", 500)),
        *(("16 oz", "", 454), ("0.4", "g", None), ("1.200", "kg", 1200), ("2 lb.", "", 907), ("1KG", "", 1000)),
        *(("2", "", None), ("heavy", "kg", None), ("-2", "kg", None), ("2 stone", "", None), ("9" * 30, "kg", None)),
    ],
)
def test_weight_is_in_grams(text: str, unit: str, grams: int | None) -> None:
    assert read_weight(text, unit, ".") == grams


def test_weight_that_reads_two_ways_is_left_out_while_the_sign_is_open() -> None:
    assert (read_weight("1,200", "kg", ""), read_weight("1,200", "kg", ",")) == (None, 1200)


@pytest.mark.parametrize(
    "emoji",
    [
        *("\u2764\ufe0f", "\u2764\ufe0f\u200d\U0001f525", "1\ufe0f\u20e3", "\U0001f3f3\ufe0f\u200d\U0001f308"),
        *(
            "\U0001f44d\U0001f3fd",
            "\U0001f469\U0001f3fd\u200d\U0001f4bb",
            "\U0001f1ee\U0001f1f1",
            ENGLISH_FLAG,
            "©\ufe0f",
        ),
        "\U0001f9d1\u200d\U0001f9d1\u200d\U0001f9d2\u200d\U0001f9d2",
    ],
)
def test_emoji_of_several_code_points_stay_whole(emoji: str) -> None:
    assert clean_line(f"Mug {emoji} red\u202e") == f"Mug {emoji} red"
    assert clean_line(f"{emoji}{emoji}") == emoji * 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        *(("a\tb", "a b"), (" a \r\n b ", "a b"), ("a\u00a0b", "a b"), ("a\u200bb", "ab"), ("\u202eabc\u202c", "abc")),
        *(("\ufeffabc", "abc"), ("a\x00b\x07", "ab"), ("e\u0301", "\u00e9"), ("می\u200cخواهم", "می\u200cخواهم")),
        *(("\u2067כחול\u2069", "כחול"), ("", ""), ("\u200b", ""), ("a\u2028b", "a b"), ("\U000e0041bc", "bc")),
    ],
)
def test_line_has_no_characters_that_nobody_sees(text: str, line: str) -> None:
    assert clean_line(text) == line


@given(st.text(max_size=60))
def test_cleaning_a_line_twice_changes_nothing(text: str) -> None:
    line = clean_line(text)
    assert clean_line(line) == line
    assert comparable(line) == comparable(f"  {line.upper().lower()} ") or not line.isascii()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Plain & simple", "Plain &amp; simple"),
        ("Plain &amp; simple", "Plain &amp; simple"),
        ("5 < 6", "5 &lt; 6"),
        ("One\nTwo", "<p>One<br>Two</p>"),
        ("One\r\n\r\n\r\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("<p>One", "<p>One</p>"),
        ("<h1>Big</h1><h2>Small</h2>", "Big<h2>Small</h2>"),
        ("<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)"),
        ("<p onclick=alert(1) style='position:fixed' class=x id=y>One</p>", "<p>One</p>"),
        ("<img src=x onerror=alert(1)>Text<video src=x></video>", "Text"),
        ("<template><script>x</script>in</template><noscript>out</noscript>", "out"),
        ("<math><mtext></table><mglyph><style><img src=x onerror=alert(1)>", ""),
        ("<!-- hidden --><b>seen</b><!--[if IE]><script>x</script><![endif]-->", "<b>seen</b>"),
        ("<style>body{display:none}</style><form action=/x><input name=q>find<button>go</button></form>", "findgo"),
        ("<meta http-equiv=refresh content=0><base href=//evil.example/>text<link rel=stylesheet href=x>", "text"),
    ],
)
def test_description_has_harmless_markup_only(text: str, html: str) -> None:
    assert clean_description(text) == html


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "vbscript:x"),
        *("data:text/html,<script>alert(1)</script>", "//evil.example/", "/accounts/logout/", "logout", "#x"),
        *("http://plain.example/", "&#106;avascript:alert(1)", "https:evil", "mailto:a@b.example"),
    ],
)
def test_links_of_descriptions_lead_to_full_https_addresses_only(address: str) -> None:
    assert "href" not in clean_description(f'<a href="{address}">care</a>')


@given(st.text(alphabet="<>&\"'=/ \npbaimgscriptonerrorhref:;!-", max_size=60))
def test_cleaning_a_description_twice_changes_nothing(text: str) -> None:
    html = clean_description(text)
    assert clean_description(html) == html
    assert "<script" not in html and "<img" not in html


def test_description_nested_deeply_is_cleaned() -> None:
    assert clean_description("<div>" * 20_000 + "deep" + "</div>" * 5_000) == "deep"


PUBLIC = {
    "https://pictures.example/good.jpg": "https://pictures.example/good.jpg",
    "HTTPS://Pictures.Example/Good.JPG": "https://pictures.example/Good.JPG",
    "//pictures.example/b.jpg": "https://pictures.example/b.jpg",
    "http://pictures.example/a.jpg": "http://pictures.example/a.jpg",
    "https://pictures.example": "https://pictures.example/",
    "https://pictures.example/my photo.jpg": "https://pictures.example/my%20photo.jpg",
    "https://pictures.example/my%20photo.jpg": "https://pictures.example/my%20photo.jpg",
    "https://pictures.example/é.jpg#top": "https://pictures.example/%C3%A9.jpg",
    "https://pictures.example/a.jpg?w=1&h=2": "https://pictures.example/a.jpg?w=1&h=2",
    "https://pictures.example:443/a.jpg": "https://pictures.example:443/a.jpg",
    "https://pictures.example./a.jpg": "https://pictures.example/a.jpg",
    "https://bücher.example/a.jpg": "https://xn--bcher-kva.example/a.jpg",
    "https://8.8.8.8/a.jpg": "https://8.8.8.8/a.jpg",
    "https://[2606:4700::1111]/a.jpg": "https://[2606:4700::1111]/a.jpg",
    "https://pictures.example/w_1,h_2/a.jpg": "https://pictures.example/w_1,h_2/a.jpg",
}
HIDDEN = [
    *("http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/"),
    *("http://localhost/", "http://LOCALHOST./", "http://x.localhost/", "http://db/", "http://shop.local/"),
    *(
        "http://10.0.0.5/",
        "http://172.16.0.1/",
        "http://192.168.1.1:6379/",
        "http://169.254.169.254/",
        "http://0.0.0.0/",
    ),
    *("http://100.64.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://metadata.google.internal/"),
    *("http://[::1]/", "http://[::]/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[::ffff:127.0.0.1]/"),
    *("http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[::ffff:7f00:1]/", "http://①②⑦.⓪.⓪.①/"),
    *(
        "http://%31%32%37.0.0.1/",
        "https://pictures.example:6379/a.jpg",
        "https://pictures.example:22/",
        "http://127.0.0.1.:80/",
    ),
]
NO_ADDRESSES = [
    *(
        "file:///etc/passwd",
        "ftp://pictures.example/a.jpg",
        "/files/c.jpg",
        "not an address",
        "c.jpg",
        "https://",
        "http:///a",
    ),
    *(
        "gopher://127.0.0.1/",
        "https:pictures.example",
        "https://good.example\\@127.0.0.1/",
        "www.pictures.example/a.jpg",
    ),
    *(
        "https://pictures.example:port/",
        "https://[::1/a.jpg",
        "https://a.example/" + "x" * 3000,
        "?",
        "//",
        "https://pictures.example:0/",
    ),
]


@pytest.mark.parametrize(("text", "address"), PUBLIC.items())
def test_public_address_may_be_fetched(text: str, address: str) -> None:
    assert check_picture_address(f" {text}\n") == (address, None)


@pytest.mark.parametrize("text", HIDDEN)
def test_private_address_is_left_out_in_the_same_words(text: str) -> None:
    address, note = check_picture_address(text)
    assert (address, note and note.kind, note and note.values) == ("", NoteKind.PICTURE_NOT_PUBLIC, {})


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_text_that_is_no_full_web_address_is_left_out(text: str) -> None:
    address, note = check_picture_address(text)
    assert (address, note and note.kind) == ("", NoteKind.PICTURE_NOT_ADDRESS)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://user:secret@pictures.example/a.jpg", NoteKind.PICTURE_PASSWORD),
        ("https://user@pictures.example/a.jpg", NoteKind.PICTURE_PASSWORD),
        ("https://pictures.example@127.0.0.1/", NoteKind.PICTURE_PASSWORD),
        ("data:image/png;base64,iVBORw0KGgo=", NoteKind.PICTURE_INSIDE),
        ("DATA:image/svg+xml,<svg/>", NoteKind.PICTURE_INSIDE),
    ],
)
def test_passwords_and_pictures_inside_the_file_are_left_out(text: str, kind: NoteKind) -> None:
    address, note = check_picture_address(text)
    assert (address, note and note.kind) == ("", kind)
    assert "secret" not in (note.sentence if note else "")


@given(st.text(max_size=40).map(lambda text: f"http://{text}"))
def test_no_text_stops_the_check_of_addresses(text: str) -> None:
    address, note = check_picture_address(text)
    assert bool(address) != bool(note)


def test_comma_parts_addresses_only_where_the_second_begins() -> None:
    assert split_addresses("https://a.example/1,2.jpg, https://a.example/3.jpg,//a.example/4.jpg") == [
        *("https://a.example/1,2.jpg", "https://a.example/3.jpg", "//a.example/4.jpg"),
    ]
    assert split_addresses("https://a.example/my photo.jpg\nHTTPS://a.example/2.jpg") == [
        *("https://a.example/my photo.jpg", "HTTPS://a.example/2.jpg"),
    ]
