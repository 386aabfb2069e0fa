"""The files made from a source so far, in the form stored in `Source.outputs`. No Django here.

Names are relative to the source's media folder. Code that serves the files adds the folder.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

from videos.media.results import Rendition, Still, Storyboard


@dataclass(frozen=True)
class Outputs:
    """The files made from a source so far. There is at least one rendition, and the smallest comes first.

    `renditions` play everywhere. `modern` are AV1 renditions in the same sizes, with fewer bytes. `playlist` is the HLS
    master playlist, or an empty string. `lost_sound` is the codec of sound that could not be decoded, or empty.
    """

    renditions: tuple[Rendition, ...]
    poster: Still | None = None
    storyboard: Storyboard | None = None
    playlist: str = ""
    fingerprint: str = ""
    lost_sound: str = ""
    modern: tuple[Rendition, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the outputs as JSON data for `Source.outputs`."""
        return asdict(self)

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self | None:
        """Return the outputs stored in `Source.outputs`, or None if nothing is playable yet."""
        if not stored.get("renditions"):
            return None
        poster, storyboard = stored.get("poster"), stored.get("storyboard")
        return cls(
            renditions=tuple(Rendition(**rendition) for rendition in stored["renditions"]),
            poster=Still(**poster) if poster else None,
            storyboard=Storyboard(**storyboard) if storyboard else None,
            playlist=stored.get("playlist", ""),
            fingerprint=stored.get("fingerprint", ""),
            lost_sound=stored.get("lost_sound", ""),
            modern=tuple(Rendition(**rendition) for rendition in stored.get("modern", ())),
        )
