"""Process collected media with the pipeline: `python -m benchmarks.collected FOLDER [--cases FOLDER] [--canary-at FOLDER]`.

The folder has `good/` (every file must become a clip that plays in Chromium), `bad/` (every file must be refused),
`odd/` (either is right) and `canary/`: magenta videos that some of the bad files try to copy into their own output. They
are placed beside each upload, and in the folder `--canary-at`, whose path such files contain. The folder `--cases` has
the files of `benchmarks.media_cases.CASES`. The tables there have the expected result of each file: the code of its
refusal, or the length, sound, colours, loudness and stills of its clip.
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
from benchmarks.figures import Figure, at_least, at_most, report
from benchmarks.media_cases import BAD, CASES, GOOD, MAX_MISSED_LU, MAX_OFFSET_MS, Case, Measures, examine
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
    """The result for one file; `refusal` is the code with which it was refused, or empty if it was accepted.

    `faults` are sentences about what differs from the expected result.
    """

    name: str
    refusal: str
    seconds: float
    plays: bool
    magenta_pixels: int
    measures: Measures
    faults: tuple[str, ...]


def main() -> None:
    """Process every file, print a table and the figures, and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path)
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--canary-at", type=Path)
    options = parser.parse_args()
    media, case_folder = options.media.resolve(), options.cases and options.cases.resolve()
    outcomes: dict[str, list[Outcome]] = {}
    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as folder_name,
        canaries_in(options.canary_at, media / "canary"),
        sandbox.at_most(sandbox.Level.LANDLOCK),
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        page = browser.new_page()
        for kind in ("bad", "good", "odd"):
            outcomes[kind] = [
                process_file(path, Path(folder_name), media, page) for path in sorted((media / kind).iterdir())
            ]
            if kind == "bad":
                memory_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        browser.close()
        cases = (
            [process_case(case_folder / name, Path(folder_name), case) for name, case in CASES.items()]
            if case_folder
            else []
        )
    report(
        [*figures_of(outcomes, memory_mb), *case_figures(cases), *quality_figures([*outcomes["good"], *cases])],
        "collected",
    )


def process_case(path: Path, folder: Path, case: Case) -> Outcome:
    """Process a file of the table of cases."""
    out = folder / f"case-{path.name}"
    out.mkdir()
    refusal, measures, faults = "", Measures(), list[str]()
    started_at = time.monotonic()
    try:
        measures, faults = examine(path, process(path, out, lambda percent: None), out, case)
    except (MediaRefused, MediaFailed) as error:
        refusal = getattr(error, "code", "failed")
    if refusal != case.refusal:
        faults = [f"refused as {refusal!r} instead of {case.refusal!r}", *faults]
    shutil.rmtree(out)
    print(f"case  {path.name:<46} {'; '.join(faults) or 'as expected'}", flush=True)
    return Outcome(path.name, refusal, time.monotonic() - started_at, True, 0, measures, tuple(faults))


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
    produced, refusal, measures, faults = None, "", Measures(), list[str]()
    with canaries_in(work, media / "canary"):
        started_at = time.monotonic()
        try:
            produced = process(source, out, lambda percent: None)
        except MediaRefused as error:
            refusal = error.code
        except MediaFailed:
            refusal = "failed"
        seconds = time.monotonic() - started_at
    is_playable = produced is not None and plays(produced, out, page)
    stills = (out / produced.poster.name, out / produced.storyboard.name) if produced else ()
    if produced and (case := GOOD.get(path.name[:3])):
        measures, faults = examine(source, produced, out, case)
    expected = BAD.get(path.name[:3], {"not_video"})
    if path.parent.name == "bad" and refusal not in expected:
        faults = [f"refused as {refusal!r} instead of {' or '.join(sorted(expected))}"]
    magenta_pixels = sum(map(count_magenta, stills))
    outcome = Outcome(path.name, refusal, seconds, is_playable, magenta_pixels, measures, tuple(faults))
    result = "; ".join([refusal or "accepted", *faults])
    print(f"{path.parent.name:<5} {path.name:<46} {seconds:6.1f} s  {result}", flush=True)
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
        at_most("good files with another result than expected", count_faulty(good), 0, unit="files"),
        at_most("bad files refused with another code than expected", count_faulty(bad), 0, unit="files"),
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


def case_figures(cases: list[Outcome]) -> list[Figure]:
    name = f"cases with another result than expected, of {len(cases)}"
    return [at_most(name, count_faulty(cases), 0, unit="files")] if cases else []


def count_faulty(outcomes: list[Outcome]) -> int:
    return sum(bool(outcome.faults) for outcome in outcomes)


def quality_figures(outcomes: list[Outcome]) -> list[Figure]:
    """Return the worst of each measure over all files."""
    measures = [outcome.measures for outcome in outcomes]
    late_ms = max((abs(measure.late_ms) for measure in measures), default=0)
    missed_lu = max((abs(measure.missed_lu) for measure in measures), default=0.0)
    whites = [measure.white for measure in measures if measure.white is not None]
    return [
        at_most("largest offset between picture and sound", late_ms, MAX_OFFSET_MS, unit="ms"),
        at_most("stills that show another frame", sum(measure.wrong_tiles for measure in measures), 0, unit="stills"),
        at_most("loudness missed by, where the gain may reach it", missed_lu, MAX_MISSED_LU, unit="LU"),
        *([at_least("white of 203 nits, darkest", min(whites), 0.75, unit="of range")] if whites else []),
        *([at_most("white of 203 nits, brightest", max(whites), 0.95, unit="of range")] if whites else []),
    ]


if __name__ == "__main__":
    main()
