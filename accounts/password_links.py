"""The page behind an emailed link for choosing a password: that of an invitation, or of a forgotten password."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.views import PasswordResetFromKeyView
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _


class ChoosePassword(PasswordResetFromKeyView):  # type: ignore[misc]  # allauth has no types
    """Sets the password. Who follows the link reads the mail of its address, so no code is sent to it any more."""

    success_url = reverse_lazy("account_login")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        addresses = EmailAddress.objects.filter(user=self.reset_user)
        if addresses.count() == 1:  # with several, the link does not say to which it was sent
            try:
                with transaction.atomic():
                    addresses.update(verified=True)
            except IntegrityError:
                messages.error(self.request, explain_other_owner())
        return response


def explain_other_owner() -> str:
    return _("Another account has confirmed this email address. Sign in to that account, or use another address.")
