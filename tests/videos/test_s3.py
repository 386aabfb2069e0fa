"""The same pipeline on an S3-compatible storage: a server process that speaks the protocol."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from accounts.models import User
from creators.models import Creator
from tests.conftest import client_of
from tests.factories import NOW, make_published_clip, make_reason, make_waiting_clip
from tests.object_store import BUCKET, ObjectStore
from tests.videos.clips import make_clip
from videos.intake.originals import store_original
from videos.intake.storage import originals
from videos.models import Clip, DecisionAction, Job, JobState
from videos.pipeline import worker
from videos.pipeline.outputs import Outputs
from videos.review.decisions import decide

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def test_clip_is_processed_and_served_by_range_from_s3(
    object_store: ObjectStore, creator: Creator, as_creator: Client, as_stranger: Client, tmp_path: Path
) -> None:
    path = make_clip(tmp_path / "clip.mp4")
    source = store_original(creator=creator, path=path, user_file_name="clip.mp4", now=NOW)
    assert originals().size(source.storage_name) == path.stat().st_size
    assert worker.process_job(job_id=Job.objects.get(source=source).pk)
    assert Job.objects.get(source=source, kind="playable").state == JobState.DONE
    source.refresh_from_db()
    outputs = Outputs.read(source.outputs)
    assert outputs is not None
    name = f"{source.media_folder}/{outputs.renditions[0].name}"
    with default_storage.open(name) as stored:
        content = stored.read()
    answer = as_creator.get(f"/media/{name}", headers={"Range": "bytes=100-199"})
    assert (answer.status_code, answer.content) == (206, content[100:200])
    assert as_stranger.get(f"/media/{name}").status_code == 404
    assert list((tmp_path / "data" / "work").iterdir()) == []


FILES = ("1/h264-360.mp4", "1/poster.jpg", "1/master.m3u8", "1/hls-h264-360.m4s", "av1-2/av1-360.mp4")
SPELLINGS = ("{}", "products/..%2F{}", "products/..%5C{}", "/{}", "./{}")


def put_files(clip: Clip) -> list[str]:
    assert clip.source is not None
    return [
        default_storage.save(f"{clip.source.media_folder}/{name}", ContentFile(b"bytes of a clip")) for name in FILES
    ]


def test_takedown_applies_to_every_file_in_s3(object_store: ObjectStore, moderator: User) -> None:
    clip = make_published_clip()
    names = put_files(clip)
    for name in names:
        assert Client().get(f"/media/{name}", headers={"Range": "bytes=0-0"}).status_code == 206
    decide(
        revision=clip.revisions.get(), moderator=moderator, action=DecisionAction.REMOVE, reason=make_reason(), now=NOW
    )
    for name in names:
        for spelling in SPELLINGS:
            assert Client().get(f"/media/{spelling.format(name)}").status_code == 404


def test_unpublished_clip_in_s3_is_hidden_from_strangers_and_not_public_in_the_bucket(
    object_store: ObjectStore, as_stranger: Client
) -> None:
    clip = make_waiting_clip()
    for name in put_files(clip):
        assert client_of(clip.creator.user).get(f"/media/{name}", headers={"Range": "bytes=0-0"}).status_code == 206
        for spelling in SPELLINGS:
            for client in (Client(), as_stranger):
                assert client.get(f"/media/{spelling.format(name)}").status_code == 404
        grants = object_store.client.get_object_acl(Bucket=BUCKET, Key=f"media/{name}")["Grants"]
        assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]
