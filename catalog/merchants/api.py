"""API of organisations: for whom the caller acts, applications, profiles and members."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in_user
from accounts.api_errors import Conflict
from accounts.idempotency import IDEMPOTENCY_KEY_HEADER, idempotent
from catalog.merchants.access import list_memberships, require_member
from catalog.merchants.applications import ApplicationRefused, MerchantNameTaken, apply_as_merchant, change_profile
from catalog.merchants.forms import PROFILE, ApplicationForm, MemberInvitationForm, SettingsForm
from catalog.merchants.members import MemberRefused, change_role, invite_member, remove_member
from catalog.models import Merchant, MerchantMember, MerchantRole


class MembershipSerializer(serializers.ModelSerializer[MerchantMember]):
    """A merchant for which the caller acts."""

    slug = serializers.CharField(source="merchant.slug")
    name = serializers.CharField(source="merchant.name")
    state = serializers.CharField(source="merchant.state")

    class Meta:
        model = MerchantMember
        fields = ["slug", "name", "state", "role"]


class MerchantProfileSerializer(serializers.ModelSerializer[Merchant]):
    """A merchant's profile. Name, company, country and VAT number change after staff have looked at them."""

    class Meta:
        model = Merchant
        fields = ["slug", "state", *PROFILE, "asked_changes", "decision_reason"]
        read_only_fields = ["slug", "state", "asked_changes", "decision_reason"]


class MerchantApplicationSerializer(serializers.ModelSerializer[Merchant]):
    accepts_terms = serializers.BooleanField()

    class Meta:
        model = Merchant
        fields = [*PROFILE, "sells", "accepts_terms"]


class MemberSerializer(serializers.ModelSerializer[MerchantMember]):
    email = serializers.EmailField(source="user.email", read_only=True)

    class Meta:
        model = MerchantMember
        fields = ["id", "email", "role", "joined_at"]
        read_only_fields = ["id", "joined_at"]


class NewMemberSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=MerchantRole.choices)


class MerchantList(APIView):
    """The merchants for which the caller acts. POST applies for another."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(responses=MembershipSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(MembershipSerializer(list_memberships(request.user), many=True).data)

    @extend_schema(
        request=MerchantApplicationSerializer,
        responses={201: MerchantProfileSerializer},
        parameters=[IDEMPOTENCY_KEY_HEADER],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Apply to sell here. 409 if an application waits already, or the name is taken."""
        form = ApplicationForm(_read_object(request))
        if not form.is_valid():
            raise _refuse(form.errors)
        values = {"profile": form.profile, "sells": form.cleaned_data["sells"]}
        try:
            merchant = apply_as_merchant(user=signed_in_user(request), now=timezone.now(), **values)
        except ApplicationRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(MerchantProfileSerializer(merchant).data, status=status.HTTP_201_CREATED)


class MerchantDetail(APIView):
    """The profile of a merchant, for its members. Owners change it."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(responses=MerchantProfileSerializer)
    def get(self, request: Request, merchant: str) -> Response:
        return Response(MerchantProfileSerializer(require_member(request, merchant).merchant).data)

    @extend_schema(request=MerchantProfileSerializer(partial=True), responses=MerchantProfileSerializer)
    def patch(self, request: Request, merchant: str) -> Response:
        """Change the profile. What staff look at first is in `asked_changes`. 409 if the name is taken."""
        own = require_member(request, merchant, MerchantRole.OWNER).merchant
        initial = {name: getattr(own, name) for name in PROFILE} | own.asked_changes
        sent = {name: value for name, value in _read_object(request).items() if name in PROFILE}
        form = SettingsForm(initial | sent, initial=initial)
        form.is_valid()
        if problems := {name: errors for name, errors in form.errors.items() if name in sent}:
            raise _refuse(problems)
        changes = {name: value for name, value in form.cleaned_data.items() if name in sent}
        try:
            change_profile(merchant_id=own.pk, changes=changes)
        except MerchantNameTaken as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(MerchantProfileSerializer(Merchant.objects.get(pk=own.pk)).data)


class MerchantMembers(APIView):
    """Who acts for a merchant. Owners see and invite them."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(responses=MemberSerializer(many=True))
    def get(self, request: Request, merchant: str) -> Response:
        own = require_member(request, merchant, MerchantRole.OWNER).merchant
        return Response(MemberSerializer(own.members.select_related("user").order_by("pk"), many=True).data)

    @extend_schema(request=NewMemberSerializer, responses={204: None}, parameters=[IDEMPOTENCY_KEY_HEADER])
    @idempotent
    def post(self, request: Request, merchant: str) -> Response:
        """Invite somebody by email. 409 if they act for the merchant, or are invited, already."""
        member = require_member(request, merchant, MerchantRole.OWNER)
        form = MemberInvitationForm(_read_object(request))
        if not form.is_valid():
            raise _refuse(form.errors)
        email, role = form.cleaned_data["email"], MerchantRole(form.cleaned_data["role"])
        try:
            invite_member(merchant_id=member.merchant_id, email=email, role=role, by=member.user, now=timezone.now())
        except MemberRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)


class MerchantMemberDetail(APIView):
    """One member of a merchant, whose role owners change, and whom they remove."""

    error_statuses = (409,)
    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(request=MemberSerializer, responses=MemberSerializer)
    def patch(self, request: Request, merchant: str, pk: int) -> Response:
        """Give the member another role. 409 for the last owner."""
        own = require_member(request, merchant, MerchantRole.OWNER).merchant
        body = MemberSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            role = MerchantRole(body.validated_data["role"])
            change_role(merchant_id=own.pk, member_id=pk, role=role, now=timezone.now())
        except MemberRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(MemberSerializer(own.members.select_related("user").get(pk=pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, merchant: str, pk: int) -> Response:
        """End the member's access at once. 409 for the last owner."""
        own = require_member(request, merchant, MerchantRole.OWNER).merchant
        try:
            remove_member(merchant_id=own.pk, member_id=pk, now=timezone.now())
        except MemberRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)


def _read_object(request: Request) -> dict[str, Any]:
    """Return the body of the request. Raises ValidationError if it is a list or the like."""
    if not isinstance(request.data, dict):
        raise serializers.ValidationError({"detail": [_("Send an object.")]})
    return request.data


def _refuse(problems: Mapping[str, Sequence[object]]) -> serializers.ValidationError:
    """Return the exception that names what a form refused, field by field."""
    return serializers.ValidationError({name: list(map(str, errors)) for name, errors in problems.items()})
