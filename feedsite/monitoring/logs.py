"""Logging of all processes: one line for each event, as text or as JSON, with the id of the request or task."""

import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson

from feedsite.monitoring.request_ids import current_request_id

FORMATS = ("text", "json")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
QUIET_LOGGERS = {
    # Two lines for each of forty tasks a minute, and one for each enqueued by beat.
    "celery.worker.strategy": "WARNING",
    "celery.app.trace": "WARNING",
    "celery.beat": "WARNING",
    # Every address that a bot tries; nginx's access log has them. Errors (5xx) are logged.
    "django.request": "ERROR",
    "botocore": "WARNING",
    "fontTools": "WARNING",
    "stripe": "WARNING",
    "urllib3": "WARNING",
}
"""Loggers whose INFO lines say nothing to an operator, each with its lowest level."""

_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "request_id"}


def logging_config(*, line_format: str, level: str) -> dict[str, Any]:
    """Return the argument of `logging.config.dictConfig` for all processes. Lines go to standard error."""
    formatter = JsonFormatter if line_format == "json" else TextFormatter
    quiet = QUIET_LOGGERS if level != "DEBUG" else {}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {name: {"level": lowest} for name, lowest in quiet.items()},
        "root": {"handlers": ["console"], "level": level},
    }


def extra_fields(record: logging.LogRecord) -> dict[str, Any]:
    """Return what the caller passed as `extra`."""
    return {name: value for name, value in vars(record).items() if name not in _STANDARD and name != "request"}


class JsonFormatter(logging.Formatter):
    """One JSON object for each line: time, level, logger, message, request_id, the caller's extra fields, exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        line |= {name: value for name, value in extra_fields(record).items() if name not in line}
        if record.exc_info:
            line["exception"] = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


class TextFormatter(logging.Formatter):
    """Time, level, logger, the id in brackets, the message, and the caller's extra fields as name=value."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {request_id}{message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        request_id = current_request_id()
        record.request_id = f"[{request_id}] " if request_id else ""
        fields = " ".join(f"{name}={value}" for name, value in extra_fields(record).items())
        return f"{super().formatMessage(record)} {fields}".rstrip()
