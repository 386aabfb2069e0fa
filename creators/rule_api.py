"""JSON API for the commission rules that concern a creator."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated

from accounts.pagination import NewestFirst
from creators.api import require_creator
from creators.models import CommissionRule
from creators.rule_proposals import name_subject


class CommissionRuleSerializer(serializers.ModelSerializer[CommissionRule]):
    applies_to = serializers.SerializerMethodField(help_text="In words, in the caller's language.")

    class Meta:
        model = CommissionRule
        fields = ("id", "name", "scope", "applies_to", "rate_bps", "starts_at", "ends_at")

    def get_applies_to(self, rule: CommissionRule) -> str:
        return name_subject(rule)


class RulesLatestFirst(NewestFirst):
    ordering = ("-starts_at", "-pk")


class CommissionRuleList(ListAPIView[CommissionRule]):
    """Commission rules in force or announced that may concern the caller, a creator.

    Of those in force the creator's comes first, then the campaign's, the product's, the brand's, the nearest category's
    and the whole shop's. Rules for other creators, and for campaigns that the caller cannot see, are left out.
    """

    serializer_class = CommissionRuleSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = RulesLatestFirst
    queryset = CommissionRule.objects.none()

    def get_queryset(self) -> Any:
        creator = require_creator(self.request)
        return CommissionRule.objects.concerning(creator, at=timezone.now()).with_subjects()
