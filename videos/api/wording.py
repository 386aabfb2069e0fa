"""Checking a caption while it is typed."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from catalog.models import Product
from creators.models import Enrolment
from videos.review.caption_rules import evaluate_caption
from videos.wording.engine import RuleMatch


class HitSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="rule.code")
    severity = serializers.ChoiceField(source="rule.severity", choices=["hint", "must_fix", "block"])
    message = serializers.CharField(source="rule.message")
    suggestion = serializers.CharField(source="rule.suggestion")
    start = serializers.IntegerField(help_text="Counted in characters (code points) of the caption.")
    end = serializers.IntegerField()
    words = serializers.CharField()


class CheckWording(APIView):
    """Say which rules of wording a caption breaks, gravest first."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "typing"

    class SentWords(serializers.Serializer[Any]):
        caption = serializers.CharField(max_length=1000, allow_blank=True)
        products = serializers.ListField(child=serializers.SlugField(), max_length=20, default=list)
        campaign = serializers.SlugField(
            required=False, allow_blank=True, help_text="One that the caller has joined; its own rules count too."
        )

    @extend_schema(request=SentWords, responses=HitSerializer(many=True))
    def post(self, request: Request) -> Response:
        body = self.SentWords(data=request.data)
        body.is_valid(raise_exception=True)
        products = Product.objects.filter(slug__in=body.validated_data["products"]).values_list("pk", flat=True)
        joined = Enrolment.objects.filter(creator__user=signed_in_user(request))
        enrolment = joined.filter(campaign__slug=body.validated_data.get("campaign", "")).first()
        campaign_id = enrolment.campaign_id if enrolment else None
        hits: list[RuleMatch] = evaluate_caption(body.validated_data["caption"], products, campaign_id=campaign_id)
        return Response(HitSerializer(hits, many=True).data)
