"""A released migration never changes: shops that have run it would not run it again."""

from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FROZEN = Path(__file__).resolve().parent / "frozen.sha256"


def test_released_migrations_are_unchanged() -> None:
    changed = []
    for line in FROZEN.read_text().splitlines():
        digest, name = line.split()
        path = ROOT / name
        if not path.exists() or sha256(path.read_bytes()).hexdigest() != digest:
            changed.append(name)
    assert changed == [], "Shops have run these migrations. Restore them and add a new one."


def test_every_first_migration_is_frozen() -> None:
    names = {line.split()[1] for line in FROZEN.read_text().splitlines()}
    first = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/migrations/0001_initial.py")}
    helpers = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/migrations/_*.py") if path.stem != "__init__"}
    assert first | helpers <= names
