"""README, CONTRIBUTING and the other documents name variables, targets, paths and packages that exist."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
READS = re.compile(r"""(?:\benv\.\w+\(|\bPort\(|os\.environ\.get\(|os\.environ\[)\s*["']([A-Z][A-Z0-9_]+)["']""")
SYSTEM_VARIABLES = {"PATH", "HOME", "CI", "LANG"}
TEST_VARIABLES = {
    "LARGE_ROWS",
    *("FEEDSITE_MEDIA", "DJANGO_ALLOW_ASYNC_UNSAFE", "DESK_PICTURES", "DESK_TIMES", "DESK_LOOK_MS"),
    *(
        "SWIPES",
        "SWIPE_FIGURES",
        "MERCHANT_PICTURES",
        "PRODUCTION_PICTURES",
        "VIEW_ACTIONS",
        "VIEW_SEED",
        "REASON_VIEWERS",
    ),
}
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
LINK = re.compile(r"\]\(([^)#:]+)\)")
CODE = re.compile(r"`([^`\s]+)`")
CONVENTIONAL = {"admin", "migrations", "management", "commands", "templatetags", "models", "formats", "ar"}
"""Packages that every Django developer knows, or that only hold what their parent says."""


def app_names() -> list[str]:
    return sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))


def variables_read() -> set[str]:
    files = [path for app in app_names() if app != "benchmarks" for path in (ROOT / app).rglob("*.py")]
    return {name for path in files for name in READS.findall(path.read_text())} - SYSTEM_VARIABLES - TEST_VARIABLES


def variables_documented() -> Counter[str]:
    """Return the variables of all tables except the one of those that our code does not read."""
    section = (ROOT / "README.md").read_text().split("## Environment variables")[1]
    before, others, after = re.split(r"^Read by .*:$|^For development:$", section, flags=re.MULTILINE)
    assert "POSTGRES_PASSWORD" in others
    return Counter(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", before + after, re.MULTILINE))


def named_paths(text: str, folder: Path) -> list[tuple[str, Path]]:
    """Return what a document calls by path, link or dotted module, with the file or folder that it should be.

    A word in code counts as a path when it begins with a top-level name: `videos/states.py`, `videos.media.policy`.
    A module without a folder, `states.py`, has to be in some app or in the tests.
    """
    top_level = {path.name for path in ROOT.iterdir()}
    paths = [(link, folder / link) for link in LINK.findall(text)]
    for word in CODE.findall(text):
        first = re.split(r"[/.]", word)[0]
        if word in top_level or ("/" in word and word.split("/")[0] in top_level and not re.search(r"[<*…]", word)):
            paths.append((word, ROOT / word))
        elif re.fullmatch(r"[a-z_]+\.py", word):
            paths.append((word, next((path for app in app_names() for path in (ROOT / app).rglob(word)), ROOT / word)))
        elif first in app_names() and re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", word):
            paths.append((word, ROOT / word.replace(".", "/")))
    return paths


def exists(path: Path) -> bool:
    """Return False if neither a file nor a folder, nor a module or its attribute, has this path."""
    return path.exists() or path.with_suffix(".py").exists() or path.parent.with_suffix(".py").exists()


def missing_paths(document: Path) -> list[str]:
    return [word for word, path in named_paths(document.read_text(), document.parent) if not exists(path)]


def test_the_table_and_the_code_name_the_same_variables() -> None:
    assert set(variables_documented()) == variables_read()


def test_no_variable_is_documented_twice() -> None:
    assert [name for name, times in variables_documented().items() if times > 1] == []


def test_every_app_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    apps = sorted(path.parent.name for path in ROOT.glob("*/migrations"))
    assert [app for app in apps if f"]({app}/__init__.py)" not in readme] == []


def test_every_package_is_in_the_table_of_packages() -> None:
    packages = [path.parent.relative_to(ROOT) for app in app_names() for path in (ROOT / app).rglob("__init__.py")]
    described = set(re.findall(r"`([a-z_/]+)/`", (ROOT / "CONTRIBUTING.md").read_text()))
    described |= {name.split("/")[0] for name in described}
    expected = {
        str(package)
        for package in packages
        if package.parts[0] not in ("demo", "tests") and not CONVENTIONAL & set(package.parts)
    }
    assert expected - described == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    assert missing_paths(document) == []


def test_a_path_that_does_not_exist_is_found(tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text(
        "`videos/gone.py` `videos.gone.module` [x](gone.md) `videos/states.py` `videos.states` `videos.states.MOVES` "
        "`/api/v1/docs/` `gone.py` `states.py` `make demo` `bench-<name>`"
    )
    assert missing_paths(document) == ["gone.md", "videos/gone.py", "videos.gone.module", "gone.py"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_that_is_named_exists(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z%-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / name).read_text()))
    benchmarks = set(re.findall(r"\bmake bench-([a-z]+)\b", (ROOT / name).read_text()))
    assert named - {"bench"} <= targets
    assert [bench for bench in benchmarks if not (ROOT / "benchmarks" / f"{bench}.py").exists()] == []


def test_every_dependency_has_a_line_in_the_decision_about_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    requirements = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[><= ]", requirement)[0] for requirement in requirements}
    provided = {
        "django",
        "djangorestframework",
        "celery",
        "redis",
        "pillow",
        "ffmpeg-python",
        "pytest",
        "pytest-django",
    }
    document = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text()
    listed = {re.split(r"\[", name)[0] for name in re.findall(r"`([a-z0-9-]+(?:\[[a-z0-9,]+\])?)`", document)}
    stubs = {name for name in names if name.startswith("types-") or name.endswith(("-stubs", "-types"))}
    assert names - provided - stubs - listed == set()
