"""Colours of swatches: what the values of a variant's options are called, in the shop's languages. No Django."""

from collections.abc import Iterable

from catalog.imports.values.text import comparable

_COLOURS = {
    "#1d1d1f": ("black", "أسود", "שחור"),
    "#ffffff": ("white", "أبيض", "לבן"),
    "#8a8d91": ("grey", "gray", "رمادي", "אפור"),
    "#c0c4c8": ("silver", "فضي", "כסף", "כסוף"),
    "#3b3f46": ("charcoal", "anthracite", "graphite", "فحمي", "פחם"),
    "#c62828": ("red", "أحمر", "אדום"),
    "#7b1e2b": ("burgundy", "wine", "عنابي", "בורדו"),
    "#e2725b": ("terracotta", "טרקוטה"),
    "#ff7f6b": ("coral", "مرجاني", "אלמוג"),
    "#ef7d1a": ("orange", "برتقالي", "כתום"),
    "#f2c230": ("yellow", "أصفر", "צהוב"),
    "#c9962c": ("gold", "ذهبي", "זהב"),
    "#d19a2e": ("mustard", "خردلي", "חרדל"),
    "#2e7d32": ("green", "أخضر", "ירוק"),
    "#6b7a3a": ("olive", "زيتي", "זית"),
    "#9caf88": ("sage", "מרווה"),
    "#9fdcc0": ("mint", "نعناعي", "מנטה"),
    "#12808a": ("teal", "טורקיז כהה"),
    "#30c5c9": ("turquoise", "تركواز", "טורקיז"),
    "#2962c4": ("blue", "أزرق", "כחול"),
    "#1f2f56": ("navy", "navy blue", "كحلي", "כחול כהה", "נייבי"),
    "#8ec5ec": ("light blue", "sky blue", "سماوي", "תכלת"),
    "#7b3fa0": ("purple", "violet", "بنفسجي", "סגול"),
    "#b9a3e3": ("lavender", "lilac", "لافندر", "לבנדר", "לילך"),
    "#ee8fb5": ("pink", "وردي", "زهري", "ורוד"),
    "#d8a7a0": ("rose", "dusty rose"),
    "#6f4a2f": ("brown", "بني", "חום"),
    "#c69c6d": ("tan", "camel", "جملي", "קאמל"),
    "#e2d3b5": ("beige", "sand", "بيج", "בז'", "בז׳"),
    "#f3ead7": ("cream", "ivory", "ecru", "off-white", "كريمي", "عاجي", "שמנת"),
    "#7d7a55": ("khaki", "كاكي", "חאקי"),
}
_BY_NAME = {comparable(name): colour for colour, names in _COLOURS.items() for name in names}


def find_swatches(values: Iterable[str]) -> dict[str, str]:
    """Return the colours, such as "#2962c4", of those values that name one."""
    return {value: colour for value in values if (colour := _BY_NAME.get(comparable(value)))}
