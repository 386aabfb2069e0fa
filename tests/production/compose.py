"""What `docker compose` makes of docker-compose.yml and .env: the command and the environment of each service.

Source: docs.docker.com/reference/compose-file/interpolation and /services#env_file.
"""

import io
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
EXAMPLE_ENV = ROOT / "docs" / "deploy" / "example.env"
DOCKERFILE = ROOT / "Dockerfile"
REFERENCE = re.compile(r"\$(?:(\$)|\{([A-Za-z_]\w*)(?:(:?[-?])([^}]*))?\})")


class VariableMissing(Exception):
    """The compose file demands a variable that .env does not set. The message is the one in the compose file."""


@dataclass(frozen=True)
class Service:
    """A service as compose would start it. `environment` excludes what the image sets."""

    command: list[str]
    environment: dict[str, str]


def read_env(text: str) -> dict[str, str]:
    """Return the variables of an .env file."""
    return {name: value or "" for name, value in dotenv_values(stream=io.StringIO(text)).items()}


def read_services(env_text: str) -> dict[str, Service]:
    """Return every service of the compose file, resolved with this .env. Raises VariableMissing."""
    env = read_env(env_text)
    services: dict[str, Any] = _interpolate(yaml.safe_load(COMPOSE_FILE.read_text()), env)["services"]
    return {
        name: Service(
            command=service.get("command", []),
            environment=(env if service.get("env_file") == ".env" else {}) | service.get("environment", {}),
        )
        for name, service in services.items()
    }


def read_image_environment() -> dict[str, str]:
    """Return what the ENV instruction of the Dockerfile sets."""
    (line,) = re.findall(r"^ENV (.+)$", DOCKERFILE.read_text(), re.MULTILINE)
    return dict(pair.split("=", 1) for pair in shlex.split(line))


def _interpolate(value: Any, env: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _interpolate(item, env) for key, item in value.items()}
    if isinstance(value, list):
        return [_interpolate(item, env) for item in value]
    return REFERENCE.sub(lambda match: _resolve(match, env), value) if isinstance(value, str) else value


def _resolve(match: re.Match[str], env: Mapping[str, str]) -> str:
    is_dollar, name, operator, text = match.groups()
    if is_dollar:
        return "$"
    value = env.get(name)
    is_set = bool(value) if operator and operator.startswith(":") else value is not None
    if value is not None and is_set:
        return value
    if operator and operator.endswith("?"):
        raise VariableMissing(text)
    return text or ""
