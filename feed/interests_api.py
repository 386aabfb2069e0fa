"""API of a viewer's interests and commerce dial."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_fields import BoundedListField
from accounts.keys import SLUG_LENGTH
from feed.events.identity import (
    Identity,
    identify_sender,
    identify_signed_in_viewer,
    set_viewer_cookie,
    set_welcomed_cookie,
)
from feed.forms import WelcomeForm
from feed.models import Dial, Viewer
from feed.preferences import MIN_INTERESTS, choose_interests, offered_interests, pictures_of, skip_interests

MOST_INTERESTS = 200


class InterestSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    picture = serializers.CharField(allow_blank=True, help_text="Of a product of the category; may be empty.")
    is_chosen = serializers.BooleanField()


class InterestsSerializer(serializers.Serializer[Any]):
    is_asked = serializers.BooleanField(help_text="Whether the viewer has chosen before, or skipped the choice.")
    minimum = serializers.IntegerField(help_text="How many to choose at least, unless none.")
    interests = InterestSerializer(many=True)
    dial = serializers.ChoiceField(choices=Dial.choices)


class ChoiceOfInterestsSerializer(serializers.Serializer[Any]):
    interests = BoundedListField(
        child=serializers.SlugField(max_length=SLUG_LENGTH), most=MOST_INTERESTS, help_text="Slugs of categories."
    )
    dial = serializers.ChoiceField(choices=Dial.choices, required=False, help_text="Unchanged if it is left out.")


class ViewerInterests(APIView):
    """The categories that a viewer can choose as interests.

    PUT stores the choice, which the next page of clips follows; categories that are not offered any more are left out.
    POST only notes that the viewer was asked, and keeps what they chose before.
    """

    error_statuses = (409,)
    permission_classes = [AllowAny]
    throttle_scope = "write"

    @extend_schema(responses=InterestsSerializer)
    def get(self, request: Request) -> Response:
        return _answer(request, identify_signed_in_viewer(request._request, now=timezone.now()))

    @extend_schema(request=None, responses=InterestsSerializer)
    def post(self, request: Request) -> Response:
        now = timezone.now()
        identity = identify_sender(request, now=now)
        identity.require_consent()
        skip_interests(key=identity.key, now=now)
        return _answer(request, identity)

    @extend_schema(request=ChoiceOfInterestsSerializer, responses=InterestsSerializer)
    def put(self, request: Request) -> Response:
        serializer = ChoiceOfInterestsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        now = timezone.now()
        identity = identify_sender(request, now=now)
        identity.require_consent()
        keys = dict(offered_interests(is_adult=identity.is_adult).values_list("slug", "pk"))
        chosen = [keys.get(slug, 0) for slug in serializer.validated_data["interests"]]
        dial = serializer.validated_data.get("dial", _viewer_of(identity).dial)
        form = WelcomeForm({"interests": chosen, "dial": dial}, is_adult=identity.is_adult)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: list(map(str, sentences)) for name, sentences in form.errors.items()}
            )
        categories = form.cleaned_data["interests"]
        choose_interests(key=identity.key, categories=categories, dial=Dial(form.cleaned_data["dial"]), now=now)
        return _answer(request, identity)


def _viewer_of(identity: Identity) -> Viewer:
    return Viewer.objects.filter(pk=identity.key).first() or Viewer(key=identity.key)


def _answer(request: Request, identity: Identity) -> Response:
    viewer, offered = _viewer_of(identity), list(offered_interests(is_adult=identity.is_adult))
    pictures = pictures_of(offered)
    interests = [
        {
            "slug": category.slug,
            "name": category.local_name,
            "picture": pictures[category.pk].address(320) if category.pk in pictures else "",
            "is_chosen": category.pk in viewer.interests,
        }
        for category in offered
    ]
    is_asked = viewer.welcomed_at is not None
    shown = {"is_asked": is_asked, "minimum": MIN_INTERESTS, "interests": interests, "dial": viewer.dial}
    response = Response(InterestsSerializer(shown).data)
    set_viewer_cookie(response, request._request, identity)
    if is_asked:
        set_welcomed_cookie(response, identity)
    return response
