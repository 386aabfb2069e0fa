"""The editor for a photo post, which combines its form with its photos and product rows."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from creators.models import Creator, Enrolment
from videos.models import Clip, Photo
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.edits import ClipEditor, initial_values
from videos.studio.forms import MAX_TAGS
from videos.studio.photo_forms import PhotoFormSet, PhotoPostForm, PlacedTagFormSet
from videos.studio.photos import PhotoContent

EMPTY_ROWS = 2


class PhotoEditor(ClipEditor):
    """The form, the photos and the product rows of one post. See ClipEditor.

    Photos that arrived after the page was shown follow those that the page had.
    """

    def __init__(
        self, creator: Creator, clip: Clip | None = None, *, data: QueryDict | None = None, **initial: Any
    ) -> None:
        self.clip = clip
        self.problems = {}
        self.by_id = {photo.pk: photo for photo in _photos_of(clip)}
        if data is not None:
            data = _with_new_photos(data, self.by_id.values())
        enrolments = Enrolment.objects.filter(creator=creator).select_related("campaign", "terms")
        offered = enrolments.filter(Q(terms__accepts_photos=True) | Q(pk=clip.enrolment_id if clip else None))
        values = initial_values(clip, initial)
        self.form = PhotoPostForm(data, enrolments=offered.order_by("-accepted_at"), initial=values)
        self.photos = PhotoFormSet(data, prefix="photos", initial=_photo_rows(self.by_id.values()))
        rows = _tag_rows(clip)
        self.tags = PlacedTagFormSet(data, prefix="tags", initial=rows, form_kwargs={"photo_ids": list(self.by_id)})
        self.tags.extra = max(0, min(EMPTY_ROWS, MAX_TAGS - len(rows)))

    def is_valid(self) -> bool:
        """Return whether the form and all rows are free of errors."""
        return all([self.form.is_valid(), self.photos.is_valid(), self.tags.is_valid()])

    @property
    def photo_rows(self) -> list[tuple[Photo, Any]]:
        """The photos of the post, each with its form."""
        ids = ((row["id"].value(), row) for row in self.photos)
        return [(self.by_id[int(pk)], row) for pk, row in ids if str(pk).isdigit() and int(pk) in self.by_id]

    def content(self) -> ClipContent:
        """Return the content as entered. The post's current values replace invalid fields."""
        values = initial_values(self.clip, None) | self.form.cleaned_data
        return ClipContent(
            caption=" ".join(values.get("caption", "").split()),
            kind=values["kind"],
            verdict=values["verdict"],
            language=values["language"],
            is_speechless=False,
            captions_vtt="",
            declaration=values["declaration"],
            photos=self._photo_content(),
            tags=[
                TagContent(
                    row.matched_product.pk,
                    photo_id=row.cleaned_data["photo"],
                    x=row.cleaned_data["x"] / 100,
                    y=row.cleaned_data["y"] / 100,
                )
                for row in self.tags.forms
                if row.matched_product and not row.errors
            ],
        )

    @property
    def has_errors(self) -> bool:
        return super().has_errors or any(self.photos.errors)

    def _photo_content(self) -> list[PhotoContent]:
        rows = []
        for index, (photo, row) in enumerate(self.photo_rows):
            values = getattr(row, "cleaned_data", {})
            if not values.get("is_removed"):
                text = values.get("alternative_text", photo.alternative_text)
                rows.append((values.get("order") or index + 1, index, PhotoContent(photo.pk, text)))
        return [content for _order, _index, content in sorted(rows, key=lambda row: row[:2])]


def _photos_of(clip: Clip | None) -> Iterable[Photo]:
    return clip.photos.exclude(position=None).order_by("position") if clip else ()


def _photo_rows(photos: Iterable[Photo]) -> list[dict[str, Any]]:
    return [
        {"id": photo.pk, "alternative_text": photo.alternative_text, "order": number}
        for number, photo in enumerate(photos, 1)
    ]


def _with_new_photos(data: QueryDict, photos: Iterable[Photo]) -> QueryDict:
    """Return what was entered, with a row for each photo of the post that the page did not have."""
    data = data.copy()
    count = int(total) if (total := data.get("photos-TOTAL_FORMS", "")).isdigit() else 0
    count = min(count, Photo.MAX_PER_POST)
    ids = {data.get(f"photos-{index}-id") for index in range(count)}
    for photo in photos:
        if str(photo.pk) not in ids:
            data[f"photos-{count}-id"] = str(photo.pk)
            data[f"photos-{count}-alternative_text"] = photo.alternative_text
            count += 1
    data["photos-TOTAL_FORMS"] = str(count)
    data.setdefault("photos-INITIAL_FORMS", "0")
    return data


def _tag_rows(clip: Clip | None) -> list[dict[str, Any]]:
    if clip is None:
        return []
    tags = clip.tags.exclude(photo=None).select_related("product").order_by("photo__position", "pk")
    return [
        {
            "product": tag.product.name,
            "slug": tag.product.slug,
            "photo": tag.photo_id,
            "x": round(100 * (tag.x or 0), 1),
            "y": round(100 * (tag.y or 0), 1),
        }
        for tag in tags
    ]
