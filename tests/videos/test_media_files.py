"""Media is served by byte range, only to viewers who may watch it, and a takedown applies at once."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from accounts.models import User
from tests.conftest import client_of
from tests.factories import (
    NOW,
    make_category,
    make_product,
    make_published_clip,
    make_reason,
    make_user,
    make_waiting_clip,
)
from videos.models import Clip, DecisionAction
from videos.review.decisions import decide

pytestmark = pytest.mark.django_db
BODY = bytes(range(256)) * 8192  # 2 MiB


@pytest.fixture(autouse=True)
def media_root(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def put_file(clip: Clip, name: str = "720.mp4") -> str:
    assert clip.source is not None
    return "/media/" + default_storage.save(f"{clip.source.media_folder}/{name}", ContentFile(BODY))


def test_visitor_fetches_a_range_of_a_published_clip() -> None:
    answer = Client().get(put_file(make_published_clip()), headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, BODY[10:20])
    assert answer["Content-Range"] == f"bytes 10-19/{len(BODY)}"
    assert (answer["Content-Type"], answer["Accept-Ranges"]) == ("video/mp4", "bytes")


def test_open_range_is_limited_to_a_mebibyte() -> None:
    answer = Client().get(put_file(make_published_clip()), headers={"Range": "bytes=0-"})
    assert (answer.status_code, len(answer.content)) == (206, 1 << 20)
    assert answer["Content-Range"] == f"bytes 0-1048575/{len(BODY)}"


def test_suffix_range_returns_the_last_bytes() -> None:
    answer = Client().get(put_file(make_published_clip()), headers={"Range": "bytes=-5"})
    assert answer.content == BODY[-5:]


def test_range_beyond_the_end_is_not_satisfiable() -> None:
    answer = Client().get(put_file(make_published_clip()), headers={"Range": "bytes=99999999-"})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(BODY)}")


def test_request_without_a_range_returns_the_whole_file() -> None:
    answer = Client().get(put_file(make_published_clip()))
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(BODY)))
    assert answer.getvalue() == BODY  # type: ignore[attr-defined]
    answer.close()


def test_cached_copy_is_revalidated_and_a_stale_one_is_sent_again() -> None:
    address = put_file(make_published_clip())
    tag = Client().head(address)["ETag"]
    assert Client().get(address, headers={"If-None-Match": tag}).status_code == 304
    stale = Client().get(address, headers={"Range": "bytes=0-3", "If-Range": '"old"'})
    assert stale.status_code == 200
    stale.close()


def test_only_its_owner_and_moderators_see_a_clip_in_review(as_moderator: Client, as_stranger: Client) -> None:
    clip = make_waiting_clip()
    address = put_file(clip)
    for client, status in (
        (Client(), 404),
        (as_stranger, 404),
        (client_of(clip.creator.user), 206),
        (as_moderator, 206),
    ):
        assert client.get(address, headers={"Range": "bytes=0-0"}).status_code == status


def test_takedown_applies_to_the_next_request(moderator: User) -> None:
    clip = make_published_clip()
    address = put_file(clip)
    answer = Client().get(address, headers={"Range": "bytes=0-0"})
    assert answer["Cache-Control"] == "private, no-cache"
    revision = clip.revisions.get()
    decide(revision=revision, moderator=moderator, action=DecisionAction.REMOVE, reason=make_reason(), now=NOW)
    assert Client().get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 404


ARTEFACTS = (
    "1/h264-360.mp4", "1/poster.jpg", "1/storyboard.jpg", "1/master.m3u8", "1/hls-h264-360.m3u8", "1/hls-sound.m4s",
    "av1-2/av1-360.mp4",
)  # fmt: skip
SPELLINGS = (
    "clips/{key}/{name}",
    "clips/{open}/..%2F{key}/{name}",
    "clips/{open}/%2e%2e/{key}/{name}",
    "clips/{open}/1/..%2f..%2f{key}%2F{name}",
    "products/..%2Fclips/{key}/{name}",
    "products/..%5Cclips/{key}/{name}",
    "clips%2F{key}%2F{name}",
    "clips//{key}/{name}",
    "./clips/{key}/{name}",
    "clips/{key}/./{name}",
    "products/..%252Fclips/{key}/{name}",
    "products/%252e%252e/clips/{key}/{name}",
    "products/..%255Cclips/{key}/{name}",
    "products/..\\clips/{key}/{name}",
    "clips/{open}\\..\\{key}/{name}",
    "clips/{open}/%c0%ae%c0%ae/{key}/{name}",
    "clips/{open}/..;/{key}/{name}",
    "clips/{key}/{name}%00",
    "clips/{key}/{name}%00.jpg",
    "clips/{key}%00/{name}",
    "%2Fclips/{key}/{name}",
    "/clips/{key}/{name}",
    "CLIPS/{key}/{name}",
    "clips/{KEY}/{name}",
    "clips/{key}/{name}/",
    "clips/{key}/{name}%20",
    "clips/ {key}/{name}",
    "clips/{key}/1/../{name}",
)


def spelled(spelling: str, key: str, open_key: str, name: str) -> str:
    return spelling.format(key=key, KEY=key.upper(), open=open_key, name=name)


@pytest.mark.parametrize("prefix", ["", "/protected/"])
def test_takedown_applies_to_every_file_however_its_path_is_spelled(
    moderator: User, settings: object, prefix: str
) -> None:
    settings.MEDIA_ACCEL_PREFIX = prefix  # type: ignore[attr-defined]  # nginx only sends files that Django named
    clip, still_open = make_published_clip(), make_published_clip()
    for name in ARTEFACTS:
        put_file(clip, name)
        put_file(still_open, name)
    assert clip.source is not None and still_open.source is not None
    for name in ARTEFACTS:
        assert Client().head(f"/media/clips/{clip.source.key}/{name}").status_code == 200
    decide(
        revision=clip.revisions.get(), moderator=moderator, action=DecisionAction.REMOVE, reason=make_reason(), now=NOW
    )
    for name in ARTEFACTS:
        for spelling in SPELLINGS:
            path = spelled(spelling, clip.source.key, still_open.source.key, name)
            answer = Client().get(f"/media/{path}")
            assert answer.status_code == 404, path
            assert "X-Accel-Redirect" not in answer, path
        assert Client().head(f"/media/clips/{still_open.source.key}/{name}").status_code == 200


@pytest.mark.parametrize("prefix", ["", "/protected/"])
def test_strangers_cannot_fetch_an_unpublished_clip_however_its_path_is_spelled(
    as_stranger: Client, settings: object, prefix: str
) -> None:
    settings.MEDIA_ACCEL_PREFIX = prefix  # type: ignore[attr-defined]
    clip, published = make_waiting_clip(), make_published_clip()
    assert clip.source is not None and published.source is not None
    for name in ARTEFACTS:
        put_file(clip, name)
        put_file(published, name)
        assert client_of(clip.creator.user).head(f"/media/clips/{clip.source.key}/{name}").status_code == 200
        for spelling in SPELLINGS:
            path = spelled(spelling, clip.source.key, published.source.key, name)
            for client in (Client(), as_stranger, client_of(published.creator.user)):
                answer = client.get(f"/media/{path}")
                assert answer.status_code == 404, path
                assert "X-Accel-Redirect" not in answer, path


def test_clip_for_adults_is_hidden_from_viewers_not_known_to_be_adults() -> None:
    wine = make_product(category=make_category("wine", is_age_restricted=True))
    clip = make_published_clip(products=[wine, make_product()], is_age_restricted=True)
    address = put_file(clip)
    assert Client().get(address).status_code == 404
    assert client_of(make_user(adult_confirmed_at=NOW)).head(address).status_code == 200


def test_product_images_are_public_and_cached_forever() -> None:
    default_storage.save("products/lamp-320.webp", ContentFile(b"picture"))
    answer = Client().head("/media/products/lamp-320.webp")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "public, max-age=31536000, immutable")


@pytest.mark.parametrize(
    "path",
    [
        "products/..%2F..%2Fsecret",
        "products/../originals/x.mp4",
        "products/%2E%2E/secret",
        "products//etc/passwd",
        "products/..%5Csecret",
        "products/a%00b",
        "products/",
        "products",
        "originals/x.mp4",
        "clips/nobody/720.mp4",
        "clips/x",
        "",
    ],
)
def test_path_traversal_finds_nothing(path: str) -> None:
    default_storage.save("secret", ContentFile(b"secret"))
    assert Client().get(f"/media/{path}").status_code == 404


def test_nginx_sends_the_bytes_if_configured(settings: object) -> None:
    settings.MEDIA_ACCEL_PREFIX = "/protected/"  # type: ignore[attr-defined]
    address = put_file(make_published_clip())
    answer = Client().get(address)
    assert answer["X-Accel-Redirect"] == address.replace("/media/", "/protected/")
    assert answer.content == b""
    assert Client().get(put_file(make_waiting_clip())).status_code == 404


def test_captions_are_webvtt_for_viewers_who_may_watch(as_stranger: Client) -> None:
    clip = make_waiting_clip(captions_vtt="WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello\n")
    address = f"/c/{clip.code}/captions.vtt"
    assert as_stranger.get(address).status_code == 404
    answer = client_of(clip.creator.user).get(address)
    assert answer["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.content.decode().endswith("Hello\n")
