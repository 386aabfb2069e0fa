"""Measure how easy the code is to live in: `python -m benchmarks.codebase`, or `make metrics`.

Counts the project's own Python outside tests, migrations and benchmarks. Functions are those of every app; a Celery
task is a function under `@shared_task` or `@app.task`.
"""

import ast
import statistics
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from benchmarks.figures import Figure, at_least, at_most, report

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "catalog", "creators", "videos", "feed", "shop", "social", "payouts", "feedsite")


def own_files() -> list[Path]:
    files = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    return sorted(path for path in files if "migrations" not in path.parts and path.read_text().strip())


def functions(trees: list[ast.Module]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for tree in trees:
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_task(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("task" in ast.unparse(decorator).split("(")[0].lower() for decorator in function.decorator_list)


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def broad_excepts(trees: list[ast.Module]) -> int:
    handlers = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler))
    return sum(1 for one in handlers if one.type is None or ast.unparse(one.type) in ("Exception", "BaseException"))


def mutual_imports() -> int:
    imports: dict[str, set[str]] = {app: set() for app in APPS}
    for path in own_files():
        app = path.relative_to(ROOT).parts[0]
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                imports[app].add(node.module.split(".")[0])
            elif isinstance(node, ast.Import):
                imports[app] |= {name.name.split(".")[0] for name in node.names}
    return sum(1 for one, other in combinations(APPS, 2) if other in imports[one] and one in imports[other])


def count_tests() -> int:
    trees = [ast.parse(path.read_text()) for path in (ROOT / "tests").rglob("test_*.py")]
    return sum(1 for function in functions(trees) if function.name.startswith("test_"))


def measure() -> list[Figure]:
    files = own_files()
    lengths = [len(path.read_text().splitlines()) for path in files]
    trees = [ast.parse(path.read_text()) for path in files]
    every = list(functions(trees))
    thousands = sum(lengths) / 1000
    annotated = 100 * sum(1 for function in every if function.returns is not None) / len(every)
    ninetieth = statistics.quantiles(lengths, n=10)[-1]
    tests = count_tests() / thousands
    tasks = max((length(function) for function in every if is_task(function)), default=0)
    return [
        at_most("median file", statistics.median(lengths), 45, unit="lines"),
        at_most("90th-percentile file", ninetieth, 160, unit="lines"),
        at_most("longest file", max(lengths), 400, unit="lines"),
        at_most("pairs of apps that import each other", mutual_imports(), 0, unit="pairs"),
        at_least("functions with annotated returns", annotated, 99, unit="%"),
        at_most("broad excepts per 1,000 lines", broad_excepts(trees) / thousands, 0, unit=""),
        at_least("tests per 1,000 lines of app code", tests, 100, unit=""),
        at_most("longest Celery task", tasks, 10, unit="lines"),
    ]


def main() -> None:
    report(measure(), "codebase")


if __name__ == "__main__":
    main()
