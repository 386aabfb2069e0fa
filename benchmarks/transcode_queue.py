"""Many clips through real workers: `python -m benchmarks.transcode_queue`.

Uses a separate site with its own database, broker and transcoders, as in production. Times are those of the job rows,
so the figures are what a creator would have seen.
"""

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, at_most, info, report
from benchmarks.media import make_clips, run
from benchmarks.soak import upload
from benchmarks.soak_site import fresh_site
from videos.media import ffmpeg

WORKERS = 2
CLIPS = 40
CROWD = 100
ROUNDS = 3
OTHERS = 8
TIMEOUT_S = 300


@dataclass(frozen=True)
class QueueTimes:
    """Wall-clock seconds.

    `wait_s` is the mean time until processing started. `others_s` has the time from upload to ready for each creator
    who uploaded after another creator had uploaded a hundred clips.
    """

    alone_s: float
    each_s: float
    wait_s: float
    solo_s: float
    others_s: tuple[float, ...]

    @property
    def ideal_wait_s(self) -> float:
        """Return the mean wait if clips were processed one after the other, each as fast as alone."""
        return self.alone_s * (CLIPS - 1) / 2

    @property
    def per_core_minute(self) -> float:
        """Return the number of clips finished per minute and core."""
        return 60 / self.each_s / (os.cpu_count() or 1)


def short_clip(source: Path, folder: Path) -> Path:
    """Write the first two seconds of a clip at a short side of 540."""
    target = folder / "short.mp4"
    picture = ["-t", "2", "-vf", "scale=540:960", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18"]
    run([str(ffmpeg.binary()), "-y", "-loglevel", "error", "-i", str(source), *picture, "-c:a", "aac", str(target)])
    return target


def measure_queue(source: Path, folder: Path) -> QueueTimes:
    """Measure one clip alone, then forty with two workers, then others behind a hundred clips of one creator."""
    clip = short_clip(source, folder)
    with fresh_site() as site:
        from tests.factories import make_creator

        queue = JobQueue(clip, site.folder)
        site.start("transcoder")
        queue.upload(make_creator("warm"))
        queue.wait()
        alone = [job for number in range(ROUNDS) for job in queue.process([make_creator(f"alone-{number}")])]
        site.start("transcoder", number=1)
        queue.upload(make_creator("warm-too"), 4)
        queue.wait()
        forty = queue.process([make_creator(f"forty-{number}") for number in range(5)], CLIPS // 5)
        site.kill("transcoder", number=1)
        alone_s = sum(worked_s(job) for job in alone) / len(alone)
        others = behind_a_crowd(queue, alone_s)
    started_at, ended_at = min(job.queued_at for job in forty), max(job.finished_at for job in forty)
    return QueueTimes(
        alone_s=alone_s,
        each_s=(ended_at - started_at).total_seconds() / len(forty),
        wait_s=sum((job.started_at - job.queued_at).total_seconds() for job in forty) / len(forty),
        solo_s=sum(ready_s(job) for job in alone) / len(alone),
        others_s=others,
    )


def behind_a_crowd(queue: "JobQueue", alone_s: float) -> tuple[float, ...]:
    """Upload a hundred clips of one creator, then one each of others while a single worker processes them."""
    from tests.factories import make_creator

    queue.upload(make_creator("crowd"), CROWD)
    ready = []
    for number in range(OTHERS):
        time.sleep(alone_s * number / OTHERS)  # so that each arrives at another stage of a clip of the crowd
        ready.append(ready_s(queue.process_one(make_creator(f"other-{number}"))))
    return tuple(ready)


class JobQueue:
    """A queue of variants of one clip, each unlike all others."""

    def __init__(self, clip: Path, folder: Path) -> None:
        self.clip, self.folder, self.count = clip, folder, 0

    def upload(self, creator: Any, times: int = 1) -> None:
        for _ in range(times):
            self.count += 1
            upload(self.count, self.clip, self.folder, [creator])

    def process(self, creators: list[Any], times: int = 1) -> list[Any]:
        """Upload clips and return their jobs once all are done."""
        for creator in creators:
            self.upload(creator, times)
        self.wait()
        return list(self.jobs().filter(source__creator__in=creators))

    def process_one(self, creator: Any) -> Any:
        """Upload one clip and return its job once it is done."""
        self.upload(creator)
        return wait_for(lambda: self.jobs().filter(source__creator=creator, state="done").first())

    def wait(self) -> None:
        wait_for(lambda: not self.jobs().exclude(state="done").exists())

    @staticmethod
    def jobs() -> Any:
        from videos.models import Job

        return Job.objects.filter(kind="playable")


def wait_for(find: Any) -> Any:
    """Call a function until its result is true, and return that. Raises TimeoutError."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        if result := find():
            return result
        time.sleep(0.1)
    raise TimeoutError("The clips were not done in time.")


def worked_s(job: Any) -> float:
    return float((job.finished_at - job.started_at).total_seconds())


def ready_s(job: Any) -> float:
    return float((job.finished_at - job.queued_at).total_seconds())


def queue_figures(source: Path, folder: Path) -> list[Figure]:
    """Return the figures of the queue."""
    times = measure_queue(source, folder)
    return [
        info(f"clips per core-minute, {WORKERS} workers × {CLIPS} clips", times.per_core_minute, unit="clips"),
        at_most("seconds per clip, two workers ÷ one clip alone", times.each_s / times.alone_s, 1.10),
        at_most("mean wait in the queue ÷ that of one clip after the other", times.wait_s / times.ideal_wait_s, 1.10),
        at_most(
            f"ready behind another creator's {CROWD} clips ÷ alone, slowest of {OTHERS}",
            max(times.others_s) / times.solo_s,
            2,
        ),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report(queue_figures(make_clips(folder, seconds=2)[0], folder), "transcode_queue")


if __name__ == "__main__":
    main()
