"""Serializers for the photos of posts, as the API shows them and as their authors arrange them."""

from typing import Any

from rest_framework import serializers

from accounts.keys import LARGEST_KEY
from videos.models import Photo
from videos.models.photo import photo_srcset

SHOWN_PX = 1080


class PhotoSerializer(serializers.ModelSerializer[Photo]):
    url = serializers.SerializerMethodField(help_text="JPEG, at most 1,080 px wide.")
    avif = serializers.SerializerMethodField(help_text="All widths, in the form of the HTML attribute srcset.")
    jpeg = serializers.SerializerMethodField(help_text="All widths, in the form of the HTML attribute srcset.")

    class Meta:
        model = Photo
        fields = ("id", "alternative_text", "width_px", "height_px", "url", "avif", "jpeg")

    def get_url(self, photo: Photo) -> str:
        return photo.address(SHOWN_PX)

    def get_avif(self, photo: Photo) -> str:
        return photo_srcset(photo.stem, "avif")

    def get_jpeg(self, photo: Photo) -> str:
        return photo_srcset(photo.stem, "jpeg")


class SentPhotoSerializer(serializers.Serializer[Any]):
    """A photo as its author arranges it in the post."""

    id = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    alternative_text = serializers.CharField(
        max_length=Photo.TEXT_LENGTH, allow_blank=True, required=False, help_text="What can be seen, for who cannot."
    )
