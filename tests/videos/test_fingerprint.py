from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.videos.clips import make_clip, run_ffmpeg
from videos.media.fingerprint import distance, find_same, fingerprint, is_same
from videos.media.running import process


def fingerprint_of(source: Path, folder: Path) -> str:
    folder.mkdir()
    return process(source, folder, lambda percent: None).fingerprint


def test_reencoded_scaled_and_trimmed_copies_are_recognized_and_others_are_not(tmp_path: Path) -> None:
    original = make_clip(tmp_path / "original.mp4", seconds=6)
    copy = run_ffmpeg(
        "-i", str(original), "-vf", "scale=270:480,eq=brightness=0.03", "-crf", "33", str(tmp_path / "copy.mkv")
    )  # fmt: skip
    trimmed = run_ffmpeg("-ss", "1.5", "-i", str(original), "-crf", "28", str(tmp_path / "trimmed.mp4"))
    other = run_ffmpeg(
        "-f", "lavfi", "-i", "mandelbrot=size=180x320:rate=30", "-t", "6", "-pix_fmt", "yuv420p",
        str(tmp_path / "other.mp4")
    )  # fmt: skip
    fingerprints = {path.stem: fingerprint_of(path, tmp_path / path.stem) for path in (original, copy, trimmed, other)}
    assert is_same(fingerprints["original"], fingerprints["copy"])
    assert is_same(fingerprints["original"], fingerprints["trimmed"])
    assert not is_same(fingerprints["original"], fingerprints["other"])
    assert original.read_bytes() != copy.read_bytes()


def test_blank_frames_match_nothing() -> None:
    black = fingerprint(bytes(32 * 32 * 10))
    assert black == "-" * 160
    assert distance(black, black) is None
    assert not is_same(black, black)


def test_unrelated_footage_differs_in_about_half_of_the_bits() -> None:
    noise = np.random.default_rng(7)
    one, other = (fingerprint(noise.integers(0, 256, 32 * 32 * 12, dtype=np.uint8).tobytes()) for _ in range(2))
    bits = distance(one, other)
    assert bits is not None
    assert 24 < bits < 36
    assert distance(one, one) == 0.0
    assert distance(one, "") is None


def test_search_among_many_finds_the_same_as_pairwise_comparison() -> None:
    noise = np.random.default_rng(11)

    def of(hashes: NDArray[np.uint64]) -> str:
        return "".join(f"{int(frame_hash):016x}" for frame_hash in hashes)

    original = noise.integers(1, 2**63, 20, dtype=np.uint64)
    smudged = original ^ (np.uint64(1) << noise.integers(0, 63, 20, dtype=np.uint64))
    strangers = [of(noise.integers(1, 2**63, 5 + number, dtype=np.uint64)) for number in range(40)]
    one_frame = of(np.concatenate([original[:1], noise.integers(1, 2**63, 19, dtype=np.uint64)]))
    others = [*strangers, of(smudged), "-" * 160, "", of(original[6:]), one_frame]
    matches = find_same(of(original), others)
    assert matches == [40, 43]
    assert matches == [index for index, other in enumerate(others) if is_same(of(original), other)]
    assert find_same(of(original), []) == []
    assert find_same("-" * 160, others) == []
