"""Collections created and filled at the same moment: their limits hold, and are passed only without the guard."""

from copy import copy
from functools import partial
from threading import Thread

import pytest
from django.db import connection, transaction

from social.clip_collections import (
    MOST_CLIPS,
    MOST_COLLECTIONS,
    CollectionGone,
    TooMany,
    add_clip,
    create_collection,
    delete_collection,
    rename_collection,
    share_collection,
)
from social.marks import set_mark
from social.models import CollectedClip, Collection, Save
from tests.concurrency.crowd import run_at_once
from tests.factories import NOW, make_draft, make_user
from videos.models import Clip
from videos.models.clip import new_code

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 24


def create_by_check_then_insert(user_id: int, name: str) -> None:
    """Create a collection without the guard: compare the count first, then insert."""
    if Collection.objects.filter(user=user_id).count() >= MOST_COLLECTIONS:
        raise TooMany
    Collection.objects.create(user_id=user_id, name=name, created_at=NOW)


def test_collections_created_at_once_exceed_the_limit_only_without_the_guard() -> None:
    user = make_user()
    kept = [Collection(user=user, name=f"Kept {n}", created_at=NOW) for n in range(MOST_COLLECTIONS - 2)]
    Collection.objects.bulk_create(kept)
    counts = []
    for run in range(3):
        Collection.objects.filter(name__startswith="Run").delete()
        run_at_once([partial(create_by_check_then_insert, user.pk, f"Run {run} {n}") for n in range(AT_ONCE)])
        counts.append(Collection.objects.count())
    assert max(counts) > MOST_COLLECTIONS, counts
    Collection.objects.filter(name__startswith="Run").delete()
    creations = [partial(create_collection, user=user, name=f"Run {n}", now=NOW) for n in range(AT_ONCE)]
    assert {outcome.error for outcome in run_at_once(creations)} == {"", TooMany.__name__}
    assert Collection.objects.count() == MOST_COLLECTIONS


def put_by_check_then_insert(collection: Collection, clip_id: int) -> None:
    """Put a clip in a collection without the guard: compare the count first, then insert."""
    if CollectedClip.objects.filter(collection=collection).count() >= MOST_CLIPS:
        raise TooMany
    CollectedClip.objects.create(collection=collection, clip_id=clip_id, created_at=NOW)


def test_clips_put_in_at_once_exceed_the_limit_only_without_the_guard() -> None:
    collection, draft = Collection.objects.create(user=make_user(), name="Kitchen", created_at=NOW), make_draft()
    others = []
    for _clip in range(MOST_CLIPS - 2 + AT_ONCE):
        other = copy(draft)
        other.pk, other.code = None, new_code()
        others.append(other)
    clips = Clip.objects.bulk_create(others)
    inside, outside = clips[AT_ONCE:], clips[:AT_ONCE]
    CollectedClip.objects.bulk_create(CollectedClip(collection=collection, clip=one, created_at=NOW) for one in inside)
    latest = CollectedClip.objects.filter(collection=collection, clip__in=outside)
    counts = []
    for _run in range(3):
        latest.delete()
        run_at_once([partial(put_by_check_then_insert, collection, clip.pk) for clip in outside])
        counts.append(latest.count())
    assert max(counts) > 2, counts
    latest.delete()
    outcomes = run_at_once([partial(add_clip, collection=collection, clip=clip, now=NOW) for clip in outside])
    assert {outcome.error for outcome in outcomes} == {"", TooMany.__name__}
    assert CollectedClip.objects.filter(collection=collection).count() == MOST_CLIPS


def test_clip_that_is_removed_from_saved_while_it_is_added_is_in_no_collection() -> None:
    user, clip = make_user(), make_draft()
    collection = Collection.objects.create(user=user, name="Kitchen", created_at=NOW)

    def unsave() -> None:
        set_mark(user=user, clip=clip, verb="save", is_on=False, now=NOW)
        connection.close()

    for is_guarded in (False, True):
        Save.objects.create(user=user, clip=clip, created_at=NOW)
        other = Thread(target=unsave)
        with transaction.atomic():
            if is_guarded:
                add_clip(collection=collection, clip=clip, now=NOW)
            else:
                set_mark(user=user, clip=clip, verb="save", is_on=True, now=NOW)
            other.start()
            other.join(timeout=1)
            assert other.is_alive() == is_guarded, "Only the lock makes it wait."
            if not is_guarded:
                CollectedClip.objects.create(collection=collection, clip=clip, created_at=NOW)
        other.join()
        assert not Save.objects.exists()
        assert CollectedClip.objects.exists() != is_guarded
        CollectedClip.objects.all().delete()


def test_collection_that_is_deleted_meanwhile_is_gone_for_every_change() -> None:
    collection, clip = Collection.objects.create(user=make_user(), name="Kitchen", created_at=NOW), make_draft()
    changes = [
        *(partial(rename_collection, collection=collection, name=f"Name {n}") for n in range(6)),
        *(partial(share_collection, collection=collection, is_shared=True) for _n in range(6)),
        *(partial(add_clip, collection=collection, clip=clip, now=NOW) for _n in range(6)),
    ]
    assert {outcome.error for outcome in run_at_once(changes)} == {""}
    link = Collection.objects.get().share_code
    share_collection(collection=collection, is_shared=True)
    assert link and Collection.objects.get().share_code == link, "All who shared it at once made one link."
    outcomes = run_at_once([*changes, partial(delete_collection, copy(collection)), *changes])
    assert {outcome.error for outcome in outcomes} <= {"", CollectionGone.__name__}
    assert not Collection.objects.exists() and not CollectedClip.objects.exists()
    for change in changes:
        with pytest.raises(CollectionGone):
            change()
