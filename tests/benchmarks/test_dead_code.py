"""Planted dead code is found, and what a template or a framework uses is left alone."""

from pathlib import Path

from benchmarks import dead_code

SHOP = """
from django.contrib import admin

def used() -> None: ...
def dead() -> None: ...
def only_for_tests() -> None: ...

@admin.register(object)
class OrderAdmin:
    pass

class Order:
    @property
    def in_a_template(self) -> int: return 1
    @property
    def nowhere(self) -> int: return 1

used()
Order()
"""


def write_project(root: Path) -> None:
    for folder in ("shop", "templates/shop", "tests"):
        (root / folder).mkdir(parents=True)
    (root / "shop/orders.py").write_text(SHOP)
    (root / "templates/shop/order.html").write_text("{{ order.in_a_template }}")
    (root / "tests/test_orders.py").write_text("from shop.orders import only_for_tests\nonly_for_tests()\n")


def test_functions_and_properties_that_nothing_but_tests_uses_are_found(tmp_path: Path) -> None:
    write_project(tmp_path)
    dead = ["shop/orders.py:dead", "shop/orders.py:nowhere", "shop/orders.py:only_for_tests"]
    assert sorted(dead_code.unused(tmp_path, ["shop"])) == dead


def test_code_after_a_return_is_found(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "shop/late.py").write_text("def act() -> int:\n    return 1\n    print(2)\nact()\n")
    assert "shop/late.py:return" in dead_code.unused(tmp_path, ["shop"])


def test_allowed_names_pass_and_an_entry_that_allows_nothing_is_named() -> None:
    lines = dead_code.check(["shop/apps.py:ShopConfig", "shop/orders.py:dead"], ["*/apps.py:*Config", "shop/gone.py:f"])
    assert lines == ["Nothing uses shop/orders.py:dead.", "shop/gone.py:f is allowed but is used."]


def test_every_allowed_name_has_a_reason() -> None:
    assert [pattern for pattern, reason in dead_code.read_allowed().items() if len(reason.split()) < 3] == []
