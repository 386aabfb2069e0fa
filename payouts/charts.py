"""Layout of the bar chart of daily earnings, in SVG user units. Pure: no Django, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass

CHART_WIDTH = 620
CHART_HEIGHT = 120
GAP = 4


@dataclass(frozen=True)
class ChartBar:
    """One day's bar. The bar for a negative value hangs below the base line."""

    number: int
    x: float
    y: float
    width: float
    height: float
    value_minor: int


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    base_y: float
    bars: list[ChartBar]


def build_bar_chart(values: Mapping[int, int], count: int) -> Chart:
    """Return a chart with a bar for each value. `values` maps days, from 1 to `count`, to amounts in minor units."""
    top = max([0, *values.values()])
    bottom = min([0, *values.values()])
    scale = CHART_HEIGHT / ((top - bottom) or 1)
    base_y = round(top * scale, 2) if top or bottom else CHART_HEIGHT
    step = CHART_WIDTH / count
    bars = [
        ChartBar(
            number=number,
            x=round((number - 1) * step + GAP / 2, 2),
            y=round(base_y - max(value, 0) * scale, 2),
            width=round(step - GAP, 2),
            height=max(round(abs(value) * scale, 2), 1.5),
            value_minor=value,
        )
        for number, value in sorted(values.items())
        if value
    ]
    return Chart(CHART_WIDTH, CHART_HEIGHT, base_y, bars)
