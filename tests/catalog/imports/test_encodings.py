"""Encodings of catalogue files, declared, marked, or recognized by their bytes."""

import gzip

import pytest

from catalog.imports.remarks import NoteKind, StopReason
from tests.catalog.imports.readings import FEEDS, item, read_bytes, rss, shopify, stop_of

GERMAN = "Müsli-Schüssel “Nord” – 5 €, naïve Straße, ½ l, 3 m²"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encoding_is_recognized(encoding: str) -> None:
    data = shopify({"Title": GERMAN}, {"Title": "Crème brûlée à l’été"}).encode(encoding)
    read = read_bytes(data)
    assert read.titles == [GERMAN, "Crème brûlée à l’été"]
    assert (NoteKind.ENCODING in read.file_notes) == (not encoding.startswith("utf-8"))
    assert not read.notes


@pytest.mark.parametrize(
    ("title", "encoding"),
    [
        ("Чайник синий", "cp1251"),
        ("Żółty kubek, łyżka", "cp1250"),
        *((title, "cp1250") for title in ("Zestaw noży", "Świeca", "Pudełko", "Ręcznik bawełniany", "Łódka")),
        ("茶碗と皿", "shift_jis"),
        ("茶杯和盘子", "gb18030"),
        ("Κούπα μπλε", "cp1253"),
        ("כוס כחולה", "cp1255"),
        ("كوب أزرق", "cp1256"),
        ("Müsli à la crème brûlée", "mac-roman"),
    ],
)
def test_letters_of_other_code_pages_are_asked_for(title: str, encoding: str) -> None:
    data = shopify({"Title": title}, {"Title": title}).encode(encoding)
    assert stop_of(data) == StopReason.UNKNOWN_ENCODING


@pytest.mark.parametrize(
    "title",
    [
        "Col·lecció d’estiu",
        "Œuvre complète",
        "Cœur à l’œillet",
        "¿Qué es? Señal nº 5",
        "Åre Ølkrus",
        "Größe 3 m³, 5 °C",
        "Pão",
    ],
)
def test_few_western_letters_are_read_as_such(title: str) -> None:
    assert read_bytes(shopify({"Title": title}).encode("cp1252")).titles == [title]


def test_one_row_in_another_encoding_is_repaired_with_a_note() -> None:
    head, first, second, _end = shopify({"Title": "Müsli, süß"}, {"Title": "Crème"}).split("\r\n")
    read = read_bytes(f"{head}\r\n{first}\r\n".encode() + second.encode("cp1252"))
    assert read.titles == ["Müsli, süß", "Crème"]
    assert read.notes == {"2": [NoteKind.WRONG_BYTES]}


def test_letters_that_were_lost_before_have_a_note() -> None:
    read = read_bytes(shopify({"Title": "M\ufffdsli"}).encode())
    assert read.notes == {"1": [NoteKind.UNREADABLE_LETTERS]}


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        *(("UTF-8", "utf-8"), ("utf8", "utf-8"), ("ISO-8859-1", "latin-1"), ("windows-1252", "cp1252")),
        *(("iso-8859-1", "cp1252"), ("UTF-16", "utf-16"), ("utf-16", "utf-8"), ("windows-1251", "cp1251")),
        *(
            ("Shift_JIS", "shift_jis"),
            ("utf-8", "utf-16"),
            ("US-ASCII", "cp1252"),
            ("", "utf-8"),
            ("utf-8", "utf-8-sig"),
        ),
        *(("UTF-16", "utf-16-le"), ("ISO-8859-15", "iso-8859-15")),
    ],
)
def test_feed_is_read_as_its_bytes_and_its_declaration_say(declared: str, actual: str) -> None:
    title = {"cp1251": "Чайник", "shift_jis": "茶碗"}.get(actual, "Théière")
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    read = read_bytes(rss(item("A", title=title), declaration=declaration).encode(actual))
    assert (read.titles, read.notes) == ([title], {})


@pytest.mark.parametrize(
    "declared", ["utf-7", "unicode_escape", "rot13", "zlib", "x-unknown", "idna", "utf-16-swapped"]
)
def test_feed_is_not_read_by_encodings_that_are_none_or_could_hide_markup_stop_a_feed(declared: str) -> None:
    text = rss(item("A"), declaration=f'<?xml version="1.0" encoding="{declared}"?>')
    reason = None if declared.startswith("utf-16") else StopReason.UNKNOWN_ENCODING
    if reason:
        assert stop_of(text) == reason
    else:
        assert read_bytes(text.encode()).titles == ["Title A"]


@pytest.mark.parametrize("declared", ["ISO-8859-1", "windows-1252", "US-ASCII"])
def test_feed_that_says_latin_1_and_is_utf_8_is_read_as_utf_8(declared: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>'
    assert read_bytes(rss(item("A", title="Théière"), declaration=declaration).encode()).titles == ["Théière"]


@pytest.mark.parametrize(
    "title",
    [
        "«été» ¿cómo? ¡qué!",
        "O’Neill’s l’été",
        "10 µm, 20 °C ±1, 3 m², ½ l",
        "SMÖRGÅS ÅÄÖ",
        "“A” – ‘B’… €5",
        "Œuvre Ÿ",
        "Þór ðað",
    ],
)
def test_western_texts_are_windows_1252(title: str) -> None:
    assert read_bytes(shopify({"Title": title}).encode("cp1252")).titles == [title]


def test_letters_can_be_named_by_a_person() -> None:
    data = shopify({"Title": "Żółty kubek"}).encode("cp1250")
    read = read_bytes(data, encoding="windows-1250")
    assert (read.titles, "CP1250" in read.file_notes[NoteKind.ENCODING]) == (["Żółty kubek"], True)
    assert stop_of(data, encoding="rot13") == StopReason.UNKNOWN_ENCODING


def test_wrong_bytes_in_json_are_repaired_with_a_note() -> None:
    good = '{"title": "Müsli süß", "variants": [{"price": "1"}]}'.encode()
    bad = good.replace("Müsli süß".encode(), "Crème".encode("cp1252"))
    read = read_bytes(b'{"products": [' + good + b"," + bad + b"]}")
    assert (read.titles, NoteKind.WRONG_BYTES in read.file_notes) == (["Müsli süß", "Crème"], True)


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        *((b"PK\x03\x04..xl/workbook.xml", StopReason.WORKBOOK), (b"PK\x03\x04..feed.csv", StopReason.ARCHIVE)),
        *((b"\xd0\xcf\x11\xe0\xa1\xb1", StopReason.WORKBOOK), (b"%PDF-1.7", StopReason.NOT_TEXT)),
        *((b"\x89PNG\r\n", StopReason.NOT_TEXT), (b"\xff\xd8\xff\xe0", StopReason.NOT_TEXT)),
        *((bytes(range(256)) * 8, StopReason.NOT_TEXT), (b"BZh91AY", StopReason.ARCHIVE), (b"", StopReason.EMPTY)),
        *((b" \r\n\t", StopReason.EMPTY), (b"\xef\xbb\xbf", StopReason.EMPTY), (b"\xff\xfe", StopReason.EMPTY)),
        *((b"<!DOCTYPE html><p>Sign in", StopReason.WEB_PAGE), (b"\n <HTML lang=en>", StopReason.WEB_PAGE)),
        *((b"\xef\xbb\xbf<!-- x -->\n<html>", StopReason.WEB_PAGE), (b"<h1>502 Bad Gateway</h1>", StopReason.WEB_PAGE)),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', StopReason.WEB_PAGE),
        (
            b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html/>',
            StopReason.WEB_PAGE,
        ),
        (b"<Error><Code>AccessDenied</Code></Error>", StopReason.NOT_A_CATALOGUE),
        (b'{"error": "not found"}', StopReason.NOT_A_CATALOGUE),
    ],
)
def test_file_of_another_kind_says_what_it_is(start: bytes, reason: StopReason) -> None:
    assert stop_of(start) == reason
    assert stop_of(gzip.compress(start)) == reason


def test_web_page_in_utf_16_is_one_too() -> None:
    assert stop_of("<!doctype html><p>Sign in".encode("utf-16")) == StopReason.WEB_PAGE


@pytest.mark.parametrize("name", ["shopify_continuation.csv", "google_groups.xml", "products_public.json"])
def test_gzipped_file_is_read_like_the_file(name: str) -> None:
    data = (FEEDS / name).read_bytes()
    half = len(data) // 2
    assert read_bytes(gzip.compress(data)) == read_bytes(data)
    assert read_bytes(gzip.compress(data[:half]) + gzip.compress(data[half:])) == read_bytes(data)


def test_archive_in_an_archive_is_asked_for_unpacked() -> None:
    assert stop_of(gzip.compress(gzip.compress(b"Handle,Title"))) == StopReason.ARCHIVE


def test_gzipped_file_that_breaks_off_ends_early() -> None:
    data = gzip.compress((FEEDS / "shopify_handle_again.csv").read_bytes())
    read = read_bytes(data[: len(data) // 2])
    assert read.ends_early and 100 < len(read.products) < 400
    assert "MUG-B" in read.variants and "cut_off" in [reason.value for reason in read.refused.values()]
    assert stop_of(data[:20]) == StopReason.CUT_OFF
