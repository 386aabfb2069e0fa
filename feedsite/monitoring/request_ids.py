"""The id that joins the log lines of a request with those of the tasks that it enqueued."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

VALID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request or periodic task that this code runs for, or "" outside of both."""
    return _current.get()


def accept_request_id(candidate: str) -> str:
    """Return the given id, or a new one if it is not 8 to 64 letters, digits, dots, dashes or underscores."""
    return candidate if VALID.fullmatch(candidate) else uuid.uuid4().hex


@contextmanager
def request_id_set(request_id: str) -> Iterator[None]:
    """Make `request_id` the current one inside the block."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)
