"""A deployment on this machine: the image's files and packages, and the services of docker-compose.yml as processes."""

import http.client
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.production.compose import COMPOSE_FILE, Service, read_image_environment, read_services
from tests.production.outside import Shop
from tests.production.packages import read_commands

PROCESSES = ("web", "web2", "uploads", "worker", "transcoder", "beat")
SECONDS_TO_START = 120


@dataclass
class Deployment:
    """The shop under `folder`. `replacements` maps the addresses and folders of the containers to those of this machine."""

    folder: Path
    packages: Path
    env_text: str
    shop: Shop
    replacements: Mapping[str, str]
    web_ports: Mapping[str, int]
    site: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    started_from: dict[str, Path] = field(default_factory=dict)

    def build(self) -> None:
        """Run the Dockerfile's commands that prepare the image's files."""
        for command in read_commands("python -m"):
            environment = self._environment(Service([], {}))
            subprocess.run(["/bin/sh", "-ec", command], cwd=self.site, env=environment, check=True, capture_output=True)

    def run(
        self, service: str, command: str | None = None, *, extra: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a service's command to its end, or another one in its place as `docker compose run` does.

        `extra` has more environment variables.
        """
        definition = read_services(self.env_text)[service]
        arguments = definition.command if command is None else shlex.split(command)
        return subprocess.run(
            arguments,
            cwd=self.site,
            env=self._environment(definition) | (extra or {}),
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    def run_at_terminal(self, service: str, command: str, terminal: int) -> subprocess.CompletedProcess[bytes]:
        """Run a command as `docker compose run` does at a terminal, whose file descriptor is given."""
        environment = self._environment(read_services(self.env_text)[service])
        return subprocess.run(
            shlex.split(command),
            cwd=self.site,
            env=environment,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            check=False,
        )

    def start(self, name: str) -> None:
        definition = read_services(self.env_text)[name]
        environment = self._environment(definition)
        if name in self.web_ports:  # containers have an address each, and the same port
            environment["UPLOADS_PORT" if name == "uploads" else "WEB_PORT"] = str(self.web_ports[name])
        self.start_command(name, definition.command, environment)

    def run_command(self, command: list[str]) -> None:
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)

    def start_command(self, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> None:
        self.started_from[name] = self.site
        with open(self.folder / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=self.site, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self, name: str) -> None:
        """Stop a service as `docker compose stop` does: SIGTERM, and SIGKILL after the grace period."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(stop_grace_seconds(name))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def replace(self, name: str) -> None:
        """Stop a service and start it with the current files, as `docker compose up --wait` does."""
        self.stop(name)
        self.start(name)
        if name in self.web_ports:
            self.wait_until_healthy(name)

    def is_current(self, name: str) -> bool:
        """Return whether a service runs with the current files."""
        return self.started_from.get(name) == self.site

    def wait_until_healthy(self, name: str) -> None:
        """Wait until a web process answers itself, without the proxies."""

        def is_healthy() -> bool:
            try:
                return self.processes[name].poll() is None and ask_health(self.web_ports[name])
            except ConnectionError:
                return False

        wait_until(is_healthy, seconds=SECONDS_TO_START, explain=lambda: self.read_log(name))

    def stop_all(self) -> None:
        for name in reversed(list(self.processes)):
            self.stop(name)

    def wait_until_ready(self, path: str = "/readyz/") -> None:
        def is_ready() -> bool:
            try:
                return self.shop.request("GET", path)[0] == 200
            except ConnectionError:
                return False

        wait_until(is_ready, seconds=SECONDS_TO_START, explain=lambda: self.read_log("web"))

    def read_log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-6000:]

    def _environment(self, service: Service) -> dict[str, str]:
        """Return the image's and the service's environment, with the addresses of this machine."""
        image = read_image_environment()
        path = image.pop("PATH").replace("/venv", str(self.packages)).replace("$PATH", "/usr/local/bin:/usr/bin:/bin")
        variables = image | service.environment
        for old, new in self.replacements.items():
            is_address = ":" in old  # which may be part of a URL; a folder or a port is a whole value
            variables = {
                name: value.replace(old, new) if is_address else new if value == old else value
                for name, value in variables.items()
            }
        return variables | {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8"}


def ask_health(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz/web/", headers={"Host": "127.0.0.1"})
        return connection.getresponse().status == 200
    finally:
        connection.close()


def stop_grace_seconds(name: str) -> float:
    """Return a service's `stop_grace_period`, by default the 10 seconds of compose."""
    services = yaml.safe_load(COMPOSE_FILE.read_text())["services"]
    period = re.fullmatch(r"(\d+)s", services.get(name, {}).get("stop_grace_period", "10s"))
    assert period is not None
    return float(period[1])


def wait_until(
    holds: Callable[[], bool], *, seconds: float = 60, explain: Callable[[], str] = lambda: "", pause: float = 0.3
) -> None:
    """Wait for other processes. Raises TimeoutError with an explanation."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"It did not happen in {seconds:.0f} s.\n{explain()}")
        time.sleep(pause)
