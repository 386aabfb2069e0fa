"""Names in the code keep to docs/glossary.md: words that it replaced do not come back."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.codebase import ROOT, product_folders
from benchmarks.import_graph import Module, read_modules

REPLACED_WORDS = {
    *("bell", "bells", "ring", "rings", "ringing", "mend", "mends", "mended", "patiently"),
    *("unearning", "whoever", "somebody", "shelf", "shelves", "sounding", "standing", "door", "doors"),
}
"""Words that no name contains: enqueue, fix, retry and the glossary's other terms took their places."""
REPLACED_NAMES = {
    "found",
    "made",
    "mine",
    "asked",
    "given",
    "one",
    "some",
    "also",
    "kept",
    "said",
    "told",
}
"""Names that say nothing about what they hold; a noun took the place of each."""


def stored_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names of functions, classes, parameters, variables and attributes that a module defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def words_of(name: str) -> set[str]:
    """Split `allowed_actions` and `OpenDoors` into their words."""
    return set(re.findall(r"[a-z]+", re.sub(r"([A-Z])", r"_\1", name).lower()))


def replaced(module: Module) -> list[str]:
    names = set(stored_names(module.tree))
    return [
        f"{module.name}: {name}"
        for name in sorted(names)
        if name.strip("_") in REPLACED_NAMES or words_of(name) & REPLACED_WORDS
    ]


def test_no_name_in_the_product_uses_a_replaced_word() -> None:
    modules = read_modules(ROOT, product_folders(ROOT))
    assert [name for module in modules for name in replaced(module)] == []


def test_a_replaced_word_is_found_wherever_it_is_defined(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    text = "class BellOfTheShop: ...\ndef ring_once(patiently: bool) -> None:\n    self.is_mended = string = 1\n"
    (tmp_path / "shop" / "orders.py").write_text(text)
    (module,) = read_modules(tmp_path, ["shop"])
    assert [line.split(": ")[1] for line in replaced(module)] == [
        "BellOfTheShop",
        "is_mended",
        "patiently",
        "ring_once",
    ]
