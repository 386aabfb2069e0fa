"""The import graph of the project and its cycles. Imports inside functions and for type checking count like any other."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

type Graph = Mapping[str, set[str]]


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, its text and its syntax tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The dotted name against which relative imports resolve."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


def read_modules(root: Path, folders: Iterable[str]) -> list[Module]:
    """Return the modules in these folders of the root, sorted by path; migrations are left out."""
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*.py"))
    return [_read(root, path) for path in paths if "migrations" not in path.relative_to(root).parts]


def _read(root: Path, path: Path) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text()
    return Module(name, path, text, ast.parse(text))


def module_graph(modules: Iterable[Module]) -> dict[str, set[str]]:
    """Return which modules each module imports.

    `from videos.review import trust` points at the module `videos.review.trust`, `from videos.models import Clip` at the
    package `videos.models`, whose `__init__` defines or re-exports the name.
    """
    modules = list(modules)
    names = {module.name for module in modules}
    return {module.name: set(_imported(module, names)) - {module.name} for module in modules}


def app_graph(modules: Iterable[Module]) -> dict[str, set[str]]:
    """Return which top-level packages each top-level package imports."""
    graph: dict[str, set[str]] = {}
    for name, targets in module_graph(modules).items():
        app = name.split(".")[0]
        graph.setdefault(app, set()).update({target.split(".")[0] for target in targets} - {app})
    return graph


def _imported(module: Module, names: set[str]) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module.package)
            targets = (name if (name := f"{base}.{alias.name}") in names else base for alias in node.names)
            yield from (target for target in targets if target in names)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parts, *([node.module] if node.module else [])])


def cycles(graph: Graph) -> list[list[str]]:
    """Return the groups of nodes that reach each other, each sorted: Tarjan's strongly connected components.

    Source: R. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1(2), 1972.
    """
    search = _Search(graph)
    for node in sorted(graph):
        if node not in search.index:
            search.visit(node)
    return [sorted(component) for component in search.components if len(component) > 1]


class _Search:
    """The state of one depth-first search."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.index: dict[str, int] = {}
        self.lowest: dict[str, int] = {}
        self.stack: list[str] = []
        self.components: list[set[str]] = []

    def visit(self, node: str) -> None:
        self.index[node] = self.lowest[node] = len(self.index)
        self.stack.append(node)
        for target in sorted(self.graph.get(node, set())):
            if target not in self.index:
                self.visit(target)
                self.lowest[node] = min(self.lowest[node], self.lowest[target])
            elif target in self.stack:
                self.lowest[node] = min(self.lowest[node], self.index[target])
        if self.lowest[node] == self.index[node]:
            position = self.stack.index(node)
            self.components.append(set(self.stack[position:]))
            del self.stack[position:]
