"""Forty clips through two workers, against one clip alone."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.media import measured, run
from videos.media import ffmpeg, running

WORKERS = 2


@dataclass(frozen=True)
class Queue:
    """Seconds of wall clock and processors. `wait_s` is the mean time until a clip was begun."""

    alone_s: float
    each_s: float
    cpu_each_s: float
    wait_s: float
    ideal_wait_s: float


def short_clip(source: Path, folder: Path) -> Path:
    """Write a second and a half of a clip at a short side of 540."""
    target = folder / "short.mp4"
    picture = ["-t", "1.5", "-vf", "scale=540:960", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18"]
    run([str(ffmpeg.binary()), "-y", "-loglevel", "error", "-i", str(source), *picture, "-c:a", "aac", str(target)])
    return target


def measure_queue(source: Path, folder: Path, *, clips: int) -> Queue:
    """Process a short clip alone, then `clips` of it by two workers that take them in turn."""
    clip = short_clip(source, folder)

    def work(number: int) -> float:
        begun = time.monotonic()
        workdir = folder / f"queue-{number}"
        workdir.mkdir()
        running.process(clip, workdir, lambda percent: None)
        return begun

    with measured() as alone:
        for number in range(3):
            work(-1 - number)
    put_at = time.monotonic()
    with measured() as together, ThreadPoolExecutor(WORKERS) as workers:
        begun = list(workers.map(work, range(clips)))
    alone_s = alone.wall_s / 3
    return Queue(
        alone_s=alone_s,
        each_s=together.wall_s / clips,
        cpu_each_s=together.cpu_s / clips,
        wait_s=sum(begun) / clips - put_at,
        ideal_wait_s=alone_s * (clips - 1) / 2,
    )
