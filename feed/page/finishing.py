"""Pages that are finished but for the tokens of their servings, kept as long as nothing in them has changed."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from videos.playback.impressions import sign_page, token_key

KEPT_S = 60.0
"""A creator's name, a category's name and the words of a reason have no stamp: after a minute they are looked up again."""


@dataclass(frozen=True)
class Page:
    """A page but for its tokens: `parts` are JSON, a clip's and the viewer's own, together an object open for the token.

    `servings` are the clips, each with its reasons; an empty `cursor` says that nothing is left; `stamp` is of Live.
    `gone` are the clips that should have been here and cannot be shown any more.
    """

    parts: Sequence[tuple[bytes, bytes]]
    servings: Sequence[tuple[int, bytes]]
    cursor: str
    stamp: str
    made_at: float
    gone: Sequence[int] = ()

    @property
    def is_recent(self) -> bool:
        """Return whether it may still be shown while the stamp is the same."""
        return time.monotonic() - self.made_at < KEPT_S

    def served_to(self, viewer: uuid.UUID | None, *, now: datetime) -> list[bytes]:
        """Return the clips as JSON with tokens for this viewer; nobody's are empty."""
        if viewer is None:
            return [b"".join((clip, own, b'"}')) for clip, own in self.parts]
        tokens = sign_page(viewer, now, self.servings, key=token_key())
        return [b"".join((clip, own, token, b'"}')) for (clip, own), token in zip(self.parts, tokens, strict=True)]
