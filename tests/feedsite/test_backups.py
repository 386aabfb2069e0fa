"""A backup restores a whole shop into an empty one, and into nothing else."""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages

from tests.upgrade.store_dump import ROOT
from tests.upgrade.test_upgrades import KEPT, count_rows, create_database

VERSION = (ROOT / "pyproject.toml").read_text().split('version = "')[1].split('"')[0]


def manage(folder: Path, url: str, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run manage.py for a shop with its own database and folder."""
    environment = os.environ | {"DATABASE_URL": url, "DATA_DIR": str(folder)}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, input=stdin, capture_output=True, check=False)


@pytest.fixture(scope="module")
def tables() -> Iterator[str]:
    """Yield the name of a database that has the tables of a shop, and no shop. It is only copied."""
    for url in create_database("backup_tables"):
        assert manage(Path(settings.DATA_DIR), url, "migrate", "--noinput").returncode == 0
        yield "backup_tables"


@pytest.fixture(scope="module")
def full_database(tables: str) -> Iterator[str]:
    """Yield the database of a shop with users, clips, orders and a ledger."""
    for url in create_database("backup_full", copy_of=tables):
        command = [sys.executable, "-m", "tests.feedsite.fill_shop"]
        environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "feedsite.settings"}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        yield url


@pytest.fixture
def empty_database() -> Iterator[str]:
    yield from create_database("backup_empty")


@pytest.fixture
def migrated_database(tables: str) -> Iterator[str]:
    yield from create_database("backup_migrated", copy_of=tables)


@pytest.fixture(scope="module")
def full_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full")
    for name, content in {"media/a/clip.mp4": b"film", "originals/clip.mov": b"master", "uploads/x.mp4": b""}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def archive(full_database: str, full_folder: Path) -> bytes:
    process = manage(full_folder, full_database, "backup", "-")
    assert process.returncode == 0, process.stderr.decode()
    assert b"Backed up the database and 3 files of 10 bytes." in process.stderr
    return process.stdout


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the content of each file of a shop."""
    names = ("media", "originals", "uploads")
    paths = [path for name in names for path in (folder / name).rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def rewrite(archive: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return an archive with members changed, or left out where `change` returns None."""
    written = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(archive)) as source, tarfile.open(fileobj=written, mode="w|") as target:
        for member in source:
            content = source.extractfile(member)
            assert content is not None
            body = change(member.name, content.read())
            if body is not None:
                member.size = len(body)
                target.addfile(member, io.BytesIO(body))
    return written.getvalue()


def with_manifest(archive: bytes, **values: str) -> bytes:
    return rewrite(
        archive, lambda name, body: json.dumps(json.loads(body) | values).encode() if name == "manifest.json" else body
    )


def test_restored_shop_is_the_one_that_was_backed_up(
    archive: bytes, full_database: str, full_folder: Path, migrated_database: str, tmp_path: Path
) -> None:
    process = manage(tmp_path, migrated_database, "restore", "-", stdin=archive)
    assert process.returncode == 0, process.stderr.decode()
    assert f"version {VERSION}; files: included" in process.stdout.decode()
    assert count_rows(migrated_database) == count_rows(full_database)
    assert all(count_rows(migrated_database).values())
    assert files_in(tmp_path) == files_in(full_folder)
    assert b"no discrepancies" in manage(tmp_path, migrated_database, "verify_ledger").stdout
    assert manage(tmp_path, migrated_database, "migrate", "--check").returncode == 0


def test_archive_of_the_first_format_is_restored(archive: bytes, empty_database: str, tmp_path: Path) -> None:
    """It has no digest of its files."""

    def to_first_format(name: str, body: bytes) -> bytes:
        if name not in ("manifest.json", "end.json"):
            return body
        values = json.loads(body)
        values.pop("sha256", None)
        return json.dumps(values | ({"format": 1} if "format" in values else {})).encode()

    process = manage(tmp_path, empty_database, "restore", "-", stdin=rewrite(archive, to_first_format))
    assert process.returncode == 0, process.stderr.decode()
    assert len(files_in(tmp_path)) == 3


def test_backup_is_written_to_a_file_that_only_its_owner_reads(
    full_database: str, full_folder: Path, empty_database: str, tmp_path: Path
) -> None:
    target = tmp_path / "shop.tar"
    assert manage(full_folder, full_database, "backup", str(target)).returncode == 0
    assert target.stat().st_mode & 0o777 == 0o600
    written = target.read_bytes()
    again = manage(full_folder, full_database, "backup", str(target))
    assert (again.returncode, target.read_bytes() == written) == (1, True)
    assert b"exists. Choose another name." in again.stderr
    assert manage(tmp_path / "data", empty_database, "restore", str(target)).returncode == 0


def test_backup_without_files_says_so(
    full_database: str, full_folder: Path, empty_database: str, tmp_path: Path
) -> None:
    process = manage(full_folder, full_database, "backup", "-", "--no-files")
    assert b"0 files" in process.stderr
    restored = manage(tmp_path, empty_database, "restore", "-", stdin=process.stdout)
    assert b"files: left out" in restored.stdout
    assert files_in(tmp_path) == {}


def test_shop_that_is_not_empty_is_refused(archive: bytes, full_database: str, tmp_path: Path) -> None:
    before = count_rows(full_database)
    process = manage(tmp_path, full_database, "restore", "-", stdin=archive)
    assert process.returncode == 1
    assert b"This shop is not empty: " in process.stderr
    assert b"Restore into a new database." in process.stderr
    assert count_rows(full_database) == before
    assert files_in(tmp_path) == {}


def test_folder_with_files_of_a_shop_is_refused(archive: bytes, full_folder: Path, empty_database: str) -> None:
    process = manage(full_folder, empty_database, "restore", "-", stdin=archive)
    assert (process.returncode, b"has files of a shop" in process.stderr) == (1, True)
    assert len(files_in(full_folder)) == 3


def is_dump(name: str) -> bool:
    return name == "database.dump"


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda archive: archive[: len(archive) // 2], b"not a whole archive"),
        (lambda archive: b"", b"not a"),
        (lambda archive: b"x" * 20_000, b"not a whole archive"),
        (lambda archive: rewrite(archive, lambda name, body: None if name == "end.json" else body), b"cut off"),
        (lambda archive: rewrite(archive, lambda name, body: None if name.startswith("media/") else body), b"missing"),
        (lambda archive: rewrite(archive, lambda name, body: None if is_dump(name) else body), b"damaged"),
        (lambda archive: rewrite(archive, lambda name, body: body[:-9] if is_dump(name) else body), b"damaged"),
        (
            lambda archive: rewrite(archive, lambda name, body: b"f1lm" if name.startswith("media/") else body),
            b"damaged",
        ),
        (lambda archive: with_manifest(archive, version="99.0.0"), b"Install version 99.0.0 or a later one first."),
        (lambda archive: with_manifest(archive, files="s3:clips"), b"in the bucket clips. Set S3_BUCKET first."),
        (lambda archive: with_manifest(archive, surprise="1"), b"not a whole archive"),
    ],
)
def test_archive_that_cannot_be_restored_is_refused_and_changes_nothing(
    archive: bytes, migrated_database: str, tmp_path: Path, damage: Callable[[bytes], bytes], sentence: bytes
) -> None:
    before = count_rows(migrated_database)
    process = manage(tmp_path, migrated_database, "restore", "-", stdin=damage(archive))
    assert process.returncode == 1
    assert sentence in process.stderr, process.stderr.decode()
    assert b"Traceback" not in process.stderr
    assert count_rows(migrated_database) == before == dict.fromkeys(KEPT, 0)
    assert (files_in(tmp_path), (tmp_path / "restoring").exists()) == ({}, False)


def test_archive_cannot_write_outside_of_the_shops_folders(archive: bytes, empty_database: str, tmp_path: Path) -> None:
    absolute = tmp_path / "evil"
    for name in ("../evil", str(absolute), "media/../../evil", "settings.py"):
        written = io.BytesIO()
        with tarfile.open(fileobj=io.BytesIO(archive)) as source, tarfile.open(fileobj=written, mode="w|") as target:
            for member in source:
                body = source.extractfile(member)
                if member.name.startswith("media/"):
                    member.name = name
                target.addfile(member, body)
        process = manage(tmp_path / "data", empty_database, "restore", "-", stdin=written.getvalue())
        assert process.returncode == 1
        assert b"Traceback" not in process.stderr, process.stderr.decode()
        assert not list(tmp_path.rglob("evil"))


def test_failing_program_of_postgresql_writes_no_file(full_folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "shop.tar"
    process = manage(full_folder, "postgresql://nobody@127.0.0.1:9/none", "backup", str(target))
    assert (process.returncode, b"No backup was written: pg_dump failed" in process.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_the_folders_of_the_archive_are_those_of_the_storages() -> None:
    """Restored files must be where the site looks for them."""
    from feedsite.backups.archive import file_folders

    for storage, folder in ((default_storage, "media"), (storages["originals"], "originals")):
        name = storage.save("probe", ContentFile(b"x"))
        assert (file_folders()[folder] / name).exists()
        storage.delete(name)
    assert file_folders()["uploads"] == Path(settings.DATA_DIR) / "uploads"
