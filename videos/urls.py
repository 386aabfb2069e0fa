"""Page routes for clips: the studio, storefronts, embeds and link previews, captions and media files."""

from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from videos.views import embed, media, photos, previews, storefront, studio, transcript, upload

urlpatterns = [
    path("studio/", studio.studio_page, name="studio"),
    path("studio/upload/", upload.upload_page, name="upload"),
    path("studio/photos/", photos.new_photos_page, name="post-photos"),
    path("studio/clips/<slug:code>/", studio.clip_page, name="studio-clip"),
    path("studio/clips/<slug:code>/edit/", upload.edit_page, name="edit-clip"),
    path("studio/clips/<slug:code>/withdraw/", studio.withdraw_page, name="withdraw-clip"),
    path("studio/clips/<slug:code>/delete/", studio.delete_page, name="delete-clip"),
    path("studio/uploads/<slug:code>/discard/", studio.discard_page, name="discard-upload"),
    path("studio/clips/<slug:code>/appeal/", studio.appeal_page, name="appeal-clip"),
    path("c/<slug:code>/player/", require_safe(RedirectView.as_view(pattern_name="embed")), name="clip-player"),
    path("c/<slug:code>/preview.jpg", previews.preview_picture, name="clip-preview"),
    path("embed/<slug:code>/", embed.embed_page, name="embed"),
    path("oembed/", previews.describe_post, name="oembed"),
    path("c/<slug:code>/transcript/", transcript.transcript_page, name="clip-transcript"),
    path("c/<slug:code>/captions.vtt", media.captions_file, name="clip-captions"),
    path("@<str:handle>/", storefront.storefront_page, name="storefront"),
    path("media/<path:name>", media.media_file, name="media"),
]
