"""Cursors of the feed, which hold the clips of earlier pages."""

import base64
import struct
from collections.abc import Sequence

from django.utils.translation import gettext as _

from videos.models import Clip

MAX_CURSOR_CLIPS = 64


class BadCursor(Exception):
    """The cursor was not issued by this site."""


def read_cursor(cursor: str) -> list[int]:
    """Return the ids of the clips on earlier pages, oldest first. Raises BadCursor."""
    if not cursor:
        return []
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return list(struct.unpack(f">{len(raw) // 8}q", raw))
    except (ValueError, struct.error) as error:
        raise BadCursor(_("This cursor is not valid. Start again without a cursor.")) from error


def write_cursor(clip_ids: Sequence[int]) -> str:
    """Return a cursor that holds the last MAX_CURSOR_CLIPS of these ids."""
    latest = clip_ids[-MAX_CURSOR_CLIPS:]
    return base64.urlsafe_b64encode(struct.pack(f">{len(latest)}q", *latest)).rstrip(b"=").decode()


def ids_of(codes: Sequence[str]) -> list[int]:
    """Return the ids of the last MAX_CURSOR_CLIPS clips with these codes, in the same order."""
    ids = dict(Clip.objects.filter(code__in=codes[-MAX_CURSOR_CLIPS:]).values_list("code", "pk"))
    return [ids[code] for code in codes[-MAX_CURSOR_CLIPS:] if code in ids]
