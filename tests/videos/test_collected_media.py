"""Collected files: good ones become clips, bad ones are refused with the right code, in bounded time and memory."""

import resource
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import django
import numpy as np
import pytest
from PIL import Image

from accounts import sandbox
from benchmarks.media_cases import BAD, ODD_REFUSED
from tests.videos.clips import shared_media
from videos.media.policy import MediaRefused
from videos.media.running import process

MEDIA = shared_media()
ABSENT = f"COLLECTED MEDIA ABSENT: {MEDIA} is not there. Set FEEDSITE_MEDIA to the folder to run these."
MAX_SECONDS, MAX_BYTES = 15, 1_500_000_000


def files(kind: str) -> list[object]:
    paths = sorted((MEDIA / kind).glob("*")) if MEDIA.is_dir() else []
    return [pytest.param(path, id=path.name) for path in paths] or [
        pytest.param(None, id="absent", marks=pytest.mark.skip(reason=ABSENT))
    ]


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    """Return a folder with the canary in it; another canary lies where some files point to."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    for canary in (MEDIA / "canary").glob("*"):
        shutil.copy(canary, folder / canary.name)
        Path("/var/tmp/canary").mkdir(exist_ok=True)  # noqa: S108 - the path that the collected files name
        shutil.copy(canary, Path("/var/tmp/canary") / canary.name)  # noqa: S108
    return folder


@pytest.mark.parametrize("path", files("good"))
def test_good_file_becomes_a_clip(path: Path, upload: Path, tmp_path: Path) -> None:
    source = Path(shutil.copy(path, upload / path.name))
    out = tmp_path / "out"
    out.mkdir()
    produced = process(source, out, lambda percent: None)
    assert produced.encoded_files[0].probe.packets > 1
    assert produced.duration_ms >= 900
    assert not has_magenta(out / produced.poster.name)
    for output in out.iterdir():
        data = output.read_bytes()
        assert not [trace for trace in (b"37.77", b"<script", b"Lavf", b"com.apple") if trace in data], output.name


@pytest.mark.parametrize("path", files("bad"))
def test_bad_file_is_refused_within_15_seconds_without_output(path: Path, upload: Path, tmp_path: Path) -> None:
    source = Path(shutil.copy(path, upload / path.name))
    out = tmp_path / "out"
    out.mkdir()
    started = time.monotonic()
    with pytest.raises(MediaRefused) as refused:
        process(source, out, lambda percent: None)
    assert time.monotonic() - started < MAX_SECONDS
    assert refused.value.code in BAD.get(path.name[:3], {"not_video"})
    assert refused.value.sentence[0].isupper()
    assert list(out.iterdir()) == []


@pytest.fixture(scope="module")
def small_process() -> Iterator[ProcessPoolExecutor]:
    """Start a process of its own: Linux counts the memory of the process that starts a program as that program's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=django.setup) as process_of_its_own:
        yield process_of_its_own


def refuse_and_measure(source: Path, out: Path) -> int:
    """Return the most bytes of memory that a program has used, for this file or an earlier one."""
    with sandbox.at_most(sandbox.Level.LANDLOCK), pytest.raises(MediaRefused):
        process(source, out, lambda percent: None)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


@pytest.mark.parametrize("path", files("bad"))
def test_bad_file_uses_bounded_memory(
    path: Path, upload: Path, tmp_path: Path, small_process: ProcessPoolExecutor
) -> None:
    source = Path(shutil.copy(path, upload / path.name))
    assert small_process.submit(refuse_and_measure, source, tmp_path).result() < MAX_BYTES


@pytest.mark.parametrize("path", files("odd"))
def test_odd_file_is_bounded_and_leaks_nothing(path: Path, upload: Path, tmp_path: Path) -> None:
    source = Path(shutil.copy(path, upload / path.name))
    out = tmp_path / "out"
    out.mkdir()
    if path.name[:3] in ODD_REFUSED:
        with pytest.raises(MediaRefused) as refused:
            process(source, out, lambda percent: None)
        assert refused.value.code == ODD_REFUSED[path.name[:3]]
        return
    produced = process(source, out, lambda percent: None)
    assert len({(encoded.probe.width, encoded.probe.height) for encoded in produced.encoded_files}) == len(
        produced.encoded_files
    )
    assert not has_magenta(out / produced.poster.name)
    for output in out.iterdir():
        assert not [trace for trace in (b"<script", b"<html", b"PK\x03\x04", b"root:x") if trace in output.read_bytes()]


def has_magenta(picture: Path) -> bool:
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    return bool(((red > 200) & (blue > 200) & (green < 60)).mean() > 0.5)  # a test pattern has a stripe of it
