"""The bar with “Show my feed” stays above the pictures of the interests that scroll below it."""

from playwright.sync_api import Page, expect

from tests.factories import make_category, make_product

COVERED = """() => {
  for (const one of document.querySelectorAll(".interest")) one.classList.add("interest--pictured");
  const bar = document.querySelector(".welcome__actions");
  const box = bar.getBoundingClientRect();
  const places = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [box.x + x * box.width, box.y + y * box.height]));
  return places.map(([x, y]) => document.elementFromPoint(x, y)).filter((top) => !bar.contains(top)).map((top) => top.className);
}"""


def test_no_picture_covers_the_bar(phone: Page) -> None:
    for number in range(16):
        make_product(category=make_category(f"shelf-{number}"))
    phone.goto("/welcome/")
    expect(phone.locator(".interest")).not_to_have_count(0)
    bar = phone.locator(".welcome__actions").bounding_box()
    last = phone.locator(".interest").last.bounding_box()
    assert bar is not None and last is not None and last["y"] > bar["y"]
    assert phone.evaluate(COVERED) == []
