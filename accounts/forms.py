"""Forms for signing up, for asking for a sign-in code or a new password, and for adding a passkey."""

from typing import Any

from allauth.account.forms import RequestLoginCodeForm, ResetPasswordForm, SignupForm
from allauth.account.models import EmailAddress
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth has no types
    """Allauth's form, which takes as long for an address that has an account as for a new one."""

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            make_password(self.cleaned_data.get("password1"))  # most of the time of creating an account
        return super().try_save(request)


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    """Allauth's form. A code signs in to an account by an address that it confirmed, or by its only one.

    Otherwise people could lead others, by adding the others' addresses, into an account that is not theirs.
    """

    def clean_email(self) -> str:
        self._user: User | None = None
        email: str = super().clean_email()
        if self._user is not None and not is_own_address(self._user, email):
            self._user = None
        return email


class ResetForm(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Allauth's form. A link for a new password goes to the same addresses as a code."""

    users: list[User]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users = [user for user in self.users if is_own_address(user, email)]
        return email


def is_own_address(user: User, email: str) -> bool:
    """Return whether the user has confirmed the address, or none at all."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True)
    return confirmed.filter(email=email.lower()).exists() or not confirmed.exists()


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Allauth's form in our words. A passkey replaces the password, unless the user wants it after the password."""

    field_order = ["name", "passwordless", "credential"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label, name.help_text = _("Name"), _("So that you can tell your passkeys apart.")
        name.initial = self.initial["name"] = ""
        name.widget = forms.TextInput(attrs={"maxlength": 60, "autocomplete": "off"})
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Sign in with it instead of a password")
        passwordless.help_text = _("Untick this to be asked for it after your password.")
        passwordless.initial = True
