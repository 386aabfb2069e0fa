"""The Celery application. Start a worker with `celery -A feedsite.celery worker`."""

import os

from celery import Celery

from feedsite.monitoring import celery_signals as celery_signals  # connects its receivers
from feedsite.task_messages import PausingTask

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "feedsite.settings")
app = Celery("feedsite", task_cls=PausingTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
