"""The image contains the product and nothing else: no secrets, tests, demo or documents."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.apps import apps

from tests.production.compose import ROOT
from tests.production.image import list_files

SECRETS = (".env", ".env.local", "feedsite/.env", "secrets.json", "key.pem", "dump.sql", "backup/shop.sql")
DEVELOPERS = (
    *("tests/conftest.py", "demo/__init__.py", "benchmarks/codebase.py", "docs/design.md", "docs/deploy/example.env"),
    *(
        ".github/workflows/ci.yml",
        ".ci/run",
        ".git/config",
        "Makefile",
        "docker-compose.yml",
        "package.json",
        "README.md",
    ),
    *("feedsite/requirements/dev.txt", "feedsite/development.py", "feedsite/__pycache__/settings.pyc"),
    *("node_modules/typescript/index.js", ".venv/pyvenv.cfg", ".data/test/postgres.json"),
)


@pytest.fixture
def context(tmp_path: Path) -> Path:
    """Return a build context with our .dockerignore and a file at each path that must stay out."""
    shutil.copy(ROOT / ".dockerignore", tmp_path)
    for name in (*SECRETS, *DEVELOPERS, "feedsite/settings.py", "templates/base.html", "manage.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def test_nothing_but_the_product_enters_the_image(context: Path) -> None:
    assert list_files(context) == ["feedsite/settings.py", "manage.py", "templates/base.html"]


def test_every_app_of_the_site_is_in_the_image() -> None:
    own = {Path(config.path).name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    assert {name.split("/")[0] for name in list_files()} == own - {"demo"} | {
        "templates",
        "manage.py",
        "pyproject.toml",
    }


def test_every_module_of_an_app_is_in_the_image() -> None:
    in_image = set(list_files())
    modules = {
        path.relative_to(ROOT).as_posix() for app in ("feedsite", "videos") for path in (ROOT / app).rglob("*.py")
    }
    assert modules - in_image == {"feedsite/development.py", "feedsite/management/commands/dev.py"}


def test_secrets_are_not_tracked_by_git() -> None:
    for name in (".env", ".env.local", ".env.production"):
        command = ["git", "check-ignore", "--quiet", "--no-index", name]
        assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0, name


def test_the_image_copies_by_the_rules_of_the_ignore_file() -> None:
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )*(\S+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert copied == ["feedsite/requirements/base.txt", "."]
