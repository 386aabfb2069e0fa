"""`manage.py backup FILE`: write the database and the files of a shop into one archive."""

import os
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from feedsite.backups.archive import Contents, write_backup
from feedsite.backups.database import DatabaseToolFailed


class Command(BaseCommand):
    help = "Write the database and the files of the shop into one archive. The shop may go on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help='the archive to write, or "-" for standard output')
        parser.add_argument("--no-files", action="store_true", help="write the database only")

    def handle(self, *args: Any, **options: Any) -> None:
        has_files, now = not options["no_files"], timezone.now()
        try:
            if options["file"] == "-":
                contents = write_backup(sys.stdout.buffer, has_files=has_files, now=now)
            else:
                contents = _write_file(Path(options["file"]), has_files=has_files, now=now)
        except (DatabaseToolFailed, OSError) as error:
            raise CommandError(f"No backup was written: {error}") from error
        self.stderr.write(f"Backed up the database and {contents.files} files of {contents.bytes:,} bytes.")


def _write_file(target: Path, *, has_files: bool, now: datetime) -> Contents:
    """Write the archive under another name until it is whole. A backup that fails leaves no file."""
    if target.exists():
        raise CommandError(f"{target} exists. Choose another name.")
    part = target.with_name(f"{target.name}.part")
    try:
        with open(part, "wb", opener=_open_for_owner) as file:
            contents = write_backup(file, has_files=has_files, now=now)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return contents


def _open_for_owner(path: str, flags: int) -> int:
    """Open a file that only its owner can read: it has addresses, orders and password hashes."""
    return os.open(path, flags, 0o600)
