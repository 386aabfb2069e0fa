"""The order of a page: neighbours, categories and the dial, on candidates made up for the purpose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.arranging import Candidate, arrange


def candidate(clip: int, creator: int = 0, product: int = 0, category: int = 0, *, is_free: bool = False) -> Candidate:
    return Candidate(
        clip, creator or 100 + clip, frozenset({product or 100 + clip}), frozenset({category or 100 + clip}), is_free
    )


def ids(page: list[Candidate]) -> list[int]:
    return [one.clip_id for one in page]


def test_best_score_comes_first() -> None:
    assert ids(arrange([candidate(n) for n in range(1, 6)], before=[], dial=8, count=3)) == [1, 2, 3]


def test_no_two_in_a_row_by_one_creator_or_of_one_product() -> None:
    page = arrange(
        [candidate(1, creator=7), candidate(2, creator=7), candidate(3, product=9), candidate(4, product=9)],
        before=[candidate(9, creator=7)],
        dial=8,
        count=4,
    )
    assert ids(page) == [3, 1, 4, 2]


def test_three_categories_in_eight() -> None:
    waiting = [candidate(n, category=1) for n in range(1, 20)] + [
        candidate(n, category=2 + n % 2) for n in range(20, 30)
    ]
    page = arrange(waiting, before=[], dial=8, count=16)
    for start in range(len(page) - 7):
        assert len({one.categories for one in page[start : start + 8]}) >= 3


def test_one_creator_alone_still_fills_the_page() -> None:
    page = arrange([candidate(n, creator=7, product=8, category=9) for n in range(5)], before=[], dial=8, count=5)
    assert len(page) == 5


@pytest.mark.parametrize("dial", [0, 2, 4, 8])
@given(free=st.lists(st.booleans(), max_size=60), before=st.lists(st.booleans(), max_size=7))
def test_dial_holds_in_every_window_of_eight(dial: int, free: list[bool], before: list[bool]) -> None:
    served: list[Candidate] = []
    for index, is_free in enumerate(before):
        if is_free or sum(not one.is_free for one in served[-7:]) < dial:
            served.append(candidate(500 + index, is_free=is_free))
    page = arrange(
        [candidate(n + 1, is_free=one) for n, one in enumerate(free)], before=served, dial=dial, count=len(free)
    )
    row = [*served, *page]
    for start in range(len(row)):
        assert sum(not one.is_free for one in row[start : start + 8]) <= dial
