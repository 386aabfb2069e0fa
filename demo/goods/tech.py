"""Tech: audio, desk."""

from demo.goods.product import Look, Product

TECH = (
    Product(
        "auralis-over-ear",
        "Over-Ear Headphones ONE",
        "Auralis",
        "audio",
        18900,
        36,
        "Closed headphones with calm noise cancelling and forty hours of battery. "
        "Cushions and band can be changed without tools. "
        "Real buttons, because gloves exist.",
        Look("headphones", "#ece7df", "#c8804f", "#2c2a28", "#b8c4c2", "podium", "auralis"),
    ),
    Product(
        "perch-phone-stand",
        "Oak Phone Stand",
        "Perch",
        "desk",
        2600,
        88,
        "A block of solid oak with a groove at the angle at which you actually read. "
        "Felt feet, and room for a charging cable behind. "
        "Holds phones in their cases.",
        Look("stand", "#c89a63", "#1d2733", "#6ad1c7", "#d5e4e1", "table", "perch"),
    ),
    Product(
        "clackworks-75",
        "Mechanical Keyboard 75%",
        "Clackworks",
        "desk",
        13900,
        27,
        "A gasket-mounted keyboard with a deep, quiet sound and hot-swappable switches. "
        "PBT keycaps that do not go shiny. "
        "Works wired and over Bluetooth with three computers.",
        Look("keyboard", "#e8e4da", "#f26b5e", "#34495e", "#9fb8c8", "table", "clackworks"),
    ),
    Product(
        "pebble-mini-speaker",
        "Pebble Mini Speaker",
        "Auralis",
        "audio",
        5900,
        72,
        "A palm-sized speaker with more low end than it has any right to. "
        "Twelve hours on a charge and no fear of rain. "
        "Two of them pair to stereo.",
        Look("speaker", "#f26f63", "#2b2b33", "#ffe9e2", "#ffd0c4", "podium", "auralis"),
    ),
    Product(
        "tempo-watch-s",
        "Tempo Watch S",
        "Tempo",
        "desk",
        22900,
        19,
        "A slim watch that counts what matters and buzzes for little else. "
        "The always-on screen is readable in full sun. "
        "Eight days between charges.",
        Look("watch", "#23262b", "#8be0c0", "#ff8f6b", "#cfd6dc", "night", "tempo"),
    ),
)
