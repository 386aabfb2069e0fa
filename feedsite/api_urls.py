"""Routes under /api/v1/: the routes of all apps, reactions, and the OpenAPI schema."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from feedsite.collection_api import CollectionClip, OwnCollection, OwnCollections, SharedCollection
from feedsite.reactions import FollowCreator, HideCreator, Reaction
from feedsite.viewer_list_api import ViewerClips, ViewerCreators, ViewerLess

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("feed.api_urls")),
    path("", include("catalog.api_urls")),
    path("", include("creators.api_urls")),
    path("", include("videos.api_urls")),
    path("", include("shop.api_urls")),
    path("", include("social.api_urls")),
    re_path(
        r"^clips/(?P<code>[a-z0-9]+)/(?P<verb>like|save|share|not-interested)/$", Reaction.as_view(), name="api-react"
    ),
    path("creators/<str:handle>/follow/", FollowCreator.as_view(), name="api-follow"),
    path("creators/<str:handle>/hide/", HideCreator.as_view(), name="api-hide-creator"),
    path("viewer/clips/<str:kind>/", ViewerClips.as_view(), name="api-viewer-clips"),
    path("viewer/creators/", ViewerCreators.as_view(), name="api-viewer-creators"),
    path("viewer/less/", ViewerLess.as_view(), name="api-viewer-less"),
    path("viewer/collections/", OwnCollections.as_view(), name="api-collections"),
    path("viewer/collections/<slug:code>/", OwnCollection.as_view(), name="api-collection"),
    path(
        "viewer/collections/<slug:code>/clips/<slug:clip_code>/", CollectionClip.as_view(), name="api-collection-clip"
    ),
    path("collections/<slug:share_code>/", SharedCollection.as_view(), name="api-shared-collection"),
    path("", include("payouts.api_urls")),
    path("", include("programme.api_urls")),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="site/api_docs.html"),
        name="api-docs",
    ),
]
