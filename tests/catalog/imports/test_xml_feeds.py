"""RSS and Atom feeds: namespaces, damage in single items, hostile markup, and feeds that break off."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.imports.remarks import CatalogueStopped, NoteKind, RefusalReason, StopReason
from tests.catalog.imports.readings import FEEDS, GOOGLE_NAMESPACE, ReadFile, item, read_bytes, read_text, rss, stop_of

ITEMS = [item("A"), item("B"), item("C")]
FEED = rss(*ITEMS)
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
BOMB = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def read_with(middle: str) -> ReadFile:
    """Read a feed whose second item has this title as its markup."""
    return read_text(rss(item("A"), item("B", title=middle), item("C")))


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        *(("Caf&eacute; & co", "Café & co"), ("R&D; AT&T", "R&D; AT&T"), ("a&nbsp;b", "a b"), ("&copy;&euro;", "©€")),
        *(("Knives < 20 cm", "Knives < 20 cm"), ("1 <2", "1 <2"), ("&unknown;", "&unknown;"), ("a ]]> b", "a ]]> b")),
        *(("be\x07ll", "bell"), ("be&#7;ll", "bell"), ("be&#xFFFF;ll", "bell"), ("&#0;bell", "bell"), ("a & ", "a &")),
        *(("&#xD83D;bell", "bell"), ("&LT;b&GT;", "<b>"), ("&AMP;", "&"), ("&", "&"), ("&&amp;&", "&&&"), ("&;", "&;")),
    ],
)
def test_wrong_character_in_one_item_is_repaired_with_a_note(markup: str, title: str) -> None:
    read = read_with(markup)
    assert read.titles == ["Title A", title, "Title C"]
    assert [row for row, notes in read.notes.items() if notes != [NoteKind.NO_PICTURE]] == ["2"]


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        *(("Rain hat &#8211; adult", "Rain hat – adult"), ("&#x1F9F5;", "\U0001f9f5"), ("&lt;b&gt;", "<b>")),
        *(("<![CDATA[A & B &eacute; <b> < 5]]>", "A & B &eacute; <b> < 5"), ("a<!-- & <item> -- -->b", "ab")),
        *(("<![CDATA[<!-- x -->]]>", "<!-- x -->"), ("<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"), ("\n  x\n", "x")),
        *(("<?php echo 1 ?>x", "x"), ("-->", "-->"), ("<g:b>no</g:b>yes", "yes")),
    ],
)
def test_well_formed_markup_has_no_note(markup: str, title: str) -> None:
    read = read_with(markup)
    assert (read.titles[1], read.notes) == (title, {})


@pytest.mark.parametrize(
    "markup",
    ["<b>bold", "a<br>b", "<b></i>", "<a b=c>x</a>", "</item>", '<a b="', "<g:x/", "<!x>"],
)
def test_item_with_broken_markup_is_refused_and_the_others_are_read(markup: str) -> None:
    read = read_with(markup)
    assert {"A", "C"} <= set(read.variants)
    assert list(read.refused.values()) in ([RefusalReason.DAMAGED], []) and not read.ends_early


def test_lines_are_those_of_the_file_even_after_damage() -> None:
    items = [
        item("A"),
        "<!-- two\nlines -->",
        item("B", title="<b>"),
        "\n",
        item("C", price="x"),
        item("D", title="<i>"),
    ]
    read = read_text("\n\n" + rss(*(f"\n{text}" for text in items)))
    assert read.lines == {"2": 7, "3": 10, "4": 11}


def test_item_without_its_end_is_refused() -> None:
    read = read_text(rss(item("A"), item("B").replace("</item>", ""), item("C")))
    assert (list(read.variants), read.refused) == (["A", "C"], {"2": RefusalReason.DAMAGED})


def test_item_with_a_broken_start_is_refused() -> None:
    read = read_text(rss(item("A"), item("B").replace("<item>", "<item a=>"), item("C")))
    assert (list(read.variants), read.refused) == (["A", "C"], {"2": RefusalReason.DAMAGED})


def test_damage_in_the_last_item_does_not_look_like_the_end_of_the_file() -> None:
    read = read_text(rss(item("A"), item("B", title="<b>")))
    assert (list(read.variants), list(read.refused), read.ends_early) == (["A"], ["2"], False)


def test_damage_is_found_across_pieces_of_the_file() -> None:
    padding = "x" * 30_000
    items = [item(f"I{n}", title="<b>" if n % 3 == 0 else "T", description=padding) for n in range(12)]
    read = read_text(rss(*items))
    assert list(read.refused) == ["1", "4", "7", "10"]
    assert len(read.variants) == 8


@given(st.integers(0, len(FEED)))
def test_feed_cut_off_anywhere_has_whole_items_only(length: int) -> None:
    with suppress(CatalogueStopped):
        read = read_text(FEED[:length])
        assert list(read.variants) == ["A", "B", "C"][: len(read.variants)]
        assert read.ends_early == (length < len(FEED))
        assert set(read.prices.values()) == {500}


@given(
    st.integers(0, len(FEED)),
    st.sampled_from(["<", "&", ">", '"', "\x00", "]]>", "<!--", "<![CDATA[", "</", "é", "<x>"]),
)
def test_one_wrong_sign_costs_one_item(place: int, sign: str) -> None:
    with suppress(CatalogueStopped):
        read = read_text(FEED[:place] + sign + FEED[place:])
        swallows = sign in ("<!--", "<![CDATA[")
        assert len(read.variants) >= (0 if swallows else 2) or len(read.refused) + len(read.variants) == 3
        assert len(read.variants) + len(read.refused) <= 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize(
    "doctype",
    [
        *(BOMB, '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">', '<!DOCTYPE rss PUBLIC "x" "file:///etc/hostname">'),
        *('<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>', "<!DOCTYPE rss>", "<!DOCTYPE rss []>"),
        *(
            '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
            '\n\n<!-- x -->\n<!DOCTYPE\n rss [<!ENTITY a "b">]>',
        ),
        "<!DOCTYPE rss [<!ATTLIST item x CDATA 'y'>]>",
    ],
)
def test_document_types_stop_a_feed_in_every_encoding(doctype: str, encoding: str) -> None:
    text = rss(item("A", title="&b;&x;"), declaration=f'<?xml version="1.0" encoding="{encoding[:6]}"?>{doctype}')
    assert stop_of(text.encode(encoding)) == StopReason.XML_DOCTYPE


def test_document_type_that_is_not_in_front_is_no_markup() -> None:
    read = read_with("<!DOCTYPE rss [<!ENTITY a 'b'>]>&a;")
    assert list(read.variants) == ["A", "C"]
    assert read_with("<![CDATA[<!DOCTYPE x>]]>").titles[1] == "<!DOCTYPE x>"


@pytest.mark.parametrize("prefix", ["g", "p", "google", "ns0"])
def test_prefix_of_the_namespace_does_not_matter(prefix: str) -> None:
    text = FEED.replace("g:", f"{prefix}:").replace("xmlns:g", f"xmlns:{prefix}")
    assert read_text(text).prices == {"A": 500, "B": 500, "C": 500}


@pytest.mark.parametrize(
    "address", ["https://base.google.com/ns/1.0", "http://base.google.com/ns/1.0/", "HTTP://BASE.GOOGLE.COM/NS/1.0"]
)
def test_namespace_may_be_spelled_a_little_differently(address: str) -> None:
    assert len(read_text(FEED.replace("http://base.google.com/ns/1.0", address)).products) == 3


def test_feed_without_a_namespace_is_read() -> None:
    assert len(read_text(FEED.replace("g:", "").replace(GOOGLE_NAMESPACE, "")).products) == 3
    assert len(read_text(rss(*ITEMS, namespace="")).products) == 3


def test_elements_of_other_namespaces_do_not_count() -> None:
    other = (
        '<x:price xmlns:x="https://other.example/">1.00 USD</x:price><g:price xmlns:g="urn:other">2.00 USD</g:price>'
    )
    read = read_text(rss(item("A", extra=other), item("B").replace("<item>", f"<item>{other}")))
    assert read.prices == {"A": 500, "B": 500}


def test_elements_inside_others_do_not_count() -> None:
    shipping = "<g:shipping><g:country>US</g:country><g:price>1.00 USD</g:price><g:id>X</g:id></g:shipping>"
    tax = "<g:tax><g:rate>7</g:rate></g:tax>"
    read = read_text(rss(item("A", extra=shipping + tax), item("B").replace("<item>", f"<item>{shipping}")))
    assert read.prices == {"A": 500, "B": 500}


def test_first_of_repeated_elements_counts_and_google_comes_before_plain() -> None:
    plain = "<title>Plain</title><id>plain</id><price>9</price>"
    read = read_text(
        rss(item("A", extra=plain + "<g:title>Second</g:title>"), item("B").replace("<item>", f"<item>{plain}"))
    )
    assert read.titles == ["Title A", "Title B"]
    assert read.prices == {"A": 500, "B": 500}


def test_atom_with_a_prefix_and_markup_in_its_summary() -> None:
    entry = (
        "<a:entry><a:id>urn:1</a:id><a:title>Pot</a:title><a:link rel='self' href='https://s.example/self'/>"
        "<a:link href='https://s.example/1'/><g:price>3 USD</g:price><g:availability>in stock</g:availability>"
        "<a:summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>For <b>two</b></div></a:summary></a:entry>"
    )
    read = read_text(f"<a:feed {ATOM.replace('xmlns', 'xmlns:a')} {GOOGLE_NAMESPACE}>{entry}</a:feed>")
    assert read.variants["urn:1"].link == "https://s.example/1"
    assert read.products[0].description == "For two"


def test_items_of_rss_1_stand_beside_the_channel() -> None:
    namespaces = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    text = f"<rdf:RDF {namespaces} {GOOGLE_NAMESPACE}><channel><title>x</title></channel>{''.join(ITEMS)}</rdf:RDF>"
    assert len(read_text(text).products) == 3


@pytest.mark.parametrize("before", ["\n\n", " \t", "\ufeff\n"])
def test_space_in_front_of_the_declaration_is_no_fault(before: str) -> None:
    assert len(read_text(before + FEED).products) == 3


def test_text_behind_the_end_is_no_fault() -> None:
    read = read_text(FEED + "\n<br />\n<b>Warning</b>: Unknown in <b>x.php</b>")
    assert (len(read.products), read.ends_early, read.refused) == (3, False, {})


@pytest.mark.parametrize("text", [rss(), "<rss><channel/></rss>", f"<feed {ATOM}/>"])
def test_feed_without_items_stops(text: str) -> None:
    assert stop_of(text) == StopReason.NO_ROWS


@pytest.mark.parametrize("text", ["<urlset><url/></urlset>", "<Error>x</Error>", '<?xml version="1.0"?><svg/>'])
def test_other_xml_is_no_catalogue(text: str) -> None:
    assert stop_of(text) == StopReason.NOT_A_CATALOGUE


@pytest.mark.parametrize(("text", "reason"), [("<rss><chan", StopReason.CUT_OFF), ("<rss><<", StopReason.XML_DAMAGED)])
def test_feed_that_ends_before_its_first_item(text: str, reason: StopReason) -> None:
    assert stop_of(text) == reason


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("availability", "limited", RefusalReason.UNKNOWN_AVAILABILITY),
        ("availability", "", RefusalReason.NO_AVAILABILITY),
        ("price", "", RefusalReason.NO_PRICE),
        ("title", "<!-- none -->", RefusalReason.NO_TITLE),
        ("title", "\u200b", RefusalReason.NO_TITLE),
        ("title", "x" * 501, RefusalReason.TITLE_TOO_LONG),
    ],
)
def test_item_without_what_it_needs_is_refused(field: str, value: str, reason: RefusalReason) -> None:
    read = read_text(rss(item("A"), item("B", **{field: value})))
    assert (read.refused, list(read.variants)) == ({"2": reason}, ["A"])


@pytest.mark.parametrize(
    "text", ["In-Stock", "IN_STOCK", "http://schema.org/InStock", "available for order", "instock"]
)
def test_spellings_of_availability(text: str) -> None:
    assert read_text(rss(item("A", availability=text))).variants["A"].availability == "in_stock"


def test_group_says_what_one_of_its_items_leaves_out() -> None:
    group = {"item_group_id": "G"}
    read = read_text(
        rss(
            item("A", title="Mug red", price="none", color="red", **group),
            item("B", title="", color="blue", **group),
            item("C", title="Mug", color="", **group),
            item("D", title="Mug green", color="green", **group),
        )
    )
    assert read.refused == {"1": RefusalReason.NOT_A_PRICE, "3": RefusalReason.MISSING_OPTION}
    assert [variant.options for variant in read.products[0].variants] == [("blue",), ("green",)]
    assert read.products[0].title == "Mug"


def test_second_item_with_an_id_is_refused() -> None:
    assert read_text(rss(item("A"), item("a", item_group_id="G"))).refused == {"2": RefusalReason.SKU_TAKEN}
    assert read_text(rss(item("A"), item("A"))).refused == {"2": RefusalReason.SKU_TAKEN}


@pytest.mark.parametrize(
    ("titles", "title"),
    [
        (["The red hat (S)", "The blue hat (M)"], "The hat"),
        (["Hat", "hat"], "Hat"),
        (["Red hat", "Blue cap"], "Red hat"),
        (["Polo – navy", "Polo – white"], "Polo"),
    ],
)
def test_name_of_a_group_is_what_its_titles_share(titles: list[str], title: str) -> None:
    items = [item(f"I{n}", title=t, item_group_id="G", color=f"c{n}") for n, t in enumerate(titles)]
    assert read_text(rss(*items)).titles == read_text(rss(*reversed(items))).titles == [title]


def test_elements_that_are_not_used_are_named_once() -> None:
    read = read_text(rss(item("A", condition="new", mpn="1"), item("B", condition="new")))
    assert read.file_notes[NoteKind.UNUSED_COLUMNS].count("condition") == 1


@given(st.integers(0, 1290), st.binary(max_size=4))
def test_no_bytes_in_a_feed_do_more_than_stop_it(place: int, data: bytes) -> None:
    feed = (FEEDS / "xml_undeclared_entity.xml").read_bytes()
    with suppress(CatalogueStopped):
        read = read_bytes(feed[:place] + data + feed[place + 2 :])
        assert len(read.variants) + len(read.refused) <= 3
