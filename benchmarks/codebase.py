"""Measure how easy the code is to live in: `python -m benchmarks.codebase`, or `make metrics`.

Product code is the Python of the apps outside migrations. demo/, benchmarks/ and tests/ are not counted, with two
exceptions: a class name must not occur in demo/ again, and functions in benchmarks/ and tests/ must be short as well.
Exits with status 1 when a bar is missed, and names what misses it.
"""

import ast
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.figures import Figure, at_least, at_most, report
from benchmarks.import_graph import Module, app_graph, cycles, module_graph, read_modules

type Function = ast.FunctionDef | ast.AsyncFunctionDef

ROOT = Path(__file__).resolve().parent.parent
NOT_PRODUCT = {"benchmarks", "demo", "tests"}
SHORT_FILE_LINES = 5
"""Files of so few lines are no measure of how much there is to read in one place."""
MAX_MEDIAN = 80
"""Wide on purpose: a low median is easily had by cutting one noun into fragments, which makes code harder to find."""
MAX_FUNCTION_LINES = 50
SHARED_CLASS_NAMES = {"Command"}
"""Names that Django prescribes, so that many modules define them."""
BROAD = {"Exception", "BaseException"}
TASK_DECORATORS = {"task", "shared_task"}


def product_folders(root: Path) -> list[str]:
    """Return the names of the apps: every top-level package that is not demo, tests or benchmarks."""
    return sorted(path.parent.name for path in root.glob("*/__init__.py") if path.parent.name not in NOT_PRODUCT)


def file_lengths(modules: Iterable[Module]) -> dict[str, int]:
    """Return the lines of each file that has more than five."""
    lengths = {str(module.path): len(module.text.splitlines()) for module in modules}
    return {path: lines for path, lines in lengths.items() if lines > SHORT_FILE_LINES}


def functions(module: Module) -> Iterator[Function]:
    """Yield every function and method of a module, nested ones included."""
    yield from (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def function_lines(function: Function) -> int:
    """Return the lines of a function without its decorators."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def long_functions(modules: Iterable[Module]) -> list[str]:
    """Return where functions of more than 50 lines begin."""
    return [
        f"{module.name}.{function.name} ({function_lines(function)} lines)"
        for module in modules
        for function in functions(module)
        if function_lines(function) > MAX_FUNCTION_LINES
    ]


def unannotated(modules: Iterable[Module]) -> list[str]:
    """Return the functions that do not say what they return."""
    return [f"{m.name}.{function.name}" for m in modules for function in functions(m) if function.returns is None]


def broad_excepts(modules: Iterable[Module]) -> list[str]:
    """Return the lines that catch or suppress everything: `except:`, `except (…, Exception)`, `suppress(Exception)`."""
    return [
        f"{module.name}:{node.lineno}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler | ast.Call) and _catches_everything(node)
    ]


def _catches_everything(node: ast.ExceptHandler | ast.Call) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return node.type is None or _names_broad(node.type)
    return _last_name(node.func) == "suppress" and any(map(_names_broad, node.args))


def _names_broad(expression: ast.expr) -> bool:
    classes = expression.elts if isinstance(expression, ast.Tuple) else [expression]
    return any(_last_name(named) in BROAD for named in classes)


def _last_name(expression: ast.expr) -> str:
    return ast.unparse(expression).rpartition(".")[2]


def is_task(function: Function) -> bool:
    """Return False for functions that are not Celery tasks, so not under `@shared_task` or `@app.task`."""
    decorators = (node.func if isinstance(node, ast.Call) else node for node in function.decorator_list)
    return any(_last_name(decorator) in TASK_DECORATORS for decorator in decorators)


def task_lengths(modules: Iterable[Module]) -> dict[str, int]:
    """Return the lines of each Celery task."""
    return {f"{m.name}.{task.name}": function_lines(task) for m in modules for task in functions(m) if is_task(task)}


def repeated_class_names(modules: Iterable[Module]) -> list[str]:
    """Return the public class names that more than one module defines, with those modules."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name not in SHARED_CLASS_NAMES:
                owners[node.name].append(module.name)
    return [f"{name} in {', '.join(names)}" for name, names in sorted(owners.items()) if len(names) > 1]


def count_tests(modules: Iterable[Module]) -> int:
    """Return how many test functions there are; a parametrized one counts once."""
    tests = (module for module in modules if module.name.rpartition(".")[2].startswith("test_"))
    return sum(1 for module in tests for function in functions(module) if function.name.startswith("test_"))


def measure(root: Path = ROOT) -> tuple[list[Figure], list[str]]:
    """Return the figures, and a line for each thing that must not be there."""
    product = read_modules(root, product_folders(root))
    tests, outside = read_modules(root, ["tests"]), read_modules(root, ["benchmarks"])
    lengths = sorted(file_lengths(product).values())
    thousand_lines = sum(len(module.text.splitlines()) for module in product) / 1000
    every = sum(1 for module in product for _function in functions(module))
    annotated = 100 * (1 - len(unannotated(product)) / every)
    faults = {
        "cycles between apps": [" ↔ ".join(cycle) for cycle in cycles(app_graph(product))],
        "cycles between modules": [" ↔ ".join(cycle) for cycle in cycles(module_graph(product))],
        "class names that occur twice": repeated_class_names([*product, *read_modules(root, ["demo"])]),
        "broad excepts": broad_excepts(product),
        "functions over 50 lines": long_functions([*product, *tests, *outside]),
    }
    figures = [
        at_most("median file", statistics.median(lengths), MAX_MEDIAN, unit="lines"),
        at_most("90th-percentile file", statistics.quantiles(lengths, n=10)[-1], 186, unit="lines"),
        at_most("longest file", lengths[-1], 310, unit="lines"),
        at_least("tests per 1,000 lines of app code", count_tests(tests) / thousand_lines, 29, unit=""),
        at_least("functions with annotated returns", annotated, 99, unit="%"),
        at_most("longest Celery task", max(task_lengths(product).values(), default=0), 10, unit="lines"),
        *(at_most(name, len(places), 0, unit="") for name, places in faults.items()),
    ]
    return figures, [f"{name}: {place}" for name, places in faults.items() for place in places]


def main() -> None:
    figures, faults = measure()
    holds = report(figures, "codebase")
    print("\n".join(["", *faults]) if faults else "")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
