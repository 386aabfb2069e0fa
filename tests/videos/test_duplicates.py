"""Duplicates are shown to the moderator, never paid twice, and noted as copies."""

from typing import Any

import pytest

from creators.models import Slot
from tests.factories import NOW, approve, make_creator, make_published_clip, make_waiting_clip
from videos.models import Clip, FootageMatch, Source
from videos.review.decisions import DecisionRefused
from videos.review.duplicates import compare_new_sources, find_duplicates, find_original, find_paid_duplicate
from videos.states import ClipState

pytestmark = pytest.mark.django_db

PRINT = "a1b2c3d4e5f60718" * 4
NEAR = "a1b2c3d4e5f6071f" * 4
FAR = "5e4d3c2b1a09f8e7" * 4


def set_fingerprint(clip: Clip, fingerprint: str) -> None:
    Source.objects.filter(pk=clip.source_id).update(outputs={"fingerprint": fingerprint})
    clip.refresh_from_db()


def test_a_re_encoded_copy_is_found_and_cannot_earn_twice() -> None:
    first = make_published_clip(make_creator())
    copy = make_waiting_clip(make_creator())
    set_fingerprint(first, PRINT)
    set_fingerprint(copy, NEAR)
    assert find_duplicates(copy) == [first]
    with pytest.raises(DecisionRefused, match=first.code):
        approve(copy)
    copy.refresh_from_db()
    assert copy.state == ClipState.IN_REVIEW
    assert copy.decisions.count() == 0


def test_the_same_file_is_a_duplicate_even_without_a_fingerprint() -> None:
    first = make_published_clip(make_creator())
    copy = make_waiting_clip(make_creator())
    assert first.source is not None
    Source.objects.filter(pk=copy.source_id).update(sha256=first.source.sha256)
    copy.refresh_from_db()
    assert find_paid_duplicate(copy) == first


def test_one_file_in_two_clips_of_a_creator_earns_once() -> None:
    creator = make_creator()
    first, again = make_published_clip(creator), make_waiting_clip(creator)
    Clip.objects.filter(pk=again.pk).update(source=first.source)
    again.refresh_from_db()
    with pytest.raises(DecisionRefused, match=first.code):
        approve(again)
    assert Slot.objects.earned().count() == 1
    assert not again.decisions.exists()


def test_different_footage_is_approved_and_an_unpaid_duplicate_is_only_listed() -> None:
    first, copy, other = (make_waiting_clip(make_creator()) for _ in range(3))
    set_fingerprint(first, PRINT)
    set_fingerprint(copy, NEAR)
    set_fingerprint(other, FAR)
    assert find_duplicates(other) == []
    duplicates = find_duplicates(copy)
    assert (duplicates, find_paid_duplicate(copy)) == ([first], None)
    assert approve(other).state == ClipState.PUBLISHED


def test_an_approved_copy_refers_to_the_original_and_never_the_other_way_round() -> None:
    first, copy, other = (make_waiting_clip(make_creator()) for _ in range(3))
    for clip, fingerprint in ((first, PRINT), (copy, NEAR), (other, FAR)):
        set_fingerprint(clip, fingerprint)
    assert approve(first).copy_of is None
    Slot.objects.filter(clip_code=first.code).delete()
    assert approve(copy).copy_of == first
    assert approve(other).copy_of is None
    assert find_original(first, find_duplicates(first)) is None


def test_every_earlier_clip_is_compared_and_the_result_is_stored(django_assert_num_queries: Any) -> None:
    clips = [make_waiting_clip(make_creator()) for _ in range(5)]
    for clip, fingerprint in zip(clips, (PRINT, FAR, FAR, FAR, NEAR), strict=True):
        set_fingerprint(clip, fingerprint)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("videos.review.duplicates.BATCH_SOURCES", 2)
        assert compare_new_sources(now=NOW, at_most=5) == 5
    assert compare_new_sources(now=NOW, at_most=5) == 0
    pairs = FootageMatch.objects.values_list("earlier", "later")
    assert (clips[0].source_id, clips[4].source_id) in pairs
    assert len(pairs) == 4  # the two that are alike, and three pairs of the others
    Source.objects.update(outputs={})  # lookups do not read fingerprints
    last = Clip.objects.select_related("source").get(pk=clips[4].pk)
    with django_assert_num_queries(4):
        assert find_duplicates(last) == [clips[0]]
    assert find_duplicates(Clip.objects.get(pk=clips[0].pk)) == [last]


def test_a_source_is_compared_later_if_it_has_no_fingerprint_yet() -> None:
    first, copy = (make_waiting_clip(make_creator()) for _ in range(2))
    set_fingerprint(first, PRINT)
    assert find_duplicates(copy) == []
    assert Source.objects.get(pk=copy.source_id).compared_at is None
    set_fingerprint(copy, NEAR)
    assert find_duplicates(copy) == [first]
    assert Source.objects.get(pk=copy.source_id).compared_at is not None
