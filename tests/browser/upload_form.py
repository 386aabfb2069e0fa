"""The form with which creators submit a clip."""

from collections.abc import Sequence

from playwright.sync_api import Page


def tag_products(page: Page, products: Sequence[tuple[str, str, str]]) -> None:
    """Choose products by typing their names, each with the times between which the clip shows it."""
    rows = page.locator("[data-span]")
    for index, (name, start, end) in enumerate(products):
        row = rows.nth(index)
        row.get_by_role("combobox").fill(name)
        page.get_by_role("option", name=name).first.click()
        times = row.locator(".span-row__time input")
        times.nth(0).fill(start)
        times.nth(1).fill(end)
