"""Blocking somebody while they follow: no follow outlives the block, and only the lock prevents it."""

from threading import Thread

import pytest
from django.db import connection, transaction

from accounts.blocks import Block, Blocked
from creators.models import Creator
from social.blocks import set_block
from social.marks import set_follow
from social.models import Follow
from tests.factories import NOW, make_creator

pytestmark = pytest.mark.django_db(transaction=True)


def follow_without_the_lock(follower: Creator, creator: Creator) -> None:
    """Follow after a look at the blocks, without keeping anybody from blocking meanwhile."""
    if Block.objects.between(follower.user_id, creator.user_id).exists():
        raise Blocked
    Follow.objects.create(user=follower.user, creator=creator, created_at=NOW)


@pytest.mark.parametrize("is_guarded", [False, True])
def test_follow_that_is_written_during_a_block_ends_with_it_only_with_the_lock(is_guarded: bool) -> None:
    maya, zoe = make_creator("maya"), make_creator("zoe")

    def block() -> None:
        set_block(user=zoe.user, other=maya.user, is_on=True, now=NOW)
        connection.close()

    other = Thread(target=block)
    with transaction.atomic():
        if is_guarded:
            set_follow(user=maya.user, creator=zoe, is_on=True, now=NOW)
        else:
            follow_without_the_lock(maya, zoe)
        other.start()
        other.join(timeout=1)
        assert other.is_alive() == is_guarded, "Only the lock makes it wait."
    other.join()
    assert Block.objects.count() == 1
    assert Follow.objects.exists() != is_guarded
    with pytest.raises(Blocked):
        set_follow(user=maya.user, creator=zoe, is_on=True, now=NOW)
