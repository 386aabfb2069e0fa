"""An occupied port is reported before anything is started, whatever occupies it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.ports import PortUnavailable, check_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def holder(request: pytest.FixtureRequest, port: int) -> Iterator[None]:
    """Hold the port on an address, listening or not; nobody accepts its connections."""
    address, is_listening = request.param
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as held:
        held.bind((address, port))
        if is_listening:
            held.listen()
        yield


def test_a_free_port_passes(port: int) -> None:
    check_port("127.0.0.1", port)


@pytest.mark.parametrize(
    "holder",
    [("127.0.0.1", True), ("127.0.0.1", False), ("0.0.0.0", True), ("127.0.0.2", True)],  # noqa: S104
    indirect=True,
    ids=["listening", "silent", "on all addresses", "on another address"],
)
@pytest.mark.usefixtures("holder")
def test_an_occupied_port_is_refused(port: int) -> None:
    with pytest.raises(PortUnavailable, match=f"Port {port} is in use by another process"):
        check_port("127.0.0.1", port)


def test_a_port_whose_connections_have_just_closed_is_free(port: int) -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _peer = server.accept()
            accepted.close()  # this side closes first, so its connection stays in TIME_WAIT
            client.recv(1)
    check_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused(port: int) -> None:
    with pytest.raises(PortUnavailable, match=r"WEB_HOST=192\.0\.2\.1 is not an address of this machine"):
        check_port("192.0.2.1", port)


def start_demo(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment = inherited | {"DATA_DIR": str(tmp_path / "data")} | variables
    command = [sys.executable, "-m", "demo"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("holder", [("127.0.0.1", False)], indirect=True)
@pytest.mark.usefixtures("holder")
def test_the_demo_reports_an_occupied_port_before_it_creates_anything(tmp_path: Path, port: int) -> None:
    started_at = time.monotonic()
    result = start_demo(tmp_path, DEMO="true", WEB_PORT=str(port))
    assert result.returncode == 1
    assert result.stderr.strip() == (
        f"Port {port} is in use by another process. Choose another one: WEB_PORT={port + 1} make demo"
    )
    assert not (tmp_path / "data").exists()
    assert time.monotonic() - started_at < 60


def test_the_demo_starts_only_as_a_demo_and_on_a_number(tmp_path: Path) -> None:
    refused = start_demo(tmp_path, DEMO="false")
    assert (refused.returncode, refused.stderr.strip()) == (
        1,
        "The demo creates accounts with a known password. Start it with: make demo",
    )
    mistyped = start_demo(tmp_path, DEMO="true", WEB_PORT="eighty")
    assert mistyped.returncode == 1
    assert "WEB_PORT" in mistyped.stderr
    assert "Traceback" not in mistyped.stderr
    assert not (tmp_path / "data").exists()
