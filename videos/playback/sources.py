"""Playback URLs for a clip: its renditions, poster, storyboard and captions."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from videos.media.results import Rendition, Storyboard
from videos.models import Clip, Photo, Source
from videos.models.photo import photo_address
from videos.pipeline.outputs import Outputs

PREFERRED_SHORT_SIDE = 720


@dataclass(frozen=True)
class Playback:
    """The files that a player needs for one clip. URLs are paths on this site.

    `best` is the rendition for players that cannot choose one themselves.
    """

    outputs: Outputs
    folder_url: str
    captions_url: str
    duration_ms: int

    def url_of(self, name: str) -> str:
        return self.folder_url + name

    @property
    def best(self) -> Rendition:
        fitting = [
            rendition
            for rendition in self.outputs.renditions
            if min(rendition.width_px, rendition.height_px) <= PREFERRED_SHORT_SIDE
        ]
        return fitting[-1] if fitting else self.outputs.renditions[0]

    @property
    def best_url(self) -> str:
        return self.url_of(self.best.name)

    @property
    def poster_url(self) -> str:
        return self.url_of(self.outputs.poster.name) if self.outputs.poster else ""

    @property
    def storyboard(self) -> Storyboard | None:
        return self.outputs.storyboard

    @property
    def storyboard_url(self) -> str:
        return self.url_of(self.outputs.storyboard.name) if self.outputs.storyboard else ""

    @property
    def playlist_url(self) -> str:
        return self.url_of(self.outputs.playlist) if self.outputs.playlist else ""


def read_playback(source: Source | None, clip: Clip) -> Playback | None:
    """Return what a player needs to show the clip, or None if no rendition of the source is playable yet."""
    outputs = Outputs.read(source.outputs) if source else None
    if source is None or outputs is None:
        return None
    return Playback(
        outputs=outputs,
        folder_url=f"{settings.MEDIA_URL}{source.media_folder}/",
        captions_url=reverse("clip-captions", args=[clip.code]) if clip.captions_vtt else "",
        duration_ms=source.duration_ms or 0,
    )


def poster_address(clip: Clip, width_px: int = Photo.WIDTHS_PX[1]) -> str:
    """Return the URL of the still that stands for a clip: a film's poster, or the first photo. It may be empty.

    Load photo posts `with_cover`.
    """
    if clip.is_photos:
        stem: str | None = vars(clip)["cover_stem"]
        return photo_address(stem, width_px) if stem else ""
    playback = read_playback(clip.source, clip)
    return playback.poster_url if playback else ""
