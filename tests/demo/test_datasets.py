"""The demo's data files: strict reading, and contents worth showing."""

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest

from demo.datasets import CATEGORIES, CLIPS, CREATORS, PRODUCTS, RATINGS, TAX_RATES, check_references
from demo.drawing.products.drawers import DRAWERS
from demo.reader import InvalidData, read_csv, read_toml
from demo.records import DemoAccount, DemoCategory, DemoClip, DemoCreator
from videos.playback.captions import read_captions
from videos.review.shipped_rules import SHIPPED
from videos.wording.engine import find_matches

CREATOR = """
[[creators]]
handle = "mina"
display_name = "Mina"
bio = "Pans."
[creators.portrait]
skin = "#8d5a3b"
hair = "#1d1512"
style = "bun"
shirt = "#e4572e"
wall = "#f9c784"
"""


def write(tmp_path: Path, content: str, name: str = "creators.toml") -> Path:
    path = tmp_path / name
    path.write_text(content)
    return path


def test_a_table_is_read_into_nested_records(tmp_path: Path) -> None:
    (creator,) = read_toml(write(tmp_path, CREATOR), DemoCreator)
    assert (creator.handle, creator.portrait.style, creator.portrait.glasses) == ("mina", "bun", False)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('bio = "Pans."', "", "creators.toml, creators 1: bio is missing."),
        ('bio = "Pans."', 'bio = ""', "creators 1: bio must be a str and not empty, not ''."),
        ('bio = "Pans."', "bio = 3", "creators 1: bio must be a str and not empty, not 3."),
        ('style = "bun"', 'style = "bun"\nnose = "long"', "creators 1: portrait: unknown field nose."),
        ('skin = "#8d5a3b"', 'skin = "brown"', '"brown" is not a colour of the form "#rrggbb".'),
        ("[[creators]]", "[[people]]\n[[creators]]", "expected one array of tables"),
    ],
)
def test_what_does_not_fit_the_record_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in CREATOR
    with pytest.raises(InvalidData, match=re.escape(sentence)):
        read_toml(write(tmp_path, CREATOR.replace(old, new, 1)), DemoCreator)


def test_lists_and_choices_are_checked(tmp_path: Path) -> None:
    content = (Path(__file__).parents[2] / "demo" / "data" / "clips" / "yuki.glow.toml").read_text()
    for old, new, sentence in (
        (
            'kind = "review"',
            'kind = "advert"',
            "kind must be one of review, comparison, ranking, gift_guide, not 'advert'",
        ),
        ('palette = ["#f7dcd6", ', "palette = [", "palette must have 4 entries, not 3"),
        ('"Then three drops"]', "]", "A clip has one claim for each product."),
    ):
        assert old in content
        with pytest.raises(InvalidData, match=re.escape(sentence)):
            read_toml(write(tmp_path, content.replace(old, new, 1)), DemoClip, creator="yuki.glow")


def test_empty_cells_of_a_csv_file_are_defaults_and_numbers_are_checked(tmp_path: Path) -> None:
    (account,) = read_csv(write(tmp_path, "role,email,description,group\nshopper,a@b.example,shops,\n"), DemoAccount)
    assert account.group == ""
    with pytest.raises(InvalidData, match="line 2: commission_rate_bps must be a whole number"):
        read_csv(write(tmp_path, "slug,name,commission_rate_bps,parent\nbooks,Books,4.5,\n"), DemoCategory)


def test_references_to_nothing_and_repeated_slugs_are_refused() -> None:
    check_references(CATEGORIES, PRODUCTS, CLIPS, RATINGS)
    stray = replace(PRODUCTS[0], category="cars")
    with pytest.raises(InvalidData, match=f"There is no category cars, which {stray.slug} names."):
        check_references(CATEGORIES, [stray, *PRODUCTS[1:]], CLIPS, RATINGS)
    with pytest.raises(InvalidData, match="There are two product records"):
        check_references(CATEGORIES, [*PRODUCTS, PRODUCTS[0]], CLIPS, RATINGS)


def test_forty_products_fill_the_children_of_eight_categories() -> None:
    parents = {category.slug for category in CATEGORIES if not category.parent}
    parent_of = {category.slug: category.parent or category.slug for category in CATEGORIES}
    assert len(PRODUCTS) == len({product.slug for product in PRODUCTS}) == 40
    assert len(parents) == 8
    assert {parent_of[product.category] for product in PRODUCTS} == parents
    assert {category.parent for category in CATEGORIES if category.parent} == parents


def test_categories_pay_the_reference_commissions() -> None:
    rates = {category.slug: category.commission_rate_bps for category in CATEGORIES}
    assert (rates["books"], rates["beauty"], rates["games"], rates["lanternfall-studio"]) == (450, 1000, 200, 2000)


def test_each_product_is_described_priced_and_drawn() -> None:
    for product in PRODUCTS:
        assert 2 <= len(re.findall(r"[.!?](?:\s|$)", product.description)) <= 6, product.slug
        assert "  " not in product.description, product.slug
        assert product.price_minor > 0
        assert product.stock > 0
        assert product.look.kind in DRAWERS


def test_twenty_four_clips_by_the_creators_about_the_products() -> None:
    slugs, handles = {product.slug for product in PRODUCTS}, {creator.handle for creator in CREATORS}
    assert len({clip.slug for clip in CLIPS}) == 24
    assert {clip.creator for clip in CLIPS} == handles
    assert {clip.kind for clip in CLIPS} == {"review", "comparison", "ranking", "gift_guide"}
    assert {clip.verdict for clip in CLIPS} == {"recommend", "mixed", "not_for_me"}
    assert {clip.shape for clip in CLIPS} == {"portrait", "rotated", "square", "landscape"}
    for clip in CLIPS:
        assert set(clip.products) <= slugs
        assert 2 <= len(clip.products) == len(clip.claims)
        assert 6000 <= clip.duration_ms <= 20_000


def test_some_clips_are_refused_and_some_left_for_a_visitor() -> None:
    assert {clip.refusal.action for clip in CLIPS if clip.refusal} == {"request_changes", "reject"}
    assert sum(clip.is_left_waiting for clip in CLIPS) == 3


def test_no_two_clips_share_look_and_tune() -> None:
    assert len({(clip.background, clip.entrance, clip.layout, clip.palette) for clip in CLIPS}) == 24
    assert len({clip.music for clip in CLIPS}) == 24


def test_each_product_is_shown_for_two_seconds_one_after_the_other() -> None:
    for clip in CLIPS:
        spans = clip.spans
        assert [span.product for span in spans] == list(clip.products)
        assert all(span.end_ms - span.start_ms >= 2000 for span in spans), clip.slug
        assert all(first.end_ms == second.start_ms for first, second in itertools.pairwise(spans))
        assert spans[-1].end_ms < clip.duration_ms


def test_the_words_of_clips_break_no_wording_rule() -> None:
    for clip in CLIPS:
        for words in (clip.caption, clip.hook, clip.closing, *clip.claims, *clip.speech):
            assert [match.words for match in find_matches(words, SHIPPED.values(), categories=["alcohol"])] == [], (
                clip.slug
            )


def test_captions_follow_the_spans_and_silent_clips_have_none() -> None:
    for clip in CLIPS:
        text = clip.captions_vtt
        assert bool(text) == bool(clip.speech)
        if text:
            cues = read_captions(text.encode())
            assert [cue.text for cue in cues] == list(clip.speech)
            assert [cue.start_ms for cue in cues[1:-1]] == [span.start_ms for span in clip.spans]
            assert cues[-1].end_ms <= clip.duration_ms


def test_books_have_a_tax_class_and_rates_of_their_own() -> None:
    classes = {category.slug: category.tax_class for category in CATEGORIES}
    assert (classes["books"], classes["fiction"], classes["kitchen"]) == ("Books", "Books", "")
    assert {(rate.rate_bps, rate.tax_class) for rate in TAX_RATES if rate.country_code == "DE"} == {
        (1900, ""),
        (700, "Books"),
    }
    assert {rate.tax_class for rate in TAX_RATES} == set(classes.values())
