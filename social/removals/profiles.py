"""Removing a name, a text or a picture from a member's profile. The profile itself stays, under its handle."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.history import history_line
from accounts.models import User
from creators.avatars import delete_avatar, withhold_avatar
from creators.models import Creator
from social.models import ProfilePart, Removal, RemovalReason
from social.refusals import ModerationRefused
from social.removals.mail import tell_owner
from social.removals.records import record_removal


@transaction.atomic
def remove_from_profile(
    *,
    creator_id: int,
    parts: Collection[ProfilePart],
    reason: RemovalReason,
    words: str,
    moderator: User,
    now: datetime,
) -> Removal:
    """Remove parts of a profile, tell its owner why, and return the removal. A removed name becomes the handle.

    The picture is kept where nobody but moderators reaches it, for an appeal. Raises ModerationRefused if there is nothing
    to remove, or the profile is the moderator's.
    """
    creator = Creator.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=creator_id)
    if creator.user_id == moderator.pk:
        raise ModerationRefused(_("You can't decide on your own profile."))
    blank = {ProfilePart.NAME: creator.handle, ProfilePart.BIO: "", ProfilePart.PICTURE: ""}
    removed = {str(part): blank[part] for part in parts if getattr(creator, part) != blank[part]}
    if not removed:
        raise ModerationRefused(_("Choose something that the profile has."))
    before = {name: getattr(creator, name) for name in removed}
    if old := before.get(ProfilePart.PICTURE):
        before[ProfilePart.PICTURE] = withhold_avatar(old)
        transaction.on_commit(partial(delete_avatar, old))
    Creator.objects.filter(pk=creator.pk).update(**removed)
    removal = record_removal(
        subject=creator, owner=creator.user, reason=reason, words=words, by=moderator, now=now, before=before
    )
    line = history_line(gettext_noop("Removed from the profile: %(reason)s"), reason=words or str(reason.value))
    LogEntry.objects.log_actions(moderator.pk, [creator], CHANGE, change_message=line, single_object=True)
    if creator.user.is_active:
        tell_owner(removal, creator.user)
    return removal


def restore_profile(*, removal: Removal) -> None:
    """Put back what was removed, unless its owner has put something else there. Raises ModerationRefused."""
    creator = Creator.objects.select_for_update(no_key=True).filter(pk=removal.profile_id or 0).first()
    if creator is None:
        raise ModerationRefused(_("This profile is gone."))
    blank = {ProfilePart.NAME: creator.handle, ProfilePart.BIO: "", ProfilePart.PICTURE: ""}
    values = {name: old for name, old in removal.before.items() if getattr(creator, name) == blank[ProfilePart(name)]}
    if stem := values.get(ProfilePart.PICTURE):
        values[ProfilePart.PICTURE] = withhold_avatar(stem, is_back=True)
        transaction.on_commit(partial(delete_avatar, stem))
    if values:
        Creator.objects.filter(pk=creator.pk).update(**values)
    Removal.objects.filter(pk=removal.pk).update(before={})
