"""Put a folder of collected media through the pipeline: `python -m benchmarks.collected FOLDER [--canary-at FOLDER]`.

The folder holds `good/` (each must become a clip that plays in Chromium), `bad/` (each must be refused), `odd/` (either)
and `canary/`, magenta films that some of the bad ones try to pull into their own output. They are laid beside each
upload, and where `--canary-at` says: the address that files of this kind name.
"""

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import Figure, at_most, report
from videos.media import sandbox
from videos.media.policy import MediaRefused
from videos.media.results import Produced
from videos.media.running import process

BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
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
    """What became of one file; `refused` is the sentence for its creator, empty when it was accepted."""

    name: str
    refused: str
    seconds: float
    plays: bool
    magenta_pixels: int


def main() -> None:
    """Process every file, print a table and the figures, and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path)
    parser.add_argument("--canary-at", type=Path)
    options = parser.parse_args()
    media: Path = options.media
    found: dict[str, list[Outcome]] = {}
    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as name,
        laid_out(media / "canary", options.canary_at),
        sandbox.at_most(sandbox.Level.LANDLOCK),
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        page = browser.new_page()
        for kind in ("bad", "good", "odd"):
            found[kind] = [outcome_of(path, Path(name), media, page) for path in sorted((media / kind).iterdir())]
            if kind == "bad":
                memory_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        browser.close()
    report(figures_of(found, memory_mb), "collected")


@contextmanager
def laid_out(canaries: Path, place: Path | None) -> Iterator[None]:
    """Copy the canaries to a place for the while, and leave there what was there before."""
    copies = [place / one.name for one in canaries.iterdir()] if place else []
    copies = [copy for copy in copies if not copy.exists()]
    for copy in copies:
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(canaries / copy.name, copy)
    try:
        yield
    finally:
        for copy in copies:
            copy.unlink()


def outcome_of(path: Path, folder: Path, media: Path, page: Page) -> Outcome:
    """Process one file beside the canaries, and play whatever was made."""
    work = folder / path.name
    out = work / "out"
    out.mkdir(parents=True)
    source = Path(shutil.copy(path, work))
    produced, sentence = None, ""
    with laid_out(media / "canary", work):
        began = time.monotonic()
        try:
            produced = process(source, out, lambda percent: None)
        except MediaRefused as refused:
            sentence = refused.sentence
        seconds = time.monotonic() - began
    played = produced is not None and plays(produced, out, page)
    stills = (out / produced.poster.name, out / produced.storyboard.name) if produced else ()
    outcome = Outcome(path.name, sentence, seconds, played, sum(map(magenta, stills)))
    print(f"{path.parent.name:<5} {path.name:<46} {seconds:6.1f} s  {sentence or 'accepted'}", flush=True)
    shutil.rmtree(work)
    return outcome


def plays(produced: Produced, folder: Path, page: Page) -> bool:
    """Tell whether every rendition plays in a real browser."""
    (folder / "page.html").write_text("<!doctype html><title>Player</title><body></body>")
    page.goto((folder / "page.html").as_uri())
    return all(page.evaluate(PLAY, encoded.path.name) for encoded in produced.encoded_files)


def magenta(picture: Path) -> int:
    """Count the pixels of a canary's colour in a picture that is mostly made of them; a test picture has a stripe."""
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    is_magenta = (red > 200) & (blue > 200) & (green < 60)
    return int(is_magenta.sum()) if is_magenta.mean() > 0.5 else 0


def figures_of(found: dict[str, list[Outcome]], memory_mb: float) -> list[Figure]:
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
    main()
