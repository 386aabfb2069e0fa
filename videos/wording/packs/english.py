"""English wording rules.

Sources: Portman Group, code on naming and promotion of alcohol (no immoderate drinking); FTC, Endorsement Guides and
Health Products Compliance Guidance; ASA, CAP Code sections 3 (price claims), 12 (health) and 13 (weight control);
Amazon, influencer programme content guidelines (no prices, no off-site links, no disparagement of competitors).
"""

from videos.wording.rules import Severity, ShippedRule

ALCOHOL = frozenset({"alcohol", "wine", "beer", "spirits", "barware"})

ENGLISH = (
    ShippedRule(
        "alcohol-habit",
        "en",
        Severity.MUST_FIX,
        "Don't suggest drinking every day or drinking to feel better.",
        "Describe the product, not how often you drink.",
        (
            "every evening", "every night", "each evening", "each night", "every day after work", "daily drink",
            "nightly drink", "drink daily", "wine o'clock", "get drunk", "getting drunk", "wasted tonight", "drown … sorrows",
            "need a drink", "drink … problems away", "can't relax without", "binge*",
        ),
        ALCOHOL,
        must_match="A glass every evening keeps me sane",
        must_not_match="I cook with it every other day",
    ),
    ShippedRule(
        "alcohol-must-have",
        "en",
        Severity.MUST_FIX,
        "Don't call alcohol or barware a “must-have”.",
        "Try “a nice set for guests”: it makes the point without pressure.",
        ("must-have", "must have", "can't live without", "everyone needs", "you need this", "essential* for … party", "down it", "bottoms up"),
        ALCOHOL,
        must_match="These shot glasses are a must-have",
        must_not_match="A nice set for guests",
    ),
    ShippedRule(
        "health-cure",
        "en",
        Severity.BLOCK,
        "Don't claim that a product cures, treats or prevents an illness.",
        "Describe how it feels or looks, without naming an illness.",
        (
            "cure* … cancer", "cure* … diabetes", "cure* … anxiety", "cure* … depression", "cure* … acne", "cures",
            "heals … eczema", "treat* … arthritis", "prevent* … cancer", "prevent* … covid", "boosts … immun*", "detox*",
            "miracle cure", "doctor* hate", "replaces … medication", "no side effects", "clinically proven", "scientifically proven",
        ),
        unless=("does not cure", "doesn't cure", "no cure"),
        must_match="This balm cures acne",
        must_not_match="The lid secures the jar",
    ),
    ShippedRule(
        "weight-loss",
        "en",
        Severity.BLOCK,
        "Weight-loss claims need evidence that a clip can't provide.",
        "Leave out results and describe what it's like to use.",
        (
            "lose # pounds", "lost # pounds", "lose # kg", "lost # kg", "lose # kilos", "lost # kilos", "lose weight fast",
            "melt* … fat", "burn* … fat", "burns fat", "fat burner", "flat stomach in", "skinny in", "drop # dress sizes",
            "slimming effect", "weight loss without",
        ),
        must_match="I lost 10 kg with this shaker",
        must_not_match="A light bag that weighs 2 kg",
    ),
    ShippedRule(
        "price-claim",
        "en",
        Severity.MUST_FIX,
        "Prices change, and claims such as “lowest price” can't be verified. The product card shows the price.",
        "Leave out the price, or say “good value for me”.",
        (
            "lowest price", "cheapest", "best price", "only $ #", "just $ #", "for $ #", "only # dollars", "just # dollars",
            "# % off", "half price", "half off", "free shipping", "price drop", "today only", "limited time offer", "last chance",
            "save $ #", "save # %", "buy one get one", "cheaper than", "unbeatable price*",
        ),
        must_match="The lowest price anywhere",
        must_not_match="Its price is fair to me",
    ),
    ShippedRule(
        "off-site",
        "en",
        Severity.BLOCK,
        "Don't send viewers to another site, shop or chat.",
        "Tag the product instead: viewers can open it from its card.",
        (
            "link in bio", "link in my bio", "dm me", "dm for", "whatsapp me", "text me at", "use my code", "use code",
            "promo code", "discount code", "swipe up", "my website", "my own shop", "www", "http",
            "https", "telegram channel", "follow me on",
            "message me", "link below", "linktree", "in my store", "check my profile", "order from me",
        ),
        must_match="Link in bio!",
        must_not_match="The bio cotton is soft",
    ),
    ShippedRule(
        "hidden-ad",
        "en",
        Severity.MUST_FIX,
        "This clip earns you a fee and is labelled as an ad. The caption must not deny that.",
        "Leave this out: the label “Ad · earns commission” is always shown.",
        (
            "not an ad", "not sponsored", "not paid", "no ad", "isn't an ad", "isn't sponsored", "this is not an advert*",
            "unsponsored", "nobody paid me", "not being paid", "wasn't paid", "i am not paid", "not a paid",
            "no one paid me", "didn't pay me", "no sponsor*", "not a commercial", "unpaid review",
        ),
        must_match="This is NOT an ad",
        must_not_match="I am a paid creator and this is my honest view",
    ),
    ShippedRule(
        "disparagement",
        "en",
        Severity.MUST_FIX,
        "Compare products fairly, without insulting other brands or people.",
        "Say what is different: size, weight, how it feels.",
        (
            "scam", "scammers", "rip-off", "rip off", "ripoff", "garbage brand", "trash brand", "fake brand", "don't buy from",
            "never buy from", "avoid … brand", "they lie about", "they lie to", "liars", "crap", "worst brand",
            "is junk", "is garbage", "con artists", "crooks", "stay away from",
        ),
        must_match="What a rip-off the other one was",
        must_not_match="My old scampi pan has retired",
    ),
    ShippedRule(
        "guarantee",
        "en",
        Severity.HINT,
        "You can't promise a result to everyone.",
        "Try “it worked for me”: it's true and convincing.",
        ("guaranteed", "100 % guaranteed", "always works", "works for everyone", "instant results", "never fails", "risk free"),
        must_match="Guaranteed to work",
        must_not_match="I would not promise you anything",
    ),
)  # fmt: skip
