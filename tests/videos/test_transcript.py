"""Captions are matched as one text, however the cues divide it."""

import re

import pytest

from tests.conftest import client_of, make_staff
from tests.factories import make_waiting_clip
from tests.videos.shipped_rules import find_matches
from videos.models import Clip
from videos.playback.transcript import read_transcript
from videos.review.caption_rules import evaluate_clip

CUT = (
    "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nI tried it and it is the lowest\n\n"
    "00:00:01.500 --> 00:00:03.000\nprice that I have seen\n\n00:00:04.000 --> 00:00:05.000\nand link in\nbio\n"
)


def test_a_phrase_spanning_two_cues_matches_at_the_time_of_its_first_word() -> None:
    transcript = read_transcript(CUT)
    matches = find_matches(transcript.text)
    assert [(spoken.match.rule.code, spoken.at_ms) for spoken in map(transcript.locate, matches)] == [
        ("off-site", 4000),
        ("price-claim", 500),
    ]


def test_the_same_phrase_is_missed_when_each_cue_is_matched_alone() -> None:
    alone = [match.rule.code for cue in read_transcript(CUT).cues for match in find_matches(cue.text)]
    assert "price-claim" not in alone


def test_each_cue_lists_its_own_part_of_a_match() -> None:
    transcript = read_transcript(CUT)
    lines = transcript.lines(find_matches(transcript.text))
    assert [[match.words for match in line.matches] for line in lines] == [["lowest"], ["price"], ["link in\nbio"]]


@pytest.mark.parametrize(
    "words",
    ["الرابط\u200f في\n\n00:00:02.000 --> 00:00:03.000\nالبايو", "הקישור\n\n00:00:02.000 --> 00:00:03.000\nבביו"],
)
def test_phrases_spanning_two_cues_match_in_arabic_and_hebrew(words: str) -> None:
    transcript = read_transcript(f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n{words}\n")
    (spoken,) = map(transcript.locate, find_matches(transcript.text))
    assert (spoken.match.rule.code, spoken.at_ms) == ("off-site", 1000)


def test_cue_timings_are_not_part_of_the_transcript() -> None:
    captions = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nlost\n\n00:00:02.000 --> 00:00:03.000\npounds of flour\n"
    assert find_matches(read_transcript(captions).text) == []


def test_text_that_is_not_a_caption_file_is_matched_without_a_time() -> None:
    transcript = read_transcript("just link in bio")
    assert [transcript.locate(match).at_ms for match in find_matches(transcript.text)] == [None]


@pytest.mark.django_db
def test_the_desk_highlights_spoken_matches_with_their_time() -> None:
    clip = make_waiting_clip(is_speechless=False, captions_vtt=CUT)
    assert [match.rule.code for match in evaluate_clip(Clip.objects.get(pk=clip.pk))[1]] == ["off-site", "price-claim"]
    page = client_of(make_staff("desk@example.com", "videos")).get(f"/admin/videos/clip/desk/{clip.code}/")
    words = page.content.decode()
    assert re.search(r'data-seek="500">0:00\.5</button>\s*<strong>Spoken: “lowest\nprice”', words)
    assert "it is the <mark>lowest</mark>" in words
    assert "<mark>price</mark> that I have seen" in words
