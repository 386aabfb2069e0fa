"""JSON API for reports. The endpoints for likes, saves and follows are in feedsite.reactions."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from social.models import REASONS_FOR, ReportReason
from social.reports import report_subject
from social.subjects import find_subject


class ReportSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=ReportReason.choices)
    words = serializers.CharField(max_length=500, allow_blank=True, default="")

    def validate_reason(self, reason: str) -> ReportReason:
        if reason not in REASONS_FOR[self.context["kind"]]:
            raise serializers.ValidationError(_("Choose a reason that fits what you are reporting."))
        return ReportReason(reason)


class ReportView(APIView):
    permission_classes = [AllowAny]
    throttle_scope = "write"
    kind = ""

    @extend_schema(request=ReportSerializer, responses={202: None}, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, code: str | int) -> Response:
        subject = find_subject(self.kind, str(code), request.user)
        serializer = ReportSerializer(data=request.data, context={"kind": self.kind})
        serializer.is_valid(raise_exception=True)
        user = request.user if request.user.is_authenticated else None
        report_subject(user=user, subject=subject, now=timezone.now(), **serializer.validated_data)
        return Response(status=status.HTTP_202_ACCEPTED)


class ReportClip(ReportView):
    """Reports on clips. POST reports one to the moderators."""

    kind = "clip"


class ReportProduct(ReportView):
    """Reports on products. POST reports one to the moderators."""

    kind = "product"


class ReportCreator(ReportView):
    """Reports on creators. POST reports one to the moderators."""

    kind = "creator"


class ReportComment(ReportView):
    """Reports on comments. POST reports one to the moderators."""

    kind = "comment"


class ReportRating(ReportView):
    """Reports on ratings. POST reports one to the moderators."""

    kind = "rating"
