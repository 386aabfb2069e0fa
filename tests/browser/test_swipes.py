"""A long session of swipes stays light. `make bench-swipe` runs this with 500 swipes and reads the figures."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.swiping import NO_FRAME_MS, RECORDER, Swipes, memory_of, publish_many, recorded, swipe_with_a_finger
from tests.browser.test_feed import PLAYING, index_in_view, open_feed, wait_for_scroll

SWIPES = int(os.environ.get("SWIPES", "20"))
FEW = 30 if SWIPES >= 100 else 8
FIGURES = os.environ.get("SWIPE_FIGURES")
SETTLE_MS = 300
"""From the end of a scroll to the next swipe, as people pause: the page settles and loads the neighbours."""
ALL_SHOWN = "() => record.swipes.every((swipe) => swipe.first !== null || performance.now() - swipe.at > 8000)"
SLOW_CONNECTION = {"offline": False, "latency": 150, "downloadThroughput": 3e6 / 8, "uploadThroughput": 1e6 / 8}


@pytest.fixture
def feed(request: pytest.FixtureRequest, phone: Page) -> Page:
    """Return a feed that is long enough for the number of swipes in the parameter."""
    publish_many(request.param + 20, is_heavy=bool(FIGURES))
    open_feed(phone, [None] * 6)
    phone.wait_for_function(PLAYING % 0)
    phone.evaluate(RECORDER)
    return phone


@pytest.fixture
def cdp(phone: Page) -> Iterator[CDPSession]:
    session = phone.context.new_cdp_session(phone)
    session.send("Performance.enable")
    yield session
    session.detach()


def write_figures(name: str, swipes: Swipes, **more: Any) -> None:
    """Write figures for the benchmark, if it runs this test."""
    if FIGURES:
        (Path(FIGURES) / f"{name}.json").write_text(json.dumps(asdict(swipes) | more))


@pytest.mark.parametrize("feed", [SWIPES], indirect=True)
def test_swipes_keep_three_videos_flat_memory_and_a_still_page(feed: Page, cdp: CDPSession) -> None:
    early = SWIPES // 10 if SWIPES >= 100 else SWIPES // 2
    for number in range(SWIPES):
        swipe_with_a_finger(cdp, feed)
        wait_for_scroll(feed, number + 1)
        feed.wait_for_timeout(SETTLE_MS)
        if number + 1 == early:
            before = memory_of(cdp)
    after = memory_of(cdp)
    swipes = recorded(feed)
    write_figures("swipes", swipes, before=before, after=after, early=early)
    assert index_in_view(feed) == swipes.swipes == SWIPES
    assert swipes.most_videos == 3
    assert (swipes.shift, swipes.moved) == (0, [])
    assert after["Nodes"] - SWIPES < (before["Nodes"] - early) * 1.1
    for _swipe in range(SWIPES):
        feed.keyboard.press("ArrowUp")
    feed.wait_for_function("() => document.querySelector('[data-scroller]').scrollTop === 0")
    feed.wait_for_function(PLAYING % 0)
    expect(feed.locator('[data-index="0"] [data-part=caption]')).to_contain_text("Clip number")


@pytest.mark.parametrize("feed", [FEW], indirect=True)
def test_keys_show_the_next_clip(feed: Page) -> None:
    for number in range(FEW):
        feed.keyboard.press("ArrowDown")
        wait_for_scroll(feed, number + 1)
        feed.wait_for_timeout(SETTLE_MS)
    feed.wait_for_function(ALL_SHOWN)
    swipes = recorded(feed)
    write_figures("keys", swipes)
    assert index_in_view(feed) == FEW
    assert max(swipes.pictures_ms) < NO_FRAME_MS
    assert swipes.most_videos == 3


@pytest.mark.parametrize("feed", [FEW], indirect=True)
def test_slow_connection_shows_every_clip(feed: Page, cdp: CDPSession) -> None:
    cdp.send("Network.enable")
    cdp.send("Network.emulateNetworkConditions", SLOW_CONNECTION)
    for _number in range(FEW):
        feed.keyboard.press("ArrowDown")
        feed.wait_for_timeout(2500 if FIGURES else 700)
    feed.wait_for_function(ALL_SHOWN)
    swipes = recorded(feed)
    write_figures("slow", swipes)
    assert max(swipes.pictures_ms) < NO_FRAME_MS
