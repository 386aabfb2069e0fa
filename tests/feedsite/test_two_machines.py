"""Two machines with a DATA_DIR each share a database and a bucket: what one begins, the other one continues."""

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as site_settings
from django.utils import timezone

from creators.models import Creator
from feed.page.model_store import models_folder
from feed.training import train_model
from tests.conftest import client_of
from tests.factories import make_enrolment, make_product
from tests.feed.watching import BROWSER, make_watchable_clip
from tests.feedsite.live_process import ROOT, LiveProcess, free_port, live_process
from tests.object_store import ObjectStore
from tests.videos.clips import make_clip
from videos.models import Clip, Job, JobState, Source, Upload
from videos.states import ClipState
from videos.tasks import enqueue_waiting_jobs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore::DeprecationWarning")]
CHUNK = "application/offset+octet-stream"


@dataclass(frozen=True)
class Machine:
    """A machine with one web process."""

    address: str
    data: Path
    process: LiveProcess

    def send(self, method: str, path: str, *, body: bytes | None = None, **headers: str) -> tuple[int, Any, bytes]:
        """Return status, headers and body of an answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.address + path, body, {"User-Agent": BROWSER} | named, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def is_ready(self) -> bool:
        try:
            return self.send("GET", "/readyz/web/")[0] == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of collected static files, because compressing them takes half a minute."""
    folder = tmp_path_factory.mktemp("collected")
    command = [sys.executable, "-m", "feedsite.processes", "collectstatic"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"DATA_DIR": str(folder)}, check=True)
    return folder / "static"


@pytest.fixture
def machines(object_store: ObjectStore, tmp_path: Path, collected: Path) -> Iterator[list[Machine]]:
    with ExitStack() as stack:
        started = []
        for name in ("first", "second"):
            port, data = str(free_port()), tmp_path / name
            variables = object_store.variables | {"WEB_PORT": port, "WEB_WORKERS": "1", "DATA_DIR": str(data)}
            shutil.copytree(collected, data / "static")
            process = stack.enter_context(live_process("web", tmp_path / f"{name}.log", **variables))
            started.append(Machine(f"http://127.0.0.1:{port}", data, process))
        for machine in started:
            machine.process.wait_for(machine.is_ready, seconds=90)
        yield started


def signed_in(creator: Creator) -> dict[str, str]:
    session = client_of(creator.user).cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}; csrftoken={'x' * 32}", "X_CSRFToken": "x" * 32, "Tus_Resumable": "1.0.0"}


def files_of(machine: Machine) -> list[str]:
    """Return the names of files that are not rebuilt at every start."""
    rebuilt = ("static", "ranking", "static.lock")
    return [
        str(path.relative_to(machine.data))
        for path in machine.data.rglob("*")
        if path.is_file() and path.relative_to(machine.data).parts[0] not in rebuilt
    ]


def test_upload_goes_on_at_the_other_machine_and_the_clip_is_transcoded_and_served_by_both(
    machines: list[Machine], object_store: ObjectStore, creator: Creator, tmp_path: Path
) -> None:
    content = make_clip(tmp_path / "holiday.mp4", seconds=2).read_bytes()
    headers = signed_in(creator)
    metadata = ",".join(f"{key} {b64encode(value).decode()}" for key, value in
                        (("filename", b"holiday.mp4"), ("clip", b"abcdefghjk")))  # fmt: skip
    created = machines[0].send(
        "POST", "/api/v1/uploads/", body=b"", Upload_Length=str(len(content)), Upload_Metadata=metadata, **headers
    )
    assert created[0] == 201
    path = f"/api/v1/uploads/{Upload.objects.get().code}/"
    step = len(content) // 6 + 1
    for number, first in enumerate(range(0, len(content), step)):
        machine, other = machines[number % 2], machines[1 - number % 2]
        assert other.send("HEAD", path, **headers)[1]["Upload-Offset"] == str(first)
        sent = machine.send(
            "PATCH", path, body=content[first : first + step], Upload_Offset=str(first), Content_Type=CHUNK, **headers
        )
        assert sent[0] == 204, sent
    assert files_of(machines[0]) == files_of(machines[1]) == []
    assert Clip.objects.get(code="abcdefghjk").source == Source.objects.get()

    variables = object_store.variables | {"DATA_DIR": str(tmp_path / "third")}
    with redis.Redis.from_url(site_settings.REDIS_URL) as broker:
        broker.delete("transcode")
        with live_process("transcoder", tmp_path / "transcoder.log", **variables) as transcoder:
            enqueue_waiting_jobs()
            transcoder.wait_for(lambda: Clip.objects.get().state != ClipState.UPLOADED, seconds=60)
            transcoder.wait_for(lambda: Job.objects.get(kind="playable").state == JobState.DONE, seconds=120)
        broker.delete("transcode")
    source = Source.objects.get()
    address = f"/media/{source.media_folder}/{source.outputs['renditions'][0]['name']}"
    answers = [machine.send("GET", address, Range="bytes=100-1099", **headers) for machine in machines]
    assert [answer[0] for answer in answers] == [206, 206]
    assert answers[0][2] == answers[1][2] and len(answers[0][2]) == 1000
    assert answers[0][1]["ETag"] == answers[1][1]["ETag"]


def test_both_machines_show_the_feed_with_one_model_and_one_that_lost_its_disk_serves_again(
    machines: list[Machine], object_store: ObjectStore, creator: Creator, tmp_path: Path
) -> None:
    clip = make_watchable_clip(None, make_enrolment(creator), [make_product(), make_product()])
    train_model(now=timezone.now())
    (trained,) = models_folder().glob("[0-9]*")
    for machine in machines:
        status, _headers, body = machine.send("GET", "/api/v1/feed/")
        assert (status, [shown["code"] for shown in json.loads(body)["clips"]]) == (200, [clip.code])
        status, _headers, body = machine.send("GET", "/")
        assert status == 200
        machine.process.wait_for((machine.data / "ranking" / trained.name).exists)
    lost = machines[1]
    lost.process.process.terminate()
    lost.process.process.wait(20)
    shutil.rmtree(lost.data)
    port = str(free_port())
    variables = object_store.variables | {"WEB_PORT": port, "WEB_WORKERS": "1", "DATA_DIR": str(lost.data)}
    with live_process("web", tmp_path / "again.log", **variables) as process:
        again = Machine(f"http://127.0.0.1:{port}", lost.data, process)
        process.wait_for(again.is_ready, seconds=150)
        assert again.send("GET", "/")[0] == 200
        assert list((lost.data / "static" / "site").glob("base.*.css"))
