"""Countries are listed in the order of the reader's alphabet, not in that of code points."""

import pytest
from django.utils.translation import override

from catalog.countries import country_choices


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "Åland Islands", "Albania"),
        ("en", "Côte d’Ivoire", "Croatia"),
        ("ar", "الأرجنتين", "الأردن"),
        ("ar", "إسبانيا", "أستراليا"),
        ("ar", "آيسلندا", "البحرين"),
        ("ar", "السويد", "سويسرا"),
        ("ar", "أفغانستان", "ألبانيا"),
        ("ar", "ألبانيا", "ألمانيا"),
        ("ar", "الكويت", "كينيا"),
    ],
)
def test_accents_hamzas_and_the_article_do_not_count(language: str, first: str, second: str) -> None:
    with override(language):
        names = [name for _code, name in country_choices()]
    assert names.index(first) < names.index(second)
