"""JSON API for profiles: what everybody sees of one, whom it follows, by whom it is followed, and what its owner likes."""

from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from creators.models import Creator
from creators.serializers import CreatorSerializer
from social.follow_lists import ProfilePage, read_followed, read_followers, read_liked
from social.profiles import describe_profile
from videos.api.serializers import ClipSerializer

AFTER = OpenApiParameter("after", str, description="From the page before.")


class ProfileSerializer(CreatorSerializer):
    follower_count = serializers.IntegerField(read_only=True)
    following_count = serializers.IntegerField(read_only=True)
    is_followed = serializers.BooleanField(read_only=True, help_text="By the caller.")
    is_muted = serializers.BooleanField(read_only=True, help_text="By the caller. Nobody else can see it.")

    class Meta(CreatorSerializer.Meta):
        fields = (
            *CreatorSerializer.Meta.fields,
            *("shows_likes", "follower_count", "following_count", "is_followed", "is_muted"),
        )


class ProfileListSerializer(serializers.Serializer[Any]):
    results = CreatorSerializer(source="profiles", many=True)
    after = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")


class LikedClipsSerializer(serializers.Serializer[Any]):
    results = ClipSerializer(source="clips", many=True)
    after = serializers.CharField(allow_blank=True, help_text="For the next page; empty at the end.")


class PublicView(APIView):
    """Base class of what everybody may read, except people whom the profile's owner has blocked."""

    permission_classes = [AllowAny]


class ProfileDetail(PublicView):
    """A public profile: name, picture, bio, page and followers. A former handle leads to it, too, for 90 days."""

    @extend_schema(responses=ProfileSerializer)
    def get(self, request: Request, handle: str) -> Response:
        profile = find_profile(request, handle)
        facts = describe_profile(profile, request._request)
        own = CreatorSerializer(profile).data
        return Response({**own, "shows_likes": profile.shows_likes, **asdict(facts)})


class Followers(PublicView):
    """The profiles of those who follow somebody, latest first. Followers without a profile only count."""

    @extend_schema(parameters=[AFTER], responses=ProfileListSerializer)
    def get(self, request: Request, handle: str) -> Response:
        return _respond(read_followers(find_profile(request, handle), reader=request.user, after=_after(request)))


class Followed(PublicView):
    """The profiles whom somebody follows, latest first."""

    @extend_schema(parameters=[AFTER], responses=ProfileListSerializer)
    def get(self, request: Request, handle: str) -> Response:
        profile = find_profile(request, handle)
        return _respond(read_followed(profile.user, reader=request.user, after=_after(request)))


class LikedClips(PublicView):
    """The posts that somebody likes, latest first. 404 unless they show it."""

    @extend_schema(parameters=[AFTER], responses=LikedClipsSerializer)
    def get(self, request: Request, handle: str) -> Response:
        profile = find_profile(request, handle)
        if not profile.shows_likes:
            raise Http404
        page = read_liked(profile, reader=request.user, after=_after(request))
        return Response(LikedClipsSerializer(page).data)


def find_profile(request: Request, handle: str) -> Creator:
    visible = Creator.objects.with_handle(handle).visible_to(request.user.pk)
    return get_object_or_404(visible.select_related("user"))


def _after(request: Request) -> str:
    return request.query_params.get("after", "")


def _respond(page: ProfilePage) -> Response:
    return Response(ProfileListSerializer(page).data)
