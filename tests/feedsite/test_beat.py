"""Scheduled and routed tasks exist, and a message is redelivered if its worker dies."""

from datetime import timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest
from celery.beat import PersistentScheduler
from celery.schedules import crontab
from django.conf import settings

from feedsite import celery_app
from feedsite.schedule import period_of

celery_app.loader.import_default_modules()


@pytest.mark.parametrize("entry", settings.CELERY_BEAT_SCHEDULE)
def test_a_scheduled_task_exists(entry: str) -> None:
    assert settings.CELERY_BEAT_SCHEDULE[entry]["task"] in celery_app.tasks


@pytest.mark.parametrize("entry", settings.CELERY_BEAT_SCHEDULE)
def test_message_expires_once_the_next_has_followed(entry: str) -> None:
    schedule = settings.CELERY_BEAT_SCHEDULE[entry]["schedule"]
    expires = settings.CELERY_BEAT_SCHEDULE[entry]["options"]["expires"]
    if isinstance(schedule, crontab):
        names = ("day_of_week", "hour", "minute")
        seconds = {
            day * 86_400 + hour * 3600 + minute * 60
            for day, hour, minute in product(*(vars(schedule)[name] for name in names))
        }
        times = [*sorted(seconds), min(seconds) + 7 * 86_400]
        assert {later - earlier for earlier, later in pairwise(times)} == {expires}
    else:
        assert expires == max(60, schedule)


def test_messages_of_a_day_without_a_worker_are_few() -> None:
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    waiting = sum(entry["options"]["expires"] / period_of(entry["schedule"]) for entry in entries)
    assert waiting < 2 * len(entries)


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


def test_beat_that_lost_its_file_enqueues_everything_in_time(tmp_path: Path) -> None:
    scheduler = PersistentScheduler(app=celery_app, schedule_filename=str(tmp_path / "beat-schedule"))
    try:
        entries = scheduler.schedule
        assert set(settings.CELERY_BEAT_SCHEDULE) <= set(entries)
        for name, planned in settings.CELERY_BEAT_SCHEDULE.items():
            period, schedule = timedelta(minutes=15), planned["schedule"]
            if isinstance(schedule, crontab):
                days: set[int] = vars(schedule)["day_of_week"]
                assert len(days) in (1, 7)
                period = timedelta(days=8 - len(days))
            assert entries[name].is_due()[1] <= period.total_seconds()
    finally:
        scheduler.close()
