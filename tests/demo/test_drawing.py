"""The demo shop's goods, pictures, faces and films."""

import itertools
import re
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat

from demo.drawing import cut_out, draw_face, draw_pictures
from demo.drawing.films import FILMS, Span, captions_vtt, make_film, spans
from demo.goods import CATEGORIES, PRODUCTS
from demo.people import CREATORS, REVIEWS
from videos.playback.captions import read_captions
from videos.wording.engine import find_matches

SHORT = replace(FILMS[0], duration_ms=2000)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    folder = tmp_path_factory.mktemp("pictures")
    drawn: dict[str, list[Path]] = {}
    for product in PRODUCTS:
        if product.slug in SHORT.products:
            drawn[product.slug] = []
            for number, picture in enumerate(draw_pictures(product)):
                drawn[product.slug].append(folder / f"{product.slug}-{number}.jpg")
                picture.save(drawn[product.slug][-1])
    return drawn


def difference(first: Image.Image, second: Image.Image) -> float:
    """Give the mean difference of two pictures, 0 to 255."""
    pair = [picture.convert("RGB").resize((96, 96)) for picture in (first, second)]
    return float(np.mean(ImageStat.Stat(ImageChops.difference(*pair)).mean))


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


def test_each_product_is_described_and_priced() -> None:
    for product in PRODUCTS:
        assert 2 <= len(re.findall(r"[.!?](?:\s|$)", product.description)) <= 6, product.slug
        assert product.price_minor > 0
        assert product.stock > 0


def test_reviews_are_about_products_of_the_shop() -> None:
    assert {review.product for review in REVIEWS} <= {product.slug for product in PRODUCTS}


def test_a_product_has_three_different_pictures() -> None:
    drawn = draw_pictures(PRODUCTS[0])
    assert [picture.size for picture in drawn] == [(1200, 1200)] * 3
    assert all(difference(*pair) > 4 for pair in itertools.combinations(drawn, 2))


def test_no_two_products_look_alike() -> None:
    shown = {}
    for product in PRODUCTS:
        cut = cut_out(product)
        assert max(cut.size) > 500, product.slug
        ground = Image.new("RGBA", cut.size, "white")
        ground.alpha_composite(cut)
        shown[product.slug] = ground.resize((96, 96))
    for first, second in itertools.combinations(shown, 2):
        assert difference(shown[first], shown[second]) > 8, (first, second)


def test_six_creators_have_faces_of_their_own() -> None:
    faces = [draw_face(creator) for creator in CREATORS]
    assert [face.size for face in faces] == [(512, 512)] * 6
    assert all(difference(*pair) > 8 for pair in itertools.combinations(faces, 2))


def test_twenty_four_films_by_the_creators_about_the_products() -> None:
    slugs, handles = {product.slug for product in PRODUCTS}, {creator.handle for creator in CREATORS}
    assert len({film.slug for film in FILMS}) == 24
    assert {film.creator for film in FILMS} == handles
    assert {film.kind for film in FILMS} == {"review", "comparison", "ranking", "gift_guide"}
    assert {film.verdict for film in FILMS} == {"recommend", "mixed", "not_for_me"}
    assert {film.shape for film in FILMS} == {"portrait", "rotated", "square", "landscape"}
    for film in FILMS:
        assert set(film.products) <= slugs
        assert 2 <= len(film.products) == len(film.claims)
        assert 6000 <= film.duration_ms <= 20_000


def test_no_two_films_share_look_and_tune() -> None:
    assert len({(film.ground, film.entry, film.layout, film.palette) for film in FILMS}) == 24
    assert len({film.music for film in FILMS}) == 24


def test_each_product_is_shown_for_two_seconds_one_after_the_other() -> None:
    for film in FILMS:
        shown = spans(film)
        assert [span.product for span in shown] == list(film.products)
        assert all(span.end_ms - span.start_ms >= 2000 for span in shown), film.slug
        assert all(first.end_ms == second.start_ms for first, second in itertools.pairwise(shown))
        assert shown[-1].end_ms < film.duration_ms


def test_what_films_say_keeps_the_rules_of_wording() -> None:
    for film in FILMS:
        for words in (film.caption, film.hook, film.closing, *film.claims, *film.speech):
            assert [hit.words for hit in find_matches(words, categories=["alcohol"])] == [], film.slug


def test_captions_follow_the_spans_and_silent_films_have_none() -> None:
    for film in FILMS:
        text = captions_vtt(film)
        assert bool(text) == bool(film.speech)
        if text:
            cues = read_captions(text.encode())
            assert [cue.text for cue in cues] == list(film.speech)
            assert [cue.start_ms for cue in cues[1:-1]] == [span.start_ms for span in spans(film)]
            assert cues[-1].end_ms <= film.duration_ms


@pytest.mark.parametrize(
    ("shape", "size"), [("portrait", (720, 1280)), ("rotated", (1280, 720)), ("square", (720, 720))]
)
def test_a_film_has_the_promised_length_picture_and_sound(
    shape: str, size: tuple[int, int], pictures: dict[str, list[Path]], tmp_path: Path
) -> None:
    out = tmp_path / "film.mp4"
    film = replace(SHORT, shape=shape)
    shown = make_film(film, pictures, out)
    assert shown == [Span(film.products[0], 300, 1000), Span(film.products[1], 1000, 1600)]
    with av.open(str(out)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        frames = list(container.decode(video))
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (frames[0].width, frames[0].height) == size
        assert (frames[0].rotation != 0) == (shape == "rotated")
        assert len(frames) == 60
    shots = [frames[round(span.start_ms * 0.03) + 15].to_image() for span in shown]
    assert difference(*shots) > 4


def test_a_tune_is_heard(pictures: dict[str, list[Path]], tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    make_film(SHORT, pictures, out)
    with av.open(str(out)) as container:
        heard = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert 0.02 < float(np.sqrt(np.mean(heard**2))) < 0.5
