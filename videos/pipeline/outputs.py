"""Files that the pipeline has made from a source so far, as stored in `Source.outputs`. No Django here.

Names are relative to the source's media folder. Callers that serve the files add the folder.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

from videos.media.results import Rendition, Still, Storyboard


@dataclass(frozen=True)
class Outputs:
    """All outputs so far: at least one rendition, the smallest first. `playlist` is the HLS entry point, if any.

    `renditions` play everywhere. `modern` are AV1 files with the same picture sizes but fewer bytes.
    """

    renditions: tuple[Rendition, ...]
    poster: Still | None = None
    storyboard: Storyboard | None = None
    playlist: str = ""
    fingerprint: str = ""
    modern: tuple[Rendition, ...] = ()

    def stored(self) -> dict[str, Any]:
        """Return the JSON to store in `Source.outputs`."""
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
            modern=tuple(Rendition(**rendition) for rendition in stored.get("modern", ())),
        )
