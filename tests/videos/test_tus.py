import base64
import hashlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tusclient.client import TusClient

from creators.models import Creator
from tests.videos.clips import make_clip
from videos.api.uploads import read_metadata
from videos.intake import disk, part_files, tus, tus_sweep
from videos.intake.errors import UploadBusy
from videos.intake.storage import originals
from videos.models import Clip, Job, Source, Upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
ADDRESS = "/api/v1/uploads/"
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
PIECE = "application/offset+octet-stream"


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    return make_clip(tmp_path / "holiday.mp4").read_bytes()


def request_upload(client: Client, size: int, *, name: str = "holiday.mp4", clip: str = "") -> Any:
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    if clip:
        metadata += f",clip {base64.b64encode(clip.encode()).decode()}"
    return client.post(ADDRESS, HTTP_UPLOAD_LENGTH=str(size), HTTP_UPLOAD_METADATA=metadata, **TUS)


def send(client: Client, location: str, offset: int, piece: bytes, **headers: str) -> Any:
    return client.patch(location, piece, content_type=PIECE, HTTP_UPLOAD_OFFSET=str(offset), **headers, **TUS)


def start(client: Client, size: int, **kwargs: str) -> str:
    response = request_upload(client, size, **kwargs)
    assert response.status_code == 201
    return response.headers["Location"].removeprefix("http://testserver")


def offset_of(client: Client, location: str) -> int:
    return int(client.head(location, **TUS).headers["Upload-Offset"])


def test_options_lists_the_supported_features_without_authentication(client: Client, settings: Any) -> None:
    response = client.options(ADDRESS)
    assert response.status_code == 204
    assert response.headers["Tus-Version"] == "1.0.0"
    assert response.headers["Tus-Extension"] == "creation,termination,expiration,checksum"
    assert response.headers["Tus-Max-Size"] == str(settings.UPLOAD_MAX_BYTES)
    assert response.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_pieces_become_the_file_of_the_draft_byte_for_byte(
    as_creator: Client, creator: Creator, clip_bytes: bytes
) -> None:
    location = start(as_creator, len(clip_bytes), clip="abcdefghjk")
    half = len(clip_bytes) // 2
    assert send(as_creator, location, 0, clip_bytes[:half]).headers["Upload-Offset"] == str(half)
    assert offset_of(as_creator, location) == half
    last = send(as_creator, location, half, clip_bytes[half:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(clip_bytes)))
    source = Source.objects.get()
    assert Path(originals().path(source.storage_name)).read_bytes() == clip_bytes
    assert (source.user_file_name, source.sha256) == ("holiday.mp4", hashlib.sha256(clip_bytes).hexdigest())
    assert Clip.objects.get(code="abcdefghjk", creator=creator).source == source
    assert Job.objects.get().source == source
    assert offset_of(as_creator, location) == len(clip_bytes)
    assert list(disk.uploads_folder().iterdir()) == []


def test_piece_for_a_finished_upload_is_refused_and_leaves_nothing(as_creator: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, len(clip_bytes))
    assert send(as_creator, location, 0, clip_bytes).status_code == 204
    for offset in (0, len(clip_bytes)):
        assert send(as_creator, location, offset, clip_bytes).status_code == 409
    assert list(disk.uploads_folder().iterdir()) == []
    assert offset_of(as_creator, location) == len(clip_bytes)
    assert Source.objects.count() == 1


def test_real_tus_client_resumes_after_the_connection_broke(
    live_server: Any, creator: Creator, as_creator: Client, tmp_path: Path
) -> None:
    path = make_clip(tmp_path / "holiday.mp4", seconds=3)
    cookies = f"sessionid={as_creator.cookies['sessionid'].value}; csrftoken={'x' * 32}"
    headers = {"Cookie": cookies, "X-CSRFToken": "x" * 32}
    file = BytesIO(path.read_bytes())
    uploader = TusClient(live_server.url + ADDRESS, headers).uploader(
        file_stream=file, chunk_size=20_000, metadata={"filename": "holiday.mp4"}
    )
    uploader.upload_chunk()
    uploader.upload_chunk()
    again = TusClient(live_server.url + ADDRESS, headers).uploader(
        file_stream=file, chunk_size=20_000, url=uploader.url
    )
    assert again.offset == 40_000
    again.upload()
    assert Path(originals().path(Source.objects.get().storage_name)).read_bytes() == path.read_bytes()


def test_bytes_that_arrived_before_the_connection_broke_are_kept(as_creator: Client, clip_bytes: bytes) -> None:
    upload = Upload.objects.get(code=start(as_creator, len(clip_bytes)).split("/")[-2])
    pieces = [clip_bytes[:1000], clip_bytes[1000:1500]]

    def read(size: int) -> bytes:
        if not pieces:
            raise OSError("connection reset")
        return pieces.pop(0)

    assert tus.append(upload=upload, offset=0, read=read) == 1500
    assert part_files.part_path(upload).read_bytes() == clip_bytes[:1500]


def test_piece_at_the_wrong_offset_is_a_conflict(as_creator: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, len(clip_bytes))
    send(as_creator, location, 0, clip_bytes[:100])
    assert send(as_creator, location, 50, b"x").status_code == 409
    assert offset_of(as_creator, location) == 100


def test_only_one_connection_writes_at_a_time(as_creator: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, len(clip_bytes))
    with part_files.lock_part(Upload.objects.get()):
        assert send(as_creator, location, 0, b"x").status_code == 423
    assert offset_of(as_creator, location) == 0


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_damaged_piece_is_discarded(as_creator: Client, clip_bytes: bytes, algorithm: str) -> None:
    location = start(as_creator, len(clip_bytes))
    piece = clip_bytes[:1000]
    digest = base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()
    damaged = send(as_creator, location, 0, b"x" + piece[1:], HTTP_UPLOAD_CHECKSUM=f"{algorithm} {digest}")
    assert damaged.status_code == 460
    assert offset_of(as_creator, location) == 0
    assert send(as_creator, location, 0, piece, HTTP_UPLOAD_CHECKSUM=f"{algorithm} {digest}").status_code == 204
    for header, status in ((f"{algorithm} {digest}", 460), ("md5 eA==", 400), (f"{algorithm} not-base64!", 400)):
        assert send(as_creator, location, 1000, b"x", HTTP_UPLOAD_CHECKSUM=header).status_code == status
        assert offset_of(as_creator, location) == 1000
    assert part_files.part_path(Upload.objects.get()).read_bytes() == piece


def test_more_bytes_than_announced_are_refused(as_creator: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, 1000)
    assert send(as_creator, location, 0, clip_bytes[:1001]).status_code == 413
    assert offset_of(as_creator, location) == 0


def test_too_large_files_are_refused_before_a_byte_is_sent_whatever_their_names(
    as_creator: Client, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000_000
    large = request_upload(as_creator, 1_000_001)
    assert (large.status_code, large.json()) == (
        413,
        {"detail": "The file is larger than 1 MB. Export it at a lower bit rate."},
    )
    assert Upload.objects.count() == 0
    for name in ("clip", "clip.jpg", "../../etc/clip.exe"):  # the content decides
        assert request_upload(as_creator, 1000, name=name).status_code == 201
    assert set(Upload.objects.values_list("suffix", flat=True)) == {""}


def test_file_that_is_not_a_video_is_refused_with_its_last_piece(as_creator: Client) -> None:
    text = b"#EXTM3U\n" * 100
    location = start(as_creator, len(text))
    refused = send(as_creator, location, 0, text)
    assert refused.status_code == 422
    assert refused.json()["file"][0].startswith("This is not a video file of an accepted type.")
    assert (Upload.objects.unfinished().count(), Source.objects.count()) == (0, 0)
    assert list(disk.uploads_folder().iterdir()) == []


def test_stranger_cannot_find_a_creators_upload(as_creator: Client, as_stranger: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, len(clip_bytes))
    assert as_stranger.head(location, **TUS).status_code == 404
    assert send(as_stranger, location, 0, b"x").status_code == 404
    assert as_stranger.delete(location, **TUS).status_code == 404
    assert request_upload(as_stranger, 1000).status_code == 403
    assert offset_of(as_creator, location) == 0


def test_client_of_another_tus_version_is_refused(as_creator: Client) -> None:
    response = as_creator.post(ADDRESS, HTTP_UPLOAD_LENGTH="1", HTTP_TUS_RESUMABLE="0.2.0")
    assert (response.status_code, response.headers["Tus-Version"]) == (412, "1.0.0")


def test_cancelled_upload_is_gone(as_creator: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, len(clip_bytes))
    send(as_creator, location, 0, clip_bytes[:1000])
    assert as_creator.delete(location, **TUS).status_code == 204
    assert as_creator.head(location, **TUS).status_code == 404
    assert list(disk.uploads_folder().iterdir()) == []


def test_upload_that_is_being_finished_cannot_be_cancelled(as_creator: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, len(clip_bytes))
    upload = Upload.objects.get()
    part_files.part_path(upload).write_bytes(clip_bytes)
    with part_files.lock_part(upload):
        assert as_creator.delete(location, **TUS).status_code == 423
        upload.refresh_from_db()
        assert (upload.lost_bytes, tus.received_bytes(upload)) == (None, len(clip_bytes))
        tus_sweep.sweep_uploads(now=timezone.now() + timedelta(days=2))
        assert Upload.objects.unfinished().get() == upload
    looked_up_before = Upload.objects.get()
    source = tus.finish_upload(upload=upload, now=timezone.now())
    tus.give_up_upload(upload=looked_up_before, now=timezone.now())
    assert Upload.objects.get().source == source


def test_upload_that_became_incomplete_again_is_not_finished(as_creator: Client, clip_bytes: bytes) -> None:
    start(as_creator, len(clip_bytes))
    upload = Upload.objects.get()
    part_files.part_path(upload).write_bytes(clip_bytes[:-1])
    with pytest.raises(UploadBusy):
        tus.finish_upload(upload=upload, now=timezone.now())
    assert (Source.objects.count(), tus.received_bytes(upload)) == (0, len(clip_bytes) - 1)


def test_head_repeats_the_metadata_of_the_client(as_creator: Client) -> None:
    location = start(as_creator, 1000, name="été.mp4", clip="abcdefghjk")
    said = as_creator.head(location, **TUS).headers["Upload-Metadata"]
    assert read_metadata(said) == {"filename": "été.mp4", "clip": "abcdefghjk"}


def test_method_can_be_overridden_by_a_header(as_creator: Client, clip_bytes: bytes) -> None:
    location = start(as_creator, len(clip_bytes))
    as_patch = {"HTTP_X_HTTP_METHOD_OVERRIDE": "PATCH", "HTTP_UPLOAD_OFFSET": "0"} | TUS
    assert as_creator.post(location, clip_bytes[:1000], content_type=PIECE, **as_patch).status_code == 204
    assert offset_of(as_creator, location) == 1000
    assert as_creator.post(location, HTTP_X_HTTP_METHOD_OVERRIDE="PUT", **TUS).status_code == 405
    assert as_creator.post(location, HTTP_X_HTTP_METHOD_OVERRIDE="DELETE", **TUS).status_code == 204
    assert as_creator.head(location, **TUS).status_code == 404


def test_overridden_method_needs_the_csrf_token_of_a_post(creator: Creator, as_creator: Client) -> None:
    location = start(as_creator, 1000)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(creator.user)
    assert strict.post(location, HTTP_X_HTTP_METHOD_OVERRIDE="DELETE", **TUS).status_code == 403
    assert offset_of(as_creator, location) == 0
