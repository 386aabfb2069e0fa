"""The arrows between apps point one way, in imports and in relations alike."""

import ast
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
"""accounts < catalog < creators < videos < feed | shop < social < payouts; feedsite wires them."""

EVERY_APP = {*MAY_IMPORT, "feedsite"}


def imported_apps(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)


def wrong_arrows(app: str, root: Path = ROOT) -> list[str]:
    allowed = MAY_IMPORT[app] | {app}
    return [
        f"{path.relative_to(root)} imports {other}"
        for path in sorted((root / app).rglob("*.py"))
        for other in sorted(set(imported_apps(path)))
        if other in EVERY_APP and other not in allowed
    ]


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_an_app_imports_only_apps_to_its_left(app: str) -> None:
    assert wrong_arrows(app) == []


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_an_app_points_relations_only_at_apps_to_its_left(app: str) -> None:
    allowed = MAY_IMPORT[app] | {app}
    wrong = [
        f"{model.__name__}.{field.name} points at {field.related_model._meta.app_label}"
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.concrete
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, Model)
        and field.related_model._meta.app_label in EVERY_APP - allowed
    ]
    assert wrong == []


def test_every_app_of_the_project_has_its_place() -> None:
    local = {path.parent.name for path in ROOT.glob("*/apps.py")} | {
        path.parent.name for path in ROOT.glob("*/models*")
    }
    assert local <= EVERY_APP


def test_a_wrong_arrow_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "models.py").write_text("def late() -> None:\n    from videos.models import Clip\n")
    assert wrong_arrows("catalog", tmp_path) == ["catalog/models.py imports videos"]
