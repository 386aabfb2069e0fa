"""Every bell that beat rings belongs to a task that exists, and every queue that tasks are sent to has a worker."""

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
