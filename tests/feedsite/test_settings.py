"""Defaults of settings that depend on other settings."""

import os
import subprocess
import sys

import pytest


def site_url(**environment: str) -> str:
    """Return SITE_URL as a process with this environment reads it."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("SITE_URL", "WEB_PORT")}
    program = "from feedsite import settings; print(settings.SITE_URL)"
    command = [sys.executable, "-c", program]
    return subprocess.check_output(command, env={**inherited, **environment}, text=True, timeout=60).strip()


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"WEB_PORT": "8010"}, "http://127.0.0.1:8010"),
        ({"WEB_PORT": "8010", "SITE_URL": "https://shop.example.org"}, "https://shop.example.org"),
    ],
)
def test_site_url_follows_the_port_unless_it_is_set(environment: dict[str, str], address: str) -> None:
    assert site_url(**environment) == address
