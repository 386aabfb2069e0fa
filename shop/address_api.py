"""API for the address book, and for the fields of a country's addresses."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from catalog.countries import country_codes
from shop.address_rules import get_address_fields
from shop.addresses import AddressBookFull, delete_address, make_default, save_address
from shop.models import Address
from shop.quote_serializers import AddressFieldSerializer, SavedAddressSerializer


class AddressList(generics.ListAPIView[Address]):
    """The user's saved addresses, the default one first. POST saves one more."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    serializer_class = SavedAddressSerializer
    throttle_scope = "write"
    queryset = Address.objects.none()

    def get_queryset(self) -> QuerySet[Address]:
        return Address.objects.owned_by(signed_in_user(self.request)).default_first()

    @extend_schema(
        request=SavedAddressSerializer, responses={201: SavedAddressSerializer}, parameters=[IDEMPOTENCY_KEY_HEADER]
    )
    @idempotent
    def post(self, request: Request) -> Response:
        address = _save(self.get_serializer(data=request.data), None, request)
        return Response(self.get_serializer(address).data, status=status.HTTP_201_CREATED)


class AddressDetail(generics.GenericAPIView[Address]):
    """One of the user's saved addresses. PATCH changes it, DELETE deletes it. Orders keep their copies."""

    permission_classes = [IsAuthenticated]
    serializer_class = SavedAddressSerializer
    throttle_scope = "write"
    queryset = Address.objects.none()

    def get_queryset(self) -> QuerySet[Address]:
        return Address.objects.owned_by(signed_in_user(self.request))

    def get(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    def patch(self, request: Request, pk: int) -> Response:
        address = self.get_object()
        sent = request.data
        if isinstance(sent, dict):
            sent = {**SavedAddressSerializer(address).data, **sent}
        return Response(self.get_serializer(_save(self.get_serializer(data=sent), address, request)).data)

    def delete(self, request: Request, pk: int) -> Response:
        delete_address(address=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class AddressFields(APIView):
    """The fields of a country's addresses between the name and the phone number, in the order of a form."""

    permission_classes = [AllowAny]

    @extend_schema(responses=AddressFieldSerializer(many=True))
    def get(self, request: Request, country_code: str) -> Response:
        if country_code.upper() not in country_codes():
            raise Http404
        return Response(AddressFieldSerializer(get_address_fields(country_code.upper()), many=True).data)


def _save(serializer: BaseSerializer[Address], address: Address | None, request: Request) -> Address:
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = dict(serializer.validated_data)
    label, is_default = values.pop("label", ""), values.pop("is_default", False)
    try:
        saved = save_address(user=signed_in_user(request), values=values, label=label, address=address)
    except AddressBookFull as refusal:
        raise Conflict(str(refusal)) from refusal
    if is_default:
        make_default(address=saved)
        saved.refresh_from_db()
    return saved
