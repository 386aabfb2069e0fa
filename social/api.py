"""Reports over HTTP; likes, saves and follows have their door in feedsite.reactions, which also tells the feed."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from social.marking import report
from social.models import ReportReason
from videos.models import Clip


class ReportSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=ReportReason.choices)
    words = serializers.CharField(max_length=500, allow_blank=True, default="")


class ReportClip(APIView):
    """Tell the moderators that a clip breaks the rules."""

    permission_classes = [AllowAny]
    throttle_scope = "write"

    @extend_schema(request=ReportSerializer, responses={202: None})
    def post(self, request: Request, code: str) -> Response:
        is_adult = bool(getattr(request.user, "is_known_adult", False))
        clip = get_object_or_404(Clip.objects.published().suitable_for(is_adult=is_adult), code=code)
        told = ReportSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        user = request.user if request.user.is_authenticated else None
        reason = ReportReason(told.validated_data["reason"])
        report(user=user, clip=clip, reason=reason, words=told.validated_data["words"], now=timezone.now())
        return Response(status=status.HTTP_202_ACCEPTED)
