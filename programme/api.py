"""API of analytics, for everybody who posts and for merchants. A missing number is null: it is of fewer than five people."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.merchants.access import require_member
from catalog.models import MerchantRole
from creators.access import find_creator
from programme.day_counts import get_counted_until
from programme.periods import Period
from programme.reports import Numbers, PostReport, read_report, read_retention
from programme.scopes import Scope


class CountField(serializers.IntegerField):
    """A number of people or an amount. It is null if fewer than five people are in it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_null=True, **kwargs)


class PostNumbersSerializer(serializers.Serializer[Any]):
    """Numbers of posts. Each is null for fewer than five people."""

    views = CountField(help_text="People to whom a post was shown, each once a day.")
    likes = CountField()
    comments = CountField(help_text="People who commented.")
    saves = CountField()
    shares = CountField()
    follows = CountField(help_text="People who followed the creator after the post.")
    product_opens = CountField()
    orders = CountField(help_text="A merchant sees the orders of its own products.")
    earned_minor = CountField(help_text="Of creators: fees, and commission before returns.")
    sold_minor = CountField(help_text="Of merchants: what was paid for their products through the posts.")

    def to_representation(self, numbers: Numbers) -> dict[str, Any]:
        return {str(name): numbers.get(str(name)) for name in self.fields}


class DayNumbersSerializer(PostNumbersSerializer):
    day = serializers.DateField()


class RetentionPointSerializer(serializers.Serializer[Any]):
    percent = serializers.IntegerField(help_text="Of the film's length.")
    people = serializers.IntegerField(help_text="How many watched this far.")
    share_percent = serializers.IntegerField(help_text="Of those who began the film.")


class AnalyticsSerializer(serializers.Serializer[Any]):
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    counted_until = serializers.DateField(help_text="The last day that is counted, about three days ago.")
    totals = PostNumbersSerializer()
    previous = PostNumbersSerializer(help_text="Of the period of the same length before.")
    days = DayNumbersSerializer(many=True, help_text="Days with numbers, oldest first.")


class PostAnalyticsSerializer(AnalyticsSerializer):
    retention = RetentionPointSerializer(many=True, help_text="Empty for photos, and without enough viewers.")


PARAMETERS = [
    OpenApiParameter(
        "days", int, enum=[7, 28, 90, 365], description="The last so many counted days. The default is 28."
    ),
    OpenApiParameter("from", str, description="The first day instead, for example 2026-11-01."),
    OpenApiParameter("to", str, description="The last day, at most a year later."),
]


class AnalyticsView(APIView):
    permission_classes = [IsAuthenticated]
    read_error_statuses = (403, 404)


class CreatorAnalytics(AnalyticsView):
    """The numbers of all posts of the caller."""

    @extend_schema(responses=AnalyticsSerializer, parameters=PARAMETERS)
    def get(self, request: Request) -> Response:
        return Response(_answer(request, _scope_of(request)))


class PostAnalytics(AnalyticsView):
    """The numbers of one of the caller's posts, and how far people watched it."""

    @extend_schema(responses=PostAnalyticsSerializer, parameters=PARAMETERS)
    def get(self, request: Request, code: str) -> Response:
        scope = _scope_of(request).narrowed_to(code)
        if not scope.clips.exists():
            raise Http404
        answer = _answer(request, scope)
        points = read_retention(scope, Period(answer["first_day"], answer["last_day"]))
        return Response(answer | {"retention": RetentionPointSerializer(points, many=True).data})


class MerchantAnalytics(AnalyticsView):
    """The numbers of all published posts with products of a merchant, for its owners and managers."""

    @extend_schema(responses=AnalyticsSerializer, parameters=PARAMETERS)
    def get(self, request: Request, slug: str) -> Response:
        member = require_member(request, slug, MerchantRole.OWNER, MerchantRole.MANAGER)
        return Response(_answer(request, Scope.of_merchant(member.merchant)))


def _scope_of(request: Request) -> Scope:
    creator = find_creator(request.user)
    if creator is None:
        raise NotFound
    return Scope.of_creator(creator)


def _answer(request: Request, scope: Scope) -> dict[str, Any]:
    until = get_counted_until(timezone.now())
    try:
        period = Period.parse(request.query_params, until=until)
    except ValueError as error:
        sentence = _("Choose a first and a last day that are at most one year apart.")
        raise ValidationError({"from": [sentence]}) from error
    report: PostReport = read_report(scope, period)
    days = [{"day": day.isoformat(), **PostNumbersSerializer(report.days[day]).data} for day in sorted(report.days)]
    return {
        "first_day": period.first,
        "last_day": period.last,
        "counted_until": until,
        "totals": PostNumbersSerializer(report.totals).data,
        "previous": PostNumbersSerializer(report.previous).data,
        "days": days,
    }
