"""Collections: saved clips that a user keeps together under a name, for themselves or for everyone with the link."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.constraints import violated_constraint
from accounts.models import User
from creators.names import clean_name
from social.marks import set_mark
from social.models import CollectedClip, Collection, new_collection_code
from videos.models import Clip

MOST_COLLECTIONS = 50
MOST_CLIPS = 500
"""In one collection."""


class NameTaken(Exception):
    """The user has another collection with this name. The message says so."""


class TooMany(Exception):
    """The user has as many collections, or the collection as many clips, as are possible. The message says which."""


@transaction.atomic
def create_collection(*, user: User, name: str, now: datetime) -> Collection:
    """Create a private, empty collection. Raises ValidationError, NameTaken or TooMany."""
    name = clean_name(name)
    User.objects.select_for_update().only("pk").get(pk=user.pk)  # others who create for this user wait
    if Collection.objects.owned_by(user).count() >= MOST_COLLECTIONS:
        raise TooMany(_("You can have at most %(most)d collections. Delete one first.") % {"most": MOST_COLLECTIONS})
    collection = Collection(user=user, name=name, created_at=now)
    _save(collection)
    return collection


def rename_collection(*, collection: Collection, name: str) -> None:
    """Give a collection another name. Raises ValidationError or NameTaken."""
    collection.name = clean_name(name)
    _save(collection, ["name"])


def share_collection(*, collection: Collection, is_shared: bool) -> None:
    """Open a collection to everyone with its link, or close it. Sharing again makes another link."""
    if is_shared == bool(collection.share_code):
        return
    collection.share_code = new_collection_code() if is_shared else None
    Collection.objects.filter(pk=collection.pk).update(share_code=collection.share_code)


@transaction.atomic
def put_clip(*, collection: Collection, clip: Clip, now: datetime) -> None:
    """Put a clip in a collection, which saves it. Putting it in twice changes nothing. Raises TooMany."""
    Collection.objects.select_for_update().get(pk=collection.pk)  # others who put clips in wait
    others = CollectedClip.objects.filter(collection=collection).exclude(clip=clip)
    if others.count() >= MOST_CLIPS:
        raise TooMany(
            _("A collection can have at most %(most)d clips. Take one out of “%(name)s” first.")
            % {"most": MOST_CLIPS, "name": collection.name}
        )
    set_mark(user=collection.user, clip=clip, verb="save", is_on=True, now=now)
    row = CollectedClip(collection=collection, clip=clip, created_at=now)
    CollectedClip.objects.bulk_create([row], ignore_conflicts=True)


def take_out_clip(*, collection: Collection, clip: Clip) -> None:
    """Take a clip out of a collection. It stays saved."""
    CollectedClip.objects.filter(collection=collection, clip=clip).delete()


def clip_ids_of(collection: Collection) -> list[int]:
    """Return the ids of the clips in a collection, latest first, also of those that are not public now."""
    newest = CollectedClip.objects.filter(collection=collection).order_by("-created_at", "-pk")
    return list(newest.values_list("clip_id", flat=True))


def _save(collection: Collection, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            collection.save(update_fields=fields)
    except IntegrityError as error:
        if violated_constraint(error) != "social_collection_name_once":
            raise
        raise NameTaken(_("You have a collection with this name already.")) from error
