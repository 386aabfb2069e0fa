"""The ports of the web servers."""

import os

PORTS = {"web": "WEB_PORT", "uploads": "UPLOADS_PORT"}
"""The variable of each web server's port."""


def port_of(server: str) -> str:
    if server == "uploads":
        return os.environ.get("UPLOADS_PORT") or "8001"
    return os.environ.get("WEB_PORT") or "8000"
