"""The ports of the web servers."""

import os
from typing import NamedTuple


class Port(NamedTuple):
    variable: str
    default: int


PORTS = {"web": Port("WEB_PORT", 8000), "uploads": Port("UPLOADS_PORT", 8001)}
"""Which variable sets the port of each web server, and the port without it."""


def port_of(server: str) -> str:
    """Return the port of a web server, unchecked: settings.py refuses what is not a port."""
    return os.environ.get(PORTS[server].variable) or str(PORTS[server].default)
