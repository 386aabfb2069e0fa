"""JSON of notifications, preferences, browsers and wishes."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api_fields import BoundedList, BoundedListField
from creators.serializers import CreatorSerializer
from social.models import MailChoice, NotificationKind, WishReason
from social.notifications.kinds import NEVER_MAILED
from social.notifications.preferences import time_zones

MOST_IDS = 200


class NotificationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="notification.pk")
    kind = serializers.ChoiceField(source="notification.kind", choices=NotificationKind.choices)
    text = serializers.CharField()
    url = serializers.CharField(source="target", help_text="The path of what it is about.")
    person = CreatorSerializer(allow_null=True, help_text="Who did it; of many people, the last.")
    happened_at = serializers.DateTimeField(source="notification.happened_at")
    read_at = serializers.DateTimeField(source="notification.read_at", allow_null=True)


class NotificationListSerializer(serializers.Serializer[Any]):
    unread_count = serializers.IntegerField(help_text="At most 99.")
    results = NotificationSerializer(source="lines", many=True)
    after = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")


class ReadSerializer(serializers.Serializer[Any]):
    ids = BoundedListField(
        most=MOST_IDS,
        required=False,
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        help_text="All, if left out.",
    )


class ChannelsSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=NotificationKind.choices)
    on_site = serializers.BooleanField()
    mail = serializers.ChoiceField(choices=MailChoice.choices)
    push = serializers.BooleanField()

    def validate(self, row: dict[str, Any]) -> dict[str, Any]:
        if row["kind"] in NEVER_MAILED:
            row["mail"] = MailChoice.OFF
        return row | {"mail": MailChoice(row["mail"])}


class NotificationSettingsSerializer(serializers.Serializer[Any]):
    time_zone = serializers.CharField(
        max_length=64,
        allow_blank=True,
        required=False,
        help_text="A name of the time zone database. Empty if it is the shop's.",
    )
    kinds = BoundedList(child=ChannelsSerializer(), max_length=len(NotificationKind), required=False)
    push_key = serializers.CharField(
        read_only=True, help_text="What browsers subscribe with. Empty if the shop sends no pushes."
    )

    def validate_time_zone(self, name: str) -> str:
        if name and name not in time_zones():
            raise serializers.ValidationError(_("Use a name of the time zone database, such as Europe/Berlin."))
        return name


class EndpointSerializer(serializers.Serializer[Any]):
    endpoint = serializers.URLField(max_length=1000, help_text="The address of the browser's push service.")


class BrowserSerializer(EndpointSerializer):
    public_key = serializers.CharField(max_length=100, help_text="`p256dh` of the browser's subscription, base64url.")
    auth_secret = serializers.CharField(max_length=40, help_text="`auth` of the browser's subscription, base64url.")


class WishSerializer(serializers.Serializer[Any]):
    variant = serializers.IntegerField(source="variant.pk")
    name = serializers.CharField(source="variant.full_name")
    url = serializers.CharField(source="variant.product.get_absolute_url")
    waits_for = serializers.ChoiceField(choices=WishReason.choices)
    created_at = serializers.DateTimeField()


class WishListSerializer(serializers.Serializer[Any]):
    results = WishSerializer(many=True)
