"""Staff retry failed processing jobs from the admin."""

import logging

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from creators.models import Creator
from tests.conftest import client_of
from tests.factories import make_draft, make_user
from videos.models import Clip, Job, JobState
from videos.pipeline.job_states import claim_job, fail_job
from videos.states import ClipState
from videos.studio.submission import submit_clip

pytestmark = pytest.mark.django_db
ADDRESS = reverse("admin:videos_job_changelist")


@pytest.fixture
def failed_clip(creator: Creator) -> Clip:
    """Return a submitted clip whose job has failed for a technical reason."""
    clip = submit_clip(clip_id=make_draft(creator, is_ready=False).pk, now=timezone.now())
    claim = claim_job(job_id=Job.objects.get().pk, now=timezone.now())
    assert claim
    assert fail_job(claim, code="technical", text="We could not process this file.", now=timezone.now())
    return clip


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collect the messages to the transcoder."""
    sent: list[int] = []
    monkeypatch.setattr("videos.tasks.process_next_job.delay", lambda: sent.append(1))
    return sent


def retry(client: Client, *jobs: Job) -> str:
    body = {"action": "retry_failed", "_selected_action": [job.pk for job in jobs]}
    return client.post(ADDRESS, body, follow=True).content.decode()


def test_moderator_retries_a_failed_job(
    as_moderator: Client,
    moderator: User,
    failed_clip: Clip,
    messages: list[int],
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: pytest.FixtureRequest,
) -> None:
    job = Job.objects.get()
    with caplog.at_level(logging.INFO, "videos.admin.jobs"), django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        page = retry(as_moderator, job)
    job.refresh_from_db()
    failed_clip.refresh_from_db()
    assert (job.state, job.attempt, job.failure_code) == (JobState.QUEUED, 0, "")
    assert failed_clip.state == ClipState.UPLOADED
    assert messages == [1]
    assert "1 job is queued again." in page
    assert f"Job {job.pk} is retried by user {moderator.pk}." in caplog.text
    assert LogEntry.objects.get().object_id == str(job.pk)


def test_job_that_has_not_failed_is_left_alone(as_moderator: Client, creator: Creator, messages: list[int]) -> None:
    make_draft(creator, is_ready=False)
    before = Job.objects.values().get()
    page = retry(as_moderator, Job.objects.get())
    assert "1 job was left alone, because it has not failed." in page
    assert (Job.objects.values().get(), messages, LogEntry.objects.count()) == (before, [], 0)


def test_staff_without_the_permission_cannot_retry(failed_clip: Clip, messages: list[int]) -> None:
    viewer = make_user("viewer@example.com", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_job"))
    client = client_of(viewer)
    assert "retry_failed" not in client.get(ADDRESS).content.decode()
    before = Job.objects.values().get()
    retry(client, Job.objects.get())
    assert (Job.objects.values().get(), messages, LogEntry.objects.count()) == (before, [], 0)
