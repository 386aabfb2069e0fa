"""What the Celery processes do for operators: heartbeats, request ids that follow into tasks, logs, error reports."""

import logging
import logging.config
import time
from typing import Any

from celery import Task, current_app, signals
from django.conf import settings
from redis.exceptions import RedisError

from feedsite.monitoring.heartbeats import INTERVAL_SECONDS, PROCESS_OF_QUEUE, record_heartbeat
from feedsite.monitoring.reporters import report_errors, start_tracing
from feedsite.monitoring.request_ids import accept_request_id, current_request_id, request_id_set

SLOW_SECONDS = 30.0
"""Tasks that took longer leave a line in the log. An encode often does."""

logger = logging.getLogger(__name__)


class _Pulse:
    """Records heartbeats of this process, at most one in five seconds."""

    def __init__(self) -> None:
        self.recorded_at = float("-inf")

    def beat(self, *processes: str) -> None:
        if time.monotonic() - self.recorded_at < INTERVAL_SECONDS:
            return
        self.recorded_at = time.monotonic()
        try:
            for process in processes:
                record_heartbeat(process)
        except RedisError as error:
            logger.warning("Heartbeat not recorded", extra={"error": str(error)})


_pulse = _Pulse()
_running: dict[str, Any] = {}


@signals.setup_logging.connect
def configure_logging(**_kwargs: Any) -> None:
    """Use the site's logging instead of Celery's own."""
    logging.config.dictConfig(settings.LOGGING)


@signals.heartbeat_sent.connect
def record_worker(**_kwargs: Any) -> None:
    """Record that the worker's main process is alive, for the queues that it consumes."""
    _pulse.beat(*(PROCESS_OF_QUEUE[name] for name in current_app.amqp.queues.consume_from))


@signals.beat_init.connect
def start_beat(**_kwargs: Any) -> None:
    """Report beat's errors, and count what it enqueues as its sign of life. It enqueues something every 20 seconds."""
    report_errors()
    record_beat()
    signals.after_task_publish.connect(record_beat)


def record_beat(**_kwargs: Any) -> None:
    """Record that beat is alive."""
    _pulse.beat("beat")


@signals.celeryd_init.connect
def start_worker(**_kwargs: Any) -> None:
    """Report errors of the worker and of the processes that it will fork."""
    report_errors()


@signals.worker_process_init.connect
def start_pool_process(**_kwargs: Any) -> None:
    """Send traces from each forked process: the thread that sends them does not survive the fork."""
    start_tracing("worker")


@signals.before_task_publish.connect
def label_message(headers: dict[str, Any], **_kwargs: Any) -> None:
    """Put the request's id and the time into the message of a task."""
    headers["request_id"] = current_request_id()
    headers["enqueued_at"] = time.time()


@signals.task_prerun.connect
def enter_task(task_id: str, task: Task[Any, Any], **_kwargs: Any) -> None:
    """Continue with the id of the request that enqueued the task. A task of beat's continues with its own."""
    request_id = accept_request_id(getattr(task.request, "request_id", "") or task_id)
    entered = request_id_set(request_id)
    entered.__enter__()
    _running[task_id] = entered, time.monotonic()


@signals.task_postrun.connect
def leave_task(task_id: str, task: Task[Any, Any], **_kwargs: Any) -> None:
    """Log a slow task."""
    if task_id not in _running:
        return
    entered, started_at = _running.pop(task_id)
    seconds = time.monotonic() - started_at
    level = logging.INFO if seconds > SLOW_SECONDS else logging.DEBUG
    logger.log(level, "Task finished", extra={"task": task.name, "seconds": round(seconds, 1)})
    entered.__exit__(None, None, None)
