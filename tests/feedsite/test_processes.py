"""Processes that read uploaded files refuse to start without a sandbox."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts import sandbox
from feedsite import processes


@pytest.fixture
def started_programs(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """Return the list of programs that replace this process."""
    settings.DEMO = False
    programs: list[str] = []
    monkeypatch.setattr(os, "execve", lambda program, arguments, environment: programs.append(program))
    return programs


def start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["processes", name])
    processes.main()


@pytest.mark.parametrize("name", ["web", "uploads", "worker", "transcoder"])
def test_processes_that_read_uploads_do_not_start_without_a_sandbox(
    started_programs: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with sandbox.at_most(sandbox.Level.LIMITS), pytest.raises(ImproperlyConfigured, match="No sandbox"):
        start(name, monkeypatch)
    assert started_programs == []
    with sandbox.at_most(sandbox.Level.LANDLOCK):
        start(name, monkeypatch)
    assert started_programs == [sys.executable]


@pytest.mark.parametrize("name", ["beat", "migrate"])
def test_other_processes_start_without_a_sandbox(
    started_programs: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with sandbox.at_most(sandbox.Level.LIMITS):
        start(name, monkeypatch)
    assert started_programs == [sys.executable]


def test_the_program_lists_its_processes_without_loading_the_settings() -> None:
    """Run in a new process, which has not imported what the tests have."""
    answer = subprocess.run(
        [sys.executable, "-m", "feedsite.processes", "nothing"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (answer.returncode, answer.stderr.split("|")[0]) == (1, "Usage: python -m feedsite.processes web")
