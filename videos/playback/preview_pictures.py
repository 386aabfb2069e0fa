"""The pictures of link previews: a post's still, whole, on a blurred copy of itself."""

from io import BytesIO

from django.core.cache import cache
from django.core.files.storage import storages
from PIL import Image, ImageFilter, ImageOps

from accounts.stored_files import open_stored

WIDTH_PX, HEIGHT_PX = 1200, 630
"""The size that link previews are shown in. Source: https://developers.facebook.com/docs/sharing/webmasters/images"""
KEPT_FOR_S = 24 * 3600
BACKDROP_PX = (120, 63)
BRIGHTNESS = 0.55


def find_preview(name: str) -> bytes | None:
    """Return the picture that was drawn of the still with this storage name, or None if none is cached."""
    picture: bytes | None = cache.get(_key(name))
    return picture


def draw_preview(name: str) -> bytes:
    """Draw the picture of a still, as JPEG, and cache it. Raises FileNotFoundError, StoreAway."""
    size = (WIDTH_PX, HEIGHT_PX)
    with open_stored(storages["default"], name) as file, Image.open(file, formats=("JPEG",)) as still:
        picture = ImageOps.fit(still.convert("RGB"), BACKDROP_PX).filter(ImageFilter.GaussianBlur(3))
        picture = picture.resize(size).point(lambda value: int(value * BRIGHTNESS))
        whole = ImageOps.contain(still.convert("RGB"), size)
    picture.paste(whole, ((WIDTH_PX - whole.width) // 2, (HEIGHT_PX - whole.height) // 2))
    output = BytesIO()
    picture.save(output, "JPEG", quality=82, progressive=True)
    cache.set(_key(name), output.getvalue(), KEPT_FOR_S)
    return output.getvalue()


def _key(name: str) -> str:
    return f"preview:{name}"
