"""Serializers of ratings."""

from typing import Any

from django.core.exceptions import ValidationError as RefusedText
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from creators.names import clean_name
from social.models import Rating, RatingPicture
from social.models.rating import STARS
from social.ratings.content import MAX_WORDS, RatingContent, clean_words


class RatingPictureSerializer(serializers.ModelSerializer[RatingPicture]):
    small = serializers.CharField(source="small_url", help_text="At most 320 px wide, WebP.")
    large = serializers.CharField(source="large_url", help_text="At most 1200 px wide, WebP.")

    class Meta:
        model = RatingPicture
        fields = ["id", "small", "large", "width_px", "height_px"]


class SellerReplySerializer(serializers.Serializer[Any]):
    words = serializers.CharField()
    replied_at = serializers.DateTimeField()
    merchant = serializers.CharField(
        allow_null=True, help_text="Who replied: the name of a merchant, or null for the shop."
    )


class RatingSerializer(serializers.ModelSerializer[Rating]):
    """A rating as everybody sees it. Only its author sees one whose state is not visible."""

    pictures = RatingPictureSerializer(many=True)
    is_bought_here = serializers.BooleanField(help_text="The person has bought the product here and not sent it back.")
    is_helpful = serializers.BooleanField(help_text="The signed-in user voted for it.")
    is_edited = serializers.BooleanField()
    is_own = serializers.SerializerMethodField()
    reply = serializers.SerializerMethodField()

    class Meta:
        model = Rating
        fields = [
            *("id", "stars", "words", "author_name", "pictures", "is_bought_here", "helpful_count", "is_helpful"),
            *("is_own", "is_edited", "state", "removal_reason", "reply", "created_at", "changed_at"),
        ]

    def get_is_own(self, rating: Rating) -> bool:
        return bool(rating.user_id == self.context["user_id"])

    @extend_schema_field(SellerReplySerializer(allow_null=True))
    def get_reply(self, rating: Rating) -> dict[str, Any] | None:
        if not rating.reply_words:
            return None
        merchant = rating.replied_for.name if rating.replied_for else None
        return {"words": rating.reply_words, "replied_at": rating.replied_at, "merchant": merchant}


class SellerWordsSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=2000, help_text="Everybody reads it below the rating.")

    def validate_words(self, words: str) -> str:
        return _checked(clean_words, words)


class RatingListSerializer(serializers.Serializer[Any]):
    average = serializers.FloatField(allow_null=True, help_text="To one decimal; null without ratings.")
    count = serializers.IntegerField()
    count_by_stars = serializers.DictField(child=serializers.IntegerField(), help_text="From 5 to 1.")
    ratings = RatingSerializer(many=True)
    cursor = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")


class SavedRatingSerializer(serializers.Serializer[Any]):
    rating = RatingSerializer()
    notices = serializers.ListField(
        child=serializers.CharField(), help_text="What became of it, with the wording rules for which it waits."
    )


class RatingContentSerializer(serializers.Serializer[Any]):
    stars = serializers.ChoiceField(choices=sorted(STARS))
    words = serializers.CharField(max_length=MAX_WORDS, allow_blank=True, default="")
    author_name = serializers.CharField(max_length=60, help_text="The name that everybody sees.")

    def validate_words(self, words: str) -> str:
        return _checked(clean_words, words)

    def validate_author_name(self, name: str) -> str:
        return _checked(clean_name, name)

    @property
    def content(self) -> RatingContent:
        return RatingContent(*(self.validated_data[name] for name in ("stars", "words", "author_name")))


class PictureUploadSerializer(serializers.Serializer[Any]):
    picture = serializers.FileField(help_text="JPEG, PNG, WebP, GIF, HEIC or AVIF. It is re-encoded without metadata.")


def _checked(clean: Any, text: str) -> str:
    try:
        return str(clean(text))
    except RefusedText as refusal:
        raise serializers.ValidationError(refusal.messages) from refusal
