"""In-process caches: the one class they all use, and the table of their lifetimes with the reason for each.

An entry is either validated by a version when it is read, or its lifetime is how late a change may be seen.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import inf
from threading import Lock

MAX_ENTRIES = 20_000


@dataclass(frozen=True)
class Lifetime:
    """How long an entry may be used, and why no longer."""

    seconds: float
    reason: str


LIFETIMES = {
    "cookies": Lifetime(inf, "A signature depends on nothing but the signed value."),
    "viewers": Lifetime(600.0, "Seen clips may come back after 14 days, and no row changes when they may."),
    "ranked lists": Lifetime(20.0, "New clips should appear within a minute. Applies once the snapshot has changed."),
    "selections": Lifetime(600.0, "The key holds the number of the ranked list, which lives no longer."),
    "pages": Lifetime(60.0, "The names of creators and categories have no version."),
    "card contents": Lifetime(600.0, "A creator's name and picture have no version."),
    "offers": Lifetime(inf, "The key holds everything that an offer's text depends on."),
    "reasons": Lifetime(60.0, "A category's name has no version."),
    "snapshot": Lifetime(5.0, "New clips should appear within a minute; changes are cheap to read."),
    "whole snapshot": Lifetime(600.0, "View counts and stock have no timestamp to read changes by."),
    "saved model": Lifetime(15.0, "Listing a folder is cheap, and a rebuild takes minutes."),
}
"""Per cache, in seconds. The last three belong to single values that refresh themselves, not to a Cache."""


class Cache[Key: Hashable, Value]:
    """Values by key in the memory of one process; the oldest entries are dropped first. Safe to share between threads."""

    def __init__(self, name: str) -> None:
        self._seconds = LIFETIMES[name].seconds
        self._entries: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._lock = Lock()
        on_clear(self.clear)

    def get(self, key: Key) -> Value | None:
        """Return the value; None if there is none or it has expired."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and time.monotonic() < entry[0] else None

    def set(self, key: Key, value: Value) -> None:
        """Store a value, dropping the oldest beyond MAX_ENTRIES."""
        with self._lock:
            self._entries[key] = (time.monotonic() + self._seconds, value)
            self._entries.move_to_end(key)
            while len(self._entries) > MAX_ENTRIES:
                self._entries.popitem(last=False)

    def get_or_compute(self, key: Key, compute: Callable[[], Value]) -> Value:
        """Return the value, computing and storing it first if there is none. Two threads may both compute it."""
        value = self.get(key)
        if value is None:
            value = compute()
            self.set(key, value)
        return value

    def discard(self, is_stale: Callable[[Value], bool]) -> None:
        """Drop every value for which `is_stale` returns True."""
        with self._lock:
            for key in [key for key, (_expires_at, value) in self._entries.items() if is_stale(value)]:
                del self._entries[key]

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._entries.clear()


_clear_functions: list[Callable[[], None]] = []


def on_clear(clear: Callable[[], None]) -> None:
    """Register a function that `clear_caches` calls."""
    _clear_functions.append(clear)


def clear_caches() -> None:
    """Forget everything, as if the process had just started. For tests and benchmarks."""
    for clear in _clear_functions:
        clear()
