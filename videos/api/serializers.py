"""Serializers for public clips, for creators' own clips and unfinished uploads, and for request bodies."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api_fields import BoundedList
from accounts.keys import SLUG_LENGTH
from catalog.api import ProductSerializer
from catalog.models import Product
from creators.models import ClipKind, Enrolment
from creators.serializers import CreatorSerializer
from videos.models import Clip, Decision, ProductTag, Upload
from videos.models.clip import Verdict
from videos.models.interest import Declaration
from videos.playback.captions import MAX_BYTES, NotCaptions, clean_captions
from videos.playback.sources import Playback, read_playback
from videos.studio.drafts import ClipContent, TagContent
from videos.studio.forms import CAPTION_LENGTH, MAX_TAGS
from videos.studio.unfinished import UnfinishedUpload


class RenditionSerializer(serializers.Serializer[Any]):
    url = serializers.CharField()
    codecs = serializers.CharField(help_text="RFC 6381.")
    width_px = serializers.IntegerField()
    height_px = serializers.IntegerField()
    bitrate_bps = serializers.IntegerField()


class TagSerializer(serializers.ModelSerializer[ProductTag]):
    product = ProductSerializer()

    class Meta:
        model = ProductTag
        fields = ("start_ms", "end_ms", "product")


class ClipSerializer(serializers.ModelSerializer[Clip]):
    """The public fields of a published clip. The clip must be loaded with its tags, creator and source."""

    url = serializers.CharField(source="get_absolute_url")
    creator = CreatorSerializer()
    ad_label = serializers.CharField(read_only=True)
    duration_ms = serializers.SerializerMethodField()
    renditions = serializers.SerializerMethodField()
    playlist = serializers.SerializerMethodField(help_text="URL of the HLS playlist; may be empty.")
    poster = serializers.SerializerMethodField()
    captions = serializers.SerializerMethodField()
    tags = TagSerializer(many=True)

    class Meta:
        model = Clip
        fields: tuple[str, ...] = (
            "code",
            "url",
            "caption",
            "kind",
            "verdict",
            "language",
            "creator",
            "ad_label",
            "duration_ms",
            "renditions",
            "playlist",
            "poster",
            "captions",
            "is_speechless",
            "tags",
            "published_at",
        )

    def get_duration_ms(self, clip: Clip) -> int | None:
        return clip.source.duration_ms if clip.source else None

    def get_playlist(self, clip: Clip) -> str:
        playback = read_playback(clip.source, clip)
        return playback.playlist_url if playback else ""

    @extend_schema_field(RenditionSerializer(many=True))
    def get_renditions(self, clip: Clip) -> list[dict[str, Any]]:
        playback = read_playback(clip.source, clip)
        return (
            [_rendition(playback, rendition) for rendition in (*playback.outputs.renditions, *playback.outputs.modern)]
            if playback
            else []
        )

    def get_poster(self, clip: Clip) -> str:
        playback = read_playback(clip.source, clip)
        return playback.poster_url if playback else ""

    def get_captions(self, clip: Clip) -> str:
        playback = read_playback(clip.source, clip)
        return playback.captions_url if playback else ""


def _rendition(playback: Playback, rendition: Any) -> dict[str, Any]:
    return dict(RenditionSerializer({"url": playback.url_of(rendition.name), **vars(rendition)}).data)


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    reason = serializers.SerializerMethodField()
    fix = serializers.SerializerMethodField(help_text="How to fix the clip, if changes were requested.")

    class Meta:
        model = Decision
        fields = ("action", "reason", "fix", "at_ms", "words", "decided_at")

    def get_reason(self, decision: Decision) -> str:
        return decision.reason_in(self._language())

    def get_fix(self, decision: Decision) -> str:
        return decision.fix_in(self._language())

    def _language(self) -> str:
        return getattr(self.context.get("request"), "LANGUAGE_CODE", "en")


class OwnClipSerializer(ClipSerializer):
    """A clip as its creator sees it."""

    campaign = serializers.CharField(source="enrolment.campaign.slug", default=None, allow_null=True)
    captions_vtt = serializers.CharField()
    decision = serializers.SerializerMethodField()

    class Meta(ClipSerializer.Meta):
        fields = (*ClipSerializer.Meta.fields, "state", "campaign", "captions_vtt", "submitted_at", "decision")

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_decision(self, clip: Clip) -> dict[str, Any] | None:
        latest = max(
            (decision for decision in clip.decisions.all() if decision.undone_at is None),
            key=lambda decision: (decision.decided_at, decision.pk),
            default=None,
        )
        return dict(DecisionSerializer(latest, context=self.context).data) if latest else None


class StatusSerializer(serializers.Serializer[Any]):
    """The status of a clip. Poll it every few seconds until `is_final` is true."""

    state = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name hides Field.label, harmlessly
    tone = serializers.ChoiceField(choices=("good", "wait", "bad", "plain"))
    sentence = serializers.CharField()
    percent = serializers.IntegerField(help_text="Progress of processing.")
    is_final = serializers.BooleanField()
    position = serializers.IntegerField(allow_null=True, help_text="In the review queue; 1 is reviewed next.")
    usual = serializers.DurationField(
        source="median_time", allow_null=True, help_text="Median time from submission to decision."
    )
    due_at = serializers.DateTimeField(allow_null=True)


LATEST_MS = 2**31 - 1
"""The largest time that its column takes."""


class SentTagSerializer(serializers.Serializer[Any]):
    product = serializers.SlugField(max_length=SLUG_LENGTH)
    start_ms = serializers.IntegerField(min_value=0, max_value=LATEST_MS)
    end_ms = serializers.IntegerField(min_value=1, max_value=LATEST_MS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("product", "start_ms", "end_ms") if name not in attrs]
        if missing:  # changing a clip replaces its tags, so that each must be complete
            raise serializers.ValidationError({name: [_("This field is required.")] for name in missing})
        if attrs["end_ms"] <= attrs["start_ms"]:
            raise serializers.ValidationError({"end_ms": [_("The end must come after the start.")]})
        return attrs


class SentClipSerializer(serializers.Serializer[Any]):
    """A clip as its creator sends it. Omitted fields keep their values. If `tags` is sent, it replaces all tags."""

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
    tags = BoundedList(child=SentTagSerializer(), required=False, max_length=MAX_TAGS)

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
        return [{**tag, "product_id": ids[tag["product"]]} for tag in tags]

    def content_for(self, clip: Clip) -> ClipContent:
        """Return the clip's content, updated with the fields that were sent."""
        sent = self.validated_data
        names = ("caption", "kind", "verdict", "language", "is_speechless", "captions_vtt", "declaration")
        values = {name: sent.get(name, getattr(clip, name)) for name in names}
        if "tags" in sent:
            tags = [TagContent(tag["product_id"], tag["start_ms"], tag["end_ms"]) for tag in sent["tags"]]
        else:
            tags = [TagContent(tag.product_id, tag.start_ms, tag.end_ms) for tag in clip.tags.all()]
        return ClipContent(**values, tags=tags)


class UnfinishedUploadSerializer(serializers.Serializer[Any]):
    """An unfinished upload. HEAD and PATCH of `url` continue it, DELETE discards it."""

    code = serializers.CharField(source="upload.code")
    url = serializers.SerializerMethodField(help_text="The upload's own address, for tus 1.0.0.")
    file_name = serializers.CharField(source="upload.user_file_name")
    clip = serializers.CharField(source="upload.clip_code", help_text="The draft that the file belongs to, or empty.")
    size_bytes = serializers.IntegerField(source="upload.size_bytes")
    received_bytes = serializers.IntegerField()
    is_resumable = serializers.BooleanField(help_text="False once its clip takes no new file.")
    created_at = serializers.DateTimeField(source="upload.created_at")
    expires_at = serializers.DateTimeField(source="upload.expires_at")

    def get_url(self, unfinished: UnfinishedUpload) -> str:
        return upload_url(self.context["request"], unfinished.upload)


def upload_url(request: Request, upload: Upload) -> str:
    """Return the address at which tus clients continue an upload."""
    return request.build_absolute_uri(reverse("api-upload", args=[upload.code]))
