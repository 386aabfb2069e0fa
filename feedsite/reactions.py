"""API for likes, saves, shares, follows and "not interested", which are stored in both the social and the feed app."""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.networks import hash_network
from creators.models import Creator
from feed.events.identity import Identity, identify_sender, set_viewer_cookie
from feed.events.recording import record_mark
from feed.models import EventKind
from feed.preferences import hide_creator
from social.marks import MARKS, set_follow, set_mark
from videos.models import Clip

KINDS = {
    "like": EventKind.LIKE,
    "save": EventKind.SAVE,
    "share": EventKind.SHARE,
    "not-interested": EventKind.NOT_INTERESTED,
}


@transaction.atomic
def react(*, request: HttpRequest, identity: Identity, clip: Clip, verb: str, is_on: bool, now: datetime) -> None:
    """Set a viewer's mark on a clip if `is_on`, otherwise remove it. `verb` is a key of `KINDS`.

    A visitor's marks are stored only in the feed. Signing in copies them to the account. Raises ConsentMissing if the
    mark may be stored in neither.
    """
    if request.user.is_authenticated and verb in MARKS:
        set_mark(user=request.user, clip=clip, verb=verb, is_on=is_on, now=now)
    else:
        identity.require_consent()
    if identity.may_store:
        network = hash_network(request)
        record_mark(viewer=identity.key, kind=KINDS[verb], clip_id=clip.pk, is_on=is_on, now=now, network=network)


@transaction.atomic
def react_to_creator(*, request: HttpRequest, identity: Identity, creator: Creator, is_on: bool, now: datetime) -> None:
    """Follow a creator if `is_on`, otherwise unfollow the creator.

    A visitor's follows are stored only in the feed. Signing in copies them to the account. Raises ConsentMissing if the
    follow may be stored in neither.
    """
    if request.user.is_authenticated:
        set_follow(user=request.user, creator=creator, is_on=is_on, now=now)
    else:
        identity.require_consent()
    if identity.may_store:
        record_mark(
            viewer=identity.key,
            kind=EventKind.FOLLOW,
            clip_id=0,
            subject_id=creator.pk,
            is_on=is_on,
            now=now,
            network=hash_network(request),
        )


class ReactionView(APIView):
    error_statuses = (409,)
    permission_classes = [AllowAny]
    throttle_scope = "events"


class Reaction(ReactionView):
    """A viewer's reaction to a clip. POST likes, saves, shares or hides the clip, and DELETE undoes this.

    Repeating a request changes nothing.
    """

    @extend_schema(request=None, responses={204: None}, operation_id="clips_react")
    def post(self, request: Request, code: str, verb: str) -> Response:
        return self._set(request, code, verb, is_on=True)

    @extend_schema(responses={204: None}, operation_id="clips_unreact")
    def delete(self, request: Request, code: str, verb: str) -> Response:
        return self._set(request, code, verb, is_on=False)

    def _set(self, request: Request, code: str, verb: str, *, is_on: bool) -> Response:
        now = timezone.now()
        identity = identify_sender(request, now=now)
        clip = get_object_or_404(Clip.objects.shown_to(request.user), code=code)
        react(request=request, identity=identity, clip=clip, verb=verb, is_on=is_on, now=now)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        set_viewer_cookie(response, request._request, identity)
        return response


class FollowCreator(ReactionView):
    """Following a creator. POST follows the creator, and DELETE unfollows the creator."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, handle: str) -> Response:
        return self._set(request, handle, is_on=True)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, handle: str) -> Response:
        return self._set(request, handle, is_on=False)

    def _set(self, request: Request, handle: str, *, is_on: bool) -> Response:
        creator = get_object_or_404(Creator.objects.with_handle(handle).visible_to(request.user.pk))
        now = timezone.now()
        identity = identify_sender(request, now=now)
        react_to_creator(request=request, identity=identity, creator=creator, is_on=is_on, now=now)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        set_viewer_cookie(response, request._request, identity)
        return response


class HideCreator(ReactionView):
    """Hiding a creator. POST shows no more clips by the creator in the feed, and DELETE shows them again."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, handle: str) -> Response:
        return self._set(request, handle, is_hidden=True)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, handle: str) -> Response:
        return self._set(request, handle, is_hidden=False)

    def _set(self, request: Request, handle: str, *, is_hidden: bool) -> Response:
        creator = get_object_or_404(Creator.objects.with_handle(handle).visible_to(request.user.pk))
        now = timezone.now()
        identity = identify_sender(request, now=now)
        identity.require_consent()
        hide_creator(key=identity.key, creator_id=creator.pk, is_hidden=is_hidden, now=now)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        set_viewer_cookie(response, request._request, identity)
        return response
