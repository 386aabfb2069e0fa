"""Layout of bar charts with axes, in SVG user units. Pure: no Django, no rows."""

from collections.abc import Sequence
from dataclasses import dataclass

CHART_WIDTH = 620
CHART_HEIGHT = 120
WIDEST_GAP = 4
FEWEST_TICKS = 3
MOST_LABELS = 4


@dataclass(frozen=True)
class ChartBar:
    """One bar. The bar for a negative value hangs below the base line."""

    label: str
    x: float
    y: float
    width: float
    height: float
    value: int


@dataclass(frozen=True)
class ChartTick:
    """A value on the axis of values, and how far below the top of the chart it is."""

    value: int
    percent_from_top: float


@dataclass(frozen=True)
class Chart:
    """Bars, with the values and the labels of both axes. The labels are evenly spaced, the first and the last included."""

    width: int
    height: int
    base_y: float
    bars: list[ChartBar]
    ticks: list[ChartTick]
    labels: list[str]


def build_bar_chart(values: Sequence[tuple[str, int]]) -> Chart:
    """Return a chart with a place for each label and value, in their order, and a bar for each value that is not 0."""
    tick_values = _choose_ticks([value for _label, value in values])
    bottom, top = tick_values[0], tick_values[-1]
    scale = CHART_HEIGHT / (top - bottom)
    base_y = round(top * scale, 2)
    step = CHART_WIDTH / max(len(values), 1)
    gap = min(WIDEST_GAP, step / 4)
    bars = [
        ChartBar(
            label=label,
            x=round(index * step + gap / 2, 2),
            y=round(base_y - max(value, 0) * scale, 2),
            width=round(step - gap, 2),
            height=max(round(abs(value) * scale, 2), 1.5),
            value=value,
        )
        for index, (label, value) in enumerate(values)
        if value
    ]
    ticks = [ChartTick(value, round((top - value) * 100 / (top - bottom), 2)) for value in reversed(tick_values)]
    return Chart(CHART_WIDTH, CHART_HEIGHT, base_y, bars, ticks, _choose_labels([label for label, _value in values]))


def _choose_ticks(values: Sequence[int]) -> list[int]:
    """Return multiples of 1, 2 or 5 times a power of ten from below the lowest value to above the highest one."""
    bottom, top = min([0, *values]), max([1, *values])
    step = 1
    while (top - bottom) // step > FEWEST_TICKS:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    first, last = bottom // step, -(-top // step)
    return [number * step for number in range(first, last + 1)]


def _choose_labels(labels: Sequence[str]) -> list[str]:
    last = len(labels) - 1
    count = min(MOST_LABELS, len(labels))
    return [labels[last * index // max(count - 1, 1)] for index in range(count)]
