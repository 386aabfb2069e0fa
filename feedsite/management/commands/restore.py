"""`manage.py restore FILE`: restore a backup into an empty shop."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from feedsite.backups.archive import BackupRefused, restore_backup
from feedsite.backups.database import DatabaseToolFailed


class Command(BaseCommand):
    help = "Restore a backup into an empty shop, and migrate it to this version. Stop all processes of the site first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help='the archive to read, or "-" for standard input')

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["file"] == "-":
                manifest = restore_backup(sys.stdin.buffer)
            else:
                with open(options["file"], "rb") as file:
                    manifest = restore_backup(file)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {error.filename}.") from error
        except OSError as error:
            raise CommandError(f"{error.filename or options['file']} can't be used: {error.strerror}.") from error
        except DatabaseToolFailed as error:
            raise CommandError(f"{error}\nThe database may have no tables now. Restore again, or migrate.") from error
        call_command("migrate", verbosity=0)
        self.stdout.write(
            f"Restored the backup of {manifest.created_at}, version {manifest.version}; files: {manifest.files}."
        )
        self.stdout.write("Now run: python manage.py verify_ledger")
