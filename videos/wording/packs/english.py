"""English rules.

Sources: Portman Group, code on naming and promotion of alcohol (no immoderate drinking); FTC, Endorsement Guides and
Health Products Compliance Guidance; ASA, CAP Code sections 3 (price claims), 12 (health) and 13 (weight control);
Amazon, influencer programme content guidelines (no prices, no off-site links, no disparagement of competitors).
"""

from videos.wording.rules import Rule, Severity

ALCOHOL = frozenset({"alcohol", "wine", "beer", "spirits", "barware"})

ENGLISH = (
    Rule(
        "alcohol-habit",
        "en",
        Severity.MUST_FIX,
        "Nothing may suggest drinking every day, or to feel better.",
        "Say what the product is like, not how often you drink.",
        (
            "every evening", "every night", "each evening", "each night", "every day after work", "daily drink",
            "nightly drink", "drink daily", "wine o'clock", "get drunk", "getting drunk", "wasted tonight", "drown … sorrows",
            "need a drink", "drink … problems away", "can't relax without", "binge*",
        ),
        ALCOHOL,
    ),
    Rule(
        "alcohol-must-have",
        "en",
        Severity.MUST_FIX,
        "Shot glasses and drinks are no “must-have”.",
        "“A nice set for guests” says the same without pressure.",
        ("must-have", "must have", "can't live without", "everyone needs", "you need this", "essential* for … party", "down it", "bottoms up"),
        ALCOHOL,
    ),
    Rule(
        "health-cure",
        "en",
        Severity.BLOCK,
        "A product may not be said to cure, treat or prevent an illness.",
        "Describe what it does for comfort or looks, without naming an illness.",
        (
            "cure* … cancer", "cure* … diabetes", "cure* … anxiety", "cure* … depression", "cure* … acne", "cures",
            "heals … eczema", "treat* … arthritis", "prevent* … cancer", "prevent* … covid", "boosts … immun*", "detox*",
            "miracle cure", "doctor* hate", "replaces … medication", "no side effects", "clinically proven", "scientifically proven",
        ),
        unless=("does not cure", "doesn't cure", "no cure"),
    ),
    Rule(
        "weight-loss",
        "en",
        Severity.BLOCK,
        "Claims of losing weight need evidence that a clip cannot give.",
        "Leave results out; say how it is to use.",
        (
            "lose # pounds", "lost # pounds", "lose # kg", "lost # kg", "lose # kilos", "lost # kilos", "lose weight fast",
            "melt* … fat", "burn* … fat", "burns fat", "fat burner", "flat stomach in", "skinny in", "drop # dress sizes",
            "slimming effect", "weight loss without",
        ),
    ),
    Rule(
        "price-claim",
        "en",
        Severity.MUST_FIX,
        "Prices change, and superlatives of price cannot be checked. The card shows the price.",
        "Leave the price out, or say “good value for me”.",
        (
            "lowest price", "cheapest", "best price", "only $ #", "just $ #", "for $ #", "only # dollars", "just # dollars",
            "# % off", "half price", "half off", "free shipping", "price drop", "today only", "limited time offer", "last chance",
            "save $ #", "save # %", "buy one get one", "cheaper than", "unbeatable price*",
        ),
    ),
    Rule(
        "off-site",
        "en",
        Severity.BLOCK,
        "Viewers may not be sent to another site, shop or chat.",
        "Tag the product; its card is the way to it.",
        (
            "link in bio", "link in my bio", "dm me", "dm for", "whatsapp me", "text me at", "use my code", "use code",
            "promo code", "discount code", "swipe up", "my website", "my own shop", "www", "http",
            "https", "telegram channel", "follow me on",
            "message me", "link below", "linktree", "in my store", "check my profile", "order from me",
        ),
    ),
    Rule(
        "hidden-ad",
        "en",
        Severity.MUST_FIX,
        "This clip earns a fee, and viewers are told. The caption may not say otherwise.",
        "Leave it out: the label “Ad · earns commission” is shown anyway.",
        (
            "not an ad", "not sponsored", "not paid", "no ad", "isn't an ad", "isn't sponsored", "this is not an advert*",
            "unsponsored", "nobody paid me", "not being paid", "wasn't paid", "i am not paid", "not a paid",
            "no one paid me", "didn't pay me", "no sponsor*", "not a commercial", "unpaid review",
        ),
    ),
    Rule(
        "disparagement",
        "en",
        Severity.MUST_FIX,
        "Compare what you used, without running others down.",
        "Say what differs: size, weight, how it feels.",
        (
            "scam", "scammers", "rip-off", "rip off", "ripoff", "garbage brand", "trash brand", "fake brand", "don't buy from",
            "never buy from", "avoid … brand", "they lie about", "they lie to", "liars", "crap", "worst brand",
            "is junk", "is garbage", "con artists", "crooks", "stay away from",
        ),
    ),
    Rule(
        "guarantee",
        "en",
        Severity.HINT,
        "Nobody can promise a result to everybody.",
        "“It worked for me” is true and convincing.",
        ("guaranteed", "100 % guaranteed", "always works", "works for everyone", "instant results", "never fails", "risk free"),
    ),
)  # fmt: skip
