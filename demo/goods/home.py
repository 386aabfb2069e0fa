"""Home: lighting, living."""

from demo.goods.product import Look, Product

HOME = (
    Product(
        "halden-dome-lamp",
        "Dome Table Lamp",
        "Halden",
        "lighting",
        12900,
        22,
        "A spun steel dome on a brass stem, dimmable from reading to night light. "
        "The shade throws all its light down, so it never glares. "
        "Bulb included.",
        Look("lamp", "#e3a72f", "#b98b45", "#fff2c9", "#3b4a57", "table", "halden"),
    ),
    Product(
        "noma-linen-cushion",
        "Washed Linen Cushion",
        "Noma Weave",
        "living",
        4200,
        76,
        "Stonewashed linen with a contrasting piped edge and a feather filling that can be fluffed up for years. "
        "The cover unzips and goes in the machine at forty degrees.",
        Look("cushion", "#c96f4a", "#f3e3d0", "#f8efe4", "#ecd9c6", "window", "noma"),
    ),
    Product(
        "verdant-monstera",
        "Monstera in Clay Pot",
        "Verdant Club",
        "living",
        3900,
        40,
        "A young monstera with its first split leaves, potted in unglazed clay. "
        "It likes a bright corner and forgives a missed watering. "
        "Arrives with a card that says what to do and, more usefully, what not to.",
        Look("plant", "#c4673f", "#2f7d4f", "#f3e7d7", "#e8e2d2", "window", "verdant"),
        outbound_url="https://example.com/verdant-club/monstera",
    ),
    Product(
        "wick-and-wren-candle",
        "Cedar & Smoke Candle",
        "Wick & Wren",
        "living",
        2800,
        95,
        "Rapeseed wax poured in small batches, with cedar, birch tar and a little vanilla. "
        "Burns for forty-five hours without soot. "
        "The tumbler is a good whisky glass afterwards.",
        Look("candle", "#3b2f2c", "#ffb347", "#f5e9da", "#8b6f63", "night", "cedar & smoke"),
    ),
    Product(
        "tarn-ripple-vase",
        "Ripple Vase",
        "Tarn Pottery",
        "living",
        5800,
        31,
        "A wheel-thrown vase with soft ripples under a chalk glaze. "
        "Narrow at the neck, so three stems are enough. Watertight, twenty-four centimetres tall.",
        Look("vase", "#e9e1d3", "#d98c6a", "#8d7f6a", "#d7a98f", "podium", "tarn"),
    ),
)
