"""What the pipeline made of a source, as it is kept in `Source.outputs`. No Django here.

Names are file names inside the source's media folder; whoever serves them adds the folder.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Rendition:
    """One progressive MP4. `codecs` is for the attribute of that name (RFC 6381)."""

    name: str
    codecs: str
    width_px: int
    height_px: int
    bitrate_bps: int
    size_bytes: int


@dataclass(frozen=True)
class Still:
    name: str
    width_px: int
    height_px: int


@dataclass(frozen=True)
class Storyboard:
    """One picture of stills: tile n, counted along the rows, shows the clip at n × interval_ms."""

    name: str
    tile_width_px: int
    tile_height_px: int
    columns: int
    rows: int
    count: int
    interval_ms: int


@dataclass(frozen=True)
class Outputs:
    """Everything made so far; renditions smallest first, at least one. `playlist` is the HLS entry, if any.

    `renditions` play everywhere; `modern` are smaller ones of the same sizes for players that know their codec, with a
    `modern_playlist` of their own.
    """

    renditions: tuple[Rendition, ...]
    poster: Still | None = None
    storyboard: Storyboard | None = None
    playlist: str = ""
    fingerprint: str = ""
    modern: tuple[Rendition, ...] = ()
    modern_playlist: str = ""

    def stored(self) -> dict[str, Any]:
        """Return the shape that the column keeps."""
        return asdict(self)

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self | None:
        """Return what a column holds; None while nothing is playable."""
        if not stored.get("renditions"):
            return None
        poster, storyboard = stored.get("poster"), stored.get("storyboard")
        return cls(
            renditions=tuple(Rendition(**one) for one in stored["renditions"]),
            poster=Still(**poster) if poster else None,
            storyboard=Storyboard(**storyboard) if storyboard else None,
            playlist=stored.get("playlist", ""),
            fingerprint=stored.get("fingerprint", ""),
            modern=tuple(Rendition(**one) for one in stored.get("modern", ())),
            modern_playlist=stored.get("modern_playlist", ""),
        )
