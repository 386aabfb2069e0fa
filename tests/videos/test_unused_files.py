"""Files that no clip uses are deleted after a week, and never one that is used, or sent again meanwhile."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from creators.models import Creator
from tests.factories import make_draft
from tests.videos.clips import make_clip
from videos.intake.originals import store_original
from videos.intake.storage import originals
from videos.models import Clip, Job, JobState, Revision, Source
from videos.studio.erasure import UNUSED_FOR, erase_unused_files
from videos.tasks import erase_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
LONG_AGO = UNUSED_FOR + timedelta(minutes=1)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "video.mp4", size="90x160", seconds=0.6, rate=15)


def upload(creator: Creator, video: Path) -> Source:
    return store_original(creator=creator, path=video, user_file_name="video.mp4", now=timezone.now())


def age(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(uploaded_at=timezone.now() - LONG_AGO)


def has_file(source: Source) -> bool:
    return originals().exists(source.storage_name)


def test_unused_file_is_deleted_after_a_week_and_can_be_sent_again(creator: Creator, video: Path) -> None:
    source = upload(creator, video)
    erase_files()
    assert has_file(source)
    age(source)
    erase_files()
    assert not has_file(source)
    assert not Job.objects.exists()
    again = upload(creator, video)
    assert again != source
    assert has_file(again)
    assert erase_unused_files(now=timezone.now()) == 0


@pytest.mark.parametrize("use", ["clip", "revision", "running job", "sent again"])
def test_used_file_is_kept(creator: Creator, video: Path, use: str) -> None:
    source = upload(creator, video)
    age(source)
    if use == "clip":
        Clip.objects.filter(pk=make_draft(creator).pk).update(source=source)
    elif use == "revision":
        Revision.objects.create(
            clip=make_draft(creator), source=source, number=1, content={}, digest="0" * 64, submitted_at=timezone.now()
        )
    elif use == "running job":
        Job.objects.update(state=JobState.RUNNING)
    else:
        assert upload(creator, video) == source
    erase_files()
    assert has_file(source)
    assert Source.objects.get(pk=source.pk).storage_name == source.storage_name
