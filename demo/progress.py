"""A terminal progress bar that can also print sentences."""

import time
from typing import TextIO

BAR_WIDTH = 28
LABEL_WIDTH = 42


class Progress:
    """A bar that shows how many steps are finished, with notes printed above it."""

    def __init__(self, out: TextIO, *, steps: int) -> None:
        self.out, self.steps, self.done = out, steps, 0
        self.started_at = time.monotonic()

    def advance(self, label: str) -> None:
        """Count one more finished step and redraw the bar."""
        self.done = min(self.done + 1, self.steps)
        self._draw(label)

    def note(self, sentence: str) -> None:
        """Print a sentence on a line of its own, above the bar."""
        self.out.write(f"\r{sentence:<{BAR_WIDTH + LABEL_WIDTH + 16}}\n")
        self.out.flush()

    def finish(self) -> None:
        """Show the bar as full."""
        self.done = self.steps
        self._draw("")

    def _draw(self, label: str) -> None:
        filled = BAR_WIDTH * self.done // self.steps
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        seconds = int(time.monotonic() - self.started_at)
        text = f"{label:{LABEL_WIDTH}.{LABEL_WIDTH}}"
        self.out.write(f"\r{bar} {100 * self.done // self.steps:3} %  {seconds:3} s  {text}")
        self.out.flush()
