"""The demo shop's people: six creators with faces, two shoppers and what they say about things."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Face:
    """How a creator's portrait is drawn; colours are "#rrggbb"."""

    skin: str
    hair: str
    style: str
    shirt: str
    wall: str
    glasses: bool = False
    beard: bool = False
    extra: str = ""


@dataclass(frozen=True)
class Creator:
    """Somebody who films clips."""

    handle: str
    display_name: str
    bio: str
    face: Face


@dataclass(frozen=True)
class Review:
    """A shopper's words on a product they bought; stars from 1 to 5."""

    product: str
    reviewer: str
    stars: int
    words: str


CREATORS = (
    Creator(
        "mina.makes",
        "Mina Okafor",
        "Small flat, big pans. I cook, clean up and tell you which one was worth the money.",
        Face("#8d5a3b", "#1d1512", "bun", "#e4572e", "#f9c784", extra="earrings"),
    ),
    Creator(
        "joss.lifts",
        "Joss Hartmann",
        "Physio by day. I test home gym gear on a third floor with creaky boards.",
        Face("#f0c9a8", "#b5652b", "short", "#2f6fde", "#bfe3d6", beard=True),
    ),
    Creator(
        "layla.reads",
        "ليلى حداد",
        "Beirut to Berlin. Books, lamps to read them by, and tea. Arabic and English.",
        Face("#dcae88", "#2b1b17", "scarf", "#2a9d8f", "#f4b6a6", extra="#3a7ca5"),
    ),
    Creator(
        "noam.plugs",
        "נועם ברק",
        "Desk setups without the nonsense. If it beeps, I return it.",
        Face("#e3b591", "#3a2a20", "curly", "#5b6cff", "#cfd8f7", glasses=True),
    ),
    Creator(
        "yuki.glow",
        "Yuki Tanabe",
        "Skincare chemist. Ingredients first, packaging second, honest always.",
        Face("#f3d3b8", "#17151c", "bob", "#f08fa8", "#d9cffa"),
    ),
    Creator(
        "trail.and.tail",
        "Rosa Delgado",
        "One tent, one dog, no signal. Gear that survived both of us.",
        Face("#c98d63", "#5b3420", "long", "#2f5d50", "#ffe08a", glasses=False, extra="beanie"),
    ),
)

REVIEWS = (
    Review("oriel-night-serum", "Dana P.", 5, "Three drops really are enough. My pillow case agrees."),
    Review("hagen-chefs-knife", "Tomas L.", 5, "Cut an onion, called my mother to tell her."),
    Review("brisk-pour-over-kettle", "Amira S.", 4, "Pours like a dream. I wish the base were smaller."),
    Review("lotus-cork-mat", "Ben W.", 3, "Great grip, but it smells of cork for the first week."),
    Review("auralis-over-ear", "Ines R.", 5, "The first pair that survives my glasses for a whole day."),
    Review("the-last-tram", "Kofi A.", 5, "I missed my own stop playing this."),
    Review("fjell-two-tent", "Sanne V.", 4, "Four minutes is true. Getting it back in the bag is not."),
    Review("good-dog-slow-bowl", "Marco B.", 5, "Dinner went from nine seconds to six minutes."),
)
