from pathlib import Path

import numpy as np

from tests.videos.clips import make_clip, run_ffmpeg
from videos.media.fingerprint import content_hash, distance, fingerprint, is_same
from videos.media.running import process


def print_of(source: Path, folder: Path) -> str:
    folder.mkdir()
    return process(source, folder, lambda percent: None).fingerprint


def test_reencoded_scaled_and_trimmed_copies_are_recognised_and_others_are_not(tmp_path: Path) -> None:
    original = make_clip(tmp_path / "original.mp4", seconds=6)
    copy = run_ffmpeg(
        "-i", str(original), "-vf", "scale=270:480,eq=brightness=0.03", "-crf", "33", str(tmp_path / "copy.mkv")
    )  # fmt: skip
    trimmed = run_ffmpeg("-ss", "1.5", "-i", str(original), "-crf", "28", str(tmp_path / "trimmed.mp4"))
    other = run_ffmpeg(
        "-f", "lavfi", "-i", "mandelbrot=size=180x320:rate=30", "-t", "6", "-pix_fmt", "yuv420p",
        str(tmp_path / "other.mp4")
    )  # fmt: skip
    prints = {path.stem: print_of(path, tmp_path / path.stem) for path in (original, copy, trimmed, other)}
    assert is_same(prints["original"], prints["copy"])
    assert is_same(prints["original"], prints["trimmed"])
    assert not is_same(prints["original"], prints["other"])
    assert content_hash(original) != content_hash(copy)


def test_plain_frames_prove_nothing() -> None:
    black = fingerprint(bytes(32 * 32 * 10))
    assert black == "-" * 160
    assert distance(black, black) is None
    assert not is_same(black, black)


def test_unrelated_pictures_differ_in_about_half_of_the_bits() -> None:
    noise = np.random.default_rng(7)
    one, other = (fingerprint(noise.integers(0, 256, 32 * 32 * 12, dtype=np.uint8).tobytes()) for _ in range(2))
    found = distance(one, other)
    assert found is not None
    assert 24 < found < 36
    assert distance(one, one) == 0.0
    assert distance(one, "") is None
