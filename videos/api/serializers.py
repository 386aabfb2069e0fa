"""Serializers for public clips, for creators' own clips and unfinished uploads, and for request bodies."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from catalog.api import ProductSerializer
from creators.serializers import CreatorSerializer
from videos.api.photo_serializers import PhotoSerializer
from videos.models import Clip, Decision, ProductTag, Upload
from videos.playback.sources import Playback, poster_address, read_playback
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
        fields = ("start_ms", "end_ms", "photo", "x", "y", "product")
        extra_kwargs = {
            "photo": {
                "help_text": "In a photo post, the id of the photo. `x` and `y` are parts of its width and height."
            }
        }


class ClipSerializer(serializers.ModelSerializer[Clip]):
    """The public fields of a published clip. The clip must be loaded with its tags, photos, creator and source."""

    url = serializers.CharField(source="get_absolute_url")
    creator = CreatorSerializer()
    ad_label = serializers.CharField(read_only=True)
    duration_ms = serializers.SerializerMethodField()
    renditions = serializers.SerializerMethodField()
    playlist = serializers.SerializerMethodField(help_text="URL of the HLS playlist; may be empty.")
    poster = serializers.SerializerMethodField()
    captions = serializers.SerializerMethodField()
    photos = PhotoSerializer(source="shown_photos", many=True, help_text="Of a photo post, in order.")
    tags = TagSerializer(many=True)

    class Meta:
        model = Clip
        fields: tuple[str, ...] = (
            "code",
            "medium",
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
            "photos",
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
        return poster_address(clip)

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
