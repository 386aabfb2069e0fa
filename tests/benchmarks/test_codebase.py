"""Each measure of the code finds an offender that is planted for it, and leaves good code alone."""

from pathlib import Path

import pytest

from benchmarks import codebase, figures
from benchmarks.import_graph import Module, app_graph, cycles, module_graph, read_modules


def write(root: Path, **texts: str) -> list[Module]:
    """Write modules named like `shop__models` (for shop/models.py) and read them back."""
    for name, text in texts.items():
        path = root.joinpath(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in path.relative_to(root).parents[:-1]:
            (root / folder / "__init__.py").touch()
        path.write_text(text)
    return read_modules(root, sorted({name.split("__")[0] for name in texts}))


def function(name: str, lines: int, decorator: str = "") -> str:
    return f"{decorator}\ndef {name}() -> None:\n" + "    pass\n" * (lines - 1)


def test_modules_are_read_by_dotted_name_without_migrations(tmp_path: Path) -> None:
    modules = write(tmp_path, shop__models="", shop__api__views="", shop__migrations__initial="")
    assert [module.name for module in modules] == ["shop", "shop.api", "shop.api.views", "shop.models"]


def test_product_code_is_every_app_but_demo_tests_and_benchmarks(tmp_path: Path) -> None:
    write(tmp_path, shop__models="", live__models="", demo__loader="", tests__factories="", benchmarks__feed="")
    assert codebase.product_folders(tmp_path) == ["live", "shop"]


def test_the_real_product_code_is_measured() -> None:
    assert {"accounts", "videos", "feed", "payouts", "feedsite"} <= set(codebase.product_folders(codebase.ROOT))


def test_files_of_five_lines_are_no_measure(tmp_path: Path) -> None:
    lengths = codebase.file_lengths(write(tmp_path, shop__short="pass\n" * 5, shop__long="pass\n" * 6))
    assert lengths == {str(tmp_path / "shop" / "long.py"): 6}


def test_a_function_of_51_lines_is_too_long(tmp_path: Path) -> None:
    modules = write(tmp_path, shop__orders=function("fits", 50) + function("too_long", 51))
    assert codebase.long_functions(modules) == ["shop.orders.too_long (51 lines)"]


def test_a_method_without_an_annotated_return_is_found(tmp_path: Path) -> None:
    modules = write(tmp_path, shop__orders="class Bag:\n    def add(self): ...\n    async def sum(self) -> int: ...\n")
    assert codebase.unannotated(modules) == ["shop.orders.add"]


@pytest.mark.parametrize(
    "caught",
    ["except:", "except Exception:", "except BaseException as error:", "except (ValueError, builtins.Exception):"],
)
def test_a_broad_except_is_found(tmp_path: Path, caught: str) -> None:
    modules = write(tmp_path, shop__orders=f"try:\n    pass\n{caught}\n    pass\n")
    assert codebase.broad_excepts(modules) == ["shop.orders:3"]


def test_suppressing_everything_is_a_broad_except(tmp_path: Path) -> None:
    modules = write(tmp_path, shop__orders="with contextlib.suppress(KeyError, Exception):\n    pass\n")
    assert codebase.broad_excepts(modules) == ["shop.orders:1"]


def test_narrow_excepts_are_left_alone(tmp_path: Path) -> None:
    text = (
        "try:\n    pass\nexcept (ValueError, shop.ExceptionOfTheShop):\n    pass\nwith suppress(KeyError):\n    pass\n"
    )
    assert codebase.broad_excepts(write(tmp_path, shop__orders=text)) == []


@pytest.mark.parametrize("decorator", ["@shared_task", "@shared_task(bind=True)", "@app.task", "@celery.app.task()"])
def test_a_celery_task_is_measured(tmp_path: Path, decorator: str) -> None:
    modules = write(tmp_path, shop__tasks=function("send", 11, decorator) + function("plain", 30, "@multitasking"))
    assert codebase.task_lengths(modules) == {"shop.tasks.send": 11}


def test_a_class_name_that_two_modules_define_is_found(tmp_path: Path) -> None:
    modules = write(tmp_path, shop__models="class Order: ...\n", demo__orders="class Order: ...\nclass Bag: ...\n")
    assert codebase.repeated_class_names(modules) == ["Order in demo.orders, shop.models"]


def test_commands_private_and_nested_classes_may_share_a_name(tmp_path: Path) -> None:
    text = "class Command: ...\nclass _Row: ...\nclass {}:\n    class Meta: ...\n"
    modules = write(tmp_path, shop__first=text.format("First"), shop__second=text.format("Second"))
    assert codebase.repeated_class_names(modules) == []


def test_tests_are_counted_in_test_modules_only(tmp_path: Path) -> None:
    text = "def test_buys() -> None: ...\nasync def test_pays() -> None: ...\ndef helper() -> None: ...\n"
    assert codebase.count_tests(write(tmp_path, tests__shop__test_bag=text, tests__shop__factories=text)) == 2


def test_two_apps_that_import_each_other_are_a_cycle_though_no_modules_are(tmp_path: Path) -> None:
    modules = write(
        tmp_path, shop__a="import feed.a\n", feed__a="", feed__b="from shop.b import x\n", shop__b="x = 1\n"
    )
    assert cycles(app_graph(modules)) == [["feed", "shop"]]
    assert cycles(module_graph(modules)) == []


@pytest.mark.parametrize(
    "back",
    ["import shop.a\n", "from shop import a\n", "from . import a\n", "from .a import x\n", "from shop.a import x\n"],
)
def test_a_cycle_through_three_modules_is_found_however_it_is_imported(tmp_path: Path, back: str) -> None:
    late = "def load() -> None:\n    " + back
    modules = write(tmp_path, shop__a="from shop.b import y\nx = 1\n", shop__b="from shop import c\n", shop__c=late)
    assert cycles(module_graph(modules)) == [["shop.a", "shop.b", "shop.c"]]


def test_an_import_for_type_checking_counts(tmp_path: Path) -> None:
    guarded = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.a import X\n"
    modules = write(tmp_path, shop__a="from shop import b\nclass X: ...\n", shop__b=guarded)
    assert cycles(module_graph(modules)) == [["shop.a", "shop.b"]]


def test_a_module_that_imports_from_its_package_which_re_exports_it_is_a_cycle(tmp_path: Path) -> None:
    modules = write(tmp_path, shop__models__order="from shop.models import Bag\n", shop__models__bag="class Bag: ...\n")
    assert cycles(module_graph(modules)) == []
    (tmp_path / "shop/models/__init__.py").write_text("from shop.models.bag import Bag\nfrom .order import Order\n")
    assert cycles(module_graph(read_modules(tmp_path, ["shop"]))) == [["shop.models", "shop.models.order"]]


def test_two_cycles_that_share_no_module_are_told_apart() -> None:
    graph = {"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"e"}, "e": {"c"}, "f": {"a", "f"}}
    assert sorted(cycles(graph)) == [["a", "b"], ["c", "d", "e"]]


def test_the_command_fails_and_names_the_offender(tmp_path: Path) -> None:
    text = "try:\n    pass\nexcept Exception:\n    pass\n" + function("act", 3)
    write(tmp_path, shop__orders=text, shop__other=text, tests__test_orders=function("test_orders", 2))
    missed, faults = codebase.measure(tmp_path)
    assert [figure.name for figure in missed if not figure.holds] == ["broad excepts"]
    assert faults == ["broad excepts: shop.orders:3", "broad excepts: shop.other:3"]
    assert not figures.report(missed, "codebase", folder=tmp_path / "results")


def test_a_report_holds_when_every_figure_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = [figures.at_most("files", 3, 3, unit="files"), figures.info("lines", 7, unit="lines")]
    assert figures.report(held, "codebase", folder=tmp_path)
    assert not figures.report([*held, figures.at_least("tests", 1, 2)], "codebase", folder=tmp_path)
    assert "FAILS" in capsys.readouterr().out
