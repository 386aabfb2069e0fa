from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added  # these need the models of all apps

        from accounts.second_factor import note_added_factor

        authenticator_added.connect(note_added_factor)
