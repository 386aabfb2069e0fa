"""Apps depend on apps to their left only: in imports, in relations, and in the tables that their SQL names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT: dict[str, set[str]] = {
    "accounts": set(),
    "catalog": {"accounts"},
    "creators": {"accounts", "catalog"},
    "videos": {"accounts", "catalog", "creators"},
    "feed": {"accounts", "catalog", "creators", "videos"},
    "shop": {"accounts", "catalog", "creators", "videos"},
    "social": {"accounts", "catalog", "creators", "videos", "feed", "shop"},
    "payouts": {"accounts", "catalog", "creators", "videos", "feed", "shop", "social"},
}
"""accounts < catalog < creators < videos < feed | shop < social < payouts."""
WIRING = {"feedsite", "demo"}
"""Packages that may import every app, and that no app may import. The site does not import the demo either."""
PACKAGES = {*MAY_IMPORT, *WIRING}
MAY_DEPEND_ON = MAY_IMPORT | {"feedsite": set(MAY_IMPORT), "demo": {*MAY_IMPORT, "feedsite"}}


def imported_packages(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)


def tables() -> dict[str, str]:
    """Return the app of every table."""
    return {
        model._meta.db_table: app
        for app in MAY_IMPORT
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


def apps_named_in_sql(path: Path) -> Iterator[str]:
    """Yield the apps whose tables occur in a string of more than one word."""
    app_of = tables()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield from (app_of[word] for word in re.findall(r"\w+", node.value) if word in app_of)


def wrong_arrows(package: str, root: Path = ROOT) -> list[str]:
    allowed = MAY_DEPEND_ON[package] | {package}
    return [
        f"{path.relative_to(root)} {verb} {other}"
        for path in sorted((root / package).rglob("*.py"))
        for verb, others in (("imports", imported_packages(path)), ("names a table of", apps_named_in_sql(path)))
        for other in sorted(set(others) & PACKAGES - allowed)
    ]


@pytest.mark.parametrize("package", MAY_DEPEND_ON)
def test_a_package_depends_only_on_packages_to_its_left(package: str) -> None:
    assert wrong_arrows(package) == []


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_relations_point_only_at_apps_to_the_left(app: str) -> None:
    allowed = MAY_IMPORT[app] | {app}
    wrong = [
        f"{model.__name__}.{field.name} points at {field.related_model._meta.app_label}"
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.concrete
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, Model)
        and field.related_model._meta.app_label in PACKAGES - allowed
    ]
    assert wrong == []


def test_every_package_has_a_position_in_the_order() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages == PACKAGES


@pytest.mark.parametrize(
    ("package", "source", "sentence"),
    [
        ("catalog", "def late() -> None:\n    from videos.models import Clip\n", "imports videos"),
        ("creators", "import shop.models\n", "imports shop"),
        ("shop", "import feedsite.roles\n", "imports feedsite"),
        ("feedsite", "from demo.people import CREATORS\n", "imports demo"),
        ("catalog", 'COUNT = "SELECT count(*) FROM videos_clip"\n', "names a table of videos"),
    ],
)
def test_a_wrong_arrow_is_found(tmp_path: Path, package: str, source: str, sentence: str) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "models.py").write_text(source)
    assert wrong_arrows(package, tmp_path) == [f"{package}/models.py {sentence}"]
