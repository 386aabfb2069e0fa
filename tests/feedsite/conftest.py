"""Fixtures for the tests of the site as a whole."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedsite.serving.application import BodyPolicy, SlowClientGuard
from tests.feedsite.serving_clients import POLICY


@pytest.fixture
def guard(tmp_path: Path) -> Callable[..., SlowClientGuard]:
    """Return a function that puts the guard in front of an application."""

    def build(site: Callable[..., Any], policy: BodyPolicy = POLICY, **options: Any) -> SlowClientGuard:
        settings = {"choose_policy": lambda _path: policy, "folder": tmp_path, "threads": 2} | options
        return SlowClientGuard(site, **settings)

    return build
