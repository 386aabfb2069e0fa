"""Where hashtags begin and end, and which spellings are the same one."""

import unicodedata

import pytest

from videos.wording.hashtags import find_hashtags, fold_hashtag, read_hashtag
from videos.wording.links import LinkKind, LinkTarget, Segment, split_text


def keys_in(text: str) -> list[str]:
    return [match.key for match in find_hashtags(text)]


@pytest.mark.parametrize(
    "spellings",
    [
        ("Summer", "SUMMER", "summer"),
        ("İstanbul", "istanbul", "ISTANBUL", "ıstanbul", "I\u0307stanbul", "i\u0307stanbul"),
        ("Straße", "STRASSE", "strasse"),
        ("ΟΔΟΣ", "οδος", "οδοσ"),
        ("ｓｕｍｍｅｒ", "Ｓummer", "summer"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("صَيْفٌ", "صيف", "صـيـف"),
        ("أحمد", "احمد", "إحمد", "آحمد"),
        ("שָׁלוֹם", "שלום"),
        ("café", "cafe\u0301", "CAFÉ"),
        ("한국", unicodedata.normalize("NFD", "한국")),
        ("sum\u200cmer", "summer"),
    ],
)
def test_spellings_are_one_hashtag(spellings: tuple[str, ...]) -> None:
    assert len({key for spelling in spellings for key in keys_in(f"#{spelling}")}) == 1
    assert all(keys_in(f"#{spelling}") for spelling in spellings)


@pytest.mark.parametrize(
    ("first", "second"),
    [("cafe", "café"), ("خانهها", "خانه\u200cها"), ("مؤمن", "مومن"), ("صهל", "צהל"), ("бор", "bop"), ("tag1", "tag2")],
)
def test_spellings_are_two_hashtags(first: str, second: str) -> None:
    assert fold_hashtag(first) != fold_hashtag(second)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("#one, #two! (#three) #four… #five's “#six”", ["one", "two", "three", "four", "five", "six"]),
        (
            "#می\u200cخواهم #צה״ל #בית־ספר #צ׳יפס #col·lecció",
            ["می\u200cخواهم", "צה״ל", "בית־ספר", "צ׳יפס", "col·lecció"],
        ),
        ('#צה"ל #x\u200c y #z־ #־a', ["צה", "x", "z"]),
        ("#हिन्दी #ไทย #நூல் #snake_case #_a #ｗ＿x", ["हिन्दी", "ไทย", "நூல்", "snake_case", "_a", "w_x"]),
        ("#love❤️ #fire🔥now #👍 #flag🇩🇪 #ok👍🏽", ["love", "fire", "flag", "ok"]),
        ("#1 #2026 #٢٠٢٦ #1️⃣ #️⃣ #_ #__1 # ## #- C# a#b", []),
        ("#2pac #4k #٢٠٢٦عام", ["2pac", "4k", "٢٠٢٦عام"]),
        ("＃wide ﹟small", ["wide", "small"]),
        ("&#39; &#x27; &#xe9; &amp;#amp", ["amp"]),
        ("https://x.example/#part https://x.example/a?b=1#c www.x.example/#d x.example/#e /p/lamp/#f ?a=#g", []),
        ("@#a ##b #c#d /#e", ["c"]),
        (f"#{'a' * 64} #{'b' * 65} #{'ß' * 33}", ["a" * 64]),
        ("", []),
    ],
)
def test_hashtags_of_a_text(text: str, keys: list[str]) -> None:
    assert keys_in(text) == keys


def test_every_key_is_its_own_and_fits_into_an_address() -> None:
    """Ideographs and syllables between these blocks fold to themselves."""
    for code in (*range(0x3100), *range(0xF900, 0x10000)):
        character = chr(code)
        if unicodedata.category(character)[0] not in "LMN":
            continue
        for spelling in (f"a{character}b", f"ا{character}ب", f"i{character}"):
            for key in keys_in(f"#{spelling}"):
                assert keys_in(f"#{key}") == [key], hex(code)
                assert not set(key) & set(" /?#.\\%"), hex(code)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Summer", "summer"),
        ("#Summer", "summer"),
        ("＃Summer", "summer"),
        ("two words", ""),
        ("", ""),
        ("#", ""),
        ("1", ""),
    ],
)
def test_hashtag_typed_by_itself(typed: str, key: str) -> None:
    assert read_hashtag(typed) == key


def test_text_is_split_at_its_links() -> None:
    targets = {(LinkKind.HASHTAG, "قهوة"): LinkTarget("/tags/1/"), (LinkKind.PERSON, "maya"): LinkTarget("/@maya/")}
    segments = list(split_text("With @Maya: #قَهْوَة <b> #other.", targets))
    assert segments == [
        Segment("With "),
        Segment("@Maya", "/@maya/"),
        Segment(": "),
        Segment("#قَهْوَة", "/tags/1/"),
        Segment(" <b> #other."),
    ]
