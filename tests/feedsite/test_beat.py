"""Scheduled and routed tasks exist, and a message is redelivered if its worker dies."""

import pytest
from django.conf import settings

from feedsite import celery_app

celery_app.loader.import_default_modules()


@pytest.mark.parametrize("entry", settings.CELERY_BEAT_SCHEDULE)
def test_a_scheduled_task_exists(entry: str) -> None:
    assert settings.CELERY_BEAT_SCHEDULE[entry]["task"] in celery_app.tasks


@pytest.mark.parametrize("name", settings.CELERY_TASK_ROUTES)
def test_a_routed_task_exists(name: str) -> None:
    assert name in celery_app.tasks


def test_waiting_jobs_are_enqueued_at_least_every_thirty_seconds() -> None:
    assert settings.CELERY_BEAT_SCHEDULE["enqueue-waiting-jobs"]["schedule"] <= 30


def test_message_outlives_its_worker_and_is_not_redelivered_while_it_is_processed() -> None:
    task = celery_app.tasks["videos.tasks.process_next_job"]
    assert (task.acks_late, task.reject_on_worker_lost) == (True, True)
    assert task.soft_time_limit < task.time_limit == settings.TRANSCODE_TIME_LIMIT
    assert celery_app.conf.broker_transport_options["visibility_timeout"] > 3 * task.time_limit
