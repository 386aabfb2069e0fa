"""`make dev` starts, restarts on save and stops; debug pages cannot be on anywhere else."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from feedsite.development import PortTaken, changed_files, choose_port, take_snapshot, watched_folders

ROOT = Path(__file__).resolve().parent.parent.parent
EMBEDDED = ("DATABASE_URL", "REDIS_URL")


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in EMBEDDED}
    return own | {"DATA_DIR": str(data_dir), **variables}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("variables", [{"DEMO": "false"}, {"DEMO": "true", "SITE_URL": "https://shop.example.org"}])
def test_debug_is_refused_outside_the_demo_and_behind_https(variables: dict[str, str]) -> None:
    started = subprocess.run(
        [sys.executable, "-c", "import feedsite.settings"],
        cwd=ROOT,
        env=os.environ | {"DEBUG": "true", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    assert "DEBUG shows source code and settings to every visitor." in started.stderr


def test_debug_is_off_unless_it_is_set() -> None:
    code = "from feedsite import settings; print(settings.DEBUG)"
    shown = {name: value for name, value in os.environ.items() if name != "DEBUG"} | {"DEMO": "true"}
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=shown, text=True) == "False\n"


def test_no_file_of_a_deployment_names_debug() -> None:
    deployed = [ROOT / "docker-compose.yml", ROOT / "Dockerfile", *(ROOT / "docs/deploy").iterdir()]
    assert [path.name for path in deployed if "DEBUG" in path.read_text()] == []


def test_a_snapshot_sees_files_that_are_written_added_and_removed(tmp_path: Path) -> None:
    for name in ("views.py", "page.html", "gone.py"):
        (tmp_path / name).touch()
    before = take_snapshot([tmp_path])
    os.utime(tmp_path / "views.py", ns=(1, 1))
    (tmp_path / "gone.py").unlink()
    (tmp_path / "new.py").touch()
    (tmp_path / "notes.log").touch()
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "data.json").touch()
    assert [path.name for path in changed_files(before, take_snapshot([tmp_path]))] == ["gone.py", "new.py", "views.py"]


def test_apps_and_templates_are_watched_and_packages_are_not() -> None:
    folders = watched_folders()
    assert {ROOT / "videos", ROOT / "feedsite", ROOT / "templates"} <= set(folders)
    assert all(folder.parent == ROOT for folder in folders)


def test_a_given_port_that_is_taken_is_refused_and_none_given_is_passed_over() -> None:
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        port = occupied.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is taken"):
            choose_port("127.0.0.1", str(port))
        assert choose_port("127.0.0.1", None) != port
    assert choose_port("127.0.0.1", str(port)) == port


class DevelopmentSite:
    """A running `manage.py dev` and what it printed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "dev"],
                cwd=ROOT,
                env=environment(folder / "data", DEMO="true", DEBUG="true", WEB_PORT=str(self.port)),
                stdout=log,
                stderr=log,
            )

    def get(self, path: str) -> tuple[int, str]:
        """Return status and body, or (0, "") while nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except (http.client.HTTPException, OSError):
            return 0, ""
        finally:
            connection.close()

    def wait(self, path: str, status: int) -> str:
        deadline = time.monotonic() + 200
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            if (answer := self.get(path))[0] == status:
                return answer[1]
            time.sleep(0.2)
        raise AssertionError(self.log.read_text())

    def wait_for_line(self, words: str) -> None:
        deadline = time.monotonic() + 60
        while words not in self.log.read_text():
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DevelopmentSite]:
    running = DevelopmentSite(tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(60)


def test_the_development_site_starts_reloads_and_stops(site: DevelopmentSite) -> None:
    assert "DEBUG = True" in site.wait("/no-such-page/", 404)
    first = [child for child in site.children() if "granian" in " ".join(child.cmdline())]
    assert first
    (ROOT / "feedsite" / "context.py").touch()
    site.wait_for_line("feedsite/context.py has changed; restarting.")
    _ended, alive = psutil.wait_procs(first, timeout=30)
    assert alive == []
    site.wait("/healthz/", 200)
    running = site.children()
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(60) == 0
    _ended, alive = psutil.wait_procs(running, timeout=10)
    assert alive == []
    assert site.get("/healthz/") == (0, "")
