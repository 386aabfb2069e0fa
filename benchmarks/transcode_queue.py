"""Many clips through real workers: `python -m benchmarks.transcode_queue`.

On a site of its own, with its database, broker and transcoders in processes of their own, as in production. Times are
those that the jobs' rows keep, so that a figure says what a creator would have seen.
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
PATIENCE_S = 300


@dataclass(frozen=True)
class Queue:
    """Seconds of wall clock. `wait_s` is the mean time until a clip was begun, `others_s` one for each creator that came
    after somebody with a hundred clips: from the upload until the clip was ready."""

    alone_s: float
    each_s: float
    wait_s: float
    solo_s: float
    others_s: tuple[float, ...]

    @property
    def ideal_wait_s(self) -> float:
        """Return the mean wait if the machine did one clip after another, each as fast as alone."""
        return self.alone_s * (CLIPS - 1) / 2

    @property
    def per_core_minute(self) -> float:
        """Return clips finished for each minute of each core that the machine has."""
        return 60 / self.each_s / (os.cpu_count() or 1)


def short_clip(source: Path, folder: Path) -> Path:
    """Write two seconds of a clip at a short side of 540."""
    target = folder / "short.mp4"
    picture = ["-t", "2", "-vf", "scale=540:960", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18"]
    run([str(ffmpeg.binary()), "-y", "-loglevel", "error", "-i", str(source), *picture, "-c:a", "aac", str(target)])
    return target


def measure_queue(source: Path, folder: Path) -> Queue:
    """Measure one clip alone, then forty by two workers, then a hundred of one creator with others behind them."""
    clip = short_clip(source, folder)
    with fresh_site() as site:
        from tests.factories import make_creator

        line = Line(clip, site.folder)
        site.start("transcoder")
        line.put(make_creator("warm"))
        line.wait()
        alone = [one for number in range(ROUNDS) for one in line.through([make_creator(f"alone-{number}")])]
        site.start("transcoder", number=1)
        line.put(make_creator("warm-too"), 4)
        line.wait()
        forty = line.through([make_creator(f"forty-{number}") for number in range(5)], CLIPS // 5)
        site.kill("transcoder", number=1)
        alone_s = sum(worked_s(one) for one in alone) / len(alone)
        others = behind_a_crowd(line, alone_s)
    began, ended = min(one.queued_at for one in forty), max(one.finished_at for one in forty)
    return Queue(
        alone_s=alone_s,
        each_s=(ended - began).total_seconds() / len(forty),
        wait_s=sum((one.started_at - one.queued_at).total_seconds() for one in forty) / len(forty),
        solo_s=sum(ready_s(one) for one in alone) / len(alone),
        others_s=others,
    )


def behind_a_crowd(line: "Line", alone_s: float) -> tuple[float, ...]:
    """Let one creator send a hundred clips, and others one each while they are worked on; one worker serves them."""
    from tests.factories import make_creator

    line.put(make_creator("crowd"), CROWD)
    ready = []
    for number in range(OTHERS):
        time.sleep(alone_s * number / OTHERS)  # at another moment of the crowd's clip each time
        ready.append(ready_s(line.through_one(make_creator(f"other-{number}"))))
    return tuple(ready)


class Line:
    """Puts copies of one clip in, each different from all others, and waits for their jobs."""

    def __init__(self, clip: Path, folder: Path) -> None:
        self.clip, self.folder, self.count = clip, folder, 0

    def put(self, creator: Any, times: int = 1) -> None:
        for _ in range(times):
            self.count += 1
            upload(self.count, self.clip, self.folder, [creator])

    def through(self, creators: list[Any], times: int = 1) -> list[Any]:
        """Put clips in and return their jobs when the last one is done."""
        for creator in creators:
            self.put(creator, times)
        self.wait()
        return list(self.jobs().filter(source__creator__in=creators))

    def through_one(self, creator: Any) -> Any:
        """Put one clip in and return its job when it is done, whatever else waits."""
        self.put(creator)
        return patiently(lambda: self.jobs().filter(source__creator=creator, state="done").first())

    def wait(self) -> None:
        patiently(lambda: not self.jobs().exclude(state="done").exists())

    @staticmethod
    def jobs() -> Any:
        from videos.models import Job

        return Job.objects.filter(kind="playable")


def patiently(look: Any) -> Any:
    """Return the first answer that is true. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if answer := look():
            return answer
        time.sleep(0.1)
    raise TimeoutError("The clips were not done in time.")


def worked_s(job: Any) -> float:
    return float((job.finished_at - job.started_at).total_seconds())


def ready_s(job: Any) -> float:
    return float((job.finished_at - job.queued_at).total_seconds())


def queue_figures(source: Path, folder: Path) -> list[Figure]:
    """Return the lines of the report."""
    found = measure_queue(source, folder)
    return [
        info(f"clips for each core-minute, {WORKERS} workers × {CLIPS} clips", found.per_core_minute, unit="clips"),
        at_most("seconds a clip, two workers ÷ one clip alone", found.each_s / found.alone_s, 1.10),
        at_most("mean wait in the queue ÷ one clip alone after another", found.wait_s / found.ideal_wait_s, 1.10),
        at_most(
            f"ready behind another's {CROWD} clips ÷ alone, slowest of {OTHERS}", max(found.others_s) / found.solo_s, 2
        ),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report(queue_figures(make_clips(folder, seconds=2)[0], folder), "transcode_queue")


if __name__ == "__main__":
    main()
