"""Fair scheduling: one creator's backlog does not delay another creator's clip."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from creators.models import Creator
from tests.factories import make_creator, make_draft, make_source
from videos.models import Clip, Job, JobKind, JobState
from videos.pipeline import job_states, scheduling
from videos.pipeline.heartbeat import JobYielded, heartbeat
from videos.states import ClipState
from videos.tasks import enqueue_waiting_jobs, process_next_job

pytestmark = pytest.mark.django_db


def queued(creator: Creator, count: int = 1) -> list[Job]:
    """Queue jobs of the creator, ten minutes ago and a second apart."""
    jobs = [Job.objects.get(source=make_source(creator, is_ready=False)) for _ in range(count)]
    for number, job in enumerate(jobs):
        job.queued_at = timezone.now() - timedelta(minutes=10) + timedelta(seconds=number)
        job.save()
    return jobs


def claim_next() -> Job:
    """Claim the job that comes first, as a free worker does."""
    now = timezone.now()
    job_id = scheduling.next_job_ids(now=now)[0]
    assert job_states.claim_job(job_id=job_id, now=now)
    return Job.objects.get(pk=job_id)


def finish(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, leased_until=None)


def test_second_creator_waits_for_one_clip_and_not_for_a_hundred() -> None:
    many, single = make_creator("many"), make_creator("single")
    hundred = queued(many, 100)
    first = claim_next()
    assert first == hundred[0]
    other = queued(single)[0]
    Job.objects.filter(pk=other.pk).update(queued_at=timezone.now())
    finish(first)
    assert claim_next() == other


def test_creators_are_served_in_turn_and_their_clips_keep_their_order() -> None:
    creators = [make_creator(handle) for handle in ("a", "b", "c")]
    rows = {creator.pk: queued(creator, 3) for creator in creators}
    claimed = []
    for _ in range(9):
        job = claim_next()
        claimed.append(job)
        finish(job)
    owners = [job.source.creator_id for job in claimed]
    assert all(set(owners[start : start + 3]) == set(rows) for start in (0, 3, 6))
    for creator, jobs in rows.items():
        assert [job for job in claimed if job.source.creator_id == creator] == jobs


def test_creator_with_the_fewest_running_jobs_is_served_first() -> None:
    busy, idle = make_creator("busy"), make_creator("idle")
    queued(busy, 3)
    first = claim_next()
    waiting = queued(idle, 1)[0]
    Job.objects.filter(pk=waiting.pk).update(queued_at=timezone.now() + timedelta(hours=1))
    assert scheduling.next_job_ids(now=timezone.now())[0] == waiting.pk
    assert len(scheduling.next_job_ids(now=timezone.now())) == 2
    finish(first)


def test_sweep_enqueues_once_for_each_waiting_job_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[int] = []
    monkeypatch.setattr("videos.tasks.process_next_job.delay", lambda: messages.append(1))
    queued(make_creator(), 3)
    enqueue_waiting_jobs()
    assert len(messages) == 3
    monkeypatch.setattr(scheduling, "MAX_ENQUEUED_AT_ONCE", 2)
    enqueue_waiting_jobs()
    assert len(messages) == 5


def test_av1_job_yields_and_it_does_not_count_as_an_attempt() -> None:
    creator = make_creator()
    source = make_source(creator)
    job = Job.objects.create(source=source, kind=JobKind.AV1, queued_at=timezone.now())
    claim = job_states.claim_job(job_id=job.pk, now=timezone.now())
    assert claim
    on_progress = heartbeat(claim)
    on_progress(10.0)
    queued(make_creator())
    with pytest.raises(JobYielded):
        on_progress(20.0)
    job_states.yield_job(claim, now=timezone.now())
    job.refresh_from_db()
    assert (job.state, job.attempt, job.leased_until) == (JobState.QUEUED, 0, None)
    assert job.pk not in scheduling.next_job_ids(now=timezone.now())


def running(job: Job) -> job_states.Claim:
    """Claim a job, as a worker does."""
    claim = job_states.claim_job(job_id=job.pk, now=timezone.now())
    assert claim
    return claim


def arrive(creator: Creator) -> Job:
    """Queue a job of the creator now."""
    job = queued(creator)[0]
    Job.objects.filter(pk=job.pk).update(queued_at=timezone.now())
    return job


def test_clip_of_a_backlog_yields_to_another_creators_until_it_can_be_watched() -> None:
    many = make_creator("many")
    clip = make_draft(many, is_ready=False)
    Clip.objects.filter(pk=clip.pk).update(state=ClipState.UPLOADED)
    queued(many, 4)
    Job.objects.filter(source=clip.source_id).update(queued_at=timezone.now() - timedelta(minutes=9, seconds=58.5))
    for _ in range(2):
        finish(claim_next())
    job = Job.objects.get(source=clip.source_id)
    on_progress = heartbeat(claim := running(job))
    on_progress(10.0)
    other = arrive(make_creator("one"))
    on_progress(25.0)
    with pytest.raises(JobYielded):
        on_progress(20.0)
    assert job_states.yield_job(claim, now=timezone.now())
    job.refresh_from_db()
    clip.refresh_from_db()
    assert (job.state, job.attempt, job.started_at) == (JobState.QUEUED, 0, None)
    assert clip.state == ClipState.UPLOADED
    assert scheduling.next_job_ids(now=timezone.now()) == [other.pk, job.pk]
    assert not job_states.record_progress(claim, percent=30, now=timezone.now())


def test_only_clip_of_a_creator_does_not_yield() -> None:
    creator = make_creator("single")
    queued(creator)
    finish(claim_next())
    on_progress = heartbeat(running(queued(creator)[0]))
    arrive(make_creator("another"))
    on_progress(5.0)


def test_clip_does_not_yield_to_clips_that_come_after_it() -> None:
    here, there = make_creator("here"), make_creator("there")
    queued(here, 3)
    queued(there, 3)
    finish(claim_next())
    finish(claim_next())
    on_progress = heartbeat(running(Job.objects.get(pk=scheduling.next_job_ids(now=timezone.now())[0])))
    on_progress(5.0)


def test_of_two_running_clips_of_a_creator_the_last_started_yields() -> None:
    _, first, second, *_ = queued(make_creator("many"), 5)
    finish(claim_next())
    early, late = running(first), running(second)
    arrive(make_creator("one"))
    heartbeat(early)(5.0)
    with pytest.raises(JobYielded):
        heartbeat(late)(5.0)
    assert job_states.yield_job(late, now=timezone.now())
    heartbeat(early)(5.0)  # one yielding job is enough for one other creator
    arrive(make_creator("another"))
    with pytest.raises(JobYielded):
        heartbeat(early)(5.0)


@pytest.mark.parametrize("later", ["silent", "watchable"])
def test_clip_yields_if_a_later_one_cannot(later: str) -> None:
    first, second, *_ = queued(make_creator("many"), 5)
    early = running(first)
    running(second)
    arrive(make_creator("one"))
    heartbeat(early)(5.0)
    silent = {"leased_until": timezone.now() - timedelta(seconds=1)}
    Job.objects.filter(pk=second.pk).update(**(silent if later == "silent" else {"progress_percent": 30}))
    with pytest.raises(JobYielded):
        heartbeat(early)(5.0)


def test_clip_yields_at_most_five_times() -> None:
    _, job, _ = queued(make_creator("many"), 3)
    finish(claim_next())
    for number in range(5):
        claim = running(job)
        arrive(make_creator(f"one-{number}"))
        with pytest.raises(JobYielded):
            heartbeat(claim)(5.0)
        assert job_states.yield_job(claim, now=timezone.now())
    heartbeat(running(job))(5.0)


def test_worker_that_yields_enqueues_again(monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[int] = []
    monkeypatch.setattr("videos.tasks.process_next_job.delay", lambda: messages.append(1))

    def process(source: Path, workdir: Path, on_progress: Callable[[float], None], **_options: object) -> None:
        arrive(make_creator("one"))
        on_progress(5.0)

    monkeypatch.setattr("videos.media.running.process", process)
    _, second, *_ = queued(make_creator("many"), 5)
    finish(claim_next())
    process_next_job()
    second.refresh_from_db()
    assert (second.state, second.attempt, messages) == (JobState.QUEUED, 0, [1])
