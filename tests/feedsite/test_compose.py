"""The files of deployment and CI are valid, and start commands that exist."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from feedsite.processes import COMMANDS

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def is_valid(path: Path, schema: str) -> bool:
    """Return False if the file violates a schema that check-jsonschema carries."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_compose_file_follows_the_specification(tmp_path: Path) -> None:
    assert is_valid(ROOT / "docker-compose.yml", "compose-spec")
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(json.dumps({**COMPOSE, "services": {"web": {"comand": "typo"}}}))
    assert not is_valid(broken, "compose-spec")


@pytest.mark.parametrize("service", ["migrate", "web", "web2", "uploads", "worker", "transcoder", "beat"])
def test_a_service_starts_a_process_that_exists(service: str) -> None:
    command = json.dumps(COMPOSE["services"][service]["command"]).replace("\\", "")
    processes = re.findall(r"feedsite\.processes[ ,\"]+(\w+)", command)
    assert processes
    assert set(processes) <= set(COMMANDS)


def test_every_queue_has_a_worker() -> None:
    consumed = {COMMANDS[name][COMMANDS[name].index("--queues") + 1] for name in ("worker", "transcoder")}
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert consumed == routed | {settings.CELERY_TASK_DEFAULT_QUEUE}


def test_the_ci_workflow_is_valid_and_runs_the_script(tmp_path: Path) -> None:
    workflow = ROOT / ".github" / "workflows" / "ci.yml"
    assert is_valid(workflow, "github-workflows")
    broken = tmp_path / "ci.yml"
    broken.write_text(workflow.read_text().replace("runs-on:", "run-on:"))
    assert not is_valid(broken, "github-workflows")
    steps = yaml.safe_load(workflow.read_text())["jobs"]["run"]["steps"]
    assert "bash .ci/run" in [step.get("run") for step in steps]


def test_the_ci_script_runs_the_checks_and_each_test_once() -> None:
    steps = re.findall(r"^step .* (make \w+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert steps == ["make setup", "make check", "make test"]


def test_every_hook_runs_a_program_of_the_development_requirements() -> None:
    configuration = ROOT / ".pre-commit-config.yaml"
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(configuration)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    repositories = yaml.safe_load(configuration.read_text())["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    entries = [hook["entry"] for hook in repositories[0]["hooks"]]
    assert all(".venv/" in entry for entry in entries)
