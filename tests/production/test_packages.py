"""Everything in the image works with the packages of the image alone."""

import configparser
import os
import secrets
import shutil
import subprocess
from pathlib import Path

from tests.production.image import list_files
from tests.upgrade.store_dump import ROOT

IMPORT_ALL = """
import importlib, sys
import django
django.setup()
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def module_names() -> list[str]:
    """Return the names of the image's Python modules, in alphabetical order."""
    paths = [Path(name) for name in list_files() if name.endswith(".py") and name != "manage.py"]
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]


def test_every_module_imports_with_the_packages_of_the_image(packages: Path, image_files: Path, tmp_path: Path) -> None:
    names = module_names()
    assert {"feedsite.celery", "videos.tasks", "payouts.migrations.0001_initial"} <= set(names)
    environment = {
        "DJANGO_SETTINGS_MODULE": "feedsite.settings",
        "SECRET_KEY": secrets.token_hex(32),
        "DATA_DIR": str(tmp_path),
    }
    command = [str(packages / "bin" / "python"), "-W", "ignore", "-c", IMPORT_ALL, *names]
    process = subprocess.run(command, cwd=image_files, env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr


def unit_command(name: str) -> list[str]:
    """Return the command of a process in the unit of systemd."""
    unit = configparser.RawConfigParser()
    unit.read(ROOT / "docs" / "deploy" / "shop@.service")
    return unit["Service"]["ExecStart"].replace("%i", name).split()


def test_process_of_the_unit_compiles_translations_that_are_missing(
    packages: Path, image_files: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    shutil.copytree(image_files, site)
    for compiled in site.glob("feedsite/locale/*/LC_MESSAGES/django.mo"):
        compiled.unlink()
    environment = os.environ | {"DATA_DIR": str(tmp_path / "data")}
    command = [part.replace("/srv/shop/venv", str(packages)) for part in unit_command("collectstatic")]
    process = subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    languages = {path.parts[-3] for path in site.glob("feedsite/locale/*/LC_MESSAGES/django.mo")}
    assert languages == {"ar", "en", "he"}


def test_translations_that_cannot_be_written_are_said(packages: Path, image_files: Path, tmp_path: Path) -> None:
    """As root may write everywhere, a folder stands where the file would be."""
    site = tmp_path / "site"
    shutil.copytree(image_files, site)
    for compiled in site.glob("feedsite/locale/*/LC_MESSAGES/django.mo"):
        compiled.unlink()
    for source in site.glob("feedsite/locale/ar/LC_MESSAGES/django.po"):
        (source.parent / "django.mo" / "x").mkdir(parents=True)
        os.utime(source.parent / "django.mo", (0, 0))
    environment = os.environ | {"DATA_DIR": str(tmp_path / "data")}
    command = [str(packages / "bin" / "python"), "-m", "feedsite.processes", "collectstatic"]
    process = subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 1
    assert "python -m feedsite.translations compile" in process.stderr
    assert "Traceback" not in process.stderr


def test_packages_for_development_are_not_in_the_image(packages: Path) -> None:
    command = [str(packages / "bin" / "python"), "-c", "import pytest"]
    assert "No module named 'pytest'" in subprocess.run(command, capture_output=True, text=True, check=False).stderr
