"""Tell whether two clips show the same pictures.

The perceptual hash is pHash: the signs of the lowest frequencies of a small grey picture against their median.
Re-encoding, scaling and trimming leave most of the 64 bits of most frames as they were.
Source: Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIDE_PX = 32
BITS_SIDE = 8
# Below this spread of grey levels a frame is plain: its hash is noise and says nothing.
MIN_SPREAD = 4.0
MIN_SHARED_FRAMES = 3
# Bits of 64 that may differ on average. Unrelated pictures differ in 32 ± 4.
SAME_BITS = 8.0
MAX_SHIFT_FRAMES = 20
PLAIN = "-" * 16


def fingerprint(grey: bytes) -> str:
    """Return the fingerprint of frames of 32 × 32 grey bytes each, two a second: 16 characters a frame."""
    frames = np.frombuffer(grey[: len(grey) // SIDE_PX**2 * SIDE_PX**2], dtype=np.uint8)
    pictures = frames.reshape(-1, SIDE_PX, SIDE_PX).astype(np.float64)
    return "".join(_hash(picture) for picture in pictures)


def distance(one: str, other: str) -> float | None:
    """Return how many of 64 bits differ on average where two fingerprints match best, None when too little is shared.

    The shorter one is slid along the longer, so that a clip with its first seconds cut off is still found.
    """
    first, second = _words(one), _words(other)
    if len(first) > len(second):
        first, second = second, first
    best: float | None = None
    for shift in range(-MAX_SHIFT_FRAMES, len(second) - len(first) + MAX_SHIFT_FRAMES + 1):
        low, high = max(0, shift), min(len(second), shift + len(first))
        if high - low < max(MIN_SHARED_FRAMES, len(first) * 0.6):
            continue
        a, b = first[low - shift : high - shift], second[low:high]
        telling = (a != 0) & (b != 0)
        if telling.sum() < MIN_SHARED_FRAMES:
            continue
        differing = float(np.bitwise_count(a[telling] ^ b[telling]).mean())
        best = differing if best is None else min(best, differing)
    return best


def is_same(one: str, other: str) -> bool:
    """Say whether two fingerprints are of the same pictures."""
    found = distance(one, other)
    return found is not None and found <= SAME_BITS


def find_same(mine: str, others: Sequence[str]) -> list[int]:
    """Return the places in `others` of those with the same pictures as `mine`.

    Of two that differ little on average, some two frames differ little. Those are looked for in all frames at once, and
    only where there are any are the two fingerprints slid along one another.
    """
    frames = [_words(other) for other in others]
    if not frames:
        return []
    every = np.concatenate(frames)
    is_near = np.zeros(len(every), dtype=bool)
    for word in np.unique(_words(mine)):
        if word:
            is_near |= np.bitwise_count(every ^ word) <= SAME_BITS
    owners = np.repeat(np.arange(len(frames)), [len(one) for one in frames])
    candidates = np.unique(owners[is_near & (every != 0)])
    return [int(place) for place in candidates if is_same(mine, others[place])]


def _hash(picture: NDArray[np.float64]) -> str:
    if picture.std() < MIN_SPREAD:
        return PLAIN
    low = (_COSINES @ picture @ _COSINES.T).flatten()
    low[0] = np.median(low[1:])  # the mean brightness says nothing
    bits = low > np.median(low)
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def _words(text: str) -> NDArray[np.uint64]:
    """Return one number a frame; 0, which no hash is, stands for a plain frame."""
    return np.frombuffer(bytes.fromhex(text.replace("-", "0")), dtype=">u8").astype(np.uint64)


def _cosines() -> NDArray[np.float64]:
    """Return the first rows of the DCT-II matrix, (8, 32)."""
    rows = np.arange(BITS_SIDE)[:, None]
    columns = np.arange(SIDE_PX)[None, :]
    return np.cos(np.pi * rows * (2 * columns + 1) / (2 * SIDE_PX))


_COSINES = _cosines()
