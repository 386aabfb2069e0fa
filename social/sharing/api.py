"""JSON API for share links."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from social.models import ShareLink
from social.sharing.links import create_link, delete_link, exclude_sharer, read_counts
from social.sharing.openers import identify_opener
from videos.models import Clip


class ShareLinkSerializer(serializers.Serializer[Any]):
    url = serializers.CharField()
    opens_at_least = serializers.IntegerField(help_text="People who came by the link, in steps of five.")
    orders_at_least = serializers.IntegerField(help_text="Orders that followed, in steps of five.")


class OwnShareLink(APIView):
    """The user's own link to a post, which counts how many people open it.

    PUT creates it, unless there is one. DELETE deletes it and its counts.
    """

    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(responses=ShareLinkSerializer)
    def get(self, request: Request, code: str) -> Response:
        links = ShareLink.objects.owned_by(signed_in_user(request)).select_related("clip")
        return _represent(get_object_or_404(links, clip=_find_post(request, code)))

    @extend_schema(request=None, responses=ShareLinkSerializer)
    def put(self, request: Request, code: str) -> Response:
        now = timezone.now()
        link = create_link(user=signed_in_user(request), clip=_find_post(request, code), now=now)
        exclude_sharer(link=link, opener=identify_opener(request._request, now=now))
        return _represent(link)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        delete_link(user=signed_in_user(request), clip=_find_post(request, code))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _find_post(request: Request, code: str) -> Clip:
    return get_object_or_404(Clip.objects.shown_to(request.user), code=code)


def _represent(link: ShareLink) -> Response:
    counts = read_counts(link)
    body = {"url": link.url, "opens_at_least": counts.opens, "orders_at_least": counts.orders}
    return Response(ShareLinkSerializer(body).data)
