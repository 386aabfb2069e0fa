"""What stands between granian and Django: bodies are read without a thread, within limits of size, pace and disk."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accounts import picture_rules
from feedsite.serving.application import NO_SPACE, TOO_LARGE, TOO_SLOW, SlowClientGuard
from feedsite.serving.bodies import Pace, free_bytes
from feedsite.serving.body_policies import PAGES, RESUMABLE, UPLOADS, choose_policy
from tests.feedsite.serving_clients import HANGS_UP, POLICY, Client, Site, exchange, piece, scope
from tests.production.web_servers import DEPLOY


def test_the_environment_is_that_of_pep_3333(guard: Callable[..., SlowClientGuard]) -> None:
    site = Site()
    request = scope(
        "/p/%FFm%C3%BCg/", content_length="3", content_type="text/plain", cookie="a=1", x_forwarded_for="\xff"
    )
    request["headers"] += [(b"cookie", b"b=2"), (b"accept", b"a"), (b"accept", b"b"), (b"x_forwarded_for", b"1.2.3.4")]
    client = exchange(guard(site), request, piece(b"abc", is_last=True))
    assert (client.status, client.body, client.headers[b"x-length"]) == (200, b"ok", b"3")
    environ = site.environs[0]
    expected = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/p/\xffm\xc3\xbcg/",
        "QUERY_STRING": "q=%D7%90",
        "CONTENT_LENGTH": "3",
        "CONTENT_TYPE": "text/plain",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_ACCEPT": "a,b",
        "HTTP_X_FORWARDED_FOR": "\xff",
        "REMOTE_ADDR": "203.0.113.7",
        "SERVER_PORT": "8000",
    }
    assert {name: environ[name] for name in expected} == expected


@pytest.mark.parametrize("announces", [True, False])
def test_body_arrives_whole_however_it_was_cut(guard: Callable[..., SlowClientGuard], announces: bool) -> None:
    site = Site()
    headers = {"content_length": "900"} if announces else {"transfer_encoding": "chunked"}
    pieces = [piece(b"x" * 300), 0.05, piece(b"y" * 300), 0.05, piece(b"z" * 300, is_last=True)]
    assert exchange(guard(site), scope(**headers), *pieces).status == 200
    assert (site.bodies, site.environs[0]["CONTENT_LENGTH"]) == ([b"x" * 300 + b"y" * 300 + b"z" * 300], "900")


@pytest.mark.parametrize(
    ("messages", "headers", "status", "sentence"),
    [
        ([], {"content_length": "1001"}, 413, TOO_LARGE),
        ([piece(b"x" * 600), piece(b"x" * 600)], {"transfer_encoding": "chunked"}, 413, TOO_LARGE),
        ([piece(b"x")], {"content_length": "1000"}, 408, TOO_SLOW),
        ([step for _ in range(9) for step in (piece(b"x"), 0.05)], {"content_length": "1000"}, 408, TOO_SLOW),
    ],
)
def test_body_that_is_refused_never_reaches_the_site(
    guard: Callable[..., SlowClientGuard], messages: list[Any], headers: dict[str, str], status: int, sentence: str
) -> None:
    site = Site()
    answer = exchange(guard(site), scope("/api/v1/x/", **headers), *messages)
    assert (answer.status, json.loads(answer.body)) == (status, {"detail": sentence})
    assert answer.headers[b"connection"] == b"close"
    page = exchange(guard(site), scope("/x/", **headers), *messages)
    assert (page.status, page.body.decode()) == (status, f"{sentence}\n")
    assert site.environs == []


def test_client_that_hangs_up_is_forgotten_or_its_part_is_kept(guard: Callable[..., SlowClientGuard]) -> None:
    site = Site()
    request = scope(content_length="500")
    assert exchange(guard(site), request, piece(b"x" * 50), HANGS_UP).sent == []
    assert site.environs == []
    exchange(guard(site, replace(POLICY, keeps_partial_bodies=True)), request, piece(b"x" * 50), HANGS_UP)
    assert (site.bodies, site.errors) == ([b"x" * 50], ["The client hung up before the end of the body."])


def test_full_disk_is_said_before_a_long_body_is_read(guard: Callable[..., SlowClientGuard]) -> None:
    site, full = Site(), replace(POLICY, max_bytes=1 << 30, spare_bytes=1 << 60)
    answer = exchange(guard(site, full), scope("/api/v1/x/", content_length=str(1 << 20)))
    assert (answer.status, json.loads(answer.body)) == (507, {"detail": NO_SPACE})
    # A short body needs no disk: people can buy while it is full.
    assert exchange(guard(site, full), scope(content_length="3"), piece(b"abc", is_last=True)).status == 200


def test_body_that_announces_no_length_ends_when_the_disk_is_full(guard: Callable[..., SlowClientGuard]) -> None:
    site, full = Site(), replace(POLICY, max_bytes=1 << 30, spare_bytes=1 << 60)
    pieces = [piece(b"x" * (1 << 20)) for _number in range(6)]
    answer = exchange(guard(site, full), scope("/x/", transfer_encoding="chunked"), *pieces, piece(b"", is_last=True))
    assert (answer.status, site.environs) == (507, [])


def test_disk_has_room_for_what_is_still_to_come_of_other_bodies(
    guard: Callable[..., SlowClientGuard], tmp_path: Path
) -> None:
    free = free_bytes(tmp_path)
    policy = replace(POLICY, max_bytes=2 * free, max_at_once=9)
    long = scope("/x/", content_length=str(free * 6 // 10))
    first, second = Client(piece(b"x"), 0.09, HANGS_UP), Client(piece(b"y", is_last=True))

    async def send_both() -> None:
        shop = guard(Site(), policy)
        await asyncio.gather(shop(long, first.receive, first.send), _later(shop, long, second))

    asyncio.run(send_both())
    assert second.status == 507
    assert exchange(guard(Site(), policy), long, piece(b"z", is_last=True)).status == 200


async def _later(shop: SlowClientGuard, request: dict[str, Any], client: Client) -> None:
    await asyncio.sleep(0.03)
    await shop(request, client.receive, client.send)


def test_only_so_many_bodies_arrive_at_once(guard: Callable[..., SlowClientGuard]) -> None:
    site = Site()
    application = guard(site, replace(POLICY, pace=Pace(5, 5, 1)))

    async def crowd() -> list[Client]:
        clients = [Client(piece(b"x"), 0.2, piece(b"y", is_last=True)) for _number in range(3)]
        await asyncio.gather(*(application(scope(content_length="2"), c.receive, c.send) for c in clients))
        return clients

    assert sorted(client.status for client in asyncio.run(crowd())) == [200, 200, 503]
    assert site.bodies == [b"xy", b"xy"]


def test_short_bodies_take_no_place_of_the_long_ones(guard: Callable[..., SlowClientGuard]) -> None:
    site, short = Site(), replace(POLICY, pace=Pace(5, 5, 1), max_at_once=9)
    policy = replace(short, max_at_once=1, asks_first_bytes=10, for_short=short)

    async def crowd() -> list[Client]:
        application = guard(site, policy)
        slow = [Client(piece(b"x"), 0.2, piece(b"y", is_last=True)) for _number in range(3)]
        long = Client(piece(b"z" * 20, is_last=True))
        requests = [application(scope(content_length="2"), client.receive, client.send) for client in slow]
        await asyncio.gather(*requests, _later(application, scope(content_length="20"), long))
        return [*slow, long]

    assert [client.status for client in asyncio.run(crowd())] == [200] * 4


def test_strangers_are_answered_before_their_long_body_is_read(guard: Callable[..., SlowClientGuard]) -> None:
    policy = replace(POLICY, asks_first_bytes=10)
    refusing = Site("403 Forbidden")
    assert exchange(guard(refusing, policy), scope(content_length="500")).status == 403
    assert [environ["REQUEST_METHOD"] for environ in refusing.environs] == ["HEAD", "HEAD"]
    short = exchange(guard(refusing, policy), scope(content_length="5"), piece(b"abcde", is_last=True))
    assert (short.status, refusing.environs[-1]["REQUEST_METHOD"]) == (403, "POST")
    narrow = replace(policy, for_strangers=replace(POLICY, max_bytes=100))
    assert exchange(guard(refusing, narrow), scope(content_length="500")).status == 413
    admitting = Site("405 Method Not Allowed")
    exchange(guard(admitting, policy), scope(content_length="11"), piece(b"x" * 11, is_last=True))
    assert admitting.bodies == [b"", b"x" * 11]


def test_bodies_need_no_thread_while_they_arrive(guard: Callable[..., SlowClientGuard]) -> None:
    """40 clients send slowly; a request in between is answered at once, by one thread."""
    site = Site()
    application = guard(site, replace(POLICY, pace=Pace(5, 5, 1), max_at_once=100), threads=1)

    async def crowd() -> None:
        slow = [Client(piece(b"x"), 1.0, piece(b"y", is_last=True)) for _number in range(40)]
        waiting = [asyncio.ensure_future(application(scope(content_length="2"), c.receive, c.send)) for c in slow]
        await asyncio.sleep(0.1)
        quick = Client()
        await application(scope("/", "GET"), quick.receive, quick.send)
        assert quick.status == 200 and [client.sent for client in slow] == [[]] * 40
        await asyncio.gather(*waiting)
        assert {client.status for client in slow} == {200}

    asyncio.run(crowd())


def test_paths_that_take_videos_are_those_of_nginx() -> None:
    for path in ("/api/v1/uploads/", "/api/v1/uploads/abc/"):
        assert choose_policy(path) == RESUMABLE
    for path in (
        "/api/v1/clips/abc/file/",
        "/api/v1/clips/abc/photos/",
        "/studio/upload/",
        "/studio/photos/",
        "/studio/clips/abc/edit/",
    ):
        assert choose_policy(path) == UPLOADS
    for path in (
        "/",
        "/api/v1/clips/abc/",
        "/studio/",
        "/studio/clips/abc/withdraw/",
        "/studio/clips/abc/",
        "/checkout/",
        "/api/v1/events/",
    ):
        assert choose_policy(path) == PAGES
    location = "location ~ ^/(api/v1/uploads/|api/v1/clips/[^/]+/(file|photos)/|studio/upload/|studio/photos/|studio/clips/[^/]+/edit/) {"
    text = (DEPLOY / "nginx.conf").read_text()
    assert location in text
    assert PAGES.max_bytes > picture_rules.MAX_BYTES + (1 << 20)
    assert f"client_max_body_size {PAGES.max_bytes >> 20}m;" in text
    assert "client_max_body_size 0;" in (DEPLOY / "tls.conf").read_text(), "nginx.conf decides."
    assert UPLOADS.max_bytes <= 600 << 20
