"""The ports of the web servers."""

import os

PORTS = {"web": ("WEB_PORT", "8000"), "uploads": ("UPLOADS_PORT", "8001")}
"""The variable and the default of each web server's port."""


def port_of(server: str) -> str:
    variable, default = PORTS[server]
    return os.environ.get(variable) or default
