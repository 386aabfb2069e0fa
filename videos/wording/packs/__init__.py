"""The built-in rules by language. The English pack names the sources of all."""

from videos.wording.packs.arabic import ARABIC
from videos.wording.packs.english import ENGLISH
from videos.wording.packs.hebrew import HEBREW
from videos.wording.rules import Rule

PACKS: dict[str, tuple[Rule, ...]] = {"en": ENGLISH, "ar": ARABIC, "he": HEBREW}
