"""Games: digital games, the house's own studio, and a controller."""

from demo.goods.product import Look, Product

GAMES = (
    Product(
        "driftwood-kingdom",
        "Driftwood Kingdom",
        "Lanternfall Studio",
        "lanternfall-studio",
        2999,
        9999,
        "Build a village out of what the tide brings, and decide who gets to live in it. "
        "A warm, wordless builder by our own studio. "
        "Twelve hours, or a hundred if you are that kind of person.",
        Look("game", "#0f6e84", "#ffcf70", "#fff4dc", "#9fd6d2", "night", "island"),
    ),
    Product(
        "the-last-tram",
        "The Last Tram",
        "Lanternfall Studio",
        "lanternfall-studio",
        1999,
        9999,
        "You drive the last tram through a city that rearranges itself at night. "
        "A story game about listening, with forty passengers and nine endings. "
        "By our own studio; saves across devices.",
        Look("game", "#2b1b4d", "#ff9f5a", "#ffe9d1", "#7d6bb0", "night", "tram"),
    ),
    Product(
        "paper-rally",
        "Paper Rally",
        "Foldline",
        "digital-games",
        2499,
        9999,
        "Race folded cars across desks, maps and a very steep birthday card. "
        "Split screen for four, and a track editor made of scissors and tape. "
        "Rated for everyone.",
        Look("game", "#f25f4c", "#ffd803", "#fffaf0", "#ffc9b5", "podium", "rally"),
    ),
    Product(
        "hollow-orbit",
        "Hollow Orbit",
        "Null Harbour",
        "digital-games",
        3999,
        9999,
        "Salvage a silent station, one airlock at a time. "
        "Tense, beautiful and fair: every death is your own doing. "
        "Three difficulty settings, one of them kind.",
        Look("game", "#0b1026", "#6ee7ff", "#e8f7ff", "#3c4a78", "night", "orbit"),
    ),
    Product(
        "duo-grip-controller",
        "Duo Grip Controller",
        "Foldline",
        "games",
        6900,
        53,
        "A wireless controller with magnetic sticks that cannot drift. "
        "Small enough for small hands, with rear buttons you can leave unused. "
        "Works with consoles, computers and phones.",
        Look("controller", "#f4f1ea", "#5b6cff", "#2c2f3a", "#c5cbff", "podium", "foldline"),
    ),
)
