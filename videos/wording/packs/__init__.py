"""The built-in wording rules for each language. The English module names the sources for all languages."""

from videos.wording.packs.arabic import ARABIC
from videos.wording.packs.english import ENGLISH
from videos.wording.packs.hebrew import HEBREW
from videos.wording.rules import Rule

PACKS: dict[str, tuple[Rule, ...]] = {"en": ENGLISH, "ar": ARABIC, "he": HEBREW}
