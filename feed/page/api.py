"""API endpoints for the next feed page and for "less of this"."""

from typing import Any

from django.forms import IntegerField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feed.events.identity import identify_sender, identify_viewer, make_new_viewer, set_viewer_cookie
from feed.page.cursors import BadCursor
from feed.page.page import MAX_PAGE_SIZE, PAGE_SIZE, AccountEnded, build_page
from feed.page.schema import FeedPageSerializer
from feed.preferences import REASON_CODE, reduce_reason


class FeedPageView(APIView):
    """API endpoint for the next clips. A random first-party cookie identifies anonymous viewers."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Respond without the request and response objects of Django REST framework.

        Creating those objects takes longer than building the page.
        """
        if request.method not in ("GET", "HEAD"):
            return super().dispatch(request, *args, **kwargs)
        return self.get(request)

    @extend_schema(
        parameters=[
            OpenApiParameter("cursor", str, description="The cursor of the previous page."),
            OpenApiParameter("limit", int, description=f"1 to {MAX_PAGE_SIZE}; the default is {PAGE_SIZE}."),
            OpenApiParameter(
                "shown",
                str,
                description="Codes of the clips shown so far, with commas, in place of a cursor: after a choice.",
            ),
            OpenApiParameter("again", str, description="`yes` includes clips that were seen in the last 14 days."),
        ],
        responses=FeedPageSerializer,
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        identity = identify_viewer(request)
        try:
            limit = min(max(int(request.GET.get("limit", PAGE_SIZE)), 1), MAX_PAGE_SIZE)
        except ValueError:
            message = str(IntegerField.default_error_messages["invalid"])
            return JsonResponse({"limit": [message]}, status=status.HTTP_400_BAD_REQUEST)
        options: dict[str, Any] = {
            "cursor": request.GET.get("cursor", ""),
            "shown": request.GET["shown"].split(",") if "shown" in request.GET else None,
            "limit": limit,
            "includes_seen": request.GET.get("again") == "yes",
            "now": timezone.now(),
        }
        try:
            try:
                page = build_page(identity=identity, is_from_cookie=True, **options)
            except AccountEnded:
                identity = make_new_viewer()
                page = build_page(identity=identity, **options)
        except BadCursor as error:
            return JsonResponse({"cursor": [str(error)]}, status=status.HTTP_400_BAD_REQUEST)
        headers = {"Cache-Control": "private, no-store"}
        response = HttpResponse(page.as_json(), "application/json", headers=headers)
        set_viewer_cookie(response, request, identity)
        return response


class LessSerializer(serializers.Serializer[Any]):
    reason = serializers.RegexField(rf"^{REASON_CODE}\Z", max_length=40, help_text="The code of a reason.")


class LessOfThisView(APIView):
    """API endpoint that reduces the weight of a reason. The change takes effect on the next page."""

    error_statuses = (409,)
    permission_classes = [AllowAny]
    throttle_scope = "write"

    @extend_schema(request=LessSerializer, responses={202: None})
    def post(self, request: Request) -> Response:
        serializer = LessSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        now = timezone.now()
        identity = identify_sender(request, now=now)
        identity.require_consent()
        reduce_reason(key=identity.key, code=serializer.validated_data["reason"], now=now)
        response = Response(status=status.HTTP_202_ACCEPTED)
        set_viewer_cookie(response, request._request, identity)
        return response
