"""With S3, this site serves files itself: a byte range costs two requests and no more bytes than are sent."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from tests.factories import make_published_clip
from tests.object_store import ObjectStore
from videos.models import Clip

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
BODY = bytes(range(256)) * 12_000  # almost 3 MB


@pytest.fixture
def clip(object_store: ObjectStore) -> Clip:
    return make_published_clip()


def put_file(clip: Clip, name: str = "1/h264-720.mp4") -> str:
    assert clip.source is not None
    return "/media/" + default_storage.save(f"{clip.source.media_folder}/{name}", ContentFile(BODY))


def read(answer: Any) -> bytes:
    return bytes(answer.getvalue() if answer.streaming else answer.content)


@pytest.mark.parametrize("name", ["1/h264-720.mp4", "1/hls-h264-720.m4s", "av1-2/av1-720.mp4", "1/storyboard.jpg"])
@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=5000-5999", 5000, 5999),
        ("bytes=-1000", len(BODY) - 1000, len(BODY) - 1),
        (f"bytes={len(BODY) - 1000}-", len(BODY) - 1000, len(BODY) - 1),
        ("bytes=0-0", 0, 0),
        (f"bytes={len(BODY) - 10}-99999999", len(BODY) - 10, len(BODY) - 1),
        ("bytes=0-", 0, (1 << 20) - 1),
    ],
)
def test_range_reads_only_its_bytes_from_s3(
    object_store: ObjectStore, clip: Clip, name: str, header: str, first: int, last: int
) -> None:
    address = put_file(clip, name)
    with object_store.counting() as exchanges:
        answer = Client().get(address, headers={"Range": header})
        assert read(answer) == BODY[first : last + 1]
    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes {first}-{last}/{len(BODY)}")
    assert [exchange.method for exchange in exchanges] == ["HEAD", "GET"]
    assert exchanges[1].range == f"bytes={first}-{last}"
    assert sum(exchange.sent_bytes for exchange in exchanges) == last - first + 1


def test_what_sends_no_bytes_reads_none(object_store: ObjectStore, clip: Clip) -> None:
    address = put_file(clip)
    with object_store.counting() as exchanges:
        head = Client().head(address)
        assert (head.status_code, head["Content-Length"]) == (200, str(len(BODY)))
        assert Client().get(address, headers={"If-None-Match": head["ETag"]}).status_code == 304
        beyond = Client().get(address, headers={"Range": f"bytes={len(BODY)}-"})
        assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(BODY)}")
    assert [(exchange.method, exchange.sent_bytes) for exchange in exchanges] == 3 * [("HEAD", 0)]


def test_range_of_a_current_copy_is_sent_and_of_a_stale_one_the_whole_file(
    object_store: ObjectStore, clip: Clip
) -> None:
    address = put_file(clip)
    tag = Client().head(address)["ETag"]
    with object_store.counting() as exchanges:
        current = Client().get(address, headers={"Range": "bytes=10-19", "If-Range": tag})
        assert (current.status_code, read(current)) == (206, BODY[10:20])
        assert sum(exchange.sent_bytes for exchange in exchanges) == 10
    stale = Client().get(address, headers={"Range": "bytes=10-19", "If-Range": '"old"'})
    assert (stale.status_code, read(stale)) == (200, BODY)


def test_whole_file_is_streamed_with_its_length_and_two_requests(object_store: ObjectStore, clip: Clip) -> None:
    address = put_file(clip)
    with object_store.counting() as exchanges:
        answer = Client().get(address)
        assert (answer.status_code, answer["Content-Length"], answer["Content-Type"]) == (
            200, str(len(BODY)), "video/mp4",
        )  # fmt: skip
        assert read(answer) == BODY
    assert [exchange.method for exchange in exchanges] == ["HEAD", "GET"]


def test_store_that_is_away_is_503_with_a_sentence_and_a_time(object_store: ObjectStore, clip: Clip) -> None:
    address = put_file(clip)
    with object_store.refusing():
        for answer in (Client().get(address, headers={"Range": "bytes=0-9"}), Client().get(address)):
            assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
            assert answer.content.decode().startswith("Our file store doesn't answer right now.")
    with object_store.refusing(lambda method, path: method == "GET"):
        assert Client().get(address, headers={"Range": "bytes=0-9"}).status_code == 503
    assert Client().get(address, headers={"Range": "bytes=0-9"}).content == BODY[:10]


def test_name_that_no_object_can_have_is_404(object_store: ObjectStore) -> None:
    assert Client().get(f"/media/products/{'a' * 1100}.webp").status_code == 404


def test_a_part_of_an_object_that_breaks_off_is_not_sent_as_if_it_were_whole(
    object_store: ObjectStore, clip: Clip
) -> None:
    address = put_file(clip)
    object_store.cuts_short = True
    assert Client().get(address, headers={"Range": "bytes=0-999"}).status_code == 503
