"""API endpoint that receives events from players."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_fields import BoundedList
from accounts.json_parser import BoundedJSONParser
from accounts.networks import hash_network
from feed.events.bots import is_person
from feed.events.identity import identify_viewer
from feed.events.recording import BROWSER_KINDS, EventReport, record_events
from feed.models import EventKind

MAX_BATCH = 50


class EventSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=400)
    kind = serializers.ChoiceField(
        choices=[kind.label for kind in EventKind],
        help_text="Only impression, watch, product_open and product_click are stored. All others are written by the "
        "endpoint that does them, such as a like, and are ignored here.",
    )
    value = serializers.IntegerField(min_value=0, max_value=86_400_000, default=1)
    loops = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    product = serializers.CharField(max_length=80, allow_blank=True, default="")


class BatchSerializer(serializers.Serializer[Any]):
    events = BoundedList(child=EventSerializer(), max_length=MAX_BATCH)

    def reports(self) -> list[EventReport]:
        """Return the validated events, without those that a browser may not report.

        They are left out rather than refused, because browsers keep events for days, and one would cost its whole batch.
        """
        kinds = {kind.label: kind for kind in BROWSER_KINDS}
        return [
            EventReport(event["token"], kinds[event["kind"]], event["value"], event["loops"], event["product"])
            for event in self.validated_data["events"]
            if event["kind"] in kinds
        ]


class TakenSerializer(serializers.Serializer[Any]):
    taken = serializers.IntegerField(help_text="How many events were accepted.")


class BeaconParser(BoundedJSONParser):
    """Parser for JSON that was sent as text/plain.

    `navigator.sendBeacon` sends text/plain, because application/json would need a CORS preflight.
    """

    media_type = "text/plain"


class EventBatchView(APIView):
    """API endpoint that records a batch of at most 50 events. `navigator.sendBeacon` may send it as text/plain."""

    authentication_classes = []
    permission_classes = []
    throttle_scope = "events"
    parser_classes = [BoundedJSONParser, BeaconParser]

    @extend_schema(request=BatchSerializer, responses={202: TakenSerializer})
    def post(self, request: Request) -> Response:
        batch = BatchSerializer(data=request.data)
        batch.is_valid(raise_exception=True)
        may_record = identify_viewer(request._request).may_store and is_person(request._request)
        network = hash_network(request._request)
        taken = record_events(batch.reports(), now=timezone.now(), network=network) if may_record else 0
        return Response({"taken": taken}, status=status.HTTP_202_ACCEPTED)
