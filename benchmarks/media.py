"""Clips to encode, and the measures of an encode: seconds, CPU seconds, bytes, VMAF."""

import resource
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from benchmarks.scenes import draw_scene
from videos.media import ffmpeg
from videos.media.planning import Size
from videos.media.policy import EXTENSIONS

# How the camera moves over a drawn scene: held in a hand, and walking towards it.
CAMERAS = {
    "handheld": (
        "zoompan=z='1.06+0.03*sin(on/40)'"
        ":x='(iw-iw/zoom)*(0.5+0.3*sin(on/70))+9*sin(on/9)':y='(ih-ih/zoom)*(0.5+0.4*sin(on/55))+7*cos(on/7)'"
    ),
    "walk": (
        "zoompan=z='1.05+on/1500'"
        ":x='(iw-iw/zoom)*(0.5+0.45*sin(on/30))':y='(ih-ih/zoom)*(0.5+0.45*cos(on/45))+10*sin(on/5)'"
    ),
}
MOVING = "overlay=x='280+220*sin(t*1.7)':y='900+300*cos(t*1.1)'"
GRAIN = "noise=alls=5:allf=t"
FPS = 30


@dataclass
class Cost:
    """What a block cost, filled in when it ends: wall-clock seconds and CPU seconds."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    """Measure a block and the processes that it starts, except those in namespaces of their own."""
    cost, started_at, before = Cost(), time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    yield cost
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost.wall_s = time.monotonic() - started_at
    cost.cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(command: Sequence[str]) -> str:
    """Run a command and return its stderr. Raises CalledProcessError."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def make_clips(folder: Path, *, seconds: float) -> list[Path]:
    """Write the generated clips, with sound, as a phone would: H.264 at 1080 × 1920 and 16 Mbit/s, with grain."""
    paths = []
    for number, (name, camera) in enumerate(CAMERAS.items(), 1):
        path = folder / f"{name}.mp4"
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as painter:  # its memory must not count here
            ground, hand = painter.submit(draw_scene, folder, name, number).result()
        graph = f"[0:v]{camera}:d={round(seconds * FPS)}:s=1080x1920:fps={FPS},format=yuv420p[ground];"
        graph += f"[ground][1:v]{MOVING},{GRAIN},format=yuv420p[out]"
        tone = f"anoisesrc=color=pink:amplitude=0.3:duration={seconds}"
        inputs = ["-i", str(ground), "-i", str(hand), "-f", "lavfi", "-i", tone, "-filter_complex", graph]
        encoder = ["-c:v", "libx264", "-preset", "superfast", "-b:v", "16M", "-maxrate", "20M", "-bufsize", "20M"]
        tracks = ["-map", "[out]", "-map", "2:a", "-c:a", "aac", "-t", str(seconds)]
        run([str(ffmpeg.binary()), "-y", "-loglevel", "error", *inputs, *tracks, *encoder, str(path)])
        paths.append(path)
    return paths


def clips_in(folder: Path) -> list[Path]:
    """Return the video files of a folder, sorted by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in EXTENSIONS)


def vmaf(reference: Path, encoded: Path, size: Size) -> float:
    """Return the mean VMAF of an encode against its source scaled to the same size, 0 to 100.

    Frames are compared by number, because containers round times differently. Both inputs are tagged as BT.709, or
    ffmpeg would convert the one without a tag.
    """
    tagged = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    prepared = f"{tagged},settb=1/30,setpts=N,scale={size.width}:{size.height}:flags=bicubic,format=yuv420p"
    graph = f"[0:v]{prepared}[a];[1:v]{prepared}[b];[a][b]libvmaf=n_threads=2:n_subsample=5"
    inputs = ["-i", str(encoded), "-i", str(reference)]
    text = run([str(ffmpeg.binary()), "-hide_banner", *inputs, "-lavfi", graph, "-f", "null", "-"])
    return float(text[text.rindex("VMAF score:") + 11 :].split()[0])


def bytes_at(quality: float, points: Sequence[tuple[float, float]]) -> float | None:
    """Interpolate the bytes at a VMAF from (VMAF, bytes) points. Return None outside their range."""
    ordered = sorted(points)
    for (low, few), (high, many) in pairwise(ordered):
        if low <= quality <= high:
            return few if high == low else few + (many - few) * (quality - low) / (high - low)
    return None
