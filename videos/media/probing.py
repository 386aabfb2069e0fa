"""Probing of files: their contents are measured in the sandbox and checked against the policy.

Headers are not trusted: one valid fragmented MP4 claims to last 143,165 s. Times come from reading every packet, and
size and colour from decoding frames.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts import sandbox
from videos.media.policy import DECODERS, MediaFailed, MediaRefused, Policy, Refusal

CHILD = Path(__file__).with_name("probe_child.py")
# Ten seconds, because a file must be refused within 15. The interpreter with PyAV maps about 300 MB.
LIMITS = sandbox.Limits(wall_s=10, cpu_s=10, memory_bytes=1_200_000_000, file_bytes=1 << 20)
# The share of a clip that may be missing. The duration of a rendition may differ from its source's by the same share.
TOLERANCE = 0.1
BT709, UNSPECIFIED = 1, 2  # Source: ISO/IEC 23091-2, MatrixCoefficients
HD_SIDE_PX = 720
HDR_TRANSFERS = {16: "smpte2084", 18: "arib-std-b67"}  # Source: ISO/IEC 23091-2, TransferCharacteristics


@dataclass(frozen=True)
class Audio:
    """The audio track to use. `index` is its position among all of the file's streams."""

    index: int
    codec: str
    channels: int
    sample_rate: int


@dataclass(frozen=True)
class Probe:
    """The decodable contents of a file. `width` and `height` are in coded pixels. `display_size` is what a viewer sees.

    `rotation` is in clockwise degrees. `start_ms` is the time from the start of the file to the start of the video.
    `fps` is the average frame rate. `peak_fps` is the frame rate in the densest tenth of the clip. `hdr` names the
    transfer curve, and is empty for SDR.
    """

    demuxer: str
    video_index: int
    codec: str
    width: int
    height: int
    sample_aspect_ratio: tuple[int, int]
    rotation: int
    mirrored: bool
    start_ms: int
    duration_ms: int
    packets: int
    fps: float
    peak_fps: float
    hdr: str
    matrix: int
    interlaced: bool
    audio: Audio | None
    keyframes_ms: tuple[int, ...]
    video_bytes: int
    extradata: bytes

    @property
    def is_bt709(self) -> bool:
        """Return whether the colours are BT.709.

        HD video that does not name its colour matrix counts as BT.709, as it does in players.
        """
        return self.matrix == BT709 or (self.matrix == UNSPECIFIED and min(self.width, self.height) >= HD_SIDE_PX)

    @property
    def display_size(self) -> tuple[float, float]:
        """Return the width and height in square pixels, after rotation. They are not rounded."""
        across, down = self.sample_aspect_ratio
        width, height = self.width * across / down, float(self.height)
        return (height, width) if self.rotation in (90, 270) else (width, height)


def probe(path: Path, demuxer: str, policy: Policy) -> Probe:
    """Measure a file, check it against the policy, and return the result. Raises MediaRefused, MediaFailed."""
    return check_policy(measure([(path, demuxer)], policy)[0], demuxer, policy)


def measure(files: Sequence[tuple[Path, str]], policy: Policy) -> list[dict[str, Any]]:
    """Return the raw facts about each file, in order. One child process in the sandbox measures all of them.

    `files` are (path, demuxer) pairs. Raises MediaRefused if a file crashes the child process, and MediaFailed if the
    child process could not run.
    """
    request = {
        "files": [{"path": str(path), "demuxer": demuxer} for path, demuxer in files],
        "decoders": DECODERS,
        "max_streams": policy.max_streams,
        "max_pixels": policy.max_pixels,
        "max_packets": policy.max_frames,
    }
    view = sandbox.View(
        programs=tuple(sorted({Path(sys.base_prefix), Path(sys.prefix), CHILD})),
        inputs=tuple(path for path, _ in files),
    )
    command = [sys.executable, "-I", str(CHILD), json.dumps(request)]
    finished = sandbox.run(command, view=view, limits=LIMITS)
    if finished.returncode == 0:
        facts: list[dict[str, Any]] = json.loads(finished.stdout)
        return facts
    if finished.returncode == 1 and not finished.stdout and "Error" in finished.log_tail:
        if "MemoryError" in finished.log_tail:
            raise MediaRefused(Refusal.UNREADABLE)
        raise MediaFailed("The probe did not run.", log_tail=finished.log_tail)
    raise MediaRefused(Refusal.UNREADABLE)  # a crash, a limit or the deadline: the file is at fault


def check_policy(facts: dict[str, Any], demuxer: str, policy: Policy) -> Probe:
    """Check raw facts against the policy and return them as a Probe. Raises MediaRefused."""
    if "error" in facts:
        raise MediaRefused(Refusal.UNREADABLE)
    if facts["streams"] > policy.max_streams:
        raise MediaRefused(Refusal.TOO_MANY_STREAMS, streams=facts["streams"], limit=policy.max_streams)
    video = facts["video"]
    if video is None:
        raise MediaRefused(Refusal.NO_VIDEO)
    if video["codec"] not in DECODERS:
        raise MediaRefused(Refusal.CODEC, codec=video["codec"])
    _check_size(video["width"], video["height"], policy)
    if not video.get("packets") or not video["decoded_frames"]:
        raise MediaRefused(Refusal.UNREADABLE)
    _check_times(video, policy)
    if video["missing_share"] > TOLERANCE:
        raise MediaRefused(Refusal.DAMAGED)
    return _probe_from(facts, demuxer)


def _check_size(width: int, height: int, policy: Policy) -> None:
    if width == 0 or height == 0:
        raise MediaRefused(Refusal.UNREADABLE)
    if max(width, height) > policy.max_side_px or width * height > policy.max_pixels:
        raise MediaRefused(Refusal.TOO_MANY_PIXELS, width=width, height=height)
    if min(width, height) < policy.min_side_px:
        raise MediaRefused(Refusal.TOO_SMALL, width=width, height=height, limit=policy.min_side_px)


def _check_times(video: dict[str, Any], policy: Policy) -> None:
    duration_ms = round(video["duration_s"] * 1000)
    if duration_ms > policy.max_duration_ms:
        raise MediaRefused(Refusal.TOO_LONG, limit=policy.max_duration_ms // 1000)
    if duration_ms < policy.min_duration_ms or video["packets"] < 2:
        limit = policy.min_duration_ms / 1000
        raise MediaRefused(Refusal.TOO_SHORT, seconds=f"{duration_ms / 1000:.2f}", limit=f"{limit:g}")
    if video["fps"] > policy.max_fps or video["packets"] > policy.max_frames:
        raise MediaRefused(Refusal.FRAME_RATE, limit=policy.max_fps)


def _probe_from(facts: dict[str, Any], demuxer: str) -> Probe:
    video, audio = facts["video"], facts["audio"]
    across, down = video["sample_aspect_ratio"]
    return Probe(
        demuxer=demuxer,
        video_index=video["index"],
        codec=video["codec"],
        width=video["width"],
        height=video["height"],
        sample_aspect_ratio=(across, down),
        rotation=video["rotation"],
        mirrored=video["mirrored"],
        start_ms=round(video["start_s"] * 1000),
        duration_ms=round(video["duration_s"] * 1000),
        packets=video["packets"],
        fps=video["fps"],
        peak_fps=video["peak_fps"],
        hdr=HDR_TRANSFERS.get(video["transfer"], ""),
        matrix=video["matrix"],
        interlaced=video["interlaced"],
        audio=Audio(audio["index"], audio["codec"], audio["channels"], audio["sample_rate"]) if audio else None,
        keyframes_ms=tuple(round(seconds * 1000) for seconds in video["keyframes_s"]),
        video_bytes=video["bytes"],
        extradata=bytes.fromhex(video["extradata"]),
    )
