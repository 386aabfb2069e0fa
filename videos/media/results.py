"""Descriptions of the files made from a clip, with the details that players need.

Names are relative to the folder in which the files were made. Code that moves the files must change the names.
"""

from dataclasses import dataclass
from pathlib import Path

from videos.media.probing import Probe


@dataclass(frozen=True)
class Rendition:
    """A progressive MP4. `codecs` is a codec string (RFC 6381). `bitrate_bps` is the average bit rate."""

    name: str
    codecs: str
    width_px: int
    height_px: int
    bitrate_bps: int
    size_bytes: int


@dataclass(frozen=True)
class Still:
    """A JPEG image."""

    name: str
    width_px: int
    height_px: int


@dataclass(frozen=True)
class Storyboard:
    """A JPEG image tiled with stills. Tile n, in row order, shows the clip at n × interval_ms."""

    name: str
    tile_width_px: int
    tile_height_px: int
    columns: int
    rows: int
    count: int
    interval_ms: int


@dataclass(frozen=True)
class EncodedFile:
    """A rendition in the work folder, with the results of probing it."""

    path: Path
    rendition: Rendition
    probe: Probe


@dataclass(frozen=True)
class Playable:
    """The result of the quick run, which is enough to watch the clip."""

    encoded_file: EncodedFile
    poster: Still
    fingerprint: str


@dataclass(frozen=True)
class Produced:
    """Everything made from a clip. Encoded files are ordered by size, the smallest first.

    `lost_sound` is the codec of sound that could not be decoded, or empty. `fingerprint` is explained in `videos.media.fingerprint`. `playlist` is the HLS master playlist. `files` are all
    files to serve. They have already been flushed to disk.
    """

    encoded_files: tuple[EncodedFile, ...]
    poster: Still
    storyboard: Storyboard
    duration_ms: int
    lost_sound: str
    fingerprint: str
    playlist: Path
    files: tuple[Path, ...]
