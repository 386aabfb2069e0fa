"""Names and handles of creators that nobody can take for somebody else's."""

import hashlib
import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import CharField, F, Func, Value
from django.utils.translation import gettext as _

from accounts.lookalikes import check_alphabets, clean_text, reserved_skeletons, skeleton
from catalog.site import site_name
from creators.models import Creator, FormerHandle, RetiredHandle

ERASED_PREFIX = "deleted."
"""How the handles of deleted accounts begin, whose rows the books need."""
HANDLE = re.compile(r"[a-z0-9]+(?:[._][a-z0-9]+)*")


def clean_name(text: str) -> str:
    """Return a creator's name as `clean_text` does. Raises ValidationError also if the name could deceive."""
    name = clean_text(text, most=Creator._meta.get_field("display_name").max_length or 0)
    check_alphabets(name)
    if skeleton(name) in reserved_skeletons(site_name()):
        raise ValidationError(_("This name could be taken for the shop's own. Choose another."))
    return name


def clean_handle(text: str) -> str:
    """Return a handle in lower case. Raises ValidationError if it is only signs, or could be taken for the shop's own."""
    handle = text.lower()
    if not HANDLE.fullmatch(handle):
        raise ValidationError(
            _("Begin and end with a letter or digit, and use single dots or underscores between them.")
        )
    if skeleton(handle) in reserved_skeletons(site_name()) or handle.startswith(ERASED_PREFIX):
        raise ValidationError(_("This handle is reserved. Choose another."))
    return handle


def is_lookalike(handle: str, *, user_id: int) -> bool:
    """Return whether a handle differs only in looks from one that somebody else has, or ever had."""
    plain = skeleton(handle)
    if RetiredHandle.objects.filter(look_hash=_look_hash(handle)).exists():
        return True
    others = Creator.objects.exclude(user=user_id).alias(plain=_skeleton_in_sql()).filter(plain=plain)
    former = FormerHandle.objects.exclude(creator__user=user_id).alias(plain=_skeleton_in_sql())
    return others.exists() or former.filter(plain=plain).exists()


def retire_handles(handles: Iterable[str]) -> None:
    """Keep everybody from these handles, and from what looks like them, for good."""
    rows = [RetiredHandle(look_hash=_look_hash(handle)) for handle in handles]
    RetiredHandle.objects.bulk_create(rows, ignore_conflicts=True)


def _look_hash(handle: str) -> str:
    return hashlib.sha256(skeleton(handle).encode()).hexdigest()


def _skeleton_in_sql() -> Func:
    """Return the skeleton of handles, which are ASCII, as PostgreSQL computes it."""
    letters = Func(
        F("handle"), Value("01|!35$@i._"), Value("olllessal"), function="translate", output_field=CharField()
    )
    narrow = Func(letters, Value("rn"), Value("m"), function="replace", output_field=CharField())
    return Func(narrow, Value("vv"), Value("w"), function="replace", output_field=CharField())
