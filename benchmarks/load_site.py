"""A site for benchmarks.load: the web processes of docker-compose.yml, alone or behind nginx, with a silent mail server."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.feed_driving import wait_for_server
from benchmarks.load_clients import Target
from benchmarks.throwaway import throwaway_site

ROOT = Path(__file__).resolve().parent.parent
CLIPS, EVENTS = 2000, 60_000
CSRF = "a" * 32


@dataclass(frozen=True)
class SlowUpload:
    """The address of an upload that has been announced, and the headers of its creator."""

    path: str
    headers: dict[str, str]


@dataclass
class LoadSite:
    """The running site. `servers` are the processes whose memory is watched."""

    name: str
    target: Target
    servers: list[subprocess.Popen[bytes]]

    def cookies(self, count: int) -> list[str]:
        """Return the cookie of each viewer."""
        from feed.events.identity import Identity

        return [f"viewer={Identity(uuid.UUID(int=1 + number)).as_cookie()}" for number in range(count)]

    def memory_bytes(self) -> int:
        """Return the resident memory of the web processes with their workers."""
        import psutil

        families = [
            [process, *process.children(recursive=True)] for process in (psutil.Process(s.pid) for s in self.servers)
        ]
        return sum(process.memory_info().rss for family in families for process in family)

    def make_uploads(self, count: int) -> list[SlowUpload]:
        """Announce an upload of 400 MB for each creator, so that what is sent never completes it."""
        from django.test import Client
        from django.utils import timezone

        from tests.factories import make_creator
        from videos.intake.tus import start_upload

        uploads = []
        for number in range(count):
            creator = make_creator(f"creator{number}-{uuid.uuid4().hex[:6]}")
            client = Client()
            client.force_login(creator.user)
            upload = start_upload(
                creator=creator, clip_code="", file_name="clip.mp4", size_bytes=400_000_000, now=timezone.now()
            )
            session = client.cookies["sessionid"].value
            headers = {
                "Cookie": f"sessionid={session}; csrftoken={CSRF}",
                "X-CSRFToken": CSRF,
                "Tus-Resumable": "1.0.0",
                "Upload-Offset": "0",
                "Content-Type": "application/offset+octet-stream",
            }
            uploads.append(SlowUpload(f"/api/v1/uploads/{upload.code}/", headers))
        return uploads


@contextmanager
def filled_shop(viewers: int) -> Iterator[None]:
    """Start servers with a shop in them, and a mail server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as mail:
        os.environ |= {"FEED_ASKS_CONSENT": "false", "DATABASE_POOL_SIZE": "10"}
        with throwaway_site(email_url=f"smtp://127.0.0.1:{mail.getsockname()[1]}"):
            fill(viewers)
            yield


@contextmanager
def load_site(*, is_behind_nginx: bool) -> Iterator[LoadSite]:
    """Start the processes of the filled shop, and yield the site."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="load-")))
        ports = {name: free_port() for name in ("web", "uploads", "nginx")}
        front = ports["nginx" if is_behind_nginx else "web"]
        os.environ |= {
            "WEB_PORT": str(ports["web"]),
            "UPLOADS_PORT": str(ports["uploads"]),
            "SITE_URL": f"http://127.0.0.1:{front}",
            "NUM_PROXIES": "1" if is_behind_nginx else "0",
        }
        roles = ("web", "uploads") if is_behind_nginx else ("web",)
        servers = [stack.enter_context(running(role, folder)) for role in roles]
        for role in roles:
            wait_for_server(ports[role])
        stack.enter_context(running("worker", folder))
        if is_behind_nginx:
            stack.enter_context(running_nginx(folder, ports))
            wait_for_server(front)
        yield LoadSite("behind nginx" if is_behind_nginx else "alone", Target(front), servers)


def fill(viewers: int) -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from benchmarks.feed_shop import ShopSize, fill_shop
    from feed.events.partitions import create_partitions
    from feed.training import count_clips, train_model

    create_partitions(now=timezone.now())
    fill_shop(ShopSize(CLIPS, max(1000, viewers), EVENTS))
    count_clips(now=timezone.now())
    train_model(now=timezone.now())
    call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def running(role: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "feedsite.processes", role]
    with open(folder / f"{role}.log", "wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def running_nginx(folder: Path, ports: dict[str, int]) -> Iterator[None]:
    """Run nginx with the shipped configuration."""
    from tests.production.web_servers import nginx_command, site_configuration

    own = folder / "nginx"
    own.mkdir()
    web = f"127.0.0.1:{ports['web']}"
    upstreams = {"web:8000": web, "    server web2:8000 max_fails=0;\n": "", "web2:8000": web}
    configuration = own / "nginx.conf"
    configuration.write_text(
        site_configuration(
            own,
            listen=f"127.0.0.1:{ports['nginx']}",
            upstreams=upstreams | {"uploads:8001": f"127.0.0.1:{ports['uploads']}"},
            data=Path(os.environ["DATA_DIR"]),
        )
    )
    with open(folder / "nginx.log", "wb") as log:
        process = subprocess.Popen(nginx_command(configuration), stdout=log, stderr=log)
    time.sleep(0.5)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
