"""Contrast of colours, and the stylesheet of a shop's own colours. No Django.

Source: WCAG 2.2, definitions of relative luminance and contrast ratio, success criterion 1.4.3.
"""

MIN_CONTRAST = 4.5
LIGHT_GROUND, DARK_GROUND = "#f4f0ea", "#2a221e"
"""The backgrounds of light and dark pages that are closest to a colour's own brightness (`--surface-sunk`)."""
LIGHT_WASH, DARK_WASH = 0.08, 0.16
"""How much of the colour is in the background of chosen items."""


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours like "#b3261e", from 1 to 21."""
    brighter, darker = sorted((_luminance(_channels(first)), _luminance(_channels(second))), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def worst_contrast(colour: str, *, is_dark: bool) -> float:
    """Return the lowest contrast ratio between a colour and what it is shown on, on light or on dark pages."""
    ground, wash = (DARK_GROUND, DARK_WASH) if is_dark else (LIGHT_GROUND, LIGHT_WASH)
    return min(contrast(colour, ground), contrast(colour, mix(colour, "#211b17" if is_dark else "#ffffff", wash)))


def mix(colour: str, ground: str, share: float) -> str:
    """Return `share` of a colour mixed into another."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(255 * (share * top + (1 - share) * below)):02x}" for top, below in pairs)


def theme_css(light: str, dark: str) -> str:
    """Return CSS that replaces the accent of light and dark pages. An empty colour leaves ours."""
    rules = []
    if light:
        rules += [f"--accent-light: {light}", f"--accent-strong-light: {light}"]
        rules.append(f"--accent-wash-light: {mix(light, '#ffffff', LIGHT_WASH)}")
    if dark:
        rules += [f"--accent-dark: {dark}", f"--accent-strong-dark: {dark}"]
        rules.append(f"--accent-wash-dark: {mix(dark, '#211b17', DARK_WASH)}")
    return f":root {{ {'; '.join(rules)} }}" if rules else ""


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _luminance(channels: tuple[float, float, float]) -> float:
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
