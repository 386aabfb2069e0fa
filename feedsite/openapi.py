"""What drf-spectacular says about the API, and where the pages of its documentation come from."""

SPECTACULAR_SETTINGS = {
    "TITLE": "feedsite API",
    "DESCRIPTION": "Everything that the pages can do: feed, clips, products, bag, orders, campaigns and earnings.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ClipKindEnum": "creators.models.campaign.ClipKind",
        "ClipStateEnum": "videos.states.ClipState",
        "MediumEnum": "videos.models.photo.Medium",
        "NotificationKindEnum": "social.models.notification.NotificationKind",
        "CommentStateEnum": "social.models.comment.CommentState",
        "NoticeKindEnum": "social.models.notice.NoticeKind",
        "NoticeStateEnum": "social.models.notice.NoticeState",
        "RemovalKindEnum": "social.models.removal.RemovalKind",
        "RemovalReasonEnum": "social.models.removal.RemovalReason",
        "RemovalStateEnum": "social.models.removal.RemovalState",
        "OrderStateEnum": "shop.states.OrderState",
        "ParcelStateEnum": "shop.states.ParcelState",
        "SponsorshipStateEnum": "social.models.sponsorship.SponsorshipState",
        "RefundStateEnum": "shop.states.RefundState",
        "LanguageEnum": "django.conf.settings.LANGUAGES",
    },
}
