"""Process collected media with the pipeline: `python -m benchmarks.collected FOLDER [--cases FOLDER] [--canary-at FOLDER]`.

The folder has `good/` (every file must become a clip that plays in Chromium), `bad/` (every file must be refused),
`odd/` (either is right) and `canary/`: magenta videos that some of the bad files try to copy into their own output. They
are placed beside each upload, and in the folder `--canary-at`, whose path such files contain. The folder `--cases` has
the files of `benchmarks.media_cases`, each with its expected length, sound, colours, loudness and stills.
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

from accounts import sandbox
from benchmarks.figures import Figure, at_most, report
from benchmarks.media_cases import CASES, faults_of
from videos.media.policy import MediaFailed, MediaRefused
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
    """The result for one file; `refusal` is the sentence for its creator, empty if the file was accepted."""

    name: str
    refusal: str
    seconds: float
    plays: bool
    magenta_pixels: int


def main() -> None:
    """Process every file, print a table and the figures, and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path)
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--canary-at", type=Path)
    options = parser.parse_args()
    media: Path = options.media
    outcomes: dict[str, list[Outcome]] = {}
    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as name,
        canaries_in(options.canary_at, media / "canary"),
        sandbox.at_most(sandbox.Level.LANDLOCK),
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        page = browser.new_page()
        for kind in ("bad", "good", "odd"):
            outcomes[kind] = [process_file(path, Path(name), media, page) for path in sorted((media / kind).iterdir())]
            if kind == "bad":
                memory_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        browser.close()
        faulty = count_faulty_cases(options.cases, Path(name)) if options.cases else 0
    cases = at_most("cases with another result than expected", faulty, 0, unit="files")
    report([*figures_of(outcomes, memory_mb), cases], "collected")


def count_faulty_cases(cases: Path, folder: Path) -> int:
    """Process the files of a table of cases, print what is wrong with each, and return how many are not as expected."""
    faulty = 0
    for name, case in CASES.items():
        out = folder / f"case-{name}"
        out.mkdir()
        try:
            faults = faults_of(cases / name, process(cases / name, out, lambda percent: None), out, case)
            faults += [f"accepted, and not refused as {case.refusal}"] if case.refusal else []
        except (MediaRefused, MediaFailed) as refusal:
            faults = [] if getattr(refusal, "code", "") == case.refusal else [str(refusal)]
        faulty += bool(faults)
        print(f"case  {name:<46} {'; '.join(faults) or 'as expected'}", flush=True)
        shutil.rmtree(out)
    return faulty


@contextmanager
def canaries_in(folder: Path | None, canaries: Path) -> Iterator[None]:
    """Copy the canaries into a folder until the block ends. Existing files are left unchanged."""
    copies = [folder / canary.name for canary in canaries.iterdir()] if folder else []
    copies = [copy for copy in copies if not copy.exists()]
    for copy in copies:
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(canaries / copy.name, copy)
    try:
        yield
    finally:
        for copy in copies:
            copy.unlink()


def process_file(path: Path, folder: Path, media: Path, page: Page) -> Outcome:
    """Process one file beside the canaries, and play the result."""
    work = folder / path.name
    out = work / "out"
    out.mkdir(parents=True)
    source = Path(shutil.copy(path, work))
    produced, sentence = None, ""
    with canaries_in(work, media / "canary"):
        started_at = time.monotonic()
        try:
            produced = process(source, out, lambda percent: None)
        except MediaRefused as refusal:
            sentence = refusal.sentence
        seconds = time.monotonic() - started_at
    is_playable = produced is not None and plays(produced, out, page)
    stills = (out / produced.poster.name, out / produced.storyboard.name) if produced else ()
    outcome = Outcome(path.name, sentence, seconds, is_playable, sum(map(count_magenta, stills)))
    print(f"{path.parent.name:<5} {path.name:<46} {seconds:6.1f} s  {sentence or 'accepted'}", flush=True)
    shutil.rmtree(work)
    return outcome


def plays(produced: Produced, folder: Path, page: Page) -> bool:
    """Return False if a rendition does not play in a real browser."""
    (folder / "page.html").write_text("<!doctype html><title>Player</title><body></body>")
    page.goto((folder / "page.html").as_uri())
    return all(page.evaluate(PLAY, encoded.path.name) for encoded in produced.encoded_files)


def count_magenta(picture: Path) -> int:
    """Count the magenta pixels of a picture that is mostly magenta, as a canary is. A test picture has only a stripe."""
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    is_magenta = (red > 200) & (blue > 200) & (green < 60)
    return int(is_magenta.sum()) if is_magenta.mean() > 0.5 else 0


def figures_of(outcomes: dict[str, list[Outcome]], memory_mb: float) -> list[Figure]:
    good, bad, odd = outcomes["good"], outcomes["bad"], outcomes["odd"]
    return [
        at_most(f"good files refused, of {len(good)}", sum(bool(outcome.refusal) for outcome in good), 0, unit="files"),
        at_most("good files that do not play in Chromium", sum(not outcome.plays for outcome in good), 0, unit="files"),
        at_most(f"bad files accepted, of {len(bad)}", sum(not outcome.refusal for outcome in bad), 0, unit="files"),
        at_most("slowest refusal of a bad file", max((outcome.seconds for outcome in bad), default=0), 15, unit="s"),
        at_most("peak memory of any process, bad files", memory_mb, 1500, unit="MB"),
        at_most("slowest odd file", max((outcome.seconds for outcome in odd), default=0), 60, unit="s"),
        at_most(
            "pixels of a canary in the output",
            sum(outcome.magenta_pixels for outcome in bad + odd + good),
            0,
            unit="px",
        ),
    ]


if __name__ == "__main__":
    main()
