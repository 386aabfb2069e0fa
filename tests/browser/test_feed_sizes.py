"""On screens from a phone at 400 % zoom to a desktop, nothing in the feed covers anything else."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.films import film_clip

SIZES = ((320, 256), (320, 640), (390, 844), (430, 932), (844, 390), (1280, 800))
LANGUAGES = ("en", "ar", "he")
SPACED_SIZES = ((320, 640), (390, 844))
SPACE_TEXT = """(spacing) => {
  const wider = new CSSStyleSheet();
  wider.replaceSync(`* { letter-spacing: ${spacing} !important }`);
  document.adoptedStyleSheets = [wider];
}"""
"""Sets the space between letters. With 0.12em (WCAG 2.2, 1.4.12) text is as wide as in the widest common font."""
COVERED = """() => {
  const here = document.querySelector('.slide:not([hidden])');
  const around = '.site-nav a, .feed__tabs a, .feed__tune';
  const controls = [...document.querySelectorAll(around), ...here.querySelectorAll('a, button')];
  const named = (element) => `${element.getAttribute('class')} ${element.textContent.trim().slice(0, 20)}`;
  return controls.flatMap((control) => {
    control.scrollIntoView({ block: 'nearest' });  // on a short screen the lower part scrolls
    const box = control.getBoundingClientRect();
    if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || box.width < 8) return [];
    if (control.dataset.act === 'tap' || control.matches('.slide__tap')) return [];
    const y = box.top + box.height / 2;
    return [0.1, 0.5, 0.9].flatMap((part) => {
      const on_top = document.elementFromPoint(box.left + part * box.width, y);
      if (on_top && (control.contains(on_top) || on_top.contains(control))) return [];
      if (on_top && control.closest('.shop-card') && on_top.closest('.shop-card')) return []; // it takes its turn
      return [`${named(control)} below ${on_top ? named(on_top) : 'the edge'}`];
    });
  });
}"""
"""Returns the visible controls of the clip in view, and around it, that something else covers at a third of them."""


@pytest.fixture
def clips(transactional_db: None) -> list[Any]:
    """Return more clips than the test watches: a viewer who has seen them all gets none."""
    return [film_clip(number) for number in range(12)]


def find_covered_at_rest(page: Page) -> list[str]:
    """Return what stays covered: while the clips move to their place on a screen of a new size, anything may be."""
    for _attempt in range(20):
        page.wait_for_timeout(400)
        found: list[str] = page.evaluate(COVERED)
        if not found:
            break
    return found


def test_no_control_is_covered_on_any_screen(phone: Page, clips: list[Any]) -> None:
    covered = {}
    for language in LANGUAGES:
        phone.set_extra_http_headers({"Accept-Language": language})
        phone.goto("/")
        expect(phone.locator(".rail").first).to_be_visible()
        for width, height in SIZES:
            phone.set_viewport_size({"width": width, "height": height})
            if found := find_covered_at_rest(phone):
                covered[f"{width}x{height} {language}"] = found
        for width, height in SPACED_SIZES:
            phone.set_viewport_size({"width": width, "height": height})
            phone.evaluate(SPACE_TEXT, "0.12em")
            if found := find_covered_at_rest(phone):
                covered[f"{width}x{height} {language}, wide text"] = found
            phone.evaluate(SPACE_TEXT, "normal")
    assert covered == {}, "\n".join(f"{k}: {sorted(set(v))}" for k, v in covered.items())
