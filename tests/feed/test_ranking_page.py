"""The rules of a page, and the hearing of new clips."""

import numpy as np
import pytest

from feed.ranking.diversify import Clip, Dial, Shares, lay_out
from feed.ranking.explore import FIRST_VIEWS, choose_fresh

NO_SHARES = Shares(frozenset(), frozenset())


def clip(
    item: int, *, creator: int | None = None, product: int | None = None, category: int = 0, **flags: bool
) -> Clip:
    """Make a clip by a creator and of a product of its own, unless told."""
    products = frozenset({item if product is None else product})
    return Clip(item, item if creator is None else creator, products, category, **flags)


def test_no_two_clips_in_a_row_by_one_creator_or_of_one_product() -> None:
    ranked = [clip(0, creator=1), clip(1, creator=1), clip(2, product=7), clip(3, product=7), clip(4)]
    page = lay_out(ranked, [clip(9, creator=1)], size=5, shares=NO_SHARES)
    assert [each.item for each in page] == [2, 0, 3, 1, 4]


def test_a_page_holds_three_categories_though_one_ranks_best() -> None:
    ranked = [clip(item) for item in range(20)] + [clip(item, category=item) for item in (20, 21)]
    page = lay_out(ranked, shares=NO_SHARES)
    assert [each.category for each in page] == [0, 0, 0, 0, 0, 0, 20, 21]


def test_three_categories_hold_over_every_window_across_pages() -> None:
    ranked = [clip(item, category=item % 5 if item > 60 else 0) for item in range(100)]
    feed: list[Clip] = []
    for _ in range(4):
        left = [each for each in ranked if each not in feed]
        feed += lay_out(left, feed, shares=NO_SHARES)
    assert len(feed) == 32
    assert min(len({each.category for each in feed[at : at + 8]}) for at in range(25)) == 3


@pytest.mark.parametrize(("dial", "most"), [(Dial.ALL, 8), (Dial.HALF, 4), (Dial.QUARTER, 2), (Dial.FOLLOWED, 0)])
def test_the_dial_holds_over_every_window_of_eight(dial: Dial, most: int) -> None:
    ranked = [clip(item, category=item % 3, earns=item < 40) for item in range(80)]
    feed: list[Clip] = []
    for _ in range(4):
        feed += lay_out([each for each in ranked if each not in feed], feed, dial=dial, shares=NO_SHARES)
    assert len(feed) == 32
    assert max(sum(each.earns for each in feed[at : at + 8]) for at in range(25)) == most


def test_the_dial_makes_a_page_shorter_before_it_breaks() -> None:
    assert len(lay_out([clip(item, category=item, earns=True) for item in range(20)], dial=Dial.QUARTER)) == 2


def test_followed_creators_may_sell_at_any_dial() -> None:
    ranked = [clip(0, earns=True), clip(1, earns=True, followed=True), clip(2)]
    assert [each.item for each in lay_out(ranked, dial=Dial.FOLLOWED)] == [1, 2]


def test_softer_rules_give_way_rather_than_leave_a_gap() -> None:
    assert [each.item for each in lay_out([clip(0, creator=1), clip(1, creator=1)])] == [0, 1]


def test_places_are_kept_for_new_clips_and_little_known_creators() -> None:
    ranked = [clip(item, category=item % 4) for item in range(20)]
    ranked += [clip(20, category=1, fresh=True), clip(21, category=1, few_views=True)]
    page = lay_out(ranked)
    assert (page[3].item, page[6].item) == (20, 21)
    assert len(page) == 8


def test_nothing_is_lost_when_there_is_no_new_clip() -> None:
    assert [each.item for each in lay_out([clip(item, category=item) for item in range(8)])] == list(range(8))


def test_every_new_clip_gets_first_views_and_the_better_ones_get_more() -> None:
    random = np.random.default_rng(5)
    views, satisfied = np.zeros(30, np.int64), np.zeros(30, np.int64)
    quality = np.where(np.arange(30) < 15, 0.6, 0.1)
    for _ in range(900):
        (chosen,) = choose_fresh(views, satisfied, np.ones(30), 1, random)
        views[chosen] += 1
        satisfied[chosen] += random.random() < quality[chosen]
    assert views.sum() == 900
    assert views.min() >= 1
    assert views[:15].mean() > 2 * views[15:].mean()


def test_a_clip_with_its_first_views_stands_on_its_own() -> None:
    views = np.array([FIRST_VIEWS, 0])
    chosen = choose_fresh(views, np.array([90, 0]), np.ones(2), 2, np.random.default_rng(0))
    assert chosen.tolist() == [1]
