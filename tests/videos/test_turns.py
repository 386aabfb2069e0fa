"""Whose turn it is: one creator's many clips do not hold up another's one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from creators.models import Creator
from tests.factories import make_creator, make_draft, make_source
from videos.models import Clip, Job, JobKind, JobState
from videos.pipeline import claims, scheduling, worker
from videos.states import ClipState
from videos.tasks import process_next_job, ring_waiting_jobs

pytestmark = pytest.mark.django_db


def queued(creator: Creator, count: int = 1) -> list[Job]:
    jobs = [Job.objects.get(source=make_source(creator, is_ready=False)) for _ in range(count)]
    for number, job in enumerate(jobs):
        job.queued_at = timezone.now() - timedelta(minutes=10) + timedelta(seconds=number)
        job.save()
    return jobs


def take_next() -> Job:
    """Claim the job whose turn it is, as a free worker does."""
    now = timezone.now()
    job_id = scheduling.next_job_ids(now=now)[0]
    assert claims.claim_job(job_id=job_id, now=now)
    return Job.objects.get(pk=job_id)


def finish(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, leased_until=None)


def test_second_creator_waits_for_one_clip_and_not_for_a_hundred() -> None:
    many, one = make_creator("many"), make_creator("one")
    hundred = queued(many, 100)
    first = take_next()
    assert first == hundred[0]
    mine = queued(one)[0]
    Job.objects.filter(pk=mine.pk).update(queued_at=timezone.now())
    finish(first)
    assert take_next() == mine


def test_creators_take_turns_and_each_ones_clips_keep_their_order() -> None:
    creators = [make_creator(handle) for handle in ("a", "b", "c")]
    rows = {creator.pk: queued(creator, 3) for creator in creators}
    taken = []
    for _ in range(9):
        job = take_next()
        taken.append(job)
        finish(job)
    owners = [job.source.creator_id for job in taken]
    assert all(set(owners[start : start + 3]) == set(rows) for start in (0, 3, 6))
    for creator, jobs in rows.items():
        assert [job for job in taken if job.source.creator_id == creator] == jobs


def test_free_worker_goes_to_the_creator_with_the_fewest_running() -> None:
    busy, idle = make_creator("busy"), make_creator("idle")
    queued(busy, 3)
    first = take_next()
    waiting = queued(idle, 1)[0]
    Job.objects.filter(pk=waiting.pk).update(queued_at=timezone.now() + timedelta(hours=1))
    assert scheduling.next_job_ids(now=timezone.now())[0] == waiting.pk
    assert len(scheduling.next_job_ids(now=timezone.now())) == 2
    finish(first)


def test_sweep_rings_once_for_each_waiting_job_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    bells: list[int] = []
    monkeypatch.setattr("videos.tasks.process_next_job.delay", lambda: bells.append(1))
    queued(make_creator(), 3)
    ring_waiting_jobs()
    assert len(bells) == 3
    monkeypatch.setattr(scheduling, "BELLS_AT_ONCE", 2)
    ring_waiting_jobs()
    assert len(bells) == 5


def test_job_that_makes_a_clip_smaller_gives_way_and_it_counts_as_no_attempt() -> None:
    creator = make_creator()
    source = make_source(creator)
    job = Job.objects.create(source=source, kind=JobKind.AV1, queued_at=timezone.now())
    claim = claims.claim_job(job_id=job.pk, now=timezone.now())
    assert claim
    listen = worker._progress_of(claim)
    listen(10.0)
    queued(make_creator())
    with pytest.raises(worker.GaveWay):
        listen(20.0)
    claims.give_way(claim, now=timezone.now())
    job.refresh_from_db()
    assert (job.state, job.attempt, job.leased_until) == (JobState.QUEUED, 0, None)
    assert job.pk not in scheduling.next_job_ids(now=timezone.now())


def running(job: Job) -> claims.Claim:
    claim = claims.claim_job(job_id=job.pk, now=timezone.now())
    assert claim
    return claim


def arrive(creator: Creator) -> Job:
    job = queued(creator)[0]
    Job.objects.filter(pk=job.pk).update(queued_at=timezone.now())
    return job


def test_one_of_many_clips_gives_way_to_another_creators_until_it_can_be_watched() -> None:
    many = make_creator("many")
    clip = make_draft(many, is_ready=False)
    Clip.objects.filter(pk=clip.pk).update(state=ClipState.UPLOADED)
    queued(many, 4)
    Job.objects.filter(source=clip.source_id).update(queued_at=timezone.now() - timedelta(minutes=9, seconds=58.5))
    for _ in range(2):
        finish(take_next())
    job = Job.objects.get(source=clip.source_id)
    listen = worker._progress_of(claim := running(job))
    listen(10.0)
    other = arrive(make_creator("one"))
    listen(25.0)
    with pytest.raises(worker.GaveWay):
        listen(20.0)
    assert claims.give_way(claim, now=timezone.now())
    job.refresh_from_db()
    clip.refresh_from_db()
    assert (job.state, job.attempt, job.started_at) == (JobState.QUEUED, 0, None)
    assert clip.state == ClipState.UPLOADED
    assert scheduling.next_job_ids(now=timezone.now()) == [other.pk, job.pk]
    assert not claims.note_progress(claim, percent=30, now=timezone.now())


def test_only_clip_of_a_creator_does_not_give_way() -> None:
    one = make_creator("one")
    queued(one)
    finish(take_next())
    listen = worker._progress_of(running(queued(one)[0]))
    arrive(make_creator("another"))
    listen(5.0)


def test_clips_in_their_turn_do_not_give_way_to_those_that_come_after() -> None:
    here, there = make_creator("here"), make_creator("there")
    queued(here, 3)
    queued(there, 3)
    finish(take_next())
    finish(take_next())
    listen = worker._progress_of(running(Job.objects.get(pk=scheduling.next_job_ids(now=timezone.now())[0])))
    listen(5.0)


def test_of_two_running_clips_of_a_creator_the_last_begun_gives_way() -> None:
    _, first, second, *_ = queued(make_creator("many"), 5)
    finish(take_next())
    early, late = running(first), running(second)
    arrive(make_creator("one"))
    worker._progress_of(early)(5.0)
    with pytest.raises(worker.GaveWay):
        worker._progress_of(late)(5.0)
    assert claims.give_way(late, now=timezone.now())
    worker._progress_of(early)(5.0)  # one is enough for one
    arrive(make_creator("another"))
    with pytest.raises(worker.GaveWay):
        worker._progress_of(early)(5.0)


@pytest.mark.parametrize("later", ["silent", "watchable"])
def test_clip_gives_way_beside_a_later_one_that_will_not(later: str) -> None:
    first, second, *_ = queued(make_creator("many"), 5)
    early = running(first)
    running(second)
    arrive(make_creator("one"))
    worker._progress_of(early)(5.0)
    silent = {"leased_until": timezone.now() - timedelta(seconds=1)}
    Job.objects.filter(pk=second.pk).update(**(silent if later == "silent" else {"progress_percent": 30}))
    with pytest.raises(worker.GaveWay):
        worker._progress_of(early)(5.0)


def test_clip_gives_way_five_times_and_not_again() -> None:
    _, job, _ = queued(make_creator("many"), 3)
    finish(take_next())
    for number in range(5):
        claim = running(job)
        arrive(make_creator(f"one-{number}"))
        with pytest.raises(worker.GaveWay):
            worker._progress_of(claim)(5.0)
        assert claims.give_way(claim, now=timezone.now())
    worker._progress_of(running(job))(5.0)


def test_who_gives_way_rings_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    bells: list[int] = []
    monkeypatch.setattr("videos.tasks.process_next_job.delay", lambda: bells.append(1))

    def make_playable(claim: claims.Claim, *_others: object) -> None:
        arrive(make_creator("one"))
        worker._progress_of(claim)(5.0)

    monkeypatch.setattr(worker, "_make_playable", make_playable)
    monkeypatch.setattr(worker, "_local_copy", lambda source, folder: folder)
    _, second, *_ = queued(make_creator("many"), 5)
    finish(take_next())
    process_next_job()
    second.refresh_from_db()
    assert (second.state, second.attempt, bells) == (JobState.QUEUED, 0, [1])
