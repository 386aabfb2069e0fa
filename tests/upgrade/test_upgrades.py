"""A shop of each released version migrates to the current one, and then has the same schema as a new shop."""

import gzip
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.upgrade.store_dump import ROOT, SHOPS

RELEASED = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, character_maximum_length, column_default
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name !~ '_\\d{4}_\\d{2}$'"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    AND conrelid::regclass::text !~ '_\\d{4}_\\d{2}$'"""
INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename !~ '_\\d{4}_\\d{2}$'"
TRIGGERS = "SELECT tgrelid::regclass::text, tgname, pg_get_functiondef(tgfoid) FROM pg_trigger WHERE NOT tgisinternal"
# A row of these is what somebody has bought, earned or filmed.
KEPT = ("accounts_user", "catalog_product", "videos_clip", "creators_slot", "shop_order", "payouts_entry")


def run_manage(url: str, *arguments: str) -> str:
    """Run manage.py on a database and return what it printed."""
    command = [sys.executable, "manage.py", *arguments]
    process = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


@pytest.fixture
def new_database(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from create_database("upgrade_new")


@pytest.fixture
def old_database() -> Iterator[str]:
    yield from create_database("upgrade_old")


def create_database(name: str, *, copy_of: str = "template1") -> Iterator[str]:
    """Create a database beside the test's, empty or a copy of another one, yield its address and drop it."""
    server = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(server.geturl(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {copy_of}")
        yield server._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def read_rows(url: str, query: str) -> set[tuple[str, ...]]:
    """Return the rows of a query as text, without the casts and brackets that PostgreSQL adds when it loads a dump."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(query).fetchall()
    return {tuple(re.sub(r"::(character varying|text)(\[\])?|[()]", "", str(value)) for value in row) for row in rows}


def count_rows(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in KEPT}  # noqa: S608  # constants


def test_each_release_has_a_stored_shop() -> None:
    stored = {path.name.removesuffix(".sql.gz") for path in SHOPS.glob("*.sql.gz")}
    assert RELEASED
    assert stored == set(RELEASED)


def test_version_is_the_newest_release() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == RELEASED[0]


@pytest.mark.parametrize("shop", sorted(SHOPS.glob("*.sql.gz")), ids=lambda path: path.name.removesuffix(".sql.gz"))
def test_shop_migrates_to_the_schema_of_a_new_one(shop: Path, old_database: str, new_database: str) -> None:
    with psycopg.connect(old_database, autocommit=True) as connection:
        connection.execute(gzip.decompress(shop.read_bytes()).decode())
    before = count_rows(old_database)
    assert all(before.values()), before

    run_manage(old_database, "migrate", "--noinput", "--verbosity", "0")
    run_manage(new_database, "migrate", "--noinput", "--verbosity", "0")

    assert count_rows(old_database) == before
    for query in (COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS):
        assert read_rows(old_database, query) == read_rows(new_database, query)
    assert "no discrepancies" in run_manage(old_database, "verify_ledger")


OLD_ROW = """
    INSERT INTO public.videos_wordingrule (code, language, severity, phrases, unless, message, suggestion, must_match,
        must_not_match, is_active, category_id)
    SELECT %s, 'en', 'hint', 'glowmore', '', 'No.', '', 'Glowmore', '', true, id
    FROM public.catalog_category WHERE slug = 'skincare'"""
"""How a version before the shipped rules were rows stores a rule of one category."""
OLD_QUERY = "SELECT code, category_id FROM videos_wordingrule WHERE is_active AND campaign_id IS NULL"
"""How it reads the rules for a caption. It has the shipped ones in its code."""


def test_wording_rules_survive_an_upgrade_beside_the_older_version(old_database: str) -> None:
    with psycopg.connect(old_database, autocommit=True) as connection:
        connection.execute(gzip.decompress((SHOPS / "0.2.0.sql.gz").read_bytes()).decode())
        connection.execute("SET search_path TO public")
        connection.execute(OLD_ROW, ["guarantee"])
    before = read_rows(old_database, OLD_QUERY)
    assert {row[0] for row in before} == {"guarantee"}
    run_manage(old_database, "migrate", "--noinput", "--verbosity", "0")

    rules = "SELECT code, category_slugs::text, is_enabled FROM videos_wordingrule WHERE shipped_as IS"
    assert read_rows(old_database, f"{rules} NULL") == {("guarantee", "{skincare}", "True")}
    shipped = read_rows(old_database, f"{rules} NOT NULL")
    assert {"guarantee-shipped", "off-site", "alcohol-habit"} <= {row[0] for row in shipped}
    assert {row[2] for row in shipped} == {"True"}

    # Processes that were not yet restarted apply the shop's own rules only, each in its category, and may add one.
    assert read_rows(old_database, OLD_QUERY) == before
    with psycopg.connect(old_database, autocommit=True) as connection:
        connection.execute(OLD_ROW, ["meanwhile"])
    assert ("meanwhile", "{}", "False") in read_rows(old_database, f"{rules} NULL")

    run_manage(old_database, "migrate", "videos", "0004", "--verbosity", "0")
    assert {row[0] for row in read_rows(old_database, OLD_QUERY)} == {"guarantee", "meanwhile"}
    run_manage(old_database, "migrate", "--noinput", "--verbosity", "0")
    assert read_rows(old_database, f"{rules} NOT NULL") == shipped
