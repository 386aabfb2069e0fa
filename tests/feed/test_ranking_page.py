"""The rules of a page, and the exploration of new clips."""

import numpy as np
import pytest

from feed.ranking.exploration import FIRST_VIEWS, draw_new_clips
from feed.ranking.page_rules import RankedClip, ReservedPositions, lay_out_page

NOTHING_RESERVED = ReservedPositions(frozenset(), frozenset())


def clip(
    item: int, *, creator: int | None = None, product: int | None = None, category: int = 0, **flags: bool
) -> RankedClip:
    """Return a clip, by default with a creator and a product of its own."""
    products = frozenset({item if product is None else product})
    return RankedClip(item, item if creator is None else creator, products, category, **flags)


def test_no_two_clips_in_a_row_by_one_creator_or_of_one_product() -> None:
    ranked = [clip(0, creator=1), clip(1, creator=1), clip(2, product=7), clip(3, product=7), clip(4)]
    page = lay_out_page(ranked, [clip(9, creator=1)], size=5, reserved=NOTHING_RESERVED)
    assert [clip.item for clip in page] == [2, 0, 3, 1, 4]


def test_a_page_holds_three_categories_though_one_ranks_best() -> None:
    ranked = [clip(item) for item in range(20)] + [clip(item, category=item) for item in (20, 21)]
    page = lay_out_page(ranked, reserved=NOTHING_RESERVED)
    assert [shown.category for shown in page] == [0, 0, 0, 0, 0, 0, 20, 21]


def test_three_categories_hold_over_every_window_across_pages() -> None:
    ranked = [clip(item, category=item % 5 if item > 60 else 0) for item in range(100)]
    feed: list[RankedClip] = []
    for _ in range(4):
        left = [candidate for candidate in ranked if candidate not in feed]
        feed += lay_out_page(left, feed, reserved=NOTHING_RESERVED)
    assert len(feed) == 32
    assert min(len({shown.category for shown in feed[at : at + 8]}) for at in range(25)) == 3


@pytest.mark.parametrize("max_commercial", [8, 4, 2, 0])
def test_the_dial_holds_over_every_window_of_eight(max_commercial: int) -> None:
    ranked = [clip(item, category=item % 3, is_commercial=item < 40) for item in range(80)]
    feed: list[RankedClip] = []
    for _ in range(4):
        feed += lay_out_page(
            [candidate for candidate in ranked if candidate not in feed],
            feed,
            max_commercial=max_commercial,
            reserved=NOTHING_RESERVED,
        )
    assert len(feed) == 32
    assert max(sum(shown.is_commercial for shown in feed[at : at + 8]) for at in range(25)) == max_commercial


@pytest.mark.parametrize("max_commercial", [4, 2, 0])
def test_a_page_goes_on_and_says_so_when_too_few_clips_fit_the_dial(max_commercial: int) -> None:
    ranked = [clip(item, category=item, is_commercial=item != 9) for item in range(20)]
    page = lay_out_page(ranked, max_commercial=max_commercial)
    assert len(page) == 8
    fitting = max_commercial + 1
    assert [shown.exceeds_dial for shown in page] == [False] * fitting + [True] * (8 - fitting)
    assert page[max_commercial].item == 9


def test_followed_creators_may_sell_at_any_dial() -> None:
    ranked = [clip(0, is_commercial=True), clip(1, is_commercial=True, is_followed=True), clip(2)]
    page = lay_out_page(ranked, max_commercial=0)
    assert [(clip.item, clip.exceeds_dial) for clip in page] == [(1, False), (2, False), (0, True)]


def test_soft_rules_are_dropped_rather_than_leave_a_gap() -> None:
    assert [clip.item for clip in lay_out_page([clip(0, creator=1), clip(1, creator=1)])] == [0, 1]


def test_positions_are_reserved_for_exploration_and_for_new_creators() -> None:
    ranked = [clip(item, category=item % 4) for item in range(20)]
    ranked += [clip(20, category=1, is_exploration=True), clip(21, category=1, has_new_creator=True)]
    page = lay_out_page(ranked)
    assert (page[4].item, page[7].item) == (20, 21)
    assert len(page) == 8


def test_place_of_new_creators_goes_to_a_category_of_which_nothing_is_known_if_there_is_one() -> None:
    ranked = [clip(item, category=item % 4) for item in range(20)]
    ranked += [clip(20, category=1, has_new_creator=True), clip(21, category=1, is_look=True)]
    assert lay_out_page(ranked)[7].item == 21


def test_reserved_positions_go_to_the_best_clips_if_there_is_no_new_one() -> None:
    assert [clip.item for clip in lay_out_page([clip(item, category=item) for item in range(8)])] == list(range(8))


def test_every_new_clip_gets_first_views_and_better_ones_get_more() -> None:
    random = np.random.default_rng(5)
    views, satisfied = np.zeros(30, np.int64), np.zeros(30, np.int64)
    quality = np.where(np.arange(30) < 15, 0.6, 0.1)
    for _ in range(900):
        (chosen,) = draw_new_clips(views, satisfied, np.ones(30), 1, random)
        views[chosen] += 1
        satisfied[chosen] += random.random() < quality[chosen]
    assert views.sum() == 900
    assert views.min() >= 1
    assert views[:15].mean() > 2 * views[15:].mean()


def test_a_clip_that_had_its_first_views_is_not_drawn() -> None:
    views = np.array([FIRST_VIEWS, 0])
    chosen = draw_new_clips(views, np.array([90, 0]), np.ones(2), 2, np.random.default_rng(0))
    assert chosen.tolist() == [1]
