"""`python -m demo.screenshot`: takes the README's screenshot of the running demo in phone and desktop sizes."""

import argparse
import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
PHONE_PX = (390, 844)
DESKTOP_PX = (1280, 800)
HEIGHT_PX = 720
GAP_PX = 40
CORNER_PX = 22
IS_PRODUCT_SHOWN = "() => [...document.querySelectorAll('video')].some((video) => video.currentTime > 3)"
HOLD = "() => document.querySelectorAll('video').forEach((video) => (video.playbackRate = 0.07))"
"""Slows clips down instead of pausing them, so that the picture shows no play button."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the README's screenshot of a running demo.")
    parser.add_argument("--site", default="http://127.0.0.1:8000", help="address of the demo")
    parser.add_argument("--path", default="/", help="page to show")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshot.webp")
    options = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("No Chromium was found. Install it, or set CHROMIUM to its path.")
    shots = [take_screenshot(chromium, options.site + options.path, size) for size in (PHONE_PX, DESKTOP_PX)]
    arrange(shots).save(options.out, quality=86, method=6)
    print(f"Wrote {options.out}")


def take_screenshot(chromium: str, url: str, size_px: tuple[int, int]) -> Image.Image:
    """Return an RGB picture of the page at twice the size of the viewport."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": size_px[0], "height": size_px[1]}, device_scale_factor=2)
        page.context.add_cookies([{"name": "welcomed", "value": "yes", "url": url}])  # no sheet over the feed
        page.goto(url)
        page.wait_for_function(IS_PRODUCT_SHOWN)
        page.evaluate(HOLD)
        page.wait_for_timeout(1500)  # the card fades in
        shot = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    return shot.convert("RGB")


def arrange(shots: list[Image.Image]) -> Image.Image:
    """Arrange the pictures side by side at the same height, with rounded corners."""
    scaled = [shot.resize((round(shot.width * HEIGHT_PX / shot.height), HEIGHT_PX)) for shot in shots]
    width = sum(shot.width for shot in scaled) + GAP_PX * (len(scaled) + 1)
    canvas = Image.new("RGB", (width, HEIGHT_PX + 2 * GAP_PX), "#ece4da")
    left = GAP_PX
    for shot in scaled:
        mask = Image.new("L", shot.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, *shot.size), CORNER_PX, fill=255)
        canvas.paste(shot, (left, GAP_PX), mask)
        left += shot.width + GAP_PX
    return canvas


if __name__ == "__main__":
    main()
