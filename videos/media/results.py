"""The files made of a clip, and what players need to know about them.

Names are file names in the folder that the files were written to; code that stores them elsewhere changes the names.
"""

from dataclasses import dataclass
from pathlib import Path

from videos.media.probing import Probe


@dataclass(frozen=True)
class Rendition:
    """One progressive MP4. `codecs` is for the attribute of that name (RFC 6381); `bitrate_bps` is the average."""

    name: str
    codecs: str
    width_px: int
    height_px: int
    bitrate_bps: int
    size_bytes: int


@dataclass(frozen=True)
class Still:
    """One JPEG."""

    name: str
    width_px: int
    height_px: int


@dataclass(frozen=True)
class Storyboard:
    """One JPEG of many stills: tile n, counted along the rows, shows the clip at n × interval_ms."""

    name: str
    tile_width_px: int
    tile_height_px: int
    columns: int
    rows: int
    count: int
    interval_ms: int


@dataclass(frozen=True)
class EncodedFile:
    """A rendition in the work folder, with what its probe measured."""

    path: Path
    rendition: Rendition
    probe: Probe


@dataclass(frozen=True)
class Playable:
    """The result of the quick run: enough to watch the clip."""

    encoded_file: EncodedFile
    poster: Still
    fingerprint: str


@dataclass(frozen=True)
class Produced:
    """Everything made of a clip, the smallest encoded file first; for `fingerprint` see `videos.media.fingerprint`.

    `playlist` is the HLS entry point; `files` are all the files to serve, each of them flushed to the disk.
    """

    encoded_files: tuple[EncodedFile, ...]
    poster: Still
    storyboard: Storyboard
    duration_ms: int
    fingerprint: str
    playlist: Path
    files: tuple[Path, ...]
