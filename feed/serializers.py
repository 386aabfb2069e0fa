"""The shapes of the feed's API: what the schema promises, and what a batch of events must look like."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.prices import PriceSerializer
from feed.events.recording import Report
from feed.models import EventKind

MAX_BATCH = 50


class PictureSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    small = serializers.CharField(help_text="At most 320 px wide.")
    large = serializers.CharField(help_text="At most 640 px wide.")


class ShownProductSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    slug = serializers.SlugField()
    name = serializers.CharField()
    brand = serializers.CharField()
    url = serializers.CharField()
    is_outbound = serializers.BooleanField(help_text="Sold by another shop; its own address tells the way there.")
    pictures = PictureSerializer(many=True)
    price = PriceSerializer()
    is_in_stock = serializers.BooleanField()
    stock_left = serializers.IntegerField(allow_null=True, help_text="Told only when few are left.")
    drift = serializers.CharField(
        allow_blank=True, help_text="“filmed at $19.00, now $27.00”; empty while the price is about what it was."
    )


class ShownTagSerializer(serializers.Serializer[Any]):
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    product = ShownProductSerializer()


class ShownRenditionSerializer(serializers.Serializer[Any]):
    url = serializers.CharField()
    codecs = serializers.CharField()
    width_px = serializers.IntegerField()
    height_px = serializers.IntegerField()
    bitrate_bps = serializers.IntegerField()


class ShownCreatorSerializer(serializers.Serializer[Any]):
    handle = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    avatar = serializers.CharField(allow_blank=True)
    is_followed = serializers.BooleanField()


class WhySerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="What POST /feed/less/ takes.")
    text = serializers.CharField()


class ShownClipSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    url = serializers.CharField()
    caption = serializers.CharField()
    language = serializers.CharField()
    kind = serializers.CharField()
    published_at = serializers.DateTimeField()
    duration_ms = serializers.IntegerField()
    width_px = serializers.IntegerField()
    height_px = serializers.IntegerField()
    poster = serializers.CharField(allow_blank=True)
    captions = serializers.CharField(allow_blank=True, help_text="Address of the WebVTT file; empty without speech.")
    is_speechless = serializers.BooleanField()
    renditions = ShownRenditionSerializer(many=True, help_text="Smallest first.")
    creator = ShownCreatorSerializer()
    tags = ShownTagSerializer(many=True, help_text="By start.")
    ad_label = serializers.CharField(allow_blank=True)
    is_liked = serializers.BooleanField()
    is_saved = serializers.BooleanField()
    reasons = WhySerializer(many=True, help_text="Why this clip, strongest first.")
    token = serializers.CharField(allow_blank=True, help_text="Goes with every event about this serving.")


class FeedPageSerializer(serializers.Serializer[Any]):
    clips = ShownClipSerializer(many=True)
    cursor = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")


class EventSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=400)
    kind = serializers.ChoiceField(choices=[kind.label for kind in EventKind])
    value = serializers.IntegerField(min_value=0, max_value=86_400_000, default=1)
    loops = serializers.IntegerField(min_value=0, default=0)
    product = serializers.CharField(max_length=80, allow_blank=True, default="")


class BatchSerializer(serializers.Serializer[Any]):
    events = EventSerializer(many=True)

    def validate_events(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(events) > MAX_BATCH:
            raise serializers.ValidationError(_("Send at most %(count)d events at once.") % {"count": MAX_BATCH})
        return events

    def reports(self) -> list[Report]:
        kinds = {kind.label: kind for kind in EventKind}
        return [
            Report(one["token"], kinds[one["kind"]], one["value"], one["loops"], one["product"])
            for one in self.validated_data["events"]
        ]


class TakenSerializer(serializers.Serializer[Any]):
    taken = serializers.IntegerField(help_text="How many lines were credible.")


class LessSerializer(serializers.Serializer[Any]):
    reason = serializers.RegexField(r"^[a-z_]+(:[0-9a-z_.-]+)?$", max_length=60, help_text="The code of a reason.")
