"""Pictures are fetched from the public web only, within limits, wherever an address leads."""

import itertools
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from catalog.imports.pictures.fetcher import NotFetched
from catalog.imports.remarks import PictureFailure
from catalog.public_web import client
from catalog.public_web.client import Validators, resolve_name
from catalog.public_web.networks import is_public
from tests.catalog.imports.pretend_web import PUBLIC, Page, PretendWeb, open_web


@pytest.fixture
def web() -> Iterator[PretendWeb]:
    with open_web() as web:
        yield web


@pytest.fixture
def private_port(web: PretendWeb) -> Iterator[socket.socket]:
    """A listening port of this machine, whose address private.example resolves to."""
    web.names["private.example"] = [["127.0.0.1"]]
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.setblocking(False)
        yield listening


def failure_of(web: PretendWeb, address: str, **options: float) -> PictureFailure:
    with pytest.raises(NotFetched) as caught:
        web.fetcher(**options).fetch(address)
    return caught.value.failure


def is_connected_to(listening: socket.socket) -> bool:
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def drip() -> Iterator[bytes]:
    for _byte in range(60):
        time.sleep(0.05)
        yield b"1"


def redirect(address: str, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": address})


SPECIAL = """
    0.0.0.0 10.0.0.5 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1
    192.168.1.1 198.19.0.1 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8
    ::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 2002:7f00:1::
    3fff::1 5f00::1 fc00::1 fd12::1 fe80::1 fe80::1%lo fec0::1 ff02::1 localhost
"""
ADDRESSES = """
    http://private.example:8080/ http://private.example/ http://127.0.0.1/ http://[::1]/x.jpg http://localhost/
    http://169.254.169.254/latest/ http://2130706433/ http://0x7f.1/ ftp://shop.example/ file:///etc/passwd
    http://me:secret@shop.example/ http://[::ffff:127.0.0.1]/ http://shop.example:22/
"""


@pytest.mark.parametrize("ip", SPECIAL.split())
def test_special_addresses_are_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", [PUBLIC, "8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_other_addresses_are_public(ip: str) -> None:
    assert is_public(ip)


def test_a_picture_is_fetched_with_what_the_server_says_of_its_version(web: PretendWeb) -> None:
    web.pages["shop.example/a.jpg?v=1"] = Page(b"bytes", headers={"ETag": '"1"', "Last-Modified": "yesterday"})
    fetched = web.fetcher().fetch("http://shop.example/a.jpg?v=1")
    assert (fetched.data, fetched.validators) == (b"bytes", Validators('"1"', "yesterday"))
    assert web.fetcher().fetch("http://shop.example/a.jpg?v=1", fetched.validators).data is None


@pytest.mark.parametrize("address", ADDRESSES.split())
def test_an_address_that_is_not_public_is_never_dialled(web: PretendWeb, address: str) -> None:
    web.names["private.example"] = [["127.0.0.1"]]
    assert failure_of(web, address) == PictureFailure.NOT_PUBLIC
    assert web.dialled == []


@pytest.mark.parametrize("ips", [["127.0.0.1"], [PUBLIC, "10.0.0.5"], ["::1", PUBLIC], ["64:ff9b::7f00:1"], []])
def test_a_name_is_refused_if_any_of_its_addresses_is_private(web: PretendWeb, ips: list[str]) -> None:
    web.names["mixed.example"] = [ips]
    assert failure_of(web, "http://mixed.example/a.jpg") == PictureFailure.NOT_PUBLIC
    assert web.dialled == []


@pytest.mark.parametrize(
    "address", ["http://private.example/", "http://127.0.0.1/", "file:///etc/passwd", "http://[::1]/"]
)
@pytest.mark.parametrize("hops", [1, 3])
def test_no_hop_leads_to_a_private_address(
    web: PretendWeb, private_port: socket.socket, hops: int, address: str
) -> None:
    for hop in range(1, hops):
        web.pages[f"shop.example/{hop}"] = redirect(f"/{hop + 1}", 301)
    web.pages[f"shop.example/{hops}"] = redirect(address)
    assert failure_of(web, "http://shop.example/1") == PictureFailure.NOT_PUBLIC
    assert [ip for ip, _port in web.dialled] == [PUBLIC] * hops
    assert not is_connected_to(private_port)


def test_a_name_is_resolved_once_and_what_was_checked_is_dialled(web: PretendWeb) -> None:
    web.names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    web.pages["rebinding.example/a.jpg"] = Page(b"bytes")
    assert web.fetcher().fetch("http://rebinding.example/a.jpg").data == b"bytes"
    assert web.dialled == [(PUBLIC, 80)]
    assert failure_of(web, "http://rebinding.example/a.jpg") == PictureFailure.NOT_PUBLIC


def test_without_the_check_the_private_port_would_be_reached(
    web: PretendWeb, private_port: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = private_port.getsockname()[1]
    monkeypatch.setattr(web, "resolve", lambda _host, _port: [("127.0.0.1", port)])
    assert failure_of(web, "http://private.example/") == PictureFailure.NOT_PUBLIC
    assert not is_connected_to(private_port)
    monkeypatch.setattr(client, "is_public", lambda _ip: True)
    assert failure_of(web, "http://private.example/", total_s=0.2) == PictureFailure.TOO_SLOW
    assert is_connected_to(private_port)


def test_five_redirects_are_followed_and_no_more(web: PretendWeb) -> None:
    for hop in range(6):
        web.pages[f"shop.example/{hop}"] = redirect(f"http://shop.example/{hop + 1}")
    web.pages["shop.example/6"] = Page(b"bytes")
    assert web.fetcher().fetch("http://shop.example/1").data == b"bytes"
    assert failure_of(web, "http://shop.example/0") == PictureFailure.TOO_MANY_REDIRECTS


@pytest.mark.parametrize("announced", [True, False])
def test_200_megabytes_are_cut_off(web: PretendWeb, announced: bool) -> None:
    headers = {"Content-Length": "200000000"} if announced else {}
    web.pages["shop.example/large.jpg"] = Page(itertools.repeat(bytes(1_000_000), 200), headers=headers)
    assert failure_of(web, "http://shop.example/large.jpg") == PictureFailure.TOO_LARGE


@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}])
def test_a_server_that_sends_byte_by_byte_is_left(web: PretendWeb, headers: dict[str, str]) -> None:
    web.pages["shop.example/slow.jpg"] = Page(drip(), headers=headers)
    started = time.monotonic()
    assert failure_of(web, "http://shop.example/slow.jpg", total_s=0.3) == PictureFailure.TOO_SLOW
    assert time.monotonic() - started < 2


def test_failures_have_names(web: PretendWeb) -> None:
    web.pages |= {"shop.example/500": Page(status=500), "shop.example/cut": Page(b"1", headers={"Content-Length": "9"})}
    web.pages["shop.example/304"] = Page(status=304)
    assert failure_of(web, "http://shop.example/404") == PictureFailure.NOT_FOUND
    for path in ("500", "cut", "304"):
        assert failure_of(web, f"http://shop.example/{path}") == PictureFailure.UNREACHABLE
    assert failure_of(web, "https://shop.example/no-tls.jpg") == PictureFailure.UNREACHABLE


def test_literal_addresses_resolve_to_themselves() -> None:
    assert resolve_name("8.8.8.8", 443) == [("8.8.8.8", 443)]
