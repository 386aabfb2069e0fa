"""Storyboard frames and timeline segments for the review desk. This module does not access the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from videos.media.results import Storyboard

FRAMES_PER_SPAN = 5


@dataclass(frozen=True)
class Frame:
    """One storyboard tile: its time in the clip, and its rectangle in the storyboard image (in pixels)."""

    at_ms: int
    x: int
    y: int
    width: int
    height: int

    @property
    def view_box(self) -> str:
        return f"{self.x} {self.y} {self.width} {self.height}"


def cut_frames(board: Storyboard, *, start_ms: int, end_ms: int, at_most: int = FRAMES_PER_SPAN) -> list[Frame]:
    """Return up to `at_most` storyboard frames, spread evenly over a time span.

    If the span contains no frame, return the last frame before its start.
    """
    first = min(-(-start_ms // board.interval_ms), board.count - 1)
    last = min(end_ms // board.interval_ms, board.count - 1)
    numbers = list(range(first, last + 1)) or [min(start_ms // board.interval_ms, board.count - 1)]
    return [_frame(board, number) for number in _spread(numbers, at_most)]


def _spread(numbers: Sequence[int], at_most: int) -> list[int]:
    if len(numbers) <= at_most:
        return list(numbers)
    step = (len(numbers) - 1) / (at_most - 1)
    return [numbers[round(index * step)] for index in range(at_most)]


def _frame(board: Storyboard, number: int) -> Frame:
    row, column = divmod(number, board.columns)
    return Frame(
        at_ms=number * board.interval_ms,
        x=column * board.tile_width_px,
        y=row * board.tile_height_px,
        width=board.tile_width_px,
        height=board.tile_height_px,
    )


@dataclass(frozen=True)
class TimelineSegment:
    """A time span on the timeline. `x` and `width` are in thousandths of the timeline's length."""

    x: int
    width: int


def draw_segment(*, start_ms: int, end_ms: int, duration_ms: int) -> TimelineSegment:
    """Return the timeline segment for a time span. It is at least 4 thousandths wide, so that it stays visible."""
    length_ms = max(duration_ms, end_ms, 1)
    x = start_ms * 1000 // length_ms
    return TimelineSegment(x, max(4, end_ms * 1000 // length_ms - x))
