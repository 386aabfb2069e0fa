"""What is in view is what plays, whatever the viewer did before: a random test with a seed.

`VIEW_ACTIONS=500` makes it longer, and `VIEW_SEED` repeats one run.
"""

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.swiping import publish_many, swipe_with_a_finger
from tests.browser.test_feed import PLAYING, open_feed

ACTIONS = int(os.environ.get("VIEW_ACTIONS", "25"))
SEED = os.environ.get("VIEW_SEED")
SPEEDS = (1, 3, 6)
"""How many times slower than it is the processor is made."""
SIZES = [(390, 844), (844, 390), (320, 640), (1280, 800), (700, 500)]
RESTED = """async () => {
  const scroller = document.querySelector("[data-scroller]");
  const frame = () => new Promise((done) => setTimeout(done, 50));
  for (let still = 0, top = -1; still < 3; still = top === scroller.scrollTop ? still + 1 : 0) {
    top = scroller.scrollTop;
    await frame();
  }
  await new Promise((done) => setTimeout(done, 500));
}"""
VIEW = """() => {
  const scroller = document.querySelector("[data-scroller]");
  const box = scroller.getBoundingClientRect();
  const item = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    .map((one) => one.closest("[data-index]")).find(Boolean)
    ?? [...scroller.children].find((one) => one.getBoundingClientRect().top > -box.height / 2);
  const slide = item.querySelector("article");
  const videos = [...document.querySelectorAll("video")];
  const own = item.querySelector("video");
  const panel = document.querySelector("[data-panel]");
  const text = (list, part) => [...(list?.querySelectorAll(`[data-part=${part}]`) ?? [])].map((one) => one.textContent);
  const spoken = [...document.querySelectorAll("[data-announcer] p")].map((one) => one.textContent);
  return {
    index: Number(item.dataset.index),
    offset: Math.abs(item.getBoundingClientRect().top - box.top),
    isEnd: !slide,
    isPaused: Boolean(slide?.classList.contains("slide--paused")),
    isOwnPlaying: Boolean(own && !own.paused),
    playing: videos.filter((one) => !one.paused).length,
    sounding: videos.filter((one) => !one.paused && !one.muted && one !== own).length,
    inPanel: panel && getComputedStyle(panel).display !== "none" ? text(panel, "product-name") : null,
    products: text(slide?.querySelector("[data-part=products]"), "product-name"),
    path: location.pathname,
    code: slide?.dataset.code,
    spoken: spoken.findLast((line) => /^Clip \\d/.test(line)) ?? null,
  };
}"""


class Hand:
    """What a viewer may do to the feed, one action at a time."""

    def __init__(self, page: Page, cdp: CDPSession, choice: random.Random) -> None:
        self.page, self.cdp, self.choice = page, cdp, choice
        self.actions = (self.key, self.key, self.keys, self.wheel, self.swipe, self.button, self.resize, self.sheet)
        self.actions += (self.sound, self.pause, self.hide, self.leave)  # type: ignore[assignment]

    def act(self) -> str:
        """Do one action and return what it was."""
        action = self.choice.choice(self.actions)
        action()
        self.page.wait_for_timeout(self.choice.choice([0, 0, 30, 120, 260]))
        return action.__name__

    def key(self) -> None:
        self.page.keyboard.press(self.choice.choice(["ArrowDown", "ArrowDown", "ArrowUp", "PageDown", "k", "Home"]))

    def keys(self) -> None:
        key = self.choice.choice(["ArrowDown", "ArrowUp", "ArrowUp"])
        for _press in range(self.choice.randint(2, 9)):
            self.page.keyboard.press(key)

    def wheel(self) -> None:
        self.page.mouse.move(150, 200)
        self.page.mouse.wheel(0, self.choice.choice([-900, -300, 300, 900, 2500]))

    def swipe(self) -> None:
        swipe_with_a_finger(self.cdp, self.page)

    def button(self) -> None:
        step = self.choice.choice(["1", "-1"])
        self.page.evaluate("(step) => document.querySelector(`[data-step='${step}']`).click()", step)

    def resize(self) -> None:
        width, height = self.choice.choice(SIZES)
        self.page.set_viewport_size({"width": width, "height": height})

    def sheet(self) -> None:
        self.page.evaluate("""() => {
          const index = Math.round(document.querySelector("[data-scroller]").scrollTop / innerHeight);
          document.querySelector(`[data-index="${index}"] [data-part=products] > li [data-part=link]`)?.click();
        }""")
        self.page.wait_for_timeout(80)
        self.page.keyboard.press("Escape")

    def sound(self) -> None:
        self.page.keyboard.press("m")

    def pause(self) -> None:
        self.page.keyboard.press(" ")
        if self.choice.random() < 0.7:
            self.page.keyboard.press(" ")

    def hide(self) -> None:
        """Put the page in the background for a moment, as another tab does."""
        self.page.evaluate("""() => {
          for (const isHidden of [true, false]) {
            Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
          }
        }""")

    def leave(self) -> None:
        """Go to another page, and come back with the browser's button."""
        if self.choice.random() < 0.5:
            return
        self.page.evaluate(RESTED)
        before = self.page.evaluate(VIEW)
        self.page.goto("/offline/")
        self.page.go_back()
        self.page.wait_for_selector("[data-index] article")
        after = self.page.evaluate(VIEW)
        assert (after["index"], after["code"]) == (before["index"], before["code"])


@pytest.fixture
def cdp(phone: Page) -> Iterator[CDPSession]:
    session = phone.context.new_cdp_session(phone)
    yield session
    session.detach()


def check(view: dict[str, Any]) -> None:
    assert view["offset"] < 2
    if view["isEnd"]:
        assert view["playing"] == 0
        return
    assert view["isOwnPlaying"] != view["isPaused"]
    assert view["playing"] == int(view["isOwnPlaying"])
    assert view["sounding"] == 0
    assert view["inPanel"] in (None, view["products"])
    assert view["path"] == ("/" if view["index"] == 0 else f"/c/{view['code']}/")
    assert view["spoken"] is None or view["spoken"].startswith(f"Clip {view['index'] + 1}:")


@pytest.mark.timeout(300 if ACTIONS < 100 else 3600)
def test_after_any_actions_the_clip_in_view_plays_alone(phone: Page, cdp: CDPSession) -> None:
    seed = SEED or str(random.SystemRandom().randrange(10**6))
    choice = random.Random(seed)
    publish_many(60, is_heavy=False)
    open_feed(phone, [None] * 6)
    phone.wait_for_function(PLAYING % 0)
    hand = Hand(phone, cdp, choice)
    done: list[str] = []
    for number in range(ACTIONS):
        if number % max(1, ACTIONS // len(SPEEDS)) == 0:
            speed = SPEEDS[min(len(SPEEDS) - 1, number * len(SPEEDS) // ACTIONS)]
            cdp.send("Emulation.setCPUThrottlingRate", {"rate": speed})
        done.append(hand.act())
        if choice.random() < 0.4 or number == ACTIONS - 1:
            phone.evaluate(RESTED)
            view = phone.evaluate(VIEW)
            try:
                check(view)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, processor {speed} times slower, {done[-12:]}: {view}") from error
