"""Catalogues of 100,000 rows, and pages of a large shop: `python -m benchmarks.catalog`, or `make bench-catalog`.

Imports a file of each kind, from the check to the last row, pictures aside, and compares that with a bare COPY of the same products and
variants into their tables. Then opens the product page, the feed's sheet and search with 1,000 products and with 100,000, each of
four variants. Exits 1 if a bar is missed. BENCH_CATALOG_ROWS and BENCH_CATALOG_PRODUCTS make it smaller for a try.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.catalog_files import write_file
from benchmarks.figures import Figure, at_most, info, report
from benchmarks.throwaway import throwaway_site

ROWS = int(os.environ.get("BENCH_CATALOG_ROWS", "100000"))
PRODUCTS = int(os.environ.get("BENCH_CATALOG_PRODUCTS", "100000"))
FEW_PRODUCTS = 1_000
FILES = ("shopify.csv", "google.xml", "own.csv")
MAX_COPIES = 10
MAX_MB = 300
MAX_GROWTH = 1.5
ROUNDS = 20
SEARCHES = ("linen shirt", "warm oak lamp", "blue", "M", "lether bakpack", "G500-1", "")


def processor_s(action: Callable[[], object]) -> float:
    """Return the processor time that an action takes here and in PostgreSQL. Other programs of the machine don't count."""
    import psutil
    from django.db import connection

    connection.ensure_connection()
    backend = psutil.Process(connection.connection.info.backend_pid)

    def used_s() -> float:
        times = backend.cpu_times()
        return time.process_time() + times.user + times.system

    start = used_s()
    action()
    return used_s() - start


def in_own_process(action: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Return what an action measures in a process of its own, so that memory of others does not count."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sender.send(action()))
    process.start()
    measured: dict[str, float] = receiver.recv()
    process.join()
    return measured


def import_file(path: Path) -> dict[str, float]:
    """Import a file into an empty shop. Return processor seconds of check and run, and the largest memory in MB."""
    from django.core.files import File
    from django.utils import timezone

    from catalog.imports.runs import check_import, receive_import, run_import, start_import
    from catalog.models import CatalogueSource, Category, Import

    source = CatalogueSource.objects.create(name=path.name, in_stock_means="uncounted")
    with path.open("rb") as file:
        run = receive_import(source=source, file=File(file), file_name=path.name, created_by=None, now=timezone.now())
    check_s = processor_s(lambda: check_import(run_id=run.pk, now=timezone.now()))
    category = Category.objects.get_or_create(slug="home", defaults={"name": "Home", "commission_rate_bps": 450})[0]
    source.mappings.update(category=category)
    start_import(run_id=run.pk, now=timezone.now())
    run_s = processor_s(lambda: run_import(run_id=run.pk, slice_s=float("inf")))
    run = Import.objects.get(pk=run.pk)
    if (run.state, run.created) != ("done", ROWS):
        sys.exit(f"{path.name}: {run.state}, {run.created} rows created, {run.sentences}")
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"check": check_s, "run": run_s, "memory": megabytes}


def measure_imports(folder: Path) -> list[Figure]:
    from benchmarks.catalog_rows import copy_rows, empty_catalogue

    copy_s = processor_s(lambda: copy_rows(ROWS))
    figures = [info(f"COPY of {ROWS:,} variants", copy_s, unit="s")]
    for name in FILES:
        empty_catalogue()
        path = write_file(folder / name, ROWS)
        measured = in_own_process(lambda path=path: import_file(path))  # type: ignore[misc]  # runs before the next one
        figures += [
            at_most(f"{name}: import over COPY", measured["run"] / copy_s, MAX_COPIES),
            info(f"{name}: check over COPY", measured["check"] / copy_s, unit="ratio"),
            at_most(f"{name}: memory", measured["memory"], MAX_MB, unit="MB"),
        ]
    empty_catalogue()
    return figures


def measure_pages(products: int) -> Mapping[str, float]:
    """Return the processor time of each page in milliseconds."""
    from django.test import Client

    client = Client()
    paths = {f"search for “{words}”": f"/search/?q={words.replace(' ', '+')}" for words in SEARCHES}
    middle = products // 2
    paths |= {"product page": f"/p/good-{middle}/", "sheet": f"/api/v1/products/good-{middle}/"}
    return {name: _average_ms(client, path) for name, path in paths.items()}


def _average_ms(client: Any, path: str) -> float:
    def open_page() -> None:
        status = client.get(path).status_code
        if status != 200:
            sys.exit(f"{path} answers {status}.")

    def open_pages() -> None:
        for _round in range(ROUNDS):
            open_page()

    open_page()
    return processor_s(open_pages) * 1000 / ROUNDS


def compare_pages() -> list[Figure]:
    from benchmarks.catalog_rows import fill_products

    fill_products(1, FEW_PRODUCTS)
    few = measure_pages(FEW_PRODUCTS)
    fill_products(FEW_PRODUCTS + 1, PRODUCTS)
    many = measure_pages(PRODUCTS)
    figures = [info(f"{name} with {PRODUCTS:,} products", ms, unit="ms") for name, ms in many.items()]
    grown = {name: many[name] / few[name] for name in ("product page", "sheet")}
    searches = [name for name in few if name.startswith("search")]
    grown["search"] = sum(many[name] for name in searches) / sum(few[name] for name in searches)
    figures += [info(f"{name}: over {FEW_PRODUCTS:,}", many[name] / few[name], unit="ratio") for name in searches]
    return figures + [at_most(f"{name}: over {FEW_PRODUCTS:,}", ratio, MAX_GROWTH) for name, ratio in grown.items()]


def main() -> None:
    with throwaway_site(), tempfile.TemporaryDirectory() as folder:
        from django.conf import settings
        from django.core.management import call_command

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        call_command("collectstatic", interactive=False, verbosity=0)
        figures = [*measure_imports(Path(folder)), *compare_pages()]
    sys.exit(0 if report(figures, "catalog") else 1)


if __name__ == "__main__":
    main()
