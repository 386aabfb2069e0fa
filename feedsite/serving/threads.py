"""The threads in which Django works, of which each request waits for a free one, but not for ever."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class Overloaded(Exception):
    """Too many requests wait for a thread, or this one has waited for too long."""


class WorkerThreads:
    """At most `count` calls at once. A call waits at most `wait_seconds`, behind at most `max_waiting` others."""

    def __init__(self, name: str, *, count: int, max_waiting: int, wait_seconds: float) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._free = asyncio.Semaphore(count)
        self._waiting = 0
        self._max_waiting, self._wait_seconds = max_waiting, wait_seconds

    async def run[T](self, work: Callable[[], T]) -> T:
        """Return what `work` returns. Raises Overloaded before it is called, and what it raises."""
        await self._wait_for_turn()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._free.release()

    async def _wait_for_turn(self) -> None:
        if self._free.locked() and self._waiting >= self._max_waiting:
            raise Overloaded
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise Overloaded from error
        finally:
            self._waiting -= 1
