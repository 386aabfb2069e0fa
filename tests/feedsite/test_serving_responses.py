"""Responses between Django and granian: requests wait for few threads, and long answers go out in batches."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from feedsite.serving.application import BUSY, SlowClientGuard
from tests.feedsite.serving_clients import HANGS_UP, Client, Site, exchange, piece, scope


def test_requests_wait_for_a_thread_but_not_for_ever(guard: Callable[..., SlowClientGuard]) -> None:
    site, gate = Site(), threading.Event()
    site.work = lambda: require_opened(gate)
    application = guard(site, threads=1, max_waiting=1, wait_seconds=0.2)

    async def crowd() -> list[Client]:
        clients = [Client() for _number in range(3)]
        requests = [asyncio.ensure_future(application(scope("/", "GET"), c.receive, c.send)) for c in clients]
        await asyncio.sleep(0.5)  # the second has waited for too long, and the third did not even wait
        health = Client()
        site.work = lambda: None
        await application(scope("/healthz/", "GET"), health.receive, health.send)
        assert health.status == 200
        gate.set()
        await asyncio.gather(*requests)
        return clients

    served, *refused = asyncio.run(crowd())
    assert served.status == 200
    for client in refused:
        assert (client.status, client.body.decode(), client.headers[b"retry-after"]) == (503, f"{BUSY}\n", b"5")


def require_opened(gate: threading.Event) -> None:
    assert gate.wait(10)


class LongResponse:
    """A body of many pieces that knows whether it was closed."""

    def __init__(self) -> None:
        self.taken, self.is_closed = 0, False

    def __iter__(self) -> Iterator[bytes]:
        for _number in range(100):
            self.taken += 1
            yield b"x" * 65536

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("hangs_up", [False, True])
def test_long_response_is_sent_in_batches_until_its_client_hangs_up(
    guard: Callable[..., SlowClientGuard], hangs_up: bool
) -> None:
    response = LongResponse()

    def site(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return response

    client = exchange(guard(site), scope("/", "GET"), piece(b"", is_last=True), *([HANGS_UP] if hangs_up else []))
    assert response.is_closed
    assert max(len(message["body"]) for message in client.sent[1:]) <= 5 * 65536
    if hangs_up:
        assert response.taken < 20
    else:
        assert (len(client.body), client.sent[-1]["more_body"]) == (100 * 65536, False)


def test_error_in_a_response_closes_it(guard: Callable[..., SlowClientGuard]) -> None:
    response = LongResponse()

    def site(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return Failing(response)

    with pytest.raises(RuntimeError):
        exchange(guard(site), scope("/", "GET"))
    assert response.is_closed


class Failing:
    """A body that fails in its middle, and closes another one with itself."""

    def __init__(self, inner: LongResponse) -> None:
        self.inner = inner

    def __iter__(self) -> Iterator[bytes]:
        yield b"x"
        raise RuntimeError

    def close(self) -> None:
        self.inner.close()
