"""In-process caches, and how long each of them may use its entries.

Some entries are checked against a version when they are read. For all others, the lifetime limits how stale they can
get.
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
    """How long an entry may be used, and the reason for this limit."""

    seconds: float
    reason: str


LIFETIMES = {
    "cookies": Lifetime(inf, "A signature depends on nothing but the signed value."),
    "viewers": Lifetime(600.0, "Seen clips may be shown again after 14 days, but no row changes then."),
    "ranked lists": Lifetime(20.0, "New clips should appear within a minute. Applies once the snapshot has changed."),
    "selections": Lifetime(600.0, "The key holds the number of a ranked list, which expires after the same time."),
    "pages": Lifetime(60.0, "The names of creators and categories have no version."),
    "card contents": Lifetime(600.0, "A creator's name and picture have no version."),
    "offers": Lifetime(inf, "The key holds everything that an offer's text depends on."),
    "reasons": Lifetime(60.0, "A category's name has no version."),
    "snapshot": Lifetime(5.0, "New clips should appear within a minute; changes are cheap to read."),
    "whole snapshot": Lifetime(600.0, "View counts and stock have no timestamp to read changes by."),
    "saved model": Lifetime(15.0, "Listing a folder is cheap, and a rebuild takes minutes."),
}
"""Lifetimes by cache name. The last three apply to values that refresh themselves and are not stored in a Cache."""


class Cache[Key: Hashable, Value]:
    """A thread-safe cache in the memory of one process. The oldest entries are dropped first."""

    def __init__(self, name: str) -> None:
        self._seconds = LIFETIMES[name].seconds
        self._entries: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._lock = Lock()
        on_clear(self.clear)

    def get(self, key: Key) -> Value | None:
        """Return the cached value, or None if it is missing or has expired."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and time.monotonic() < entry[0] else None

    def set(self, key: Key, value: Value) -> None:
        """Store a value. If there are then more than MAX_ENTRIES, drop the oldest ones."""
        with self._lock:
            self._entries[key] = (time.monotonic() + self._seconds, value)
            self._entries.move_to_end(key)
            while len(self._entries) > MAX_ENTRIES:
                self._entries.popitem(last=False)

    def get_or_compute(self, key: Key, compute: Callable[[], Value]) -> Value:
        """Return the cached value. If it is missing or has expired, compute and store it.

        Two threads that ask at the same time may both compute it.
        """
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
        """Drop all entries."""
        with self._lock:
            self._entries.clear()


_clear_functions: list[Callable[[], None]] = []


def on_clear(clear: Callable[[], None]) -> None:
    """Register a function for `clear_caches` to call."""
    _clear_functions.append(clear)


def clear_caches() -> None:
    """Clear all caches, as if the process had just started. For tests and benchmarks."""
    for clear in _clear_functions:
        clear()
