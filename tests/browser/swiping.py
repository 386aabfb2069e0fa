"""Swipes through a long feed, and what they cost: frames, elements, memory, layout shifts."""

import functools
import os
import statistics
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from playwright.sync_api import CDPSession, Page

from tests.browser.films import COLOURS, film
from tests.factories import approve, make_category, make_creator, make_enrolment, make_product, make_waiting_clip

# The time of a swipe is from the touch or key that begins it to the first frame of the clip that it leads to.
RECORDER = """() => {
  const of = (index) => document.querySelector(`[data-index="${index}"] video`);
  const record = { swipes: [], shift: 0, moved: [], mostVideos: 0, mostPlaying: 0 };
  globalThis.record = record;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) {
      record.shift += one.value;
      record.moved.push(...one.sources.map(({ node, previousRect: a, currentRect: b }) =>
        `${node?.className ?? node?.nodeName} ${a.x},${a.y} ${a.width}x${a.height} to ${b.x},${b.y} ${b.width}x${b.height}`));
    } })
    .observe({ type: "layout-shift" });
  const begin = (index, at) => {
    const swipe = { index, at, first: null, ready: (of(index)?.readyState ?? 0) >= 2, frames: 0, until: at };
    record.swipes.push(swipe);
    const asked = new Set();
    const look = (now) => {
      const videos = [...document.querySelectorAll("video")];
      record.mostVideos = Math.max(record.mostVideos, videos.length);
      record.mostPlaying = Math.max(record.mostPlaying, videos.filter((one) => !one.paused).length);
      if (now - at < 600) Object.assign(swipe, { frames: swipe.frames + 1, until: now });
      const video = of(index);
      if (video && !asked.has(video)) {
        asked.add(video);
        video.requestVideoFrameCallback((_now, frame) => (swipe.first ??= frame.presentationTime - at));
      }
      if (now - at < 600 || (swipe.first === null && now - at < 8000)) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };
  const next = () => Math.round(document.querySelector("[data-scroller]").scrollTop / innerHeight) + 1;
  addEventListener("touchstart", (event) => begin(next(), event.timeStamp), { capture: true, passive: true });
  addEventListener("touchend", (event) => (record.swipes.at(-1).lifted = event.timeStamp), { capture: true });
  addEventListener("keydown", (event) => event.key === "ArrowDown" && begin(next(), event.timeStamp), { capture: true });
}"""

NO_FRAME_MS = 8000.0
FILES = """performance.getEntriesByType("resource").filter((one) => one.initiatorType === "video")
    .map((one) => one.name.split("/").pop())"""


@dataclass(frozen=True)
class Swipes:
    """The record of a series of swipes. Times are from the beginning of a swipe, 8,000 ms where no frame appeared.

    `lifted_…` are from the moment the finger was lifted, at least 0. `hand_ms` is the median time that a finger was down,
    0 for keys. `ready_share` is the share of swipes at whose start the next clip's first frame had been decoded.
    `frames_per_second` is sorted.
    """

    swipes: int
    pictures_ms: list[float]
    median_ms: float
    p95_ms: float
    lifted_median_ms: float
    lifted_p95_ms: float
    hand_ms: float
    ready_share: float
    frames_per_second: list[float]
    shift: float
    moved: list[str]
    most_videos: int
    most_playing: int
    files: dict[str, int]


@functools.cache
def ladder(colour: str) -> tuple[tuple[str, int, int, bytes], ...]:
    """Return five seconds of detailed video in the pipeline's three smaller sizes, each at about the same bitrate."""
    renditions = []
    with tempfile.TemporaryDirectory() as folder:
        for side, kbits in ((360, 700), (540, 1400), (720, 2400)):
            path, height = Path(folder) / f"{side}.mp4", side * 16 // 9
            picture = f"gradients=s={side}x{height}:r=30:c0={colour}:c1=white:n=4:speed=0.08:d=5,noise=alls=14:allf=t"
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", picture]
            command += ["-f", "lavfi", "-i", "sine=f=330", "-t", "5", "-c:v", "libx264", "-preset", "veryfast"]
            command += ["-b:v", f"{kbits}k", "-maxrate", f"{kbits * 3 // 2}k", "-bufsize", f"{kbits * 2}k"]
            command += ["-pix_fmt", "yuv420p", "-g", "60", "-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart"]
            subprocess.run([*command, str(path)], check=True)
            renditions.append((f"h264-{side}.mp4", side, height, path.read_bytes()))
    return tuple(renditions)


def publish_many(count: int, *, is_heavy: bool) -> None:
    """Publish that many clips of six creators in six categories, each with its own media URLs."""
    enrolments = [make_enrolment(make_creator()) for _index in range(6)]
    products = [make_product(f"thing-{n}", category=make_category(f"shelf-{n % 6}")) for n in range(24)]
    for number in range(count):
        pair = [products[number % 24], products[(number + 6) % 24]]
        clip = make_waiting_clip(None, enrolments[number % 6], pair, caption=f"Clip number {number}")
        assert clip.source is not None
        films = ladder(COLOURS[number % 2]) if is_heavy else (("h264-360.mp4", 360, 640, film(COLOURS[0], "360x640")),)
        for name, _width, _height, content in films:
            place(content, f"{clip.source.media_folder}/{name}")
        place(poster(films[-1][3]), f"{clip.source.media_folder}/poster.jpg")
        clip.source.outputs = {
            "renditions": [rendition(*film_rendition) for film_rendition in films],
            "poster": {"name": "poster.jpg", "width_px": 720, "height_px": 1280},
        }
        clip.source.duration_ms = 5000
        clip.source.save()
        approve(clip, now=timezone.now())


def place(content: bytes, name: str) -> None:
    """Store a file as a hard link to an identical one: five hundred films would fill the disk."""
    path = Path(default_storage.path(name))
    stored = Path(default_storage.path(f"films/{hash(content)}"))
    if not stored.exists():
        default_storage.save(f"films/{hash(content)}", ContentFile(content))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.link(stored, path)


def rendition(name: str, width: int, height: int, content: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "codecs": "avc1.42c01f,mp4a.40.2",
        "width_px": width,
        "height_px": height,
        "bitrate_bps": len(content) * 8 // 5,
        "size_bytes": len(content),
    }


@functools.cache
def poster(content: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path, picture = Path(folder) / "film.mp4", Path(folder) / "poster.jpg"
        path.write_bytes(content)
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(path)]
        subprocess.run([*command, "-frames:v", "1", "-vf", "scale=360:-2", "-q:v", "8", str(picture)], check=True)
        return picture.read_bytes()


def swipe_with_a_finger(cdp: CDPSession, page: Page) -> None:
    """Swipe up past the middle of the screen in a tenth of a second."""
    touch = {"x": 195, "y": 700}
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [touch]})
    for step in range(1, 5):
        moved = {"x": 195, "y": 700 - step * 120}
        cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def recorded(page: Page) -> Swipes:
    """Return the figures of all swipes so far."""
    record = page.evaluate("record")
    swipes = record["swipes"]
    pictures_ms = [NO_FRAME_MS if one["first"] is None else one["first"] for one in swipes]
    hands_ms = [one.get("lifted", one["at"]) - one["at"] for one in swipes]
    lifted_ms = [max(0.0, picture - hand) for picture, hand in zip(pictures_ms, hands_ms, strict=True)]
    spans = [(one["frames"], one["until"] - one["at"]) for one in swipes]
    return Swipes(
        swipes=len(swipes),
        pictures_ms=pictures_ms,
        median_ms=statistics.median(pictures_ms),
        p95_ms=statistics.quantiles(pictures_ms, n=20)[-1],
        lifted_median_ms=statistics.median(lifted_ms),
        lifted_p95_ms=statistics.quantiles(lifted_ms, n=20)[-1],
        hand_ms=statistics.median(hands_ms),
        ready_share=statistics.mean(one["ready"] for one in swipes),
        frames_per_second=sorted(1000 * count / passed for count, passed in spans if passed),
        shift=record["shift"],
        moved=record["moved"],
        most_videos=record["mostVideos"],
        most_playing=record["mostPlaying"],
        files=dict(Counter(page.evaluate(FILES))),
    )


def memory_of(cdp: CDPSession) -> dict[str, float]:
    """Collect garbage, then return the JavaScript heap in bytes and the counts of nodes and listeners."""
    cdp.send("HeapProfiler.enable")
    cdp.send("HeapProfiler.collectGarbage")
    metrics = cdp.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in metrics}
