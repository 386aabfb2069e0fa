"""The README names every variable that the code reads, once, and no other."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READS = re.compile(r"""(?:\benv\.\w+\(|os\.environ\.get\(|os\.environ\[)\s*["']([A-Z][A-Z0-9_]+)["']""")
OF_THE_SYSTEM = {"PATH", "HOME", "CI", "LANG"}
OF_THE_TESTS = {
    *("FEEDSITE_MEDIA", "DJANGO_ALLOW_ASYNC_UNSAFE", "DESK_PICTURES", "DESK_TIMES", "DESK_LOOK_MS"),
    *("SWIPES", "SWIPE_FIGURES"),
}


def variables_read() -> set[str]:
    folders = ("accounts", "catalog", "creators", "videos", "feed", "shop", "social", "payouts", "feedsite", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    found = {name for path in files for name in READS.findall(path.read_text())}
    return found - OF_THE_SYSTEM - OF_THE_TESTS


def variables_told() -> Counter[str]:
    table = (ROOT / "README.md").read_text().split("## Every variable of the environment")[1]
    return Counter(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", table, re.MULTILINE))


def test_the_table_and_the_code_name_the_same_variables() -> None:
    assert set(variables_told()) == variables_read()


def test_no_variable_stands_twice() -> None:
    assert [name for name, times in variables_told().items() if times > 1] == []


def test_every_app_stands_in_the_map() -> None:
    readme = (ROOT / "README.md").read_text()
    apps = sorted(path.parent.name for path in ROOT.glob("*/migrations"))
    assert [app for app in apps if f"]({app}/__init__.py)" not in readme] == []


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z%-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text()))
    assert named - {"bench"} <= targets
