"""README, settings, compose and example.env agree: every documented variable reaches the process that reads it."""

import re

import pytest

from tests.production.compose import (
    COMPOSE_FILE,
    EXAMPLE_ENV,
    REFERENCE,
    ROOT,
    VariableMissing,
    read_env,
    read_services,
)

PROCESSES = ("migrate", "web", "web2", "uploads", "worker", "transcoder", "beat")
MINIMUM = "SITE_URL=https://shop.example.org\nPOSTGRES_PASSWORD=secret\n"
FIXED = {"DATA_DIR": "/data", "WEB_HOST": "0.0.0.0", "WEB_PORT": "8000", "UPLOADS_PORT": "8001"}  # noqa: S104  # inside the container
"""Variables that belong to the compose file: where the volume is mounted, and where nginx finds the web process."""


def documented() -> dict[str, str]:
    """Return the rows of the README's tables for operators, by variable."""
    section = (ROOT / "README.md").read_text().split("## Environment variables")[1]
    operators = section.split("For development:")[0]
    return dict(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|(.+)$", operators, re.MULTILINE))


@pytest.mark.parametrize("name", sorted(documented()))
def test_documented_variable_reaches_every_process(name: str) -> None:
    services = read_services(f"{MINIMUM}{name}='of the operator: $1 #2'\n")
    reached = {service: services[service].environment.get(name) for service in PROCESSES}
    if name in FIXED:
        assert set(reached.values()) == {FIXED[name]}
        assert "in compose" in documented()[name]
    elif name == "DATABASE_POOL_SIZE":
        # A pool that was opened before a fork hangs, and Celery workers fork.
        of_web = dict.fromkeys(("web", "web2", "uploads"), "of the operator: $1 #2")
        assert reached == dict.fromkeys(PROCESSES, "0") | of_web
    else:
        assert set(reached.values()) == {"of the operator: $1 #2"}


@pytest.mark.parametrize("service", PROCESSES)
def test_variable_that_is_not_set_keeps_the_default_of_the_settings(service: str) -> None:
    environment = read_services(MINIMUM)[service].environment
    rows = documented()
    unexplained = [name for name in environment if name in rows and "compose" not in rows[name]]
    assert unexplained == ["SITE_URL"]  # required


def test_example_lists_what_operators_can_set() -> None:
    names = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", EXAMPLE_ENV.read_text(), re.MULTILINE)
    assert len(names) == len(set(names))
    assert set(names) == set(documented()) - set(FIXED)


def test_example_needs_only_its_first_part_filled_in() -> None:
    values = read_env(EXAMPLE_ENV.read_text())
    assert [name for name, value in values.items() if not value] == ["SECRET_KEY", "POSTGRES_PASSWORD"]
    assert values["DEFAULT_FROM_EMAIL"] == "Inspire <shop@example.org>"


def test_compose_reads_no_variable_that_is_not_documented() -> None:
    names = {match[1] for match in REFERENCE.findall(COMPOSE_FILE.read_text())}
    assert names - set(documented()) == set()


@pytest.mark.parametrize("name", ["SITE_URL", "POSTGRES_PASSWORD"])
def test_compose_refuses_an_environment_without_a_required_variable(name: str) -> None:
    for line in ("", f"{name}=\n"):
        rest = "".join(row + "\n" for row in MINIMUM.splitlines() if not row.startswith(name))
        with pytest.raises(VariableMissing, match=f"set {name} in .env"):
            read_services(rest + line)


def test_password_of_the_database_may_contain_any_character() -> None:
    environment = read_services("SITE_URL=https://shop.example.org\nPOSTGRES_PASSWORD='p@ss/w:rd$1'\n")[
        "web"
    ].environment
    assert environment["DATABASE_URL"] == "postgresql://feedsite@postgres:5432/feedsite"
    assert environment["PGPASSWORD"] == "p@ss/w:rd$1"
