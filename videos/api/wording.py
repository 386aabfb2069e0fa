"""Endpoint that checks a caption's wording while the creator types."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_fields import BoundedListField
from accounts.keys import SLUG_LENGTH
from catalog.models import Product
from creators.models import Enrolment
from videos.review.caption_rules import evaluate_caption


class RuleMatchSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="rule.code")
    severity = serializers.ChoiceField(source="rule.severity", choices=["hint", "must_fix", "block"])
    message = serializers.CharField(source="rule.message")
    suggestion = serializers.CharField(source="rule.suggestion")
    start = serializers.IntegerField(help_text="Offset in the caption, in code points.")
    end = serializers.IntegerField()
    words = serializers.CharField()


class CheckWording(APIView):
    """The wording-rule matches in a caption, most severe first."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "typing"

    class SentCaption(serializers.Serializer[Any]):
        caption = serializers.CharField(max_length=1000, allow_blank=True)
        products = BoundedListField(child=serializers.SlugField(max_length=SLUG_LENGTH), most=20, default=list)
        campaign = serializers.SlugField(
            max_length=SLUG_LENGTH,
            required=False,
            allow_blank=True,
            help_text="A campaign that the caller has joined; its own rules apply too.",
        )

    @extend_schema(request=SentCaption, responses=RuleMatchSerializer(many=True))
    def post(self, request: Request) -> Response:
        body = self.SentCaption(data=request.data)
        body.is_valid(raise_exception=True)
        products = (
            Product.objects.reviewed().filter(slug__in=body.validated_data["products"]).values_list("pk", flat=True)
        )
        joined = Enrolment.objects.filter(creator__user=signed_in_user(request))
        enrolment = joined.filter(campaign__slug=body.validated_data.get("campaign", "")).first()
        campaign_id = enrolment.campaign_id if enrolment else None
        matches = evaluate_caption(body.validated_data["caption"], products, campaign_id=campaign_id)
        return Response(RuleMatchSerializer(matches, many=True).data)
