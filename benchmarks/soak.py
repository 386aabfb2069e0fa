"""Upload many clips of all kinds while workers are killed: `python -m benchmarks.soak [--count 200] [--kill-every 60]`.

With `--flush` nothing is killed. Instead, Valkey is emptied once all clips are queued and before any worker runs.
Writes benchmarks/results/soak.json.
"""

import argparse
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, at_most, info, report
from benchmarks.media import run
from benchmarks.soak_site import Site, fresh_site

MAX_PROCESSING_S = 180
CREATORS = 5


@dataclass
class Observations:
    """Since when each job (by its id) has been running, and the longest time that any job was."""

    running_since: dict[int, float] = field(default_factory=dict)
    longest_s: float = 0.0
    kills: int = 0

    def update(self, running: set[int], now: float) -> None:
        for job in set(self.running_since) - running:
            del self.running_since[job]
        for job in running:
            self.longest_s = max(self.longest_s, now - self.running_since.setdefault(job, now))


def make_videos(folder: Path) -> list[Path]:
    """Write one file of each kind: two sizes, one without sound, one damaged, one that is not a video."""
    from videos.media import ffmpeg

    videos = []
    kinds = {"upright": ("180x320", 2.0, True), "tall": ("540x960", 2.0, True), "silent": ("320x180", 1.0, False)}
    for name, (size, seconds, has_sound) in kinds.items():
        path = folder / f"{name}.mp4"
        sound = ["-f", "lavfi", "-i", f"sine=d={seconds}"] if has_sound else []
        picture = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d={seconds}"]
        run([str(ffmpeg.binary()), "-y", "-loglevel", "error", *picture, *sound, "-preset", "ultrafast", str(path)])
        videos.append(path)
    damaged, text = folder / "damaged.mp4", folder / "text.mp4"
    damaged.write_bytes(videos[1].read_bytes()[: videos[1].stat().st_size // 2])
    text.write_text("#EXTM3U\n" * 50)
    return [*videos, videos[0], videos[1], damaged, text]


def upload(number: int, video: Path, folder: Path, creators: list[Any]) -> bool:
    """Upload a variant of a video that is unlike all others, as a submitted clip. Return False if it is refused."""
    from django.utils import timezone

    from videos.intake.errors import UploadRefused
    from videos.intake.originals import store_original
    from videos.models import Clip
    from videos.states import ClipState
    from videos.tasks import enqueue_processing

    path = folder / f"upload-{number}.mp4"
    shutil.copy(video, path)
    with path.open("ab") as file:
        file.write((8 + len(str(number))).to_bytes(4) + b"free" + str(number).encode())  # a box that players skip
    creator = creators[number % len(creators)]
    try:
        source = store_original(creator=creator, path=path, user_file_name=video.name, now=timezone.now())
    except UploadRefused:
        return False
    finally:
        path.unlink()
    Clip.objects.create(creator=creator, source=source, state=ClipState.UPLOADED, caption=video.stem)
    enqueue_processing()
    return True


def watch_until_done(site: Site, *, kill_every_s: float, observations: Observations, timeout_s: float) -> None:
    from videos.models import Job, JobKind, JobState

    jobs = Job.objects.filter(kind=JobKind.PLAYABLE)
    deadline, next_kill = time.monotonic() + timeout_s, time.monotonic() + kill_every_s
    while time.monotonic() < deadline:
        now = time.monotonic()
        running = set(jobs.filter(state=JobState.RUNNING).values_list("pk", flat=True))
        observations.update(running, now)
        if not running and not jobs.filter(state=JobState.QUEUED).exists():
            return
        if kill_every_s and now > next_kill:
            site.kill("transcoder")
            site.start("transcoder")
            observations.kills += 1
            next_kill = now + kill_every_s
        time.sleep(0.5)


def count_extra_outputs() -> int:
    """Count sources with the files of several attempts, or of an attempt other than the published one."""
    from django.core.files.storage import default_storage

    from videos.models import Source

    count = 0
    for source in Source.objects.exclude(outputs={}):
        folders = [name for name in default_storage.listdir(source.media_folder)[0] if name.isdigit()]
        published = {rendition["name"].split("/")[0] for rendition in source.outputs["renditions"]}
        count += set(folders) != published or len(published) != 1
    return count


def soak(site: Site, *, count: int, kill_every_s: float, flush: bool) -> list[Figure]:
    """Run the soak test and return its figures."""
    import redis
    from django.conf import settings

    from tests.factories import make_creator
    from videos.models import Clip, Job, JobKind

    creators = [make_creator(f"soak-{number}") for number in range(CREATORS)]
    videos = make_videos(site.folder)[: 3 if flush else None]
    for role in () if flush else ("transcoder", "worker", "beat"):
        site.start(role)
    started_at, observations = time.monotonic(), Observations()
    accepted = sum(upload(number, videos[number % len(videos)], site.folder, creators) for number in range(count))
    if flush:
        with redis.Redis.from_url(settings.REDIS_URL) as broker:
            broker.flushall()
        for role in ("transcoder", "worker", "beat"):
            site.start(role)
    watch_until_done(site, kill_every_s=kill_every_s, observations=observations, timeout_s=60 + count * 20)
    duration_s = time.monotonic() - started_at
    time.sleep(10)
    states = Counter(Clip.objects.values_list("state", flat=True))
    attempts = Counter(Job.objects.filter(kind=JobKind.PLAYABLE).values_list("attempt", flat=True))
    print(
        f"{count} uploads in {duration_s:.0f} s: {count - accepted} refused on arrival, {dict(states)}, attempts {dict(attempts)}"
    )
    settled = states["in_review"] + states["failed"]
    site.kill("transcoder")
    for _ in range(20):
        if not site.live_programs():
            break
        time.sleep(0.5)
    return [
        at_most("clips neither in review nor failed with a reason", accepted - settled, 0, unit="clips"),
        at_most("longest time in processing", observations.longest_s, MAX_PROCESSING_S, unit="s"),
        at_most("sources with files of several attempts", count_extra_outputs(), 0, unit="sources"),
        at_most("ffmpeg processes 10 s after their worker ended", site.live_programs(), 0, unit="processes"),
        info("kills of the worker's process group", observations.kills, unit="kills"),
    ]


def main() -> None:
    """Run the soak test, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--kill-every", type=float, default=60.0)
    parser.add_argument("--flush", action="store_true")
    options = parser.parse_args()
    with fresh_site() as site:
        kill_every_s = 0.0 if options.flush else options.kill_every
        figures = soak(site, count=options.count, kill_every_s=kill_every_s, flush=options.flush)
    report(figures, "soak")


if __name__ == "__main__":
    main()
