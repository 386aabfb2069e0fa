"""Perceptual fingerprints, used to recognize clips that show the same footage.

A fingerprint has one pHash for each sampled frame. The frame is shrunk to a small grey image. Each of the hash's 64
bits stands for a low frequency of that image, and is set if the frequency's coefficient is above the median.
Re-encoding, scaling and trimming leave most bits of most frames unchanged.

Source: Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIDE_PX = 32
BITS_SIDE = 8
# A frame whose grey levels vary less than this counts as blank, because its hash would be noise.
MIN_SPREAD = 4.0
MIN_SHARED_FRAMES = 3
# The same footage differs in at most this many of 64 bits on average. Unrelated images differ in 32 ± 4.
SAME_BITS = 8.0
MAX_SHIFT_FRAMES = 20
BLANK = "-" * 16


def fingerprint(grey: bytes) -> str:
    """Return a clip's fingerprint, with 16 characters per frame.

    `grey` holds two frames for each second of the clip. A frame is 32 × 32 bytes.
    """
    frames = np.frombuffer(grey[: len(grey) // SIDE_PX**2 * SIDE_PX**2], dtype=np.uint8)
    images = frames.reshape(-1, SIDE_PX, SIDE_PX).astype(np.float64)
    return "".join(_hash(image) for image in images)


def distance(fingerprint_a: str, fingerprint_b: str) -> float | None:
    """Return the average number of differing bits per frame, from 0 to 64, or None if too few frames overlap.

    The shorter fingerprint is slid along the longer one to find the best alignment. A clip without its first seconds is
    therefore still recognized.
    """
    shorter, longer = sorted((_frame_hashes(fingerprint_a), _frame_hashes(fingerprint_b)), key=len)
    best: float | None = None
    for shift in range(-MAX_SHIFT_FRAMES, len(longer) - len(shorter) + MAX_SHIFT_FRAMES + 1):
        low, high = max(0, shift), min(len(longer), shift + len(shorter))
        if high - low < max(MIN_SHARED_FRAMES, len(shorter) * 0.6):
            continue
        a, b = shorter[low - shift : high - shift], longer[low:high]
        not_blank = (a != 0) & (b != 0)
        if not_blank.sum() < MIN_SHARED_FRAMES:
            continue
        differing_bits = float(np.bitwise_count(a[not_blank] ^ b[not_blank]).mean())
        best = differing_bits if best is None else min(best, differing_bits)
    return best


def is_same(fingerprint_a: str, fingerprint_b: str) -> bool:
    """Return whether two fingerprints show the same footage. Return False if too few frames overlap."""
    bits = distance(fingerprint_a, fingerprint_b)
    return bits is not None and bits <= SAME_BITS


def find_same(target: str, others: Sequence[str]) -> list[int]:
    """Return the indexes of the fingerprints in `others` that show the same footage as `target`.

    Two fingerprints of the same footage have at least one pair of similar frames. Finding such pairs is fast, so only
    fingerprints with such a pair are compared at every alignment.
    """
    hashes = [_frame_hashes(other) for other in others]
    if not hashes:
        return []
    all_hashes = np.concatenate(hashes)
    is_near = np.zeros(len(all_hashes), dtype=bool)
    for frame_hash in np.unique(_frame_hashes(target)):
        if frame_hash:
            is_near |= np.bitwise_count(all_hashes ^ frame_hash) <= SAME_BITS
    owners = np.repeat(np.arange(len(hashes)), [len(frames) for frames in hashes])
    candidates = np.unique(owners[is_near & (all_hashes != 0)])
    return [int(index) for index in candidates if is_same(target, others[index])]


def _hash(image: NDArray[np.float64]) -> str:
    if image.std() < MIN_SPREAD:
        return BLANK
    low = (_COSINES @ image @ _COSINES.T).flatten()
    low[0] = np.median(low[1:])  # the mean brightness means nothing
    bits = low > np.median(low)
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def _frame_hashes(text: str) -> NDArray[np.uint64]:
    """Return each frame's hash as a number, or 0 for a blank frame. No hash is 0."""
    return np.frombuffer(bytes.fromhex(text.replace("-", "0")), dtype=">u8").astype(np.uint64)


def _cosines() -> NDArray[np.float64]:
    """Return the first 8 rows of the 32 × 32 DCT-II matrix."""
    rows = np.arange(BITS_SIDE)[:, None]
    columns = np.arange(SIDE_PX)[None, :]
    return np.cos(np.pi * rows * (2 * columns + 1) / (2 * SIDE_PX))


_COSINES = _cosines()
