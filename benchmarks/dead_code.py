"""Find code that nothing uses: `python -m benchmarks.dead_code`, part of `make check`.

Functions, methods, properties and classes that only tests use count as unused. Vulture finds them; variables are left out,
since Django reads most class attributes by name. What templates, settings and migrations name counts as used. Names that a
framework calls are listed with a reason in `dead_code_allowed.toml`; an entry that allows nothing is an error, too.
"""

import re
import sys
import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from vulture import Vulture

from benchmarks.codebase import ROOT, product_folders

ALLOWED = Path(__file__).with_name("dead_code_allowed.toml")
KINDS = {"function", "method", "property", "class", "import", "unreachable_code"}
REGISTERING = ["@admin.register*", "@admin.action*", "@admin.display*", "@shared_task*", "@register.*"]
IDENTIFIER = re.compile(r"[A-Za-z_]\w+")


def read_allowed(path: Path = ALLOWED) -> dict[str, str]:
    """Return the reason of each allowed pattern, such as `*/apps.py:*Config`."""
    return dict(tomllib.loads(path.read_text())["allowed"])


def names_used_elsewhere(root: Path) -> set[str]:
    """Return every word in templates, migrations and settings, which name code as text."""
    texts = [*root.glob("templates/**/*.*"), *root.glob("*/migrations/*.py"), *root.glob("*/*settings.py")]
    return {word for path in texts for word in IDENTIFIER.findall(path.read_text())}


def unused(root: Path, folders: Iterable[str]) -> list[str]:
    """Return `path:name` of everything in these folders that neither they nor templates, migrations or settings use."""
    vulture = Vulture(ignore_decorators=REGISTERING)
    vulture.scavenge([str(root / folder) for folder in folders], exclude=["*/migrations/*"])
    used = names_used_elsewhere(root)
    items = (item for item in vulture.get_unused_code() if item.typ in KINDS and item.name not in used)
    return [f"{Path(item.filename).resolve().relative_to(root)}:{item.name}" for item in items]


def check(places: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Return a line for each unused place that no pattern allows, and for each pattern that allows none."""
    places, allowed = list(places), list(allowed)
    dead = [place for place in places if not any(fnmatchcase(place, pattern) for pattern in allowed)]
    idle = [pattern for pattern in allowed if not any(fnmatchcase(place, pattern) for place in places)]
    return [f"Nothing uses {place}." for place in dead] + [f"{pattern} is allowed but is used." for pattern in idle]


def main() -> None:
    folders = [*product_folders(ROOT), "demo", "benchmarks", "manage.py"]
    lines = check(unused(ROOT, folders), read_allowed())
    sys.exit("\n".join(lines) or 0)


if __name__ == "__main__":
    main()
