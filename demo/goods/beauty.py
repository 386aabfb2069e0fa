"""Beauty: skincare, make-up, fragrance."""

from demo.goods.product import Look, Product

BEAUTY = (
    Product(
        "oriel-night-serum",
        "Night Repair Serum, 30 ml",
        "Oriel",
        "skincare",
        6800,
        42,
        "A light oil serum of bakuchiol and squalane for the last step of the evening. "
        "Three drops are enough for face and neck. "
        "It sinks in within a minute and leaves no film on the pillow. "
        "The amber glass keeps the oils fresh for nine months.",
        Look("serum", "#a8571c", "#1f1a17", "#f6ecdd", "#e9c9a4", "window", "night repair"),
    ),
    Product(
        "oriel-cloud-cream",
        "Cloud Cream, 50 ml",
        "Oriel",
        "skincare",
        5400,
        60,
        "A whipped day cream with oat ceramides that sits well under make-up. "
        "Unscented, so it also suits easily irritated skin. "
        "The frosted jar can be refilled at half the price.",
        Look("jar", "#f3d9d3", "#c99a5b", "#8a4b3f", "#f4d8cf", "podium", "cloud cream"),
    ),
    Product(
        "maren-velvet-lipstick",
        "Velvet Lipstick, Brick",
        "Maren Vale",
        "make-up",
        3200,
        85,
        "A soft-matte brick red that does not dry the lips. One coat covers, a second one lasts through dinner. "
        "The magnetic case closes with a click you will get fond of.",
        Look("lipstick", "#b3262e", "#2a2326", "#d9ab62", "#e7a7a0", "podium", "maren vale"),
    ),
    Product(
        "solenne-eau-de-figue",
        "Eau de Figue, 75 ml",
        "Solenne",
        "fragrance",
        11800,
        24,
        "Green fig leaf, sea salt and warm cedar, like a courtyard at four in the afternoon. "
        "It opens fresh, dries down to wood, and stays close to the skin for six hours. "
        "Bottled in heavy glass with an oak stopper.",
        Look("perfume", "#cfe0b4", "#b88a58", "#39482f", "#c6d3b0", "window", "eau de figue"),
    ),
    Product(
        "maren-hand-balm",
        "Orange Blossom Hand Balm",
        "Maren Vale",
        "skincare",
        1900,
        120,
        "A thick balm of shea and orange blossom water for hands that wash up, garden and type. "
        "It is no longer sticky by the time the kettle boils. "
        "The aluminium tube can be used up to the last squeeze.",
        Look("tube", "#f2a65a", "#fff3e2", "#6b3410", "#ffd9a8", "podium", "orange blossom"),
    ),
)
