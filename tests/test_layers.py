"""The order of apps: each depends only on apps to its left, in imports, in relations and in SQL."""

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
    "programme": {"accounts", "catalog", "creators", "videos", "feed", "shop", "social", "payouts"},
}
"""accounts < catalog < creators < videos < feed | shop < social < payouts < programme."""
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
    """Return the app of every table, by table name."""
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
        ("feedsite", "from demo.datasets import CREATORS\n", "imports demo"),
        ("catalog", 'COUNT = "SELECT count(*) FROM videos_clip"\n', "names a table of videos"),
    ],
)
def test_a_wrong_arrow_is_found(tmp_path: Path, package: str, source: str, sentence: str) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "models.py").write_text(source)
    assert wrong_arrows(package, tmp_path) == [f"{package}/models.py {sentence}"]


VIDEOS_LAYERS = (
    {"states", "timecode", "media", "wording"},
    {"models"},
    {"intake"},
    {"pipeline"},
    {"playback"},
    {"review"},
    {"studio"},
    {"tasks"},
    {"api", "views", "admin", "templatetags", "management"},
    {"urls", "api_urls", "apps"},
)
"""The packages of videos along a clip's life. Each may import those of earlier layers and none of its own layer."""
PURE_PACKAGES = (
    "videos/media",
    "accounts/sandbox.py",
    "accounts/confine.py",
    "accounts/picture_decoder",
    "videos/wording",
    "videos/timecode.py",
    "feed/ranking",
)
"""Packages that do not import Django. They take numbers, texts and files, and return dataclasses."""


def imported_modules(path: Path) -> Iterator[str]:
    """Yield the full name of every imported module, and of everything imported from one."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def wrong_layers(videos: Path = ROOT / "videos") -> list[str]:
    """List the imports inside videos that point at the same or a later layer, those inside functions included."""
    layer_of = {package: number for number, layer in enumerate(VIDEOS_LAYERS) for package in layer}
    wrong = []
    for path in sorted(videos.rglob("*.py")):
        package = path.relative_to(videos).parts[0].removesuffix(".py")
        if package in ("__init__", "migrations"):
            continue
        for module in sorted(set(imported_modules(path))):
            other = (*module.split("."), "", "")[1] if module.startswith("videos.") else package
            if other != package and layer_of[other] >= layer_of[package]:
                wrong.append(f"{path.relative_to(videos)} imports {module}")
    return wrong


def test_packages_of_videos_import_only_earlier_layers() -> None:
    assert wrong_layers() == []


@pytest.mark.parametrize(
    ("package", "source", "module"),
    [
        ("intake", "from videos.studio.drafts import save_content\n", "videos.studio.drafts.save_content"),
        ("pipeline", "def late() -> None:\n    from videos.review import trust\n", "videos.review.trust"),
        ("views", "import videos.api.clips\n", "videos.api.clips"),
        ("models", "from videos import tasks\n", "videos.tasks"),
    ],
)
def test_a_wrong_layer_is_found(tmp_path: Path, package: str, source: str, module: str) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "wrong.py").write_text(source)
    assert wrong_layers(tmp_path) == [f"{package}/wrong.py imports {module}"]


@pytest.mark.parametrize("package", PURE_PACKAGES)
def test_pure_packages_import_no_django(package: str) -> None:
    paths = [ROOT / package] if package.endswith(".py") else sorted((ROOT / package).rglob("*.py"))
    imports = {(path.name, module.split(".")[0]) for path in paths for module in imported_modules(path)}
    assert paths
    assert [pair for pair in sorted(imports) if pair[1] == "django"] == []
