"""JSON API of hashtags: suggestions, posts and following; and suggestions of people to mention."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Unprocessable
from creators.models import Creator
from social.hashtags.follows import TooManyHashtags, is_following, list_followed_hashtags, set_hashtag_follow
from social.hashtags.lists import find_hashtag, read_posts
from social.hashtags.suggestions import suggest_hashtags, suggest_people
from videos.api.serializers import ClipSerializer
from videos.models import Hashtag

BEGINNING = OpenApiParameter("q", str, description="The first letters, with or without the sign.")


class HashtagSerializer(serializers.ModelSerializer[Hashtag]):
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Hashtag
        fields = ("key", "name", "post_count", "url")
        extra_kwargs = {
            "key": {"help_text": "The same for all spellings."},
            "name": {"help_text": "The spelling that most posts use."},
        }


class HashtagPageSerializer(serializers.Serializer[Any]):
    hashtag = HashtagSerializer()
    is_followed = serializers.BooleanField(help_text="By the caller.")
    results = ClipSerializer(many=True)
    after = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")


class SuggestedPersonSerializer(serializers.ModelSerializer[Creator]):
    name = serializers.CharField(source="display_name")
    avatar = serializers.CharField(source="avatar_url")
    is_followed = serializers.BooleanField(help_text="By the caller.")

    class Meta:
        model = Creator
        fields = ("handle", "name", "avatar", "is_followed")


class SuggestedHashtags(APIView):
    """Hashtags that begin with what was typed, those with the most posts first, at most 8."""

    permission_classes = [AllowAny]
    throttle_scope = "typing"

    @extend_schema(parameters=[BEGINNING], responses=HashtagSerializer(many=True), operation_id="tags_suggest")
    def get(self, request: Request) -> Response:
        return Response(HashtagSerializer(suggest_hashtags(request.query_params.get("q", "")), many=True).data)


class SuggestedPeople(APIView):
    """People to mention whose handle or name begins with what was typed, at most 8: first those whom the caller follows."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "typing"

    @extend_schema(
        parameters=[BEGINNING], responses=SuggestedPersonSerializer(many=True), operation_id="mentions_suggest"
    )
    def get(self, request: Request) -> Response:
        people = suggest_people(request.query_params.get("q", ""), user=signed_in_user(request))
        return Response(SuggestedPersonSerializer(people, many=True).data)


class HashtagPosts(APIView):
    """The posts with a hashtag, newest first. Any spelling of the hashtag will do. 404 if it is blocked or was never used."""

    permission_classes = [AllowAny]

    @extend_schema(parameters=[OpenApiParameter("after", str)], responses=HashtagPageSerializer)
    def get(self, request: Request, tag: str) -> Response:
        hashtag = find_hashtag(tag)
        page = read_posts(hashtag, reader=request.user, after=request.query_params.get("after", ""))
        body = {
            "hashtag": hashtag,
            "is_followed": is_following(request.user, hashtag),
            "results": page.clips,
            "after": page.after,
        }
        return Response(HashtagPageSerializer(body).data)


class FollowHashtag(APIView):
    """Following a hashtag. POST follows it, and DELETE unfollows it. Repeating a request changes nothing."""

    error_statuses = (422,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, tag: str) -> Response:
        return self._set(request, tag, is_on=True)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, tag: str) -> Response:
        return self._set(request, tag, is_on=False)

    def _set(self, request: Request, tag: str, *, is_on: bool) -> Response:
        try:
            set_hashtag_follow(user=signed_in_user(request), hashtag=find_hashtag(tag), is_on=is_on, now=timezone.now())
        except TooManyHashtags as refusal:
            raise Unprocessable(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)


class FollowedHashtags(APIView):
    """The hashtags that the caller follows, latest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=HashtagSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(HashtagSerializer(list_followed_hashtags(signed_in_user(request)), many=True).data)
