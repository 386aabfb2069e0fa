"""Kitchen: cookware, coffee and tea."""

from demo.goods.product import Look, Product

KITCHEN = (
    Product(
        "hagen-chefs-knife",
        "Chef's Knife, 20 cm",
        "Hagen",
        "cookware",
        8900,
        38,
        "A forged blade of high-carbon steel with a thin edge and a full tang. "
        "The walnut handle is shaped for a pinch grip. "
        "It comes sharp and stays so for months of daily cooking; hand-wash only.",
        Look("knife", "#c9d1d6", "#6b3f22", "#2b3236", "#d9cbb8", "table", "hagen"),
    ),
    Product(
        "ember-iron-skillet",
        "Cast Iron Skillet, 26 cm",
        "Ember & Co",
        "cookware",
        6200,
        51,
        "Pre-seasoned cast iron that goes from hob to oven to table. "
        "It browns evenly, holds its heat, and gets better with every fry. "
        "Two pouring lips and a helper handle keep the heavy lifting safe.",
        Look("pan", "#2e3135", "#b5542b", "#e8dccb", "#e2c7a6", "table", "ember"),
    ),
    Product(
        "tarn-stoneware-mug",
        "Stoneware Mug, Sea Glaze",
        "Tarn Pottery",
        "coffee-and-tea",
        2400,
        90,
        "Thrown by hand and glazed in two dips, so no two rims are alike. Holds 350 ml and keeps it warm. "
        "Safe in dishwasher and microwave.",
        Look("mug", "#5f9ea0", "#e8dcc8", "#f6f1e4", "#cfe0dc", "window", "sea glaze"),
    ),
    Product(
        "brisk-pour-over-kettle",
        "Gooseneck Kettle, 0.9 l",
        "Brisk",
        "coffee-and-tea",
        7900,
        33,
        "A slender spout for a slow, even pour. It heats to the degree you choose and holds it for half an hour. "
        "The counterweighted handle keeps the wrist straight even when the kettle is full.",
        Look("kettle", "#20242b", "#b9783f", "#e7e1d6", "#d8d2c6", "podium", "brisk"),
    ),
    Product(
        "hagen-pepper-mill",
        "Beech Pepper Mill",
        "Hagen",
        "cookware",
        4500,
        47,
        "A lathe-turned beech mill with a ceramic grinder that never rusts. Six clear steps from dust to cracked. "
        "Refills without tools.",
        Look("mill", "#b87943", "#2a2a2a", "#f3e4cf", "#c9d2c0", "table", "hagen"),
    ),
)
