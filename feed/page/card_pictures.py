"""What a card shows of its clip: the files of a film, or photos."""

from typing import Any

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from videos.models import Clip, Photo
from videos.models.photo import photo_address, photo_srcset
from videos.playback.sources import read_playback

SHOWN_PX, POSTER_PX = 1080, 640


def dump_json(value: Any) -> bytes:
    """Return compact JSON. UTC times end in Z, as in Django REST framework."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def film_fields(clip: Clip) -> dict[str, Any] | None:
    """Return the fields of a film's files, or None if none can be played."""
    playback = read_playback(clip.source, clip)
    if playback is None:
        return None
    largest = playback.outputs.renditions[-1]
    renditions = [
        {
            "url": playback.url_of(rendition.name),
            "codecs": rendition.codecs,
            "width_px": rendition.width_px,
            "height_px": rendition.height_px,
            "bitrate_bps": rendition.bitrate_bps,
        }
        for rendition in (*playback.outputs.renditions, *playback.outputs.modern)
    ]
    return {
        "duration_ms": playback.duration_ms,
        "width_px": largest.width_px,
        "height_px": largest.height_px,
        "poster": playback.poster_url,
        "captions": playback.captions_url,
        "renditions": orjson.Fragment(dump_json(renditions)),
        "photos": [],
    }


def photo_rows() -> ArraySubquery:
    """Return a subquery for the photos of a post, in order, in the format that `photo_fields` reads."""
    photos = Photo.objects.filter(clip=OuterRef("pk")).exclude(position=None).order_by("position")
    photo = JSONObject(id="pk", stem="stem", text="alternative_text", width_px="width_px", height_px="height_px")
    return ArraySubquery(photos.values_list(photo))


def photo_fields(clip: Any) -> dict[str, Any] | None:
    """Return the fields of a post's photos, or None if it has none. `clip` is annotated with `photo_rows`."""
    if not clip.photo_rows:
        return None
    first = clip.photo_rows[0]
    photos = [
        {
            "id": row["id"],
            "text": row["text"],
            "width_px": row["width_px"],
            "height_px": row["height_px"],
            "url": photo_address(row["stem"], SHOWN_PX),
            "avif": photo_srcset(row["stem"], "avif"),
            "jpeg": photo_srcset(row["stem"], "jpeg"),
        }
        for row in clip.photo_rows
    ]
    return {
        "duration_ms": 0,
        "width_px": first["width_px"],
        "height_px": first["height_px"],
        "poster": photo_address(first["stem"], POSTER_PX),
        "captions": "",
        "renditions": [],
        "photos": photos,
    }
