"""Processes that read strangers' files do not start where those cannot be confined."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from feedsite import processes
from videos.media import sandbox


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """Return the programs that were started instead of this process."""
    settings.DEMO = False
    programs: list[str] = []
    monkeypatch.setattr(os, "execv", lambda program, arguments: programs.append(program))
    return programs


def start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["processes", name])
    processes.main()


@pytest.mark.parametrize("name", ["web", "worker", "transcoder"])
def test_what_reads_uploads_does_not_start_without_a_sandbox(
    started: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with sandbox.at_most(sandbox.Level.LIMITS), pytest.raises(ImproperlyConfigured, match="No sandbox"):
        start(name, monkeypatch)
    assert started == []
    with sandbox.at_most(sandbox.Level.LANDLOCK):
        start(name, monkeypatch)
    assert started == [sys.executable]


@pytest.mark.parametrize("name", ["beat", "migrate"])
def test_what_reads_none_starts_anywhere(started: list[str], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with sandbox.at_most(sandbox.Level.LIMITS):
        start(name, monkeypatch)
    assert started == [sys.executable]


def test_every_process_is_named_by_a_program_that_starts_without_the_settings() -> None:
    """What the tests have imported already, a process of its own has not."""
    answer = subprocess.run(
        [sys.executable, "-m", "feedsite.processes", "nothing"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (answer.returncode, answer.stderr.split("|")[0]) == (1, "Usage: python -m feedsite.processes web")
