"""Defaults of settings that depend on other settings."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest


def read_settings(*names: str, **environment: str) -> list[Any]:
    """Return the values of settings as a process with this environment reads them."""
    process = start_process(f"print(json.dumps([getattr(settings, name) for name in {names!r}]))", environment)
    assert process.returncode == 0, process.stderr
    values: list[Any] = json.loads(process.stdout)
    return values


def start_process(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    unset = ("SITE_URL", "WEB_PORT", "ALLOWED_HOSTS", "HSTS", "S3_BUCKET", "MEDIA_ACCEL_PREFIX")
    inherited = {name: value for name, value in os.environ.items() if name not in unset}
    command = [sys.executable, "-c", f"import json; from feedsite import settings; {code}"]
    return subprocess.run(
        command, env={**inherited, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"WEB_PORT": "8010"}, "http://127.0.0.1:8010"),
        ({"WEB_PORT": "8010", "SITE_URL": "https://shop.example.org"}, "https://shop.example.org"),
    ],
)
def test_site_url_follows_the_port_unless_it_is_set(environment: dict[str, str], address: str) -> None:
    assert read_settings("SITE_URL", **environment) == [address]


@pytest.mark.parametrize(
    ("environment", "hosts"),
    [
        ({}, ["127.0.0.1", "127.0.0.1", "localhost"]),
        ({"SITE_URL": "https://shop.example.org:8443"}, ["shop.example.org", "127.0.0.1", "localhost"]),
        ({"ALLOWED_HOSTS": "a.example,b.example"}, ["a.example", "b.example", "127.0.0.1", "localhost"]),
    ],
)
def test_site_answers_to_its_own_name_and_to_health_checks(environment: dict[str, str], hosts: list[str]) -> None:
    assert read_settings("ALLOWED_HOSTS", **environment) == [hosts]


HSTS_SETTINGS = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")


@pytest.mark.parametrize(
    ("environment", "values"),
    [
        ({}, [3600, False, False]),
        ({"HSTS": "off"}, [0, False, False]),
        ({"HSTS": "day"}, [86_400, False, False]),
        ({"HSTS": "year"}, [31_536_000, False, False]),
        ({"HSTS": "subdomains"}, [31_536_000, True, False]),
        ({"HSTS": "preload"}, [63_072_000, True, True]),
        ({"HSTS": "preload", "SITE_URL": "http://shop.example.org"}, [0, False, False]),
    ],
)
def test_hsts_grows_in_steps(environment: dict[str, str], values: list[Any]) -> None:
    assert read_settings(*HSTS_SETTINGS, **{"SITE_URL": "https://shop.example.org", **environment}) == values


@pytest.mark.parametrize("value", ["forever", "3600"])
def test_unknown_step_of_hsts_is_refused_with_a_sentence(value: str) -> None:
    process = start_process("print('started')", {"SITE_URL": "https://shop.example.org", "HSTS": value})
    assert (process.returncode, process.stdout) == (1, "")
    assert "It must be one of: off, hour, day, year, subdomains, preload." in process.stderr


def test_media_in_s3_are_not_handed_to_nginx() -> None:
    environment = {"MEDIA_ACCEL_PREFIX": "/protected-media/"}
    assert read_settings("MEDIA_ACCEL_PREFIX", **environment) == ["/protected-media/"]
    assert read_settings("MEDIA_ACCEL_PREFIX", **environment, S3_BUCKET="clips") == [""]
