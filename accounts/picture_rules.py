"""What uploaded pictures must be, by their use, and the sentences for those that are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MAX_PIXELS = 60_000_000
MAX_BYTES = 25_000_000
ACCEPT = "image/jpeg,image/png,image/webp,image/gif,image/heic,image/heif,image/avif,.heic,.heif,.avif"
"""The `accept` attribute of file fields. Windows knows some kinds by the ending only."""
FORMATS: dict[str, dict[str, int]] = {
    "avif": {"quality": 62, "speed": 10},
    "webp": {"quality": 82, "method": 3},
    "jpeg": {"quality": 84},
}
"""Pillow's save options for each file extension, from the format with the smallest files to the largest."""
TRANSPARENT_FORMATS: dict[str, dict[str, int]] = {"webp": {"quality": 90, "method": 3}, "png": {}}
"""Those of a picture that keeps its transparency, such as a logo."""


class PictureRefused(Exception):
    """The file cannot be used as a picture. The message is shown to the user."""


@dataclass(frozen=True)
class PictureRules:
    """What pictures of one use must be, and which files are made of them.

    `max_ratio` is of the long side to the short one, or 0 for any. A file is at most `tallest` times as high as its width.
    """

    folder: str
    widths: tuple[int, ...]
    formats: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: FORMATS)
    is_opaque: bool = True
    min_side_px: int = 16
    max_pixels: int = MAX_PIXELS
    max_ratio: int = 0
    tallest: int = 4

    @property
    def endings(self) -> list[str]:
        """Return how the names of a picture's files end, behind its stem and a hyphen: `320.avif`."""
        return [f"{width}.{ending}" for width in self.widths for ending in self.formats]


@dataclass(frozen=True)
class StoredPicture:
    """A stored picture. Storage has one file per width and format, named `<stem>-<width>.<avif|webp|jpeg>`."""

    stem: str
    width_px: int
    height_px: int


def refuse_picture(code: str, rules: PictureRules) -> PictureRefused:
    """Return the refusal for a code of `accounts.picture_decoder`."""
    sentences = {
        "unknown": _("We can't open this file as a picture. Choose a JPEG, PNG, WebP, GIF, HEIC or AVIF file."),
        "film": _("This file is a video. Choose a picture: a JPEG, PNG, WebP, GIF, HEIC or AVIF file."),
        "incomplete": _("This file is incomplete. Upload it again."),
        "damaged": _("This picture is damaged. Save it again as a JPEG or PNG file, and choose that one."),
        "too_many_pixels": _("This picture has more than %(number)d megapixels. Choose a smaller one."),
        "too_small": _("This picture is too small. Choose one with at least %(side)d pixels on each side."),
        "too_narrow": _("This picture is too narrow. Its long side may be up to %(ratio)d times its short side."),
    }
    numbers = {"number": rules.max_pixels // 1_000_000, "side": rules.min_side_px, "ratio": rules.max_ratio}
    return PictureRefused(sentences[code] % numbers)
