"""What the world may see of a clip and what rarely changes of it: files, caption, creator, products and their pictures.

Kept in memory as JSON, ready to be sent, by the version of the clip and of its products.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.text import Truncator

from catalog.models import ProductImage
from videos.models import Clip, ProductTag
from videos.playback.sources import read_playback

KEPT_FACES = 20_000
KEPT_S = 600.0
"""A creator's name and picture have no version: after ten minutes they are read again."""

type Version = tuple[float, ...]
"""When the clip changed, then when each of its products did: Unix seconds."""
type Offer = tuple[int, str, int, bool]
"""Price in minor units, currency, stock, on sale."""


@dataclass(frozen=True)
class Tag:
    """A product in a clip: JSON that ends where the offer goes, and what the product cost when it was approved."""

    product_id: int
    plain: bytes
    filmed_minor: int | None


@dataclass(frozen=True)
class Face:
    """One clip as JSON with gaps. `plain` is an object left open, `creator` too; `shown` is the latest by language."""

    version: Version
    read_at: float
    creator_id: int
    creator_name: str
    words: str
    plain: bytes
    creator: bytes
    tags: tuple[Tag, ...]
    shown: dict[str, tuple[tuple[Offer | None, ...], bytes]] = field(default_factory=dict)


class _Faces:
    """The faces of clips, first in first out; shared by the threads of a process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Face] = OrderedDict()
        self._lock = Lock()

    def get(self, clip_id: int) -> Face | None:
        return self._kept.get(clip_id)

    def put(self, clip_id: int, face: Face) -> None:
        with self._lock:
            self._kept[clip_id] = face
            while len(self._kept) > KEPT_FACES:
                self._kept.popitem(last=False)


_faces = _Faces()


def known_caption(clip_id: int) -> str:
    """Return the first words of a clip's caption when its face is in memory; otherwise nothing."""
    face = _faces.get(clip_id)
    return face.words if face else ""


def faces_of(versions: Mapping[int, Version]) -> dict[int, Face]:
    """Return the faces of those clips that have something to play; what is not in memory is read in one query."""
    oldest = time.monotonic() - KEPT_S
    found = {}
    for clip_id, version in versions.items():
        face = _faces.get(clip_id)
        if face is not None and face.version == version and face.read_at > oldest:
            found[clip_id] = face
    missing = {clip_id: version for clip_id, version in versions.items() if clip_id not in found}
    return found | _read_faces(missing) if missing else found


def _read_faces(versions: Mapping[int, Version]) -> dict[int, Face]:
    found = {}
    for clip in Clip.objects.filter(pk__in=versions).select_related("creator", "source").annotate(shown=_shown_tags()):
        face = _face_of(clip, clip.shown, versions[clip.pk])  # type: ignore[attr-defined]  # annotated above
        if face is not None:
            found[clip.pk] = face
            _faces.put(clip.pk, face)
    return found


def _shown_tags() -> ArraySubquery:
    """Return the subquery of a clip's tags with their products, in the shape that `_face_of` reads."""
    pictures = ProductImage.objects.filter(product=OuterRef("product")).order_by("position", "pk")
    picture = JSONObject(stem="stem", text="alternative_text")
    tag = JSONObject(
        start_ms="start_ms",
        end_ms="end_ms",
        id="product_id",
        filmed_minor="approved_price_minor",
        slug="product__slug",
        name="product__name",
        brand="product__brand__name",
        outbound_url="product__outbound_url",
        pictures=ArraySubquery(pictures.values_list(picture)),
    )
    return ArraySubquery(ProductTag.objects.filter(clip=OuterRef("pk")).order_by("start_ms", "pk").values_list(tag))


def _face_of(clip: Clip, tags: Iterable[dict[str, Any]], version: Version) -> Face | None:
    """Return a clip's face; None while it has nothing to play."""
    playback = read_playback(clip.source, clip)
    if playback is None:
        return None
    largest = playback.outputs.renditions[-1]
    plain = {
        "code": clip.code,
        "url": clip.get_absolute_url(),
        "caption": clip.caption,
        "language": clip.language,
        "kind": clip.kind,
        "published_at": clip.published_at,
        "duration_ms": playback.duration_ms,
        "width_px": largest.width_px,
        "height_px": largest.height_px,
        "poster": playback.poster_url,
        "captions": playback.captions_url,
        "is_speechless": clip.is_speechless,
        "renditions": [
            {
                "url": playback.url_of(one.name),
                "codecs": one.codecs,
                "width_px": one.width_px,
                "height_px": one.height_px,
                "bitrate_bps": one.bitrate_bps,
            }
            for one in (*playback.outputs.renditions, *playback.outputs.modern)
        ],
    }
    return Face(
        version,
        time.monotonic(),
        clip.creator_id,
        clip.creator.display_name,
        Truncator(clip.caption).words(6),
        dump(plain)[:-1],
        dump(_creator_of(clip))[:-1],
        tuple(Tag(tag["id"], dump(_tag_of(tag))[:-2], tag["filmed_minor"]) for tag in tags),
    )


def dump(value: Any) -> bytes:
    """Return JSON without blanks."""
    return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":")).encode()


def _creator_of(clip: Clip) -> dict[str, Any]:
    creator = clip.creator
    return {
        "handle": creator.handle,
        "name": creator.display_name,
        "url": creator.get_absolute_url(),
        "avatar": creator.avatar_url,
    }


def _tag_of(tag: dict[str, Any]) -> dict[str, Any]:
    """Return a tag with its product last, so that the offer can follow."""
    return {
        "start_ms": tag["start_ms"],
        "end_ms": tag["end_ms"],
        "product": {
            "id": tag["id"],
            "slug": tag["slug"],
            "name": tag["name"],
            "brand": tag["brand"],
            "is_outbound": bool(tag["outbound_url"]),
            "url": reverse("product", args=[tag["slug"]]),
            "pictures": [
                {
                    "text": one["text"],
                    "small": _address(f"{one['stem']}-320.webp"),
                    "large": _address(f"{one['stem']}-640.webp"),
                }
                for one in tag["pictures"]
            ],
        },
    }


def _address(name: str) -> str:
    return str(default_storage.url(name))
