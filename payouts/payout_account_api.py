"""A creator's payout account over JSON: asked for after a fresh sign-in, and never shown in full again."""

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from creators.access import find_creator
from creators.models import Creator
from payouts.forms import PayoutAccountForm
from payouts.models import PayoutAccount
from payouts.payout_accounts import set_payout_account
from payouts.serializers import PayoutAccountSerializer, PayoutAccountWriteSerializer


class PayoutAccountView(APIView):
    """Where your money goes. Both ways ask for a fresh sign-in: 403 tells where."""

    permission_classes = [IsAuthenticated]
    throttle_scope = "write"

    @extend_schema(responses=PayoutAccountSerializer)
    def get(self, request: Request) -> Response:
        account = PayoutAccount.objects.filter(creator=_creator_of(request)).first()
        if account is None:
            raise NotFound
        return Response(PayoutAccountSerializer(account).data)

    @extend_schema(request=PayoutAccountWriteSerializer, responses=PayoutAccountSerializer)
    def put(self, request: Request) -> Response:
        """Change the account for payouts that are planned from now on; you get an e-mail about it."""
        creator = _creator_of(request)
        wanted = PayoutAccountWriteSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        form = PayoutAccountForm(wanted.validated_data)
        if not form.is_valid():
            raise ValidationError({field: [str(one) for one in said] for field, said in form.errors.items()})
        return Response(PayoutAccountSerializer(set_payout_account(creator=creator, **form.cleaned_data)).data)


def _creator_of(request: Request) -> Creator:
    """Return the caller's creator, signed in a moment ago. Raises NotFound and PermissionDenied."""
    creator = find_creator(request.user)
    if creator is None:
        raise NotFound
    try:
        reauthentication_required(_nothing)(request._request)
    except ReauthenticationRequired as required:
        raise PermissionDenied(_("Please confirm your password first, at /accounts/reauthenticate/.")) from required
    return creator


def _nothing(_request: HttpRequest) -> None:
    """Stand for the page that a fresh sign-in guards."""
