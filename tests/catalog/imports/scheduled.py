"""Sources with an address for tests: fetched from a pretend web by the tasks of workers."""

from typing import Any

import pytest
from django.utils import timezone

from catalog import tasks
from catalog.models import CatalogueSource, FetchOutcome, Import, InStockMeaning
from tests.catalog.imports.pretend_web import Page, PretendWeb
from tests.catalog.imports.readings import shopify
from tests.catalog.imports.runs import import_text, make_source
from tests.factories import make_category

HOST = "shop.example"
ADDRESS = f"https://{HOST}/goods.csv"


def make_address_source(name: str = "Warehouse", **fields: Any) -> CatalogueSource:
    """Return a source with an address that is due, whose first file a person has imported: three pans."""
    values = {"address": ADDRESS, "interval": "hourly", "in_stock_means": InStockMeaning.UNCOUNTED} | fields
    source = make_source(name, **values)
    import_text(pans(3), source)
    make_due(source)
    return source


def pans(count: int, **values: str) -> str:
    return shopify(*(dict(values) for _row in range(count)))


def show(web: PretendWeb, text: str, *, path: str = "goods.csv", **headers: str) -> None:
    """Let the web have a file at the address."""
    web.pages[f"{HOST}/{path}"] = Page(
        text.encode(), headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def make_due(source: CatalogueSource) -> None:
    CatalogueSource.objects.filter(pk=source.pk).update(next_fetch_at=timezone.now())


def work(web: PretendWeb, monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
    """Do what workers do with sources that are due: fetch, check, conclude, run."""
    monkeypatch.setattr(tasks, "SourceFetcher", lambda: web.source_fetcher(**options))
    monkeypatch.setattr(tasks, "enqueue_import", tasks.do_import)
    tasks.fetch_sources()


def outcomes(source: CatalogueSource) -> list[FetchOutcome]:
    return [FetchOutcome(fetch.outcome) for fetch in source.fetches.order_by("pk")]


def last_run(source: CatalogueSource) -> Import:
    return Import.objects.filter(source=source).latest("pk")


def confirm_categories(source: CatalogueSource) -> None:
    source.mappings.filter(category=None).update(category=make_category("books"))
