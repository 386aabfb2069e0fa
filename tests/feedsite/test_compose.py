"""The compose file keeps to the specification, and starts the commands that the demo starts."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from feedsite.processes import COMMANDS

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def is_valid(path: Path) -> bool:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_file_keeps_to_the_compose_specification(tmp_path: Path) -> None:
    assert is_valid(ROOT / "docker-compose.yml")
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(json.dumps({**COMPOSE, "services": {"web": {"comand": "typo"}}}))
    assert not is_valid(broken)


@pytest.mark.parametrize("service", ["migrate", "web", "worker", "transcoder", "beat"])
def test_a_service_starts_a_process_that_the_project_names(service: str) -> None:
    named = re.findall(
        r"feedsite\.processes[ ,\"]+(\w+)", json.dumps(COMPOSE["services"][service]["command"]).replace("\\", "")
    )
    assert named
    assert set(named) <= set(COMMANDS)


def test_every_queue_has_a_worker() -> None:
    consumed = {COMMANDS[name][COMMANDS[name].index("--queues") + 1] for name in ("worker", "transcoder")}
    from django.conf import settings

    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert consumed == routed | {settings.CELERY_TASK_DEFAULT_QUEUE}
