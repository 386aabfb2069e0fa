"""What was made of a clip."""

from dataclasses import dataclass
from pathlib import Path

from videos.media.planning import StoryboardPlan


@dataclass(frozen=True)
class Rendition:
    """One finished encode. `codecs` is for the attribute of that name (RFC 6381); `bitrate_bps` is the average."""

    name: str
    path: Path
    codec: str
    codecs: str
    width: int
    height: int
    bitrate_bps: int
    bytes: int
    frames: int
    duration_ms: int
    keyframes_ms: tuple[int, ...]


@dataclass(frozen=True)
class Still:
    """A finished JPEG."""

    path: Path
    width: int
    height: int
    bytes: int


@dataclass(frozen=True)
class Storyboard:
    """A finished picture of stills, and where each stands in it."""

    image: Still
    tiles: StoryboardPlan


@dataclass(frozen=True)
class Playable:
    """What the quick run made: enough to watch the clip."""

    rendition: Rendition
    poster: Still
    fingerprint: str


@dataclass(frozen=True)
class Produced:
    """Everything made of a clip. Renditions smallest first; `fingerprint` see `videos.media.fingerprint`.

    `playlist` is the HLS entry; `files` is all that is to be served, every one of them on the disk for sure.
    """

    renditions: tuple[Rendition, ...]
    poster: Still
    storyboard: Storyboard
    duration_ms: int
    fingerprint: str
    source_sha256: str
    playlist: Path
    files: tuple[Path, ...]
