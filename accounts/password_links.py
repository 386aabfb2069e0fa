"""The page behind an emailed link for choosing a password: that of an invitation, or of a forgotten password."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.views import PasswordResetFromKeyView
from django.http import HttpResponse
from django.urls import reverse_lazy


class ChoosePassword(PasswordResetFromKeyView):  # type: ignore[misc]  # allauth has no types
    """Sets the password. Who follows the link reads the mail of its address, so no code is sent to it any more."""

    success_url = reverse_lazy("account_login")

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        addresses = EmailAddress.objects.filter(user=self.reset_user)
        if addresses.count() == 1:  # with several, the link does not say to which it was sent
            addresses.update(verified=True)
        return response
