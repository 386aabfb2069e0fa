from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class VideosConfig(AppConfig):
    name = "videos"
    verbose_name = _("Clips")

    def ready(self) -> None:
        from videos.intake.policy_checks import check_upload_limits

        register(check_upload_limits)
