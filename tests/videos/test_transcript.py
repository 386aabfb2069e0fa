"""What is said is judged as one text, whatever the captions cut it into."""

import pytest

from tests.conftest import client_of, make_staff
from tests.factories import make_waiting_clip
from videos.models import Clip
from videos.playback.transcript import read_transcript
from videos.review.caption_rules import evaluate_clip
from videos.wording.engine import find_matches

CUT = (
    "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nI tried it and it is the lowest\n\n"
    "00:00:01.500 --> 00:00:03.000\nprice that I have seen\n\n00:00:04.000 --> 00:00:05.000\nand link in\nbio\n"
)


def test_a_phrase_that_two_cues_share_fires_at_the_time_of_its_first_word() -> None:
    transcript = read_transcript(CUT)
    hits = find_matches(transcript.text)
    assert [(said.hit.rule.code, said.at_ms) for said in map(transcript.place, hits)] == [
        ("off-site", 4000),
        ("price-claim", 500),
    ]


def test_the_same_phrase_is_missed_when_each_cue_is_judged_alone() -> None:
    alone = [hit.rule.code for cue in read_transcript(CUT).cues for hit in find_matches(cue.text)]
    assert "price-claim" not in alone


def test_each_cue_has_its_own_part_of_a_hit_marked() -> None:
    transcript = read_transcript(CUT)
    lines = transcript.lines(find_matches(transcript.text))
    assert [[hit.words for hit in line.hits] for line in lines] == [["lowest"], ["price"], ["link in\nbio"]]


@pytest.mark.parametrize(
    "words",
    ["الرابط\u200f في\n\n00:00:02.000 --> 00:00:03.000\nالبايو", "הקישור\n\n00:00:02.000 --> 00:00:03.000\nבביו"],
)
def test_it_holds_in_the_other_languages(words: str) -> None:
    transcript = read_transcript(f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n{words}\n")
    (said,) = map(transcript.place, find_matches(transcript.text))
    assert (said.hit.rule.code, said.at_ms) == ("off-site", 1000)


def test_numbers_of_the_timing_are_no_part_of_what_is_said() -> None:
    said = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nlost\n\n00:00:02.000 --> 00:00:03.000\npounds of flour\n"
    assert find_matches(read_transcript(said).text) == []


def test_what_is_no_captions_file_is_heard_all_the_same() -> None:
    transcript = read_transcript("just link in bio")
    assert [transcript.place(hit).at_ms for hit in find_matches(transcript.text)] == [None]


@pytest.mark.django_db
def test_the_desk_shows_when_it_is_said_and_marks_it() -> None:
    clip = make_waiting_clip(is_speechless=False, captions_vtt=CUT)
    assert [hit.rule.code for hit in evaluate_clip(Clip.objects.get(pk=clip.pk))[1]] == ["off-site", "price-claim"]
    page = client_of(make_staff("desk@example.com", "videos")).get(f"/admin/videos/clip/desk/{clip.code}/")
    words = page.content.decode()
    assert 'data-seek="500">0:00.5</button> <strong>Said: “lowest\nprice”' in words
    assert "it is the <mark>lowest</mark>" in words
    assert "<mark>price</mark> that I have seen" in words
