"""The HLS playlist and every MP4 play in a real Chromium, AV1 included."""

import shutil
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Page

from tests.factories import approve, make_waiting_clip
from tests.videos.clips import make_clip, shared_media
from videos.models import Clip, Job, JobKind, JobState
from videos.pipeline.outputs import Outputs
from videos.tasks import process_next_job

PLAY = """async (address) => {
  const video = document.createElement("video");
  video.muted = true;
  video.src = address;
  const failed = new Promise((_, reject) => video.addEventListener("error", () => reject(new Error(video.error.message))));
  const played = new Promise((resolve) => video.addEventListener("timeupdate", () => video.currentTime > 0.3 && resolve()));
  document.body.append(video);
  await Promise.race([video.play().then(() => played), failed]);
  return { width: video.videoWidth, height: video.videoHeight, seconds: video.duration };
}"""


def published(path: Path, *kinds: JobKind) -> tuple[Clip, Outputs]:
    """Publish a clip whose files the running worker made from `path`."""
    originals = Path(settings.STORAGES["originals"]["OPTIONS"]["location"])
    originals.mkdir(parents=True, exist_ok=True)
    # A message of an earlier test may wake the worker: it must not find the job without its file.
    with transaction.atomic():
        clip = make_waiting_clip(is_ready=False)
        assert clip.source is not None
        name = f"{clip.source.key}{path.suffix}"
        shutil.copy(path, originals / name)
        type(clip.source).objects.filter(pk=clip.source.pk).update(storage_name=name)
    jobs = Job.objects.filter(source=clip.source, state=JobState.DONE)
    deadline = time.monotonic() + 120
    while set(jobs.values_list("kind", flat=True)) < set(kinds):
        assert time.monotonic() < deadline, list(Job.objects.values_list("kind", "state", "stderr_tail"))
        process_next_job.delay()
        time.sleep(0.5)
    clip.source.refresh_from_db()
    outputs = Outputs.read(clip.source.outputs)
    assert outputs is not None
    return approve(Clip.objects.get(pk=clip.pk)), outputs


def test_playlist_and_every_rendition_play_in_chromium(desktop: Page, tmp_path: Path) -> None:
    clip, outputs = published(make_clip(tmp_path / "clip.mp4", size="360x640", seconds=2.5), *JobKind)
    assert clip.source is not None
    desktop.goto(f"/c/{clip.code}/")
    folder = f"/media/{clip.source.media_folder}"
    for name in (outputs.playlist, *(rendition.name for rendition in (*outputs.renditions, *outputs.modern))):
        seen = desktop.evaluate(PLAY, f"{folder}/{name}")
        assert seen["seconds"] == pytest.approx(2.5, abs=0.1), name
        assert seen["width"] * 16 == seen["height"] * 9, name


@pytest.mark.parametrize(
    "name",
    ["g20_hevc10_hlg_editlist_rot_datatracks.mp4", "g46_gen_interlaced_anamorphic_pal.mp4", "g49_gen_240fps.mp4"],
)
def test_collected_film_plays_in_chromium(desktop: Page, name: str) -> None:
    path = shared_media() / "good" / name
    if not path.exists():
        pytest.skip(f"COLLECTED MEDIA ABSENT: {path}")
    clip, outputs = published(path, JobKind.PLAYABLE)
    assert clip.source is not None
    desktop.goto(f"/c/{clip.code}/")
    for rendition in (*outputs.renditions, *outputs.modern):
        seen = desktop.evaluate(PLAY, f"/media/{clip.source.media_folder}/{rendition.name}")
        assert (seen["width"], seen["height"]) == (rendition.width_px, rendition.height_px)
