"""The ASGI application around Django's WSGI application.

docs/decisions/0015-slow-clients.md says why it is here.
"""

import asyncio
import io
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from feedsite.serving.bodies import (
    MEMORY_BYTES,
    BodyTooSlow,
    ConnectionEnded,
    OverlongBody,
    Pace,
    Receive,
    RequestBody,
    free_bytes,
    receive_body,
)
from feedsite.serving.environ import build_environ
from feedsite.serving.responses import Send, ThreadedResponse, send_batch, send_refusal, send_start
from feedsite.serving.threads import Overloaded, WorkerThreads

type WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

OPERATOR_PATHS = ("/healthz/", "/readyz/", "/metrics")
"""Their requests have threads of their own, so that a busy process is not taken for a dead one."""

RETRY_SECONDS = 5
BUSY = "The shop is very busy right now. Please try again in a few seconds."
TOO_SLOW = "The rest of the request didn't arrive. Please check your connection and try again."
TOO_LARGE = "That is more than can be sent here."
NO_SPACE = "There isn't enough disk space for this right now. Please try again later."
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BodyPolicy:
    """What bodies may be sent to some addresses.

    `max_at_once` bodies may arrive at the same time. `spare_bytes` of the disk are never used for them. With
    `keeps_partial_bodies`, the application gets what had come of a body when its client hung up.

    Before a body of more than `asks_first_bytes` is read, the application is asked whether this client may send one. If
    it may not, it gets that answer, or the policy `for_strangers` holds. `for_short` holds for the bodies about which it
    is not asked, so that they take no place of the long ones.
    """

    max_bytes: int
    pace: Pace
    spare_bytes: int
    max_at_once: int
    keeps_partial_bodies: bool = False
    asks_first_bytes: int | None = None
    for_strangers: "BodyPolicy | None" = None
    for_short: "BodyPolicy | None" = None

    def asks_first(self, announced: int | None) -> bool:
        return self.asks_first_bytes is not None and (announced is None or announced > self.asks_first_bytes)


class SlowClientGuard:
    """Calls a WSGI application in threads, with bodies that have been read, and sends what it answers.

    `choose_policy` returns the policy for a path. Bodies are kept in `folder` meanwhile.
    """

    def __init__(
        self,
        application: WsgiApplication,
        *,
        choose_policy: Callable[[str], BodyPolicy],
        folder: Path,
        threads: int,
        max_waiting: int = 512,
        wait_seconds: float = 20,
    ) -> None:
        self.application, self.choose_policy, self.folder = application, choose_policy, folder
        self.threads = WorkerThreads("web", count=threads, max_waiting=max_waiting, wait_seconds=wait_seconds)
        self.operator_threads = WorkerThreads("operator", count=2, max_waiting=64, wait_seconds=5)
        self.arriving: dict[BodyPolicy, int] = {}
        self.announced: dict[RequestBody, int] = {}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = RequestBody(self.folder)
        try:
            if await self._take_body(scope, body, receive, send):
                await self._answer(scope, body, receive, send)
        except Overloaded:
            logger.warning("No thread was free in time", extra={"path": scope["path"]})
            await send_refusal(send, scope["path"], 503, BUSY, retry_seconds=RETRY_SECONDS)
        finally:
            body.close()

    async def _take_body(self, scope: dict[str, Any], body: RequestBody, receive: Receive, send: Send) -> bool:
        """Read the body. Return whether the application shall be called; otherwise the client has been answered."""
        announced = _announced_bytes(scope["headers"])
        if announced == 0:
            return True
        policy = self.choose_policy(scope["path"])
        refuse = partial(send_refusal, send, scope["path"])
        if policy.asks_first(announced) and not await self._admits(scope):
            if policy.for_strangers is None:
                await self._answer(scope | {"method": "HEAD"}, body, receive, send)
                return False
            policy = policy.for_strangers
        elif policy.for_short is not None and not policy.asks_first(announced):
            policy = policy.for_short
        if announced is not None and announced > policy.max_bytes:
            await refuse(413, TOO_LARGE)
        elif self.arriving.get(policy, 0) >= policy.max_at_once:
            await refuse(503, BUSY, retry_seconds=RETRY_SECONDS)
        elif not self._has_room(policy, announced or 0):
            await refuse(507, NO_SPACE, retry_seconds=60)
        else:
            return await self._receive(policy, announced, body, receive, refuse)
        return False

    async def _receive(
        self,
        policy: BodyPolicy,
        announced: int | None,
        body: RequestBody,
        receive: Receive,
        refuse: Callable[..., Any],
    ) -> bool:
        self.arriving[policy] = self.arriving.get(policy, 0) + 1
        self.announced[body] = announced or 0
        try:
            has_room = partial(self._has_room, policy)
            await receive_body(body, receive, max_bytes=policy.max_bytes, pace=policy.pace, has_room=has_room)
        except OverlongBody:
            await refuse(413, TOO_LARGE)
        except (BodyTooSlow, ConnectionEnded) as error:
            if policy.keeps_partial_bodies and body.length:
                body.is_cut_off = True
                body.rewind()
                return True
            if isinstance(error, BodyTooSlow):
                await refuse(408, TOO_SLOW)
        except OSError as error:
            logger.warning("A body could not be stored", extra={"error": str(error)})
            await refuse(507, NO_SPACE, retry_seconds=60)
        else:
            body.rewind()
            return True
        finally:
            self.arriving[policy] -= 1
            del self.announced[body]
        return False

    async def _admits(self, scope: dict[str, Any]) -> bool:
        """Ask the application, with HEAD, whether this client may use this address."""
        response = ThreadedResponse()
        environ = build_environ(scope | {"method": "HEAD"}, body=io.BytesIO(), body_bytes=0)
        await self.threads.run(lambda: response.begin(self.application(environ, response.start)))
        await self.threads.run(response.close)
        return response.status < 300 or response.status == 405

    def _has_room(self, policy: BodyPolicy, more_bytes: int) -> bool:
        """Return whether as much fits on the disk, beside what is still to come of other bodies. Short ones fit anyway."""
        if more_bytes <= MEMORY_BYTES:
            return True
        to_come = sum(max(0, announced - body.length) for body, announced in self.announced.items())
        return free_bytes(self.folder) >= to_come + more_bytes + policy.spare_bytes

    async def _answer(self, scope: dict[str, Any], body: RequestBody, receive: Receive, send: Send) -> None:
        is_operators = scope["path"].startswith(OPERATOR_PATHS)
        threads = self.operator_threads if is_operators else self.threads
        length = body.length + 1 if body.is_cut_off else body.length
        environ = build_environ(scope, body=body, body_bytes=length)
        response = ThreadedResponse()
        await threads.run(lambda: response.begin(self.application(environ, response.start)))
        try:
            await send_start(send, response.status, response.headers)
            await send_batch(send, response.batch, is_last=response.is_complete)
            if not response.is_complete:
                await _send_rest(threads, response, receive, send)
        except TimeoutError:
            logger.info("A client does not read its response", extra={"path": scope["path"]})
        except Overloaded:
            logger.warning("No thread was free for the rest of a response", extra={"path": scope["path"]})
        finally:
            if not response.is_complete:
                await asyncio.to_thread(response.close)


async def _send_rest(threads: WorkerThreads, response: ThreadedResponse, receive: Receive, send: Send) -> None:
    """Send a long response batch by batch, until its client hangs up."""
    hung_up = asyncio.ensure_future(_wait_until_hung_up(receive))
    try:
        while not response.is_complete and not hung_up.done():
            await threads.run(response.take_batch)
            await send_batch(send, response.batch, is_last=response.is_complete)
    finally:
        hung_up.cancel()
        with suppress(asyncio.CancelledError):
            await hung_up


async def _wait_until_hung_up(receive: Receive) -> None:
    """Wait for the end of the connection. The first message may be the empty body of a request without one."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _announced_bytes(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Return the length of the body as announced, 0 if there is none, and None if it comes in chunks."""
    by_name = {name.lower(): value for name, value in headers}
    if b"transfer-encoding" in by_name:
        return None
    length = by_name.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0
