"""The shipped rules of each language match what they should, even if disguised, and nothing else."""

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import NOW, make_category, make_draft, make_product, make_waiting_clip
from tests.videos.phrases import SENTENCES
from tests.videos.phrases.examples import HARMLESS, MATCHING
from tests.videos.shipped_rules import find_matches
from videos.models import Clip, DecisionAction
from videos.review.decisions import DecisionRefused, decide
from videos.studio.submission import Incomplete, submit_clip
from videos.wording.packs import PACKS


def cases(texts: dict[str, str]) -> list[tuple[str, str]]:
    return [(language, line) for language, lines in texts.items() for line in lines.splitlines()]


@pytest.mark.parametrize(("language", "line"), cases(MATCHING))
def test_a_rule_matches(language: str, line: str) -> None:
    code, text = line.split(": ", 1)
    assert code in {
        match.rule.code for match in find_matches(text, categories=("alcohol",)) if match.rule.language == language
    }


@pytest.mark.parametrize(("language", "text"), cases(HARMLESS))
def test_no_rule_matches(language: str, text: str) -> None:
    assert find_matches(text, categories=("alcohol",)) == []


PACK_RULES = {
    "alcohol": {"alcohol-habit", "alcohol-must-have"},
    "health": {"health-cure", "weight-loss"},
    "price": {"price-claim"},
    "off-site": {"off-site"},
    "disclosure": {"hidden-ad"},
    "disparagement": {"disparagement"},
}
PACK_CASES = [(language, pack) for language in PACKS for pack in PACK_RULES]


@pytest.mark.parametrize(("language", "pack"), PACK_CASES)
def test_each_pack_matches_at_least_twenty_sentences(language: str, pack: str) -> None:
    sentences = set(SENTENCES[language][pack][0].splitlines())
    assert len(sentences) >= 20
    missed = [sentence for sentence in sentences if not PACK_RULES[pack] & codes_of(sentence, language)]
    assert missed == []


@pytest.mark.parametrize(("language", "pack"), PACK_CASES)
def test_each_pack_ignores_at_least_twenty_similar_sentences(language: str, pack: str) -> None:
    sentences = set(SENTENCES[language][pack][1].splitlines())
    assert len(sentences) >= 20
    matched = [(sentence, codes_of(sentence)) for sentence in sentences if codes_of(sentence)]
    assert matched == []


def codes_of(text: str, language: str = "") -> set[str]:
    matches = find_matches(text, categories=("alcohol",))
    return {match.rule.code for match in matches if language in ("", match.rule.language)}


@pytest.mark.parametrize("language", PACKS)
def test_every_rule_of_a_language_has_examples(language: str) -> None:
    examples = MATCHING[language].splitlines()
    assert len(examples) >= 20
    assert len(HARMLESS[language].splitlines()) >= 20
    assert {rule.code for rule in PACKS[language]} == {line.split(":")[0] for line in examples}


@pytest.mark.parametrize(
    "disguised",
    [
        "GUARANTEED",
        "guarantéed",
        "guar\u200banteed",
        "guar\u00adanteed",
        "gu\u0430r\u0430nteed",  # Cyrillic а
        "ｇｕａｒａｎｔｅｅｄ",
        "gu4r4nt33d",
        "g\u0301uaranteed",
        "g.u.a.r.a.n.t.e.e.d",
        "g u a r a n t e e d",
        "ɢᴜᴀʀᴀɴᴛᴇᴇᴅ",
        "🅖🅤🅐🅡🅐🅝🅣🅔🅔🅓",
        "𝐠𝐮𝐚𝐫𝐚𝐧𝐭𝐞𝐞𝐝",
        "truly_guaranteed_",
    ],
)
def test_disguised_words_match(disguised: str) -> None:
    assert [match.rule.code for match in find_matches(disguised)] == ["guarantee"]


@pytest.mark.parametrize("disguised", ["واتـــساب", "وَاتسَاب", "والواتساب", "وات\u200cساب", "واتساب!"])
def test_arabic_words_with_tatweel_vowel_points_and_prefixes_match(disguised: str) -> None:
    assert [match.rule.code for match in find_matches(disguised)] == ["off-site"]


@pytest.mark.parametrize("disguised", ["נוֹכְלִים", "הנוכלים", "ושהנוכלים", "נוכ\u200fלים"])
def test_hebrew_words_with_points_and_prefixes_match(disguised: str) -> None:
    assert [match.rule.code for match in find_matches(disguised)] == ["disparagement"]


@pytest.mark.parametrize("text", ["I'm a b c person", "A B C, scampi", "U S A", "plan_b_is_fine", "1 2 3 cures1"])
def test_unrelated_single_letters_are_not_joined(text: str) -> None:
    assert find_matches(text) == []


def test_a_spelled_out_word_matches_from_its_first_to_its_last_letter() -> None:
    for text in ("No, it is a s.c.a.m. Really", "It's a s.c.a.m"):
        (match,) = find_matches(text)
        assert (match.rule.code, match.words) == ("disparagement", "s.c.a.m")


def test_a_match_has_the_offsets_of_the_original_text() -> None:
    text = "Look: gu\u200bar\u00e1nteed, truly"
    (match,) = find_matches(text)
    assert (match.words, text[match.start : match.end]) == ("gu\u200bar\u00e1nteed", "gu\u200bar\u00e1nteed")


def test_rules_of_a_category_do_not_match_in_other_categories() -> None:
    assert find_matches("A must-have every evening", categories=("books",)) == []


def test_the_most_severe_match_comes_first() -> None:
    text = "Guaranteed, the lowest price, link in bio"
    assert [match.rule.severity.value for match in find_matches(text)] == ["block", "must_fix", "hint"]


@pytest.mark.django_db
def test_a_rule_prevents_submission_and_quotes_the_words() -> None:
    clip = make_draft(caption="The lowest price, link in bio")
    with pytest.raises(Incomplete) as refused:
        submit_clip(clip_id=clip.pk, now=NOW)
    assert [sentence.split(":")[0] for sentence in refused.value.problems["caption"]] == [
        "“link in bio”",
        "“lowest price”",
    ]
    clip.refresh_from_db()
    assert clip.state == "draft"


@pytest.mark.django_db
def test_a_caption_that_a_rule_blocks_cannot_be_approved(moderator: User) -> None:
    clip = make_waiting_clip()
    Clip.objects.update(caption="Link in bio")
    with pytest.raises(DecisionRefused, match="can't be approved because of “Link in bio”"):
        decide(revision=clip.revisions.get(), moderator=moderator, action=DecisionAction.APPROVE, now=NOW)
    assert Clip.objects.published().count() == 0


@pytest.mark.django_db
def test_the_rules_of_the_tagged_products_apply_while_typing(as_creator: Client) -> None:
    drinks = make_category("alcohol")
    glass = make_product("shot-glass", category=make_category("shot-glasses", parent=drinks))
    body = {"caption": "A must-have, guaranteed", "products": [glass.slug]}
    matches = as_creator.post("/api/v1/wording/", body, content_type="application/json").json()
    assert [(match["code"], match["severity"], match["start"], match["end"]) for match in matches] == [
        ("alcohol-must-have", "must_fix", 2, 11),
        ("guarantee", "hint", 13, 23),
    ]
    assert Client().post("/api/v1/wording/", body, content_type="application/json").status_code == 403
