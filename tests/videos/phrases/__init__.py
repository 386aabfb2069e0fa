"""Sentences for each rule pack in each language: at least 20 that must match, and at least 20 that must not."""

from tests.videos.phrases.arabic import ARABIC
from tests.videos.phrases.english import ENGLISH
from tests.videos.phrases.hebrew import HEBREW

SENTENCES = {"en": ENGLISH, "ar": ARABIC, "he": HEBREW}
