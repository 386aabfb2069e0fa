"""Outlines as lists of points, in canvas units."""

import math
from collections.abc import Sequence

import numpy as np

type Point = tuple[float, float]
type Points = Sequence[Point]


def ellipse(cx: float, cy: float, rx: float, ry: float, start: float = 0, end: float = 360) -> list[Point]:
    """Return an elliptical arc between two angles (degrees, clockwise from the right)."""
    angles = np.radians(np.linspace(start, end, max(12, int(abs(end - start) / 3))))
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0) -> list[Point]:
    """Return a rectangle with rounded corners."""
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return rounded(corners, min(radius, abs(x1 - x0) / 2, abs(y1 - y0) / 2)) if radius else corners


def rounded(points: Points, radius: float | Sequence[float]) -> list[Point]:
    """Round each corner of a polygon with a curve that starts `radius` before it."""
    radii = [radius] * len(points) if isinstance(radius, int | float) else list(radius)
    outline: list[Point] = []
    for index, corner in enumerate(points):
        before, after = points[index - 1], points[(index + 1) % len(points)]
        first, last = _towards(corner, before, radii[index]), _towards(corner, after, radii[index])
        outline += bezier(first, corner, corner, last, steps=10)
    return outline


def bezier(start: Point, handle: Point, other: Point, end: Point, steps: int = 24) -> list[Point]:
    """Return points on a cubic Bézier curve, including both ends."""
    outline = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        x = a * start[0] + b * handle[0] + c * other[0] + d * end[0]
        outline.append((x, a * start[1] + b * handle[1] + c * other[1] + d * end[1]))
    return outline


def spline(points: Points, *, closed: bool = True, steps: int = 12) -> list[Point]:
    """Return a smooth Catmull-Rom curve through all points."""
    count = len(points)
    outline: list[Point] = []
    for index in range(count if closed else count - 1):
        if closed:
            p0, p1, p2, p3 = (points[(index + shift) % count] for shift in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[min(max(index + shift, 0), count - 1)] for shift in (-1, 0, 1, 2))
        handle = (p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6)
        other = (p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6)
        outline += bezier(p1, handle, other, p2, steps)
    return outline


def mirrored(half: Points, axis: float = 500) -> list[Point]:
    """Return a symmetrical outline, given its right half from top to bottom."""
    return [*half, *((2 * axis - x, y) for x, y in reversed(half))]


def rotated(points: Points, degrees: float, about: Point) -> list[Point]:
    """Return an outline rotated clockwise about a point."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    cx, cy = about
    return [(cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos) for x, y in points]


def moved(points: Points, dx: float, dy: float, scale: float = 1) -> list[Point]:
    """Return an outline scaled about the origin and then moved."""
    return [(x * scale + dx, y * scale + dy) for x, y in points]


def _towards(start: Point, end: Point, distance: float) -> Point:
    length = math.hypot(end[0] - start[0], end[1] - start[1]) or 1
    share = min(distance / length, 0.5)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
