"""Clip routes under /api/v1/."""

from django.urls import path

from videos.api import clips, photos, uploads, wording

urlpatterns = [
    path("wording/", wording.CheckWording.as_view(), name="api-wording"),
    path("clips/", clips.ClipList.as_view(), name="api-clips"),
    path("clips/<slug:code>/", clips.ClipDetail.as_view(), name="api-clip"),
    path("clips/<slug:code>/file/", clips.ClipFile.as_view(), name="api-clip-file"),
    path("clips/<slug:code>/photos/", photos.ClipPhotos.as_view(), name="api-clip-photos"),
    path("clips/<slug:code>/status/", clips.ClipStatus.as_view(), name="api-clip-status"),
    path("clips/<slug:code>/submit/", clips.ClipSubmit.as_view(), name="api-clip-submit"),
    path("clips/<slug:code>/withdraw/", clips.ClipWithdraw.as_view(), name="api-clip-withdraw"),
    path("clips/<slug:code>/appeal/", clips.ClipAppeal.as_view(), name="api-clip-appeal"),
    path("uploads/", uploads.UploadList.as_view(), name="api-uploads"),
    path("uploads/<slug:code>/", uploads.UploadDetail.as_view(), name="api-upload"),
]
