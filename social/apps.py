from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SocialConfig(AppConfig):
    name = "social"
    verbose_name = _("Community")

    def ready(self) -> None:
        from creators.avatars import WITHHELD_FOLDER
        from social.picture_access import can_see_rating_picture, can_see_withheld
        from social.ratings.authorship import PICTURE_RULES
        from videos.playback.media_files import GUARDS

        GUARDS[PICTURE_RULES.folder] = can_see_rating_picture
        GUARDS[WITHHELD_FOLDER] = can_see_withheld
