"""Books: fiction, food and garden, picture books."""

from demo.goods.product import Look, Product

BOOKS = (
    Product(
        "the-salt-lamp",
        "The Salt Lamp, a novel",
        "Harbour & Pine",
        "fiction",
        1899,
        140,
        "Two sisters inherit a lighthouse that was switched off forty years ago, and a debt nobody talks about. "
        "A slow, tender mystery about what families keep in the dark. Hardcover, 312 pages, with a ribbon.",
        Look("book", "#17324d", "#f2b441", "#f7efe0", "#9db7c9", "table", "lighthouse"),
    ),
    Product(
        "forty-small-suppers",
        "Forty Small Suppers",
        "Tableau Press",
        "food-and-garden",
        3400,
        75,
        "Weeknight cooking for one or two, with nothing left over and nothing wasted. "
        "Each supper takes one pan and under forty minutes. "
        "Ilse Morrow photographs every step, so you always know what done looks like.",
        Look("book", "#e4572e", "#fbe3c0", "#fff7ea", "#f3c6a5", "table", "supper"),
    ),
    Product(
        "the-windowsill-year",
        "The Windowsill Year",
        "Tableau Press",
        "food-and-garden",
        2750,
        64,
        "Twelve months of growing herbs, salads and one unreasonable lemon tree without a garden. "
        "Drawn month by month, with honest notes on what will fail. "
        "A good present for anyone with one sunny window.",
        Look("book", "#2f6b4f", "#f4c7b8", "#fdf6e8", "#bcd3bd", "window", "leaf"),
    ),
    Product(
        "bear-takes-the-bus",
        "Bear Takes the Bus",
        "Little Harbour",
        "picture-books",
        1450,
        160,
        "Bear has a ticket, a sandwich and no idea where to get off. "
        "A picture book about asking for help, for ages three to six. "
        "Every page hides a small yellow duck.",
        Look("book", "#f7c948", "#7a4a26", "#2b2118", "#bfe0e6", "table", "bear"),
    ),
    Product(
        "night-train-north",
        "Night Train North",
        "Harbour & Pine",
        "fiction",
        1699,
        95,
        "Five strangers, one sleeper car, and a stop that is not on the timetable. "
        "A crisp thriller to be read in one go. "
        "Paperback, 268 pages, with a map of the line.",
        Look("book", "#2a1f3d", "#ff6f61", "#f6e9ff", "#b6a4cf", "night", "train"),
    ),
)
