"""What a process remembers of viewers between two of their pages, so that a page need not rank everything anew.

Trusted only as long as the viewer's row is the one it was read with: every event, mark and choice rewrites that row.
"""

import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from feed.page.engine import Engine, forget_model
from feed.page.ranker import Line
from feed.page.snapshot import forget_shelf
from feed.page.viewer_state import Watching

KEPT_VIEWERS = 20_000
WATCHING_S = 600.0
"""What was seen 14 days ago may come again, and nobody writes a row for that."""
LINE_S = 20.0
"""How long a list is good though new clips have come: they join within a minute."""


@dataclass(frozen=True)
class Remembered:
    """A viewer as read, and the clips in line; `is_adult` says for whom the line was made."""

    watching: Watching
    line: Line
    is_adult: bool
    read_at: float
    lined_at: float


class _Viewers:
    """Viewers by key, least recently remembered out first; shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        self._kept: OrderedDict[uuid.UUID, Remembered] = OrderedDict()
        self._engines: tuple[Engine | None, Engine | None] = (None, None)

    def get(self, key: uuid.UUID) -> Remembered | None:
        return self._kept.get(key)

    def put(self, key: uuid.UUID, remembered: Remembered) -> None:
        with self._lock:
            self._meet(remembered.line.engine)
            self._kept[key] = remembered
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT_VIEWERS:
                self._kept.popitem(last=False)

    def _meet(self, engine: Engine) -> None:
        """Forget lines made by any but the last two engines: each holds a model and a shelf."""
        if engine is self._engines[0] or engine is self._engines[1]:
            return
        self._engines = (engine, self._engines[0])
        for key in [key for key, one in self._kept.items() if one.line.engine not in self._engines]:
            del self._kept[key]


_viewers = _Viewers()


def recall(key: uuid.UUID, *, engine: Engine, is_adult: bool) -> Remembered | None:
    """Return what is remembered and may still be good: compare its version with the row's."""
    found = _viewers.get(key)
    now = time.monotonic()
    if found is None or found.is_adult != is_adult or now - found.read_at > WATCHING_S:
        return None
    is_of_today = found.line.engine is engine or now - found.lined_at < LINE_S
    return found if is_of_today else None


def remember(key: uuid.UUID, watching: Watching, line: Line, *, is_adult: bool) -> None:
    now = time.monotonic()
    _viewers.put(key, Remembered(watching, line, is_adult, now, now))


def forget_everything() -> None:
    """Begin anew, as after a start of the process: for tests and benchmarks."""
    forget_shelf()
    forget_model()
    _viewers.forget()
