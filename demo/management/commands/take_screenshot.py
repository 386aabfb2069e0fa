"""`manage.py take_screenshot`: the README's picture, of the feed of a running site on a phone and on a desktop."""

import io
import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from PIL import Image, ImageDraw

PHONE = (390, 844)
DESKTOP = (1280, 800)
HEIGHT = 720
GAP = 40
ROUNDING = 22


class Command(BaseCommand):
    help = "Take the README's picture of the site that runs at SITE_URL (start it with: make demo)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, default=settings.BASE_DIR / "docs" / "screenshot.webp")
        parser.add_argument("--path", default="/", help="the page to show")

    def handle(self, *args: Any, **options: Any) -> None:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        if chromium is None:
            raise CommandError("No Chromium was found. Install it, or name one in CHROMIUM.")
        shots = [_shoot(chromium, settings.SITE_URL + options["path"], size) for size in (PHONE, DESKTOP)]
        _lay_out(shots).save(options["out"], quality=86, method=6)
        self.stdout.write(f"Wrote {options['out']}")


def _shoot(chromium: str, address: str, size: tuple[int, int]) -> Image.Image:
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": size[0], "height": size[1]}, device_scale_factor=2)
        page.goto(address)
        page.wait_for_timeout(4000)  # long enough for the first product card to come in
        shot = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    return shot.convert("RGB")


def _lay_out(shots: list[Image.Image]) -> Image.Image:
    scaled = [shot.resize((round(shot.width * HEIGHT / shot.height), HEIGHT)) for shot in shots]
    width = sum(shot.width for shot in scaled) + GAP * (len(scaled) + 1)
    canvas = Image.new("RGB", (width, HEIGHT + 2 * GAP), "#ece4da")
    left = GAP
    for shot in scaled:
        mask = Image.new("L", shot.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, *shot.size), ROUNDING, fill=255)
        canvas.paste(shot, (left, GAP), mask)
        left += shot.width + GAP
    return canvas
