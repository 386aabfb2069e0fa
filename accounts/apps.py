from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed  # these need the models of all apps
        from allauth.mfa.signals import authenticator_added

        from accounts.first_proof import forget_unproven
        from accounts.second_factor import note_added_factor

        authenticator_added.connect(note_added_factor)
        email_confirmed.connect(forget_unproven)
