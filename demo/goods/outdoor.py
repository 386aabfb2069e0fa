"""Outdoor and pets: camping, pets."""

from demo.goods.product import Look, Product

OUTDOOR = (
    Product(
        "fjell-two-tent",
        "Two-Person Tent",
        "Fjellro",
        "camping",
        24900,
        16,
        "Two doors, two porches and poles that only fit one way. Stands in four minutes and in a gale. "
        "Packs down to the size of a loaf and weighs 1.9 kg.",
        Look("tent", "#e8742c", "#2d4a4f", "#fff1dd", "#a9cbb7", "meadow", "fjellro"),
    ),
    Product(
        "fjell-day-pack",
        "Day Pack, 22 l",
        "Fjellro",
        "camping",
        9800,
        34,
        "A rolltop pack of recycled canvas with a padded sleeve and a back that breathes. "
        "It stands up on its own, which is rarer than it should be. "
        "Repaired free of charge for ten years.",
        Look("backpack", "#2f5d50", "#c98a4b", "#f5e6cf", "#d7dcc4", "meadow", "fjellro"),
    ),
    Product(
        "ember-camp-lantern",
        "Camp Lantern",
        "Ember & Co",
        "camping",
        5400,
        49,
        "A warm, flicker-free lantern with a wind-up reserve for when the battery is empty. "
        "Hangs, stands, and dims to a candle. "
        "Sixty hours on low.",
        Look("lantern", "#3f6b57", "#ffd27a", "#f7efe0", "#33414a", "night", "ember"),
    ),
    Product(
        "good-dog-rope-bone",
        "Rope & Rubber Bone",
        "Good Dog Co",
        "pets",
        1600,
        130,
        "A natural rubber bone on a cotton rope, made for tugging, chewing and being carried about with "
        "great pride. Floats. No squeaker, you are welcome.",
        Look("bone", "#46b3a5", "#f2b8a0", "#ffffff", "#ffe2a8", "meadow", "good dog"),
    ),
    Product(
        "good-dog-slow-bowl",
        "Slow Feeder Bowl",
        "Good Dog Co",
        "pets",
        2200,
        82,
        "A stoneware bowl with a gentle maze that turns ten seconds of dinner into five minutes. "
        "Heavy enough not to wander. "
        "Dishwasher safe, and kind to whiskers.",
        Look("bowl", "#f0b7a4", "#fdf5ec", "#7b3f2e", "#cfe6ea", "table", "good dog"),
    ),
)
