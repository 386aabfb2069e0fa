"""Collections: saved clips that a user keeps together under a name, for themselves or for everyone with the link."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.lookalikes import clean_text
from accounts.models import User
from social.models import CollectedClip, Collection, Save, new_collection_code
from videos.models import Clip

MOST_COLLECTIONS = 50
MOST_CLIPS = 500
"""In one collection."""


MOST_NAME = Collection._meta.get_field("name").max_length or 0
"""Characters in a name."""


class CollectionGone(Http404):
    """The collection was deleted meanwhile."""


class NameTaken(Exception):
    """The user has another collection with this name. The message says so."""


class TooMany(Exception):
    """The user has as many collections, or the collection as many clips, as are possible. The message says which."""


@transaction.atomic
def create_collection(*, user: User, name: str, now: datetime) -> Collection:
    """Create a private, empty collection. Raises ValidationError, NameTaken or TooMany."""
    name = clean_text(name, most=MOST_NAME)
    User.objects.select_for_update().only("pk").get(pk=user.pk)  # others who create for this user wait
    if Collection.objects.owned_by(user).count() >= MOST_COLLECTIONS:
        raise TooMany(_("You can have at most %(most)d collections. Delete one first.") % {"most": MOST_COLLECTIONS})
    with _name_once():
        return Collection.objects.create(user=user, name=name, created_at=now)


def rename_collection(*, collection: Collection, name: str) -> None:
    """Give a collection another name. Raises ValidationError, NameTaken or CollectionGone."""
    name = clean_text(name, most=MOST_NAME)
    with _name_once():
        if not Collection.objects.filter(pk=collection.pk).update(name=name):
            raise CollectionGone


def share_collection(*, collection: Collection, is_shared: bool) -> None:
    """Open a collection to everyone with its link, or close it. Sharing again after that makes another link.

    One that is open keeps its link. Raises CollectionGone.
    """
    row = Collection.objects.filter(pk=collection.pk)
    if is_shared:
        row.filter(share_code=None).update(share_code=new_collection_code())
    else:
        row.update(share_code=None)
    if not row.exists():
        raise CollectionGone


@transaction.atomic
def delete_collection(collection: Collection) -> None:
    """Delete a collection. Its clips stay saved. Raises CollectionGone."""
    _lock(collection)
    collection.delete()


@transaction.atomic
def add_clip(*, collection: Collection, clip: Clip, now: datetime) -> None:
    """Add a clip to a collection, which saves it. Adding it twice changes nothing. Raises TooMany or CollectionGone."""
    _lock(collection)
    others = CollectedClip.objects.filter(collection=collection).exclude(clip=clip)
    if others.count() >= MOST_CLIPS:
        raise TooMany(
            _("A collection can have at most %(most)d clips. Remove one from “%(name)s” first.")
            % {"most": MOST_CLIPS, "name": collection.name}
        )
    # Updating a row that exists locks it: who removes the saved clip at this moment waits, and finds it in the collection.
    save = Save(user_id=collection.user_id, clip=clip, created_at=now)
    Save.objects.bulk_create([save], update_conflicts=True, unique_fields=["user", "clip"], update_fields=["user"])
    row = CollectedClip(collection=collection, clip=clip, created_at=now)
    CollectedClip.objects.bulk_create([row], ignore_conflicts=True)


def remove_clip(*, collection: Collection, clip: Clip) -> None:
    """Remove a clip from a collection. It stays saved."""
    CollectedClip.objects.filter(collection=collection, clip=clip).delete()


def clip_ids_of(collection: Collection) -> list[int]:
    """Return the ids of the clips in a collection, latest first, also of those that are not public now."""
    newest = CollectedClip.objects.filter(collection=collection).order_by("-created_at", "-pk")
    return list(newest.values_list("clip_id", flat=True))


def unavailable_clips(collection: Collection) -> QuerySet[CollectedClip]:
    """Return the clips of a collection that its owner can't watch now, latest first. They count towards MOST_CLIPS."""
    public = Clip.objects.shown_to(collection.user)
    rows = CollectedClip.objects.filter(collection=collection).exclude(clip__in=public)
    return rows.select_related("clip").order_by("-created_at", "-pk")


def collections_with(*, user: User, clip: Clip) -> list[str]:
    """Return the names of the user's collections that a clip is in."""
    having = Collection.objects.owned_by(user).filter(clips__clip=clip)
    return list(having.order_by("name", "pk").values_list("name", flat=True))


def _lock(collection: Collection) -> None:
    """Let others who change the collection or its clips wait for the end of the transaction. Raises CollectionGone."""
    if Collection.objects.select_for_update().filter(pk=collection.pk).first() is None:
        raise CollectionGone


@contextmanager
def _name_once() -> Iterator[None]:
    """Raise NameTaken if the database refuses a second collection with the same name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if violated_constraint(error) != "social_collection_name_once":
            raise
        raise NameTaken(_("You have a collection with this name already.")) from error
