"""API for a creator's payout account. It never returns the full account number."""

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

from accounts.fresh_sign_in import is_sign_in_too_old
from creators.access import find_creator
from creators.models import Creator
from payouts.forms import PayoutAccountForm
from payouts.models import PayoutAccount
from payouts.models.payee import Payee
from payouts.payout_accounts import set_payout_account
from payouts.serializers import PayoutAccountSerializer, PayoutAccountWriteSerializer


class PayoutAccountView(APIView):
    """The caller's payout account. Both GET and PUT require that the caller has confirmed their password recently.

    If not, the status is 403 and `detail` says where to confirm it.
    """

    error_statuses = read_error_statuses = (404,)
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
        """Save the account for payouts that are planned from now on. The caller gets an email about the change.

        A payout that is planned already stops until our finance team has confirmed the new account.
        """
        return save_account(_creator_of(request), request)


def save_account(payee: Payee, request: Request) -> Response:
    """Save the account in a request as the payee's own. Raises ValidationError."""
    serializer = PayoutAccountWriteSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    form = PayoutAccountForm(serializer.validated_data)
    if not form.is_valid():
        raise ValidationError({field: [str(error) for error in errors] for field, errors in form.errors.items()})
    account = set_payout_account(payee=payee, details=form.details())
    return Response(PayoutAccountSerializer(account).data)


def _creator_of(request: Request) -> Creator:
    """Return the caller's creator profile.

    Raises NotFound if there is none, and PermissionDenied if the caller has not confirmed their password recently.
    """
    creator = find_creator(request.user)
    if creator is None:
        raise NotFound
    require_fresh_sign_in(request)
    return creator


def require_fresh_sign_in(request: Request) -> None:
    """Raise PermissionDenied if the caller has not confirmed their password recently."""
    if is_sign_in_too_old(request._request):
        raise PermissionDenied(_("Sign in again first, at /accounts/sign-in-again/."))
    try:
        reauthentication_required(_empty_view)(request._request)
    except ReauthenticationRequired as required:
        raise PermissionDenied(_("Confirm your password first, at /accounts/reauthenticate/.")) from required


def _empty_view(_request: HttpRequest) -> None:
    """Do nothing. allauth's decorator needs a view to wrap."""
