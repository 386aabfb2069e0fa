"""Processes that read strangers' files do not start where those cannot be confined."""

import os
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


def test_limit_that_is_none_is_told_at_the_start(
    started: list[str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.UPLOAD_LIMITS = {"max_minutes": 1}
    with pytest.raises(ImproperlyConfigured, match="UPLOAD_LIMITS knows only min_side_px"):
        start("web", monkeypatch)
    assert started == []
