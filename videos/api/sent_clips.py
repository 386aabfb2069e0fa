"""Serializers for clips as their creators send them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api_fields import BoundedList
from accounts.keys import LARGEST_KEY, SLUG_LENGTH
from catalog.models import Product
from creators.models import ClipKind, Enrolment
from videos.api.photo_serializers import SentPhotoSerializer
from videos.models import Clip, Medium, Photo
from videos.models.clip import Verdict
from videos.models.interest import Declaration
from videos.playback.captions import MAX_BYTES, NotCaptions, clean_captions
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.forms import CAPTION_LENGTH, MAX_TAGS
from videos.studio.photos import PhotoContent

SPAN, PLACE = {"start_ms", "end_ms"}, {"photo", "x", "y"}
LATEST_MS = 2**31 - 1
"""The largest time that its column takes."""


class SentTagSerializer(serializers.Serializer[Any]):
    """A product in a film, with the span, or on a photo, with the place. Changing a clip replaces its tags."""

    product = serializers.SlugField(max_length=SLUG_LENGTH)
    start_ms = serializers.IntegerField(min_value=0, max_value=LATEST_MS, required=False)
    end_ms = serializers.IntegerField(min_value=1, max_value=LATEST_MS, required=False)
    photo = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_KEY, help_text="The id of a photo of the post."
    )
    x = serializers.FloatField(min_value=0, max_value=1, required=False, help_text="Part of the width, from the left.")
    y = serializers.FloatField(min_value=0, max_value=1, required=False, help_text="Part of the height, from the top.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_place = bool(PLACE & attrs.keys())
        missing = [name for name in ("product", *(sorted(PLACE if is_place else SPAN))) if name not in attrs]
        if missing:
            raise serializers.ValidationError({name: [_("This field is required.")] for name in missing})
        if is_place and SPAN & attrs.keys():
            raise serializers.ValidationError(_("A tag has either a time span or a place on a photo."))
        if not is_place and attrs["end_ms"] <= attrs["start_ms"]:
            raise serializers.ValidationError({"end_ms": [_("The end must come after the start.")]})
        return attrs


class SentClipSerializer(serializers.Serializer[Any]):
    """A clip as its creator sends it. Omitted fields keep their values. If `tags` is sent, it replaces all tags."""

    medium = serializers.ChoiceField(
        choices=Medium.choices, default=Medium.FILM, help_text="Set when the clip is created, and never changed."
    )
    caption = serializers.CharField(max_length=CAPTION_LENGTH, allow_blank=True, required=False)
    campaign = serializers.SlugField(max_length=SLUG_LENGTH, required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=ClipKind.choices, required=False)
    verdict = serializers.ChoiceField(choices=Verdict.choices, required=False)
    language = serializers.ChoiceField(choices=("en", "ar", "he"), required=False)
    is_speechless = serializers.BooleanField(required=False)
    declaration = serializers.ChoiceField(
        choices=Declaration.choices, required=False, help_text="What the creator got from others than the shop."
    )
    captions_vtt = serializers.CharField(
        max_length=MAX_BYTES, allow_blank=True, required=False, help_text="WebVTT or SubRip."
    )
    photos = BoundedList(
        child=SentPhotoSerializer(),
        required=False,
        max_length=Photo.MAX_PER_POST,
        help_text="The photos of the post in order. Those left out are taken out of it.",
    )
    tags = BoundedList(child=SentTagSerializer(), required=False, max_length=MAX_TAGS)

    def validate_photos(self, photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
        own = self._own_photos()
        if [photo for photo in photos if photo.get("id") not in own]:
            raise serializers.ValidationError(_("This photo is not in the post."))
        return photos

    def _own_photos(self) -> dict[int, Photo]:
        clip: Clip | None = self.context.get("clip")
        return {photo.pk: photo for photo in clip.shown_photos} if clip else {}

    def validate_campaign(self, slug: str | None) -> Enrolment | None:
        if slug is None:
            return None
        enrolment = Enrolment.objects.filter(creator=self.context["creator"], campaign__slug=slug).first()
        if enrolment is None:
            raise serializers.ValidationError(_("You have not joined a campaign with this slug."))
        return enrolment

    def validate_captions_vtt(self, text: str) -> str:
        if not text.strip():
            return ""
        try:
            return clean_captions(text.encode())
        except NotCaptions as error:
            too_large = str(error) == "too_large"
            too_long, none = _("These captions are too long for one clip."), _("No captions found in this text.")
            raise serializers.ValidationError(too_long if too_large else none) from error

    def validate_tags(self, tags: list[dict[str, Any]]) -> list[dict[str, Any]]:
        slugs = [tag["product"] for tag in tags]
        if len(set(slugs)) < len(slugs):
            raise serializers.ValidationError(_("A product can be tagged only once."))
        ids = dict(Product.objects.on_sale().filter(slug__in=slugs).values_list("slug", "pk"))
        sentence = _("There is no product “%(product)s” on sale.")
        unknown = [sentence % {"product": slug} for slug in slugs if slug not in ids]
        if unknown:
            raise serializers.ValidationError(unknown)
        clip: Clip | None = self.context.get("clip")
        is_photos = clip is not None and clip.is_photos
        if [
            tag for tag in tags if ("photo" in tag) != is_photos or tag.get("photo") not in (None, *self._own_photos())
        ]:
            raise serializers.ValidationError(
                _("Tag products on a photo of this post.")
                if is_photos
                else _("Tag products in a time span of the film.")
            )
        return [{**tag, "product_id": ids[tag["product"]]} for tag in tags]

    def content_for(self, clip: Clip) -> ClipContent:
        """Return the clip's content, updated with the fields that were sent."""
        sent = self.validated_data
        names = ("caption", "kind", "verdict", "language", "is_speechless", "captions_vtt", "declaration")
        values = {name: sent.get(name, getattr(clip, name)) for name in names}
        if "tags" in sent:
            tags = [
                TagContent(*(tag.get(name) for name in ("product_id", "start_ms", "end_ms", "photo", "x", "y")))
                for tag in sent["tags"]
            ]
        else:
            tags = [TagContent.of(tag) for tag in clip.tags.all()]
        return ClipContent(**values, tags=tags, photos=self._photo_content())

    def _photo_content(self) -> list[PhotoContent] | None:
        """Return the photos as they were sent, or None. Where no text was sent, it stays."""
        own, sent = self._own_photos(), self.validated_data.get("photos")
        if sent is None:
            return None
        return [
            PhotoContent(photo["id"], photo.get("alternative_text", own[photo["id"]].alternative_text))
            for photo in sent
        ]
