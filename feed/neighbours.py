"""Which clips go with which: the artefact that the nightly rebuild writes and every process maps into memory."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

LOOK_AGAIN_S = 15.0


@dataclass(frozen=True)
class Neighbours:
    """`ids` ascending; the neighbours of `ids[i]` are `near[starts[i]:starts[i + 1]]`, best first, with `likeness` 0 to 1."""

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    near: NDArray[np.int64]
    likeness: NDArray[np.float32]

    @classmethod
    def none(cls) -> Self:
        empty = np.empty(0, np.int64)
        return cls(empty, np.zeros(1, np.int64), empty, np.empty(0, np.float32))

    @classmethod
    def load(cls, path: Path) -> Self:
        with np.load(path) as stored:
            return cls(stored["ids"], stored["starts"], stored["near"], stored["likeness"])

    def save(self, path: Path) -> None:
        """Write beside the old one and put it in its place at once: readers see either, never half."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".fresh.npz")
        np.savez(fresh, ids=self.ids, starts=self.starts, near=self.near, likeness=self.likeness)
        fresh.replace(path)

    def of(self, clip_id: int) -> list[tuple[int, float]]:
        index = int(np.searchsorted(self.ids, clip_id))
        if index >= len(self.ids) or self.ids[index] != clip_id:
            return []
        part = slice(int(self.starts[index]), int(self.starts[index + 1]))
        return list(zip(self.near[part].tolist(), self.likeness[part].tolist(), strict=True))


def artefact_path() -> Path:
    return Path(settings.DATA_DIR) / "ranking" / "neighbours.npz"


class _Current:
    def __init__(self) -> None:
        self.neighbours = Neighbours.none()
        self.changed_at = 0.0
        self.looked_at = 0.0
        self.lock = threading.Lock()


_current = _Current()


def current_neighbours() -> Neighbours:
    """Return the newest artefact, looked for every 15 seconds; none before the first rebuild."""
    now = time.monotonic()
    if now - _current.looked_at > LOOK_AGAIN_S or not _current.looked_at:
        with _current.lock:
            _current.looked_at = now
            path = artefact_path()
            changed_at = path.stat().st_mtime if path.exists() else 0.0
            if changed_at != _current.changed_at:
                _current.neighbours = Neighbours.load(path) if changed_at else Neighbours.none()
                _current.changed_at = changed_at
    return _current.neighbours


def forget_neighbours() -> None:
    """Look at the file anew at the next call."""
    _current.looked_at = 0.0
