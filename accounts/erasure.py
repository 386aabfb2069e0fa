"""Erasure of a user: the row is deleted, or emptied of everything personal where the books refer to it."""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CASCADE, SET_NULL, ForeignObjectRel, ProtectedError

from accounts.idempotency import forget_answers
from accounts.models import User
from accounts.refused_addresses import forget_refused


def erase_user(*, user: User, now: datetime) -> bool:
    """Delete a user and all rows that belong to them. Return False if the user's own row stays, without personal data.

    It stays if other rows must keep referring to it, such as a moderator's decisions or a creator's statements. Call
    this last, when the rows of other apps have been dealt with.
    """
    _rename_in_log(user)
    forget_refused(email=user.email)
    forget_answers(user=user)
    if not LogEntry.objects.filter(user=user).exists():
        try:
            with transaction.atomic():
                user.delete()
        except ProtectedError:
            pass
        else:
            return True
    _delete_belongings(user)
    _empty(user, now)
    return False


def _rename_in_log(user: User) -> None:
    """Remove the email address from the admin's history of what was done with this user."""
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(user.pk)).update(object_repr="–")


def _delete_belongings(user: User) -> None:
    """Delete the rows that would go with the user's, and clear references that may be empty. Keep what they did as staff.

    Rows that the user has no attribute for (`related_name="+"`), such as likes, go too.
    """
    for relation in User._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or isinstance(relation.related_model, str):
            continue
        if relation.related_model is LogEntry:
            continue
        rows = relation.related_model._base_manager.filter(**{relation.field.name: user})
        if relation.on_delete is CASCADE:
            rows.delete()
        elif relation.on_delete is SET_NULL and not relation.hidden:
            rows.update(**{relation.field.name: None})


def _empty(user: User, now: datetime) -> None:
    user.groups.clear()
    user.user_permissions.clear()
    user.email = f"deleted-{user.pk}@deleted.invalid"
    user.first_name = user.last_name = user.language = user.time_zone = ""
    user.adult_confirmed_at = user.last_login = None
    user.is_active = user.is_staff = user.has_bought = False
    user.erased_at = now
    user.session_epoch += 1
    user.set_unusable_password()
    user.save()
