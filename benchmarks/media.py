"""Clips to encode, and how to measure an encode: seconds, CPU seconds, bytes, VMAF."""

import resource
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from videos.media import ffmpeg
from videos.media.planning import Size
from videos.media.policy import DEMUXER_BY_EXTENSION

# Generated pictures with fine detail, motion, and grain as a phone leaves it; none is as easy as a plain test picture.
# With more grain the rate ceilings of every ladder cut it off, and the figures say nothing of the encoders.
GENERATED = {
    "zoom": "mandelbrot=size=1080x1920:rate=30:start_scale=0.02:end_scale=0.004:end_pts=200,gblur=sigma=1.2,noise=alls=2:allf=t",
    "pan": "testsrc2=size=1200x2132:rate=30,crop=1080:1920:x='60+50*sin(t*2)':y='100+80*cos(t)',noise=alls=3:allf=t",
    "soft": "gradients=size=1080x1920:rate=30:n=6:speed=0.02,noise=alls=2:allf=t",
}


@dataclass
class Spent:
    """What a block took, filled in when it ends: seconds of the wall clock and of all processors."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def measured() -> Iterator[Spent]:
    """Measure a block with the processes that it starts. Processes in a namespace of their own are not counted."""
    spent, began, before = Spent(), time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    yield spent
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent.wall_s = time.monotonic() - began
    spent.cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(command: Sequence[str]) -> str:
    """Run a command and return its stderr. Raises CalledProcessError."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def make_clips(folder: Path, *, seconds: float) -> list[Path]:
    """Write the generated clips, with sound, as a phone would: H.264 at 1080 × 1920 and 16 Mbit/s."""
    made = []
    for name, picture in GENERATED.items():
        path = folder / f"{name}.mp4"
        tone = f"anoisesrc=color=pink:amplitude=0.3:duration={seconds}"
        encoder = ["-c:v", "libx264", "-preset", "veryfast", "-b:v", "16M", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone]
        run([str(ffmpeg.binary()), "-y", "-loglevel", "error", *inputs, "-t", str(seconds), *encoder, str(path)])
        made.append(path)
    return made


def clips_in(folder: Path) -> list[Path]:
    """Return the video files of a folder, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in DEMUXER_BY_EXTENSION)


def vmaf(reference: Path, encoded: Path, size: Size) -> float:
    """Return the mean VMAF of an encode against its source scaled to the same size, 0 to 100.

    Frames are compared by number: containers round their times differently. Both are named BT.709, or ffmpeg would
    convert the one that does not say what it is.
    """
    named = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    same = f"{named},settb=1/30,setpts=N,scale={size.width}:{size.height}:flags=bicubic,format=yuv420p"
    graph = f"[0:v]{same}[a];[1:v]{same}[b];[a][b]libvmaf=n_threads=2:n_subsample=5"
    inputs = ["-i", str(encoded), "-i", str(reference)]
    text = run([str(ffmpeg.binary()), "-hide_banner", *inputs, "-lavfi", graph, "-f", "null", "-"])
    return float(text[text.rindex("VMAF score:") + 11 :].split()[0])


def bytes_at(quality: float, points: Sequence[tuple[float, float]]) -> float | None:
    """Interpolate bytes at a VMAF from (vmaf, bytes) points; None outside them."""
    ordered = sorted(points)
    for (low, few), (high, many) in pairwise(ordered):
        if low <= quality <= high:
            return few if high == low else few + (many - few) * (quality - low) / (high - low)
    return None


def best_of(times: int, work: Callable[[], None]) -> Spent:
    """Do something several times and return the least that it took."""
    tries = []
    for _ in range(times):
        with measured() as spent:
            work()
        tries.append(spent)
    return Spent(min(one.wall_s for one in tries), min(one.cpu_s for one in tries))
