"""Plain functions that create photo posts for tests, and pictures to upload."""

import hashlib
import io
import itertools
from dataclasses import replace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog.models import Product, SiteSettings
from catalog.models.site import Posters
from catalog.site import current_site, keep_site
from creators.models import Creator, Enrolment
from tests.factories import NOW, approve, make_creator, make_product
from videos.intake.photos import RULES
from videos.models import Clip, Medium, Photo, ProductTag
from videos.studio.submission import submit_clip

_numbers = itertools.count(1)


def let_everybody_post() -> None:
    """Let everybody with a profile post without a campaign."""
    SiteSettings.objects.update_or_create(pk=1, defaults={"posters": Posters.MEMBERS})
    keep_site(replace(current_site(), posters=Posters.MEMBERS), seconds=3600)


def picture(colour: str = "red", *, size: tuple[int, int] = (640, 400), name: str = "home.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def make_photo(clip: Clip, *, position: int = 0, text: str = "A mug on a table", has_files: bool = False) -> Photo:
    number = next(_numbers)
    photo = Photo.objects.create(
        clip=clip,
        position=position,
        alternative_text=text,
        stem=f"photos/{number:024x}",
        sha256=hashlib.sha256(f"photo {number}".encode()).hexdigest(),
        width_px=1200,
        height_px=900,
        uploaded_at=NOW,
    )
    if has_files:
        jpeg = io.BytesIO()
        Image.new("RGB", (320, 240), "#b5651d").save(jpeg, "JPEG")
        for ending in RULES.endings:
            default_storage.save(f"{photo.stem}-{ending}", ContentFile(jpeg.getvalue()))
    return photo


def make_photo_draft(
    creator: Creator | None = None,
    enrolment: Enrolment | None = None,
    products: list[Product] | None = None,
    *,
    photo_count: int = 2,
    has_files: bool = False,
    **fields: Any,
) -> Clip:
    """Return a complete draft outside campaigns, or in the enrolment's: photos, and a product on the first of them."""
    if enrolment is None:
        let_everybody_post()
    author = enrolment.creator if enrolment else creator or make_creator()
    values: dict[str, Any] = {"caption": "My morning, with a mug", "medium": Medium.PHOTOS} | fields
    clip = Clip.objects.create(creator=author, enrolment=enrolment, **values)
    photos = [make_photo(clip, position=index, has_files=has_files) for index in range(photo_count)]
    for index, product in enumerate(products if products is not None else [make_product()]):
        ProductTag.objects.create(clip=clip, product=product, photo=photos[0], x=0.25 + index / 4, y=0.5)
    return clip


def make_waiting_post(*args: Any, **kwargs: Any) -> Clip:
    return submit_clip(clip_id=make_photo_draft(*args, **kwargs).pk, now=NOW)


def make_published_post(*args: Any, **kwargs: Any) -> Clip:
    return approve(make_waiting_post(*args, **kwargs))
