"""The feed's programme interface."""

from typing import Any

from django.forms import IntegerField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from feed.events.beacon import BeaconParser
from feed.events.bots import is_person
from feed.events.identity import remember, signed_in_viewer_of, viewer_of
from feed.events.recording import record
from feed.page.page import MAX_PAGE_SIZE, PAGE_SIZE, BadCursor, build_page
from feed.preferences import want_less
from feed.serializers import BatchSerializer, FeedPageSerializer, LessSerializer, TakenSerializer


class FeedPage(APIView):
    """The next clips for this viewer. Anonymous viewers are known by a random first-party cookie."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer without the framework's own request and response: the clips are JSON already."""
        if request.method not in ("GET", "HEAD"):
            return super().dispatch(request, *args, **kwargs)
        return self.get(request)

    @extend_schema(
        parameters=[
            OpenApiParameter("cursor", str, description="From the page before."),
            OpenApiParameter("limit", int, description=f"1 to {MAX_PAGE_SIZE}; {PAGE_SIZE} without."),
            OpenApiParameter("again", str, description="`yes`: also what was seen in the last 14 days."),
        ],
        responses=FeedPageSerializer,
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        identity = viewer_of(request)
        try:
            limit = min(max(int(request.GET.get("limit", PAGE_SIZE)), 1), MAX_PAGE_SIZE)
        except ValueError:
            return JsonResponse(
                {"limit": [str(IntegerField.default_error_messages["invalid"])]}, status=status.HTTP_400_BAD_REQUEST
            )
        cursor, is_again = request.GET.get("cursor", ""), request.GET.get("again") == "yes"
        try:
            page = build_page(identity=identity, cursor=cursor, limit=limit, is_again=is_again, now=timezone.now())
        except BadCursor as error:
            return JsonResponse({"cursor": [str(error)]}, status=status.HTTP_400_BAD_REQUEST)
        headers = {"Cache-Control": "private, no-store"}
        response = HttpResponse(page.as_json(), "application/json", headers=headers)
        remember(response, request, identity)
        return response


class Events(APIView):
    """Take a batch of at most 50 events; `navigator.sendBeacon` may send it as text/plain."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "events"
    parser_classes = [JSONParser, BeaconParser]

    @extend_schema(request=BatchSerializer, responses={202: TakenSerializer})
    def post(self, request: Request) -> Response:
        batch = BatchSerializer(data=request.data)
        batch.is_valid(raise_exception=True)
        keeps = viewer_of(request._request).is_kept and is_person(request._request)
        taken = record(batch.reports(), now=timezone.now()) if keeps else 0
        return Response({"taken": taken}, status=status.HTTP_202_ACCEPTED)


class LessOfThis(APIView):
    """Take weight from a reason for which clips are shown; counts from the next page on."""

    permission_classes = [AllowAny]
    throttle_scope = "write"

    @extend_schema(request=LessSerializer, responses={202: None})
    def post(self, request: Request) -> Response:
        asked = LessSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        identity = signed_in_viewer_of(request, now=now)
        if identity.is_kept:
            want_less(key=identity.key, reason=asked.validated_data["reason"], now=now)
        response = Response(status=status.HTTP_202_ACCEPTED)
        remember(response, request._request, identity)
        return response
