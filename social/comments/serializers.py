"""Serializers of comments."""

from typing import Any

from django.core.exceptions import ValidationError as RefusedText
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from creators.models import Creator
from social.comments.content import clean_comment
from social.comments.lists import is_shown
from social.comments.mentions import shown_mentions
from social.models import Comment, Mention
from videos.models.discussion import CommentAudience, SlowMode


class CommentAuthorSerializer(serializers.ModelSerializer[Creator]):
    name = serializers.CharField(source="display_name")
    avatar = serializers.CharField(source="avatar_url")
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Creator
        fields = ["handle", "name", "avatar", "url"]


class MentionSerializer(serializers.Serializer[Mention]):
    kind = serializers.ChoiceField(choices=["person", "product", "hashtag"])
    key = serializers.CharField(help_text="The handle or slug, as it stands in the words, or the folded hashtag.")
    name = serializers.CharField()
    url = serializers.CharField()


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """A comment as the reader sees it. If `is_shown` is false, it stands there for its replies, without words."""

    is_shown = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()
    author = serializers.SerializerMethodField()
    removal_reason = serializers.SerializerMethodField()
    mentions = serializers.SerializerMethodField()
    is_own = serializers.SerializerMethodField()
    is_liked = serializers.BooleanField(default=False)

    class Meta:
        model = Comment
        fields = [
            *("id", "is_shown", "words", "author", "mentions", "state", "removal_reason", "is_pinned", "is_own"),
            *("like_count", "is_liked", "reply_count", "created_at", "edited_at"),
        ]

    def get_is_shown(self, comment: Comment) -> bool:
        return is_shown(comment, self.context["user"])

    def get_words(self, comment: Comment) -> str:
        return comment.words if self.get_is_shown(comment) else ""

    @extend_schema_field(CommentAuthorSerializer(allow_null=True))
    def get_author(self, comment: Comment) -> Any:
        is_named = comment.author is not None and self.get_is_shown(comment)
        return CommentAuthorSerializer(comment.author).data if is_named else None

    def get_removal_reason(self, comment: Comment) -> str:
        return comment.removal_reason if self.get_is_own(comment) else ""

    @extend_schema_field(MentionSerializer(many=True))
    def get_mentions(self, comment: Comment) -> list[dict[str, Any]]:
        return [_describe(mention) for mention in shown_mentions(comment)] if self.get_is_shown(comment) else []

    def get_is_own(self, comment: Comment) -> bool:
        return comment.author is not None and bool(comment.author.user_id == self.context["user"].pk)


class CommentWithRepliesSerializer(CommentSerializer):
    replies = serializers.SerializerMethodField()

    class Meta(CommentSerializer.Meta):
        fields = [*CommentSerializer.Meta.fields, "replies"]

    @extend_schema_field(CommentSerializer(many=True))
    def get_replies(self, comment: Comment) -> Any:
        """Return the first replies, oldest first. All are at `replies/`."""
        replies = self.context["first_replies"].get(comment.pk, ())
        return CommentSerializer(replies, many=True, context=self.context).data


class CommentListSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="Of the comments and replies that everybody sees.")
    closed = serializers.CharField(allow_blank=True, help_text="Why the signed-in user can't comment on this post.")
    comments = CommentWithRepliesSerializer(many=True)
    cursor = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")


class ReplyListSerializer(serializers.Serializer[Any]):
    replies = CommentSerializer(many=True)
    cursor = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")


class SavedCommentSerializer(serializers.Serializer[Any]):
    comment = CommentSerializer()
    notices = serializers.ListField(
        child=serializers.CharField(), help_text="What became of it, with the wording rules for which it waits."
    )


class CommentWordsSerializer(serializers.Serializer[Any]):
    words = serializers.CharField(
        max_length=Comment.MAX_WORDS,
        help_text="`@handle` mentions a person, the address of a product's page the product: five of each at most. At most ten hashtags.",
    )

    def validate_words(self, words: str) -> str:
        try:
            return clean_comment(words)
        except RefusedText as refusal:
            raise serializers.ValidationError(refusal.messages) from refusal


class NewCommentSerializer(CommentWordsSerializer):
    reply_to = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=2**63 - 1,
        help_text="To answer a comment.",
    )


class CommentSettingsSerializer(serializers.Serializer[Any]):
    comment_audience = serializers.ChoiceField(choices=CommentAudience.choices, required=False)
    comment_pause_s = serializers.ChoiceField(
        choices=SlowMode.choices, required=False, help_text="Slow mode: seconds between two comments of a person."
    )


def _describe(mention: Mention) -> dict[str, Any]:
    if mention.product is not None:
        url = mention.product.get_absolute_url()
        return {"kind": "product", "key": mention.key, "name": mention.product.local_name, "url": url}
    if mention.hashtag is not None:
        url = mention.hashtag.get_absolute_url()
        return {"kind": "hashtag", "key": mention.key, "name": mention.hashtag.name, "url": url}
    assert mention.person is not None
    url = mention.person.get_absolute_url()
    return {"kind": "person", "key": mention.key, "name": mention.person.display_name, "url": url}
