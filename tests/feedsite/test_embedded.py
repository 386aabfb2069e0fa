"""Embedded servers are shared by processes, stop with the process that started them, and keep their data."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START = (
    "from pathlib import Path; from feedsite.embedded import start_missing_servers as start; start(Path({folder!r}));"
)
SHOW = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], flush=True);"
QUERY = (
    "import psycopg; connection = psycopg.connect(os.environ['DATABASE_URL'], autocommit=True);"
    "print(connection.execute({statement!r}).fetchone()[0], flush=True);"
)


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}


def run(code: str) -> list[str]:
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=90,
    )
    return process.stdout.split()


def test_servers_are_shared_stop_with_their_starter_and_keep_their_data(tmp_path: Path) -> None:
    start = START.format(folder=str(tmp_path / "data"))
    first = subprocess.Popen(
        [sys.executable, "-c", start + SHOW + QUERY.format(statement="SELECT 1") + "input()"],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout
    addresses = first.stdout.readline().split()
    create = "CREATE TABLE kept AS SELECT 42 AS answer"
    assert run(start + SHOW)[:2] == addresses
    assert run(
        start + "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL'], autocommit=True)"
        f".execute({create!r}); print('created')"
    ) == ["created"]
    first.communicate("\n", timeout=60)
    assert first.returncode == 0
    again = run(start + SHOW + QUERY.format(statement="SELECT answer FROM kept"))
    assert again[-1] == "42"
    assert again[0].split("@")[0] == addresses[0].split("@")[0]


def test_servers_named_in_the_environment_are_used_as_they_are(tmp_path: Path) -> None:
    code = "import os; os.environ['DATABASE_URL'] = 'postgresql://elsewhere/shop'; os.environ['REDIS_URL'] = 'redis://elsewhere/0';"
    start = START.format(folder=str(tmp_path / "data"))
    assert run(code + start + SHOW) == ["postgresql://elsewhere/shop", "redis://elsewhere/0"]
    assert not (tmp_path / "data").exists()
