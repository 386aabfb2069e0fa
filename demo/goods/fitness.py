"""Fitness: strength, yoga and recovery."""

from demo.goods.product import Look, Product

FITNESS = (
    Product(
        "forgewell-kettlebell-12",
        "Kettlebell, 12 kg",
        "Forgewell",
        "strength",
        5600,
        44,
        "Cast in one piece with a flat base and a handle that fits two hands. The powder coat grips without chalk. "
        "A colour band tells the weights apart across the room.",
        Look("kettlebell", "#33383f", "#ff6b3d", "#f4f4f0", "#ffd2bd", "podium", "12"),
    ),
    Product(
        "lotus-cork-mat",
        "Cork Yoga Mat",
        "Lotus Row",
        "yoga-and-recovery",
        7400,
        58,
        "Natural cork on natural rubber: it grips more, the more you sweat. "
        "Four millimetres are enough for knees and still steady in balances. "
        "Rolls up with the cotton strap included.",
        Look("mat", "#c58f5c", "#3f7d6e", "#f6ead7", "#cfe3d8", "window", "lotus row"),
    ),
    Product(
        "forgewell-hex-pair",
        "Hex Dumbbell Pair, 2 x 6 kg",
        "Forgewell",
        "strength",
        6400,
        29,
        "Rubber hex heads that do not roll away and are kind to the floor. "
        "The knurled steel grip is a little thicker in the middle. "
        "Sold as a pair.",
        Look("dumbbell", "#2b2e34", "#c9ced4", "#ffb703", "#dfe3e8", "podium", "6"),
    ),
    Product(
        "rill-insulated-bottle",
        "Insulated Bottle, 750 ml",
        "Rill",
        "yoga-and-recovery",
        3400,
        110,
        "Double-walled steel that keeps water cold for a day and tea hot for half of one. "
        "Slim enough for a bicycle cage. "
        "The lid opens with one thumb and has never leaked on us.",
        Look("bottle", "#2f6fde", "#f2f5fa", "#ffffff", "#bcd6ff", "podium", "rill"),
    ),
    Product(
        "lotus-foam-roller",
        "Grid Foam Roller",
        "Lotus Row",
        "yoga-and-recovery",
        2900,
        67,
        "A firm core with a grid of ridges, in the places where a thumb would press. "
        "Thirty-three centimetres long, so it fits a suitcase. "
        "Wipes clean.",
        Look("roller", "#7b5cd6", "#2a2140", "#ffffff", "#d9cffa", "window", "lotus row"),
    ),
)
