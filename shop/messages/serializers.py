"""Serializers of message threads, for both sides."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.keys import SLUG_LENGTH
from catalog.merchants.sellers import SellerSerializer
from shop.messages.threads import MOST_WORDS
from shop.models import MessageThread, ThreadMessage, ThreadSide


class WordsSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=MOST_WORDS)


class NewThreadSerializer(WordsSerializer):
    """A first message to a seller, about one of its products, or about one of the caller's orders from it, or neither."""

    seller = serializers.SlugField(max_length=SLUG_LENGTH)
    product = serializers.CharField(max_length=SLUG_LENGTH, required=False, default="", allow_blank=True)
    order = serializers.CharField(max_length=SLUG_LENGTH, required=False, default="", allow_blank=True)


class MessageReportSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class ThreadMessageSerializer(serializers.ModelSerializer[ThreadMessage]):
    side = serializers.ChoiceField(choices=ThreadSide.choices, help_text="Who wrote it.")

    class Meta:
        model = ThreadMessage
        fields = ["id", "side", "words", "sent_at", "read_at"]


class ThreadSerializer(serializers.ModelSerializer[MessageThread]):
    """A thread without its messages. `unread_count` counts those of the other side."""

    seller = SellerSerializer(source="merchant")
    product = serializers.CharField(source="product.slug", default="", help_text="A slug, or empty.")
    order = serializers.CharField(source="order.code", default="", help_text="A code, or empty.")
    is_open = serializers.BooleanField(help_text="False once it was closed: nobody writes in it any more.")
    unread_count = serializers.IntegerField()

    class Meta:
        model = MessageThread
        fields = ["id", "seller", "product", "order", "is_open", "created_at", "last_message_at", "unread_count"]


class ThreadDetailSerializer(ThreadSerializer):
    """A thread with its newest messages, oldest first."""

    messages = serializers.SerializerMethodField()

    class Meta(ThreadSerializer.Meta):
        fields = [*ThreadSerializer.Meta.fields, "messages"]

    @extend_schema_field(ThreadMessageSerializer(many=True))
    def get_messages(self, thread: MessageThread) -> list[dict[str, object]]:
        newest = thread.messages.order_by("-sent_at", "-pk")[: self.context["limit"]]
        return [dict(ThreadMessageSerializer(message).data) for message in reversed(newest)]
