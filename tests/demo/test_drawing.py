"""The demo's drawings: product photos, portraits and clips."""

import itertools
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat

from demo.datasets import CLIPS, CREATORS, PRODUCTS
from demo.drawing import cut_out, draw_photos, draw_portrait
from demo.drawing.clips import encode_clip
from demo.records import ProductSpan

SHORT = replace(CLIPS[0], duration_ms=2000)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    folder = tmp_path_factory.mktemp("photos")
    drawn: dict[str, list[Path]] = {}
    for product in PRODUCTS:
        if product.slug in SHORT.products:
            drawn[product.slug] = []
            for number, picture in enumerate(draw_photos(product)):
                drawn[product.slug].append(folder / f"{product.slug}-{number}.jpg")
                picture.save(drawn[product.slug][-1])
    return drawn


def difference(first: Image.Image, second: Image.Image) -> float:
    """Return the mean difference of two pictures, 0 to 255."""
    pair = [picture.convert("RGB").resize((96, 96)) for picture in (first, second)]
    return float(np.mean(ImageStat.Stat(ImageChops.difference(*pair)).mean))


def test_a_product_has_three_different_photos() -> None:
    drawn = draw_photos(PRODUCTS[0])
    assert [picture.size for picture in drawn] == [(1200, 1200)] * 3
    assert all(difference(*pair) > 4 for pair in itertools.combinations(drawn, 2))


def test_no_two_products_look_alike() -> None:
    thumbnails = {}
    for product in PRODUCTS:
        cutout = cut_out(product)
        assert max(cutout.size) > 500, product.slug
        paper = Image.new("RGBA", cutout.size, "white")
        paper.alpha_composite(cutout)
        thumbnails[product.slug] = paper.resize((96, 96))
    for first, second in itertools.combinations(thumbnails, 2):
        assert difference(thumbnails[first], thumbnails[second]) > 8, (first, second)


def test_the_six_portraits_differ() -> None:
    faces = [draw_portrait(creator) for creator in CREATORS]
    assert [face.size for face in faces] == [(512, 512)] * 6
    assert all(difference(*pair) > 8 for pair in itertools.combinations(faces, 2))


@pytest.mark.parametrize(
    ("shape", "size"), [("portrait", (720, 1280)), ("rotated", (1280, 720)), ("square", (720, 720))]
)
def test_a_clip_has_the_length_size_and_codecs_of_its_record(
    shape: str, size: tuple[int, int], photos: dict[str, list[Path]], tmp_path: Path
) -> None:
    out = tmp_path / "clip.mp4"
    clip = replace(SHORT, shape=shape)
    encode_clip(clip, photos, out)
    assert clip.spans == [ProductSpan(clip.products[0], 300, 1000), ProductSpan(clip.products[1], 1000, 1600)]
    with av.open(str(out)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        frames = list(container.decode(video))
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (frames[0].width, frames[0].height) == size
        assert (frames[0].rotation != 0) == (shape == "rotated")
        assert len(frames) == 60
    shots = [frames[round(span.start_ms * 0.03) + 15].to_image() for span in clip.spans]
    assert difference(*shots) > 4


def test_the_tune_is_audible(photos: dict[str, list[Path]], tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    encode_clip(SHORT, photos, out)
    with av.open(str(out)) as container:
        samples = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert 0.02 < float(np.sqrt(np.mean(samples**2))) < 0.5
