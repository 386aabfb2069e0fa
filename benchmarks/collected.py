"""Put a folder of collected media through the pipeline: `python -m benchmarks.collected FOLDER`.

The folder holds `good/` (each must become a clip that plays in Chromium), `bad/` (each must be refused), `odd/` (either)
and `canary/`, magenta films that some of the bad ones try to pull into their own output.
"""

import json
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.transcode import Result, at_most
from videos.media import sandbox
from videos.media.policy import MediaRefused
from videos.media.results import Produced
from videos.media.running import process

RESULTS = Path(__file__).parent / "results" / "collected.json"
CANARY_PLACE = Path("/var/tmp/canary")  # noqa: S108  # the address that the collected files name
PLAY = """async (name) => {
  const video = Object.assign(document.createElement("video"), { muted: true, src: name });
  document.body.replaceChildren(video);
  const failed = new Promise((done) => video.addEventListener("error", () => done(false)));
  const played = new Promise((done) => video.addEventListener("timeupdate", () => video.currentTime > 0.2 && done(true)));
  video.play();
  return Promise.race([played, failed, new Promise((done) => setTimeout(() => done(false), 15000))]);
}"""


@dataclass(frozen=True)
class Outcome:
    """What became of one file; `refused` is the code, empty when it was accepted."""

    name: str
    refused: str
    seconds: float
    plays: bool
    magenta_pixels: int


def main(arguments: list[str]) -> None:
    """Process every file, print a table and the figures, and write them."""
    media = Path(arguments[0])
    sandbox.level.cache_clear()
    confined = min(sandbox.level(), sandbox.Level.LANDLOCK)  # its processes are counted for this one
    sandbox.level = lambda: confined  # type: ignore[assignment]
    found: dict[str, list[Outcome]] = {}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for kind in ("bad", "good", "odd"):
            found[kind] = [outcome_of(path, Path(name), media, page) for path in sorted((media / kind).iterdir())]
            if kind == "bad":
                memory_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        browser.close()
    figures = figures_of(found, memory_mb)
    for one in figures:
        print(f"{one.name:<52} {one.value:>8.2f} {one.unit:<8} {one.bar:<8} {'holds' if one.holds else 'FAILS'}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(one) for one in figures], indent=2))


def outcome_of(path: Path, folder: Path, media: Path, page: Page) -> Outcome:
    """Process one file beside the canaries, and play whatever was made."""
    work = folder / path.name
    out = work / "out"
    out.mkdir(parents=True)
    for place in (work, CANARY_PLACE):
        place.mkdir(exist_ok=True)
        for canary in (media / "canary").iterdir():
            shutil.copy(canary, place)
    source = Path(shutil.copy(path, work))
    began = time.monotonic()
    try:
        produced = process(source, out, lambda percent: None)
        code = ""
    except MediaRefused as refused:
        produced, code = None, str(refused.code)
    seconds = time.monotonic() - began
    outcome = Outcome(
        path.name,
        code,
        seconds,
        produced is not None and plays(produced, out, page),
        magenta(produced.poster.path) if produced else 0,
    )
    print(f"{path.parent.name:<5} {path.name:<52} {code or 'accepted':<18} {seconds:6.1f} s", flush=True)
    shutil.rmtree(work)
    return outcome


def plays(produced: Produced, folder: Path, page: Page) -> bool:
    """Tell whether every rendition plays in a real browser."""
    (folder / "page.html").write_text("<!doctype html><title>Player</title><body></body>")
    page.goto((folder / "page.html").as_uri())
    return all(page.evaluate(PLAY, one.path.name) for one in produced.renditions)


def magenta(picture: Path) -> int:
    """Count the pixels of a canary's colour in a picture that is mostly made of them; a test picture has a stripe."""
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    is_magenta = (red > 200) & (blue > 200) & (green < 60)
    return int(is_magenta.sum()) if is_magenta.mean() > 0.5 else 0


def figures_of(found: dict[str, list[Outcome]], memory_mb: float) -> list[Result]:
    good, bad, odd = found["good"], found["bad"], found["odd"]
    return [
        at_most(f"good files refused, of {len(good)}", sum(bool(one.refused) for one in good), 0, unit="files"),
        at_most("good files that do not play in Chromium", sum(not one.plays for one in good), 0, unit="files"),
        at_most(f"bad files accepted, of {len(bad)}", sum(not one.refused for one in bad), 0, unit="files"),
        at_most("slowest refusal of a bad file", max((one.seconds for one in bad), default=0), 15, unit="s"),
        at_most("peak memory of any process, bad files", memory_mb, 1500, unit="MB"),
        at_most("slowest odd file", max((one.seconds for one in odd), default=0), 60, unit="s"),
        at_most(
            "pixels of the canary in what was made", sum(one.magenta_pixels for one in bad + odd + good), 0, unit="px"
        ),
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
