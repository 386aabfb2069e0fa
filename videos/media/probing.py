"""Probing of files: their contents are measured in the sandbox and checked against the policy.

Headers are not trusted: one valid fragmented MP4 claims to last 143,165 s. Times come from reading every packet, and
size and colour from decoding frames.
"""

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from accounts import sandbox
from videos.media.colour import Colour, colour_from
from videos.media.policy import DECODERS, DURATION_SLACK, MediaFailed, MediaRefused, Policy, Refusal

CHILD = Path(__file__).with_name("probe_child.py")
# Ten seconds, because a file must be refused within 15.
LIMITS = sandbox.Limits(wall_s=10, cpu_s=10, memory_bytes=1_200_000_000, file_bytes=1 << 20)
# The share of a clip that may be missing.
TOLERANCE = 0.1


@dataclass(frozen=True)
class Audio:
    """The audio track to use. `index` is its position among all of the file's streams. `layout` is ffmpeg's name."""

    index: int
    codec: str
    channels: int
    layout: str
    sample_rate: int
    bytes: int


@dataclass(frozen=True)
class Probe:
    """The decodable contents of a file. `width` and `height` are in coded pixels.

    `display_size` is what a viewer sees: width and height in square pixels, cropped and turned, not rounded. `turn` is a
    key of `filters.TURNS`. `is_cropped` says whether the container hides a part of the frames. `start_ms` is the time from the start of the file to the start of the video. `picture_ms` and `sound_ms` are when picture and
    sound end, from the start of the video; the clip ends with the later one, at `duration_ms`. `moments` is the number of
    different times at which frames are shown. `fps` is the average frame rate, `peak_fps` that of the densest second, and
    `nominal_fps` the one that ffmpeg assumes. `lost_sound` is the codec of sound that cannot be decoded, or empty.
    """

    demuxer: str
    video_index: int
    codec: str
    width: int
    height: int
    display_size: tuple[float, float]
    turn: str
    is_cropped: bool
    start_ms: int
    picture_ms: int
    sound_ms: int
    packets: int
    moments: int
    fps: float
    peak_fps: float
    nominal_fps: float
    colour: Colour
    interlaced: bool
    audio: Audio | None
    lost_sound: str
    keyframes_ms: tuple[int, ...]
    video_bytes: int
    extradata: bytes

    @property
    def is_sideways(self) -> bool:
        """Return whether width and height are exchanged when the frames are turned."""
        return self.turn.startswith(("left", "right"))

    @property
    def duration_ms(self) -> int:
        """Return when the later of picture and sound ends, from the start of the video."""
        return max(self.picture_ms, self.sound_ms)

    def without_sound(self) -> "Probe":
        """Return a copy for which the sound cannot be decoded."""
        return replace(self, audio=None, sound_ms=0, lost_sound=self.audio.codec if self.audio else self.lost_sound)


def probe(path: Path, demuxer: str, policy: Policy, *, languages: Sequence[str] = ()) -> Probe:
    """Measure a file, check it against the policy, and return the result. Raises MediaRefused, MediaFailed.

    `languages` are preferred for the sound, in this order (ISO 639-2 codes).
    """
    return check_policy(measure([(path, demuxer)], policy, languages=languages)[0], demuxer, policy)


def measure(
    files: Sequence[tuple[Path, str]], policy: Policy, *, languages: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the raw facts about each file, in order. One child process in the sandbox measures all of them.

    `files` are (path, demuxer) pairs. Raises MediaRefused if a file crashes the child process, and MediaFailed if the
    child process could not run.
    """
    request = {
        "files": [{"path": str(path), "demuxer": demuxer} for path, demuxer in files],
        "decoders": DECODERS,
        "languages": list(languages),
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
    if finished.memory_exceeded:
        raise MediaRefused(Refusal.UNREADABLE)
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
    _check_times(video, max(round(video["duration_s"] * 1000), _sound_ms(facts)), policy)
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


def _check_times(video: dict[str, Any], duration_ms: int, policy: Policy) -> None:
    if duration_ms > policy.max_duration_ms * (1 + DURATION_SLACK):
        raise MediaRefused(Refusal.TOO_LONG, limit=policy.max_duration_ms // 1000)
    if duration_ms < policy.min_duration_ms or video["packets"] < 2:
        limit = policy.min_duration_ms / 1000
        raise MediaRefused(Refusal.TOO_SHORT, seconds=f"{duration_ms / 1000:.2f}", limit=f"{limit:g}")
    if video["fps"] > policy.max_fps or video["packets"] > policy.max_frames:
        raise MediaRefused(Refusal.FRAME_RATE, limit=policy.max_fps)


def _probe_from(facts: dict[str, Any], demuxer: str) -> Probe:
    video, audio = facts["video"], facts["audio"]
    across, down = video["sample_aspect_ratio"]
    width, height = video["width"] * across / down, float(video["height"])
    return Probe(
        demuxer=demuxer,
        video_index=video["index"],
        codec=video["codec"],
        width=video["width"],
        height=video["height"],
        display_size=(height, width) if video["turn"].startswith(("left", "right")) else (width, height),
        turn=video["turn"],
        is_cropped=False,
        start_ms=round(video["start_s"] * 1000),
        picture_ms=round(video["duration_s"] * 1000),
        sound_ms=_sound_ms(facts),
        packets=video["packets"],
        moments=video["moments"],
        fps=video["fps"],
        peak_fps=video["peak_fps"],
        nominal_fps=video["fps"],
        colour=colour_from(
            matrix=video["matrix"],
            primaries=video["primaries"],
            transfer=video["transfer"],
            is_rgb=video["pixel_format"].startswith(("gbr", "rgb", "bgr")),
            short_side=min(video["width"], video["height"]),
        ),
        interlaced=video["interlaced"],
        audio=Audio(**{key: value for key, value in audio.items() if key != "end_s"}) if audio else None,
        lost_sound=facts["lost_sound"],
        keyframes_ms=tuple(round(seconds * 1000) for seconds in video["keyframes_s"]),
        video_bytes=video["bytes"],
        extradata=bytes.fromhex(video["extradata"]),
    )


def _sound_ms(facts: dict[str, Any]) -> int:
    """Return when the sound ends, from the start of the video, or 0 if there is none."""
    audio = facts["audio"]
    if not audio or not math.isfinite(audio["end_s"]):
        return 0
    after_first_s: float = audio["end_s"] - facts["video"]["first_s"]
    return max(0, round(after_first_s * 1000))
