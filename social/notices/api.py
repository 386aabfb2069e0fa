"""JSON API of notices: sending one, and what became of it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, Throttled, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from accounts.models import User
from accounts.networks import hash_network
from social.models import LegalNotice, NoticeKind
from social.notices.forms import NoticeForm
from social.notices.intake import NoticeRefused, TooManyNotices, send_notice
from social.notices.pages import find_shown


class SentNoticeSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=NoticeKind.choices)
    addresses = serializers.ListField(
        child=serializers.CharField(max_length=500), min_length=1, max_length=LegalNotice.MAX_PAGES
    )
    words = serializers.CharField(max_length=LegalNotice.MAX_WORDS)
    right = serializers.CharField(max_length=500, allow_blank=True, default="")
    name = serializers.CharField(max_length=120, allow_blank=True, default="")
    email = serializers.CharField(max_length=254, allow_blank=True, default="")
    shares_contact = serializers.BooleanField(default=False)
    is_in_good_faith = serializers.BooleanField(help_text="Without this statement no notice is taken.")


class NoticedPageSerializer(serializers.Serializer[Any]):
    address = serializers.CharField()
    is_shown = serializers.BooleanField()


class NoticeStatusSerializer(serializers.ModelSerializer[LegalNotice]):
    number = serializers.IntegerField(source="pk")
    action = serializers.CharField(help_text="none, removed or passed_on. Empty until it was decided on.")
    pages = serializers.SerializerMethodField()

    class Meta:
        model = LegalNotice
        fields = ("number", "token", "kind", "state", "action", "answer", "created_at", "decided_at", "pages")

    @extend_schema_field(NoticedPageSerializer(many=True))
    def get_pages(self, notice: LegalNotice) -> list[dict[str, Any]]:
        pages = list(notice.pages.order_by("pk"))
        shown = find_shown(pages)
        return [{"address": page.address, "is_shown": page.pk in shown} for page in pages]


class Notices(APIView):
    """Notices of illegal content and of rights holders. POST sends one, without an account."""

    permission_classes = [AllowAny]
    throttle_scope = "write"

    @extend_schema(
        request=SentNoticeSerializer, responses={201: NoticeStatusSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request) -> Response:
        sent = SentNoticeSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        form = NoticeForm(values | {"addresses": "\n".join(values["addresses"])})
        if not form.is_valid():
            raise ValidationError({name: [str(error) for error in errors] for name, errors in form.errors.items()})
        user = request.user if isinstance(request.user, User) else None
        try:
            notice = send_notice(content=form.content, user=user, network=hash_network(request), now=timezone.now())
        except TooManyNotices as refusal:
            raise Throttled(detail=str(refusal)) from refusal
        except NoticeRefused as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        return Response(NoticeStatusSerializer(notice).data, status=201)


class NoticeStatus(APIView):
    """What became of a notice, for whoever has the token of its receipt."""

    permission_classes = [AllowAny]

    @extend_schema(responses=NoticeStatusSerializer)
    def get(self, request: Request, token: str) -> Response:
        return Response(NoticeStatusSerializer(get_object_or_404(LegalNotice, token=token)).data)
