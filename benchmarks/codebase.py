"""Measure how easy the code is to live in: `python -m benchmarks.codebase`, the table of docs/architecture.md.

Counts the project's own Python outside tests, migrations and benchmarks. Functions are those of every app; a Celery
task is a function under `@shared_task` or `@app.task`.
"""

import ast
import json
import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "catalog", "creators", "videos", "feed", "shop", "social", "payouts", "feedsite")


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str
    bar: float
    holds: bool


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

    def at_most(name: str, value: float, unit: str, bar: float) -> Figure:
        return Figure(name, round(value, 2), unit, bar, value <= bar)

    def at_least(name: str, value: float, unit: str, bar: float) -> Figure:
        return Figure(name, round(value, 2), unit, bar, value >= bar)

    return [
        at_most("median file", statistics.median(lengths), "lines", 45),
        at_most("90th-percentile file", ninetieth, "lines", 160),
        at_most("longest file", max(lengths), "lines", 400),
        at_most("pairs of apps that import each other", mutual_imports(), "pairs", 0),
        at_least("functions with annotated returns", annotated, "%", 99),
        at_most("broad excepts per 1,000 lines", broad_excepts(trees) / thousands, "", 0),
        at_least("tests per 1,000 lines of app code", tests, "", 100),
        at_most("longest Celery task", tasks, "lines", 10),
    ]


def main() -> None:
    figures = measure()
    print(f"{'':40} {'here':>8} {'bar':>8}")
    for figure in figures:
        print(f"{figure.name:40} {figure.value:>8g} {figure.bar:>8g}  {'' if figure.holds else 'missed'}")
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    (results / "codebase.json").write_text(json.dumps([asdict(figure) for figure in figures], indent=2))


if __name__ == "__main__":
    main()
