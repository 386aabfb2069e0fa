"""One tar archive for a shop: a manifest, the database's dump, the files, and an end that shows that it is whole.

The database is dumped before the files are copied. Files are written once and never changed, so every file that the
dump names is there, unless it was deleted in between.
"""

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from packaging.version import Version

from feedsite.backups.database import dump_database, find_content, restore_database
from feedsite.version import read_version

FORMAT = 2
"""Archives of format 1 have no digest of their files. They can still be restored."""
MANIFEST, DUMP, END = "manifest.json", "database.dump", "end.json"


class BackupRefused(Exception):
    """The archive cannot be restored here. The message says why and what to do. Nothing has been changed."""


@dataclass(frozen=True)
class Manifest:
    """What an archive is. `files` says where the shop's files are: "included", "left out", or "s3:<bucket>"."""

    format: int
    version: str
    created_at: str
    files: str
    dump_sha256: str


@dataclass(frozen=True)
class Contents:
    """How many files an archive has, their bytes in all, and a digest of their names and contents."""

    files: int
    bytes: int
    sha256: str = ""


class HashingReader(io.RawIOBase):
    """Reads a file and adds to a digest what was read."""

    def __init__(self, file: IO[bytes], digest: Any) -> None:
        self._file, self._digest = file, digest

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._digest.update(block)
        return block


def file_folders() -> Mapping[str, Path]:
    """Return the folders of a shop's files on this machine, by their name in the archive. None with S3."""
    if settings.S3_BUCKET:
        return {}
    data = Path(settings.DATA_DIR)
    return {"media": data / "media", "originals": data / "originals", "uploads": data / "uploads"}


def write_backup(target: IO[bytes], *, has_files: bool = True, now: datetime) -> Contents:
    """Write a shop's archive to a stream. Raises DatabaseToolFailed."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=target, mode="w|") as archive:
        dump = Path(folder) / DUMP
        dump_database(dump)
        where = f"s3:{settings.S3_BUCKET}" if settings.S3_BUCKET else "included" if has_files else "left out"
        manifest = Manifest(FORMAT, read_version(), now.isoformat(), where, _sha256(dump))
        _add_json(archive, MANIFEST, asdict(manifest))
        archive.add(dump, DUMP)
        count, size, digest = 0, 0, hashlib.sha256()
        for path, name in _files() if has_files else ():
            try:
                with path.open("rb") as file:
                    member = archive.gettarinfo(arcname=name, fileobj=file)
                    digest.update(name.encode())
                    archive.addfile(member, HashingReader(file, digest))
            except FileNotFoundError:  # deleted meanwhile
                continue
            count, size = count + 1, size + member.size
        contents = Contents(count, size, digest.hexdigest())
        _add_json(archive, END, asdict(contents))
    return contents


def restore_backup(source: IO[bytes]) -> Manifest:
    """Restore an archive from a stream into an empty shop, and return its manifest.

    Everything is unpacked and checked before anything changes. Raises BackupRefused, DatabaseToolFailed.
    """
    staging = Path(settings.DATA_DIR) / "restoring"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        with tarfile.open(fileobj=source, mode="r|") as archive:
            manifest = _read_manifest(archive)
            _refuse_unless_restorable(manifest)
            _unpack(archive, staging)
        if not (staging / DUMP).exists() or _sha256(staging / DUMP) != manifest.dump_sha256:
            raise BackupRefused("The archive is damaged: its database is not the one that was written.")
        restore_database(staging / DUMP)
        for name, folder in file_folders().items():
            if (staging / name).exists():
                shutil.rmtree(folder, ignore_errors=True)
                (staging / name).rename(folder)
    except (tarfile.TarError, EOFError, json.JSONDecodeError, TypeError) as error:
        raise BackupRefused(f"This is not a whole archive of a backup: {error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest


def _refuse_unless_restorable(manifest: Manifest) -> None:
    """Raise BackupRefused if this code, these settings or this shop do not fit the archive."""
    if manifest.format > FORMAT or Version(manifest.version) > Version(read_version()):
        raise BackupRefused(
            f"The backup is of version {manifest.version}, and this is {read_version()}. "
            f"Install version {manifest.version} or a later one first."
        )
    here = f"s3:{settings.S3_BUCKET}" if settings.S3_BUCKET else ""
    if manifest.files.startswith("s3:") and not here:
        raise BackupRefused(f"The files of this shop are in the bucket {manifest.files[3:]}. Set S3_BUCKET first.")
    if manifest.files == "included" and here:
        raise BackupRefused("The backup has files, and this shop keeps its files in S3. Unset S3_BUCKET first.")
    if content := find_content():
        raise BackupRefused(f"This shop is not empty: {content}. Restore into a new database.")
    if any(path.is_file() for folder in file_folders().values() for path in folder.rglob("*")):
        raise BackupRefused(f"{settings.DATA_DIR} has files of a shop. Restore into a new folder.")


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    member = archive.next()
    if member is None or member.name != MANIFEST:
        raise BackupRefused("This is not a backup: it does not begin with a manifest.")
    return Manifest(**_read_json(archive, member))


def _unpack(archive: tarfile.TarFile, staging: Path) -> None:
    """Unpack the rest of an archive, and check that nothing is missing or out of place."""
    count, size, digest = 0, 0, hashlib.sha256()
    while member := archive.next():
        if member.name == END:
            written = Contents(**_read_json(archive, member))
            if (written.files, written.bytes) != (count, size):
                raise BackupRefused("The archive is damaged: files are missing.")
            if written.sha256 not in ("", digest.hexdigest()):
                raise BackupRefused("The archive is damaged: a file is not the one that was written.")
            return
        if member.name != DUMP:
            top = PurePosixPath(member.name).parts[:1]
            if not member.isfile() or top not in {(name,) for name in file_folders()}:
                raise BackupRefused(f"The archive has something that no backup has: {member.name}")
            count, size = count + 1, size + member.size
        archive.extract(member, staging, filter="data")
        if member.name != DUMP:
            digest.update(member.name.encode())
            with (staging / member.name).open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    raise BackupRefused("The archive is cut off: it has no end.")


def _files() -> Iterator[tuple[Path, str]]:
    for name, folder in file_folders().items():
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path, f"{name}/{path.relative_to(folder)}"


def _add_json(archive: tarfile.TarFile, name: str, value: Mapping[str, Any]) -> None:
    body = json.dumps(value).encode()
    member = tarfile.TarInfo(name)
    member.size = len(body)
    archive.addfile(member, io.BytesIO(body))


def _read_json(archive: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, Any]:
    content = archive.extractfile(member)
    values: dict[str, Any] = json.loads(content.read()) if content else {}
    return values


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
