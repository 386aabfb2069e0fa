"""API for the cards that the user keeps at the payment provider. They are kept at checkout, with `keep_card`."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import signed_in_user
from shop.api import validate
from shop.kept_cards import make_default_card, remove_card
from shop.models import KeptCard
from shop.serializers import KeptCardSerializer


class CardList(generics.ListAPIView[KeptCard]):
    """The user's kept cards, the default one first. Those that expired are among them, but can't be charged."""

    permission_classes = [IsAuthenticated]
    serializer_class = KeptCardSerializer
    queryset = KeptCard.objects.none()

    def get_queryset(self) -> QuerySet[KeptCard]:
        return KeptCard.objects.owned_by(signed_in_user(self.request)).default_first()


class CardDetail(generics.GenericAPIView[KeptCard]):
    """One of the user's kept cards. PATCH makes it the default one, DELETE removes it here and at the payment provider."""

    permission_classes = [IsAuthenticated]
    serializer_class = KeptCardSerializer
    throttle_scope = "write"
    queryset = KeptCard.objects.none()

    def get_queryset(self) -> QuerySet[KeptCard]:
        return KeptCard.objects.owned_by(signed_in_user(self.request)).default_first()

    def get(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=KeptCardSerializer, responses=KeptCardSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        card = self.get_object()
        if not validate(KeptCardSerializer(data=request.data))["is_default"]:
            raise ValidationError({"is_default": [_("Make another card the default one instead.")]})
        make_default_card(card=card)
        card.refresh_from_db()
        return Response(self.get_serializer(card).data)

    def delete(self, request: Request, pk: int) -> Response:
        remove_card(card=self.get_object(), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
