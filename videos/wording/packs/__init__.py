"""The wording rules that come with the product, by language. The English module names the sources for all languages.

Each shop has them as rows, which its staff may change: see `videos.review.shipped_rules`.
"""

from videos.wording.packs.arabic import ARABIC
from videos.wording.packs.english import ENGLISH
from videos.wording.packs.hebrew import HEBREW
from videos.wording.rules import ShippedRule

PACKS: dict[str, tuple[ShippedRule, ...]] = {"en": ENGLISH, "ar": ARABIC, "he": HEBREW}
