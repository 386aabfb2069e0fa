"""Health check of one process on this machine, for Docker and systemd: `python -m feedsite.processes check worker`."""

import os
import socket
import urllib.error
import urllib.request

from redis.exceptions import RedisError

from feedsite.monitoring.heartbeats import BEATING, SILENT_SECONDS, heartbeat_age
from feedsite.ports import PORTS, port_of

CHECKED = (*PORTS, *BEATING)


def find_fault(process: str) -> str:
    """Return "" if a process on this machine works, or else a sentence that says what is wrong."""
    return _web_fault(process) if process in PORTS else _heartbeat_fault(process)


def _web_fault(process: str) -> str:
    host = os.environ.get("WEB_HOST", "127.0.0.1")
    host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  # a comparison
    address = f"http://{host}:{port_of(process)}/readyz/web/"
    try:
        urllib.request.urlopen(address, timeout=5).close()  # our own address
    except (urllib.error.URLError, OSError) as error:
        return f"The {process} process does not answer at {address}: {error}"
    return ""


def _heartbeat_fault(process: str) -> str:
    try:
        age = heartbeat_age(process, host=socket.gethostname())
    except RedisError as error:
        return f"Valkey does not answer: {error}"
    if age is None:
        return f"The {process} on this machine has given no sign of life."
    if age > SILENT_SECONDS:
        return f"The {process} on this machine has been silent for {age:.0f} seconds."
    return ""
