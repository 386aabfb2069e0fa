"""Pictures of link previews: 1200 × 630 pixels with the whole still, and none of a post that is not public."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from catalog.models import Category
from tests.feed.watching import make_watchable_clip
from tests.photo_posts import let_everybody_post, make_published_post
from videos.models import Clip
from videos.playback import preview_pictures

pytestmark = pytest.mark.django_db


def make_film(size: tuple[int, int] = (720, 1280)) -> Clip:
    clip = make_watchable_clip()
    assert clip.source is not None
    poster = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(poster, "JPEG")
    default_storage.save(f"{clip.source.media_folder}/poster.jpg", ContentFile(poster.getvalue()))
    return clip


def open_picture(answer: Any) -> Image.Image:
    assert answer.status_code == 200
    return Image.open(BytesIO(answer.content), formats=("JPEG",))


@pytest.mark.parametrize("size", [(720, 1280), (1280, 720), (320, 320)])
def test_picture_shows_the_whole_still_on_a_darker_backdrop(client: Client, size: tuple[int, int]) -> None:
    clip = make_film(size)
    picture = open_picture(client.get(f"/c/{clip.code}/preview.jpg"))
    assert picture.size == (1200, 630)
    middle, edge = picture.getpixel((600, 315)), picture.getpixel((4, 315))
    assert isinstance(middle, tuple) and isinstance(edge, tuple)
    assert abs(middle[0] - 200) < 8 and abs(edge[0] - 110) < 8


def test_picture_of_photos_is_of_the_first(client: Client) -> None:
    let_everybody_post()
    clip = make_published_post(has_files=True)
    assert open_picture(client.get(f"/c/{clip.code}/preview.jpg")).size == (1200, 630)
    html = client.get(f"/c/{clip.code}/").content.decode()
    assert f'<meta property="og:image" content="http://127.0.0.1:8000/c/{clip.code}/preview.jpg">' in html


def test_browsers_and_crawlers_ask_again_each_time(client: Client) -> None:
    clip = make_film()
    first = client.get(f"/c/{clip.code}/preview.jpg")
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get(f"/c/{clip.code}/preview.jpg", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_there_is_no_picture_of_what_is_not_public(client: Client, as_moderator: Client) -> None:
    clip = make_film()
    address = f"/c/{clip.code}/preview.jpg"
    for state in ("removed", "in_review", "rejected"):
        Clip.objects.update(state=state)
        assert client.get(address).status_code == as_moderator.get(address).status_code == 404
    Clip.objects.update(state="published")
    assert client.get(address).status_code == 200
    Category.objects.update(is_age_restricted=True)
    assert client.get(address).status_code == 404
    assert client.get("/c/nothing/preview.jpg").status_code == 404


def test_a_missing_file_is_no_error(client: Client) -> None:
    assert client.get(f"/c/{make_watchable_clip().code}/preview.jpg").status_code == 404


def test_drawing_is_limited(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make_film()
    monkeypatch.setattr("videos.views.previews.is_limited", lambda *_args, **_options: True)
    monkeypatch.setattr(preview_pictures, "draw_preview", lambda _name: pytest.fail("It was drawn."))
    assert client.get(f"/c/{clip.code}/preview.jpg").status_code == 429
