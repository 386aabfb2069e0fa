"""A standalone script that measures media files inside the sandbox and prints the results as JSON.

`videos.media.probing` starts it and compares the results with the policy. Only the demuxers and decoders that the
request names are opened, and the request limits how much is read. All packets are read, because only their times give a
reliable duration. The first frames and sounds are decoded,
because only they give a reliable size, colour and interlacing, and show that a track can be decoded.
"""

from __future__ import annotations

import json
import math
import os
import struct
import sys
from bisect import bisect_left
from contextlib import suppress
from fractions import Fraction
from typing import Any

import av
from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

FRAMES_TO_DECODE = 5
PACKETS_TO_TRY = 50
MAX_CLOCK_JUMP_S, MAX_CLOCK_STEP_BACK_S = 10.0, 0.1


def main(request: dict[str, Any]) -> None:
    """Print a JSON list with one object per requested file: its facts, or "error" if it cannot be read."""
    # Some decoders print to stdout. Reserve the real one for the result.
    stdout = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    json.dump([measure_file(file["path"], file["demuxer"], request) for file in request["files"]], stdout)
    stdout.close()


def measure_file(path: str, demuxer: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return the facts about one file, or a dict with "error" if it cannot be read. Only `demuxer` is tried."""
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": demuxer,
        "codec_whitelist": ",".join(request["decoders"]),
        "probesize": "8000000",
    }
    try:
        with av.open(f"file:{path}", format=demuxer, options=options) as container:
            return facts_of(container, request)
    except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def facts_of(container: av.container.InputContainer, request: dict[str, Any]) -> dict[str, Any]:
    """Return the facts about an open file.

    Only some facts are measured if the file has too many streams, no video, an unknown codec or too many pixels.
    """
    facts: dict[str, Any] = {"streams": len(container.streams), "video": None, "audio": None, "lost_sound": ""}
    if len(container.streams) > request["max_streams"]:
        return facts
    video = video_track(container, request["decoders"])
    if video is None:
        return facts
    context = video.codec_context
    facts["video"] = video_facts = {
        "index": video.index,
        "codec": context.codec.canonical_name if context else "unknown",
        "width": video.width if context else 0,
        "height": video.height if context else 0,
    }
    pixels = video.width * video.height if context else 0
    if video_facts["codec"] not in request["decoders"] or pixels > request["max_pixels"] or pixels == 0:
        return facts
    tracks = [AudioTrack(stream, request) for stream in container.streams.audio]
    measure_packets(container, video, {track.stream.index: track for track in tracks}, facts, request)
    decodable = min((track for track in tracks if track.is_decodable), key=AudioTrack.rank, default=None)
    if decodable:
        facts["audio"] = decodable.facts()
    elif lost := next((track for track in tracks if track.packets), None):
        facts["lost_sound"] = lost.codec
    return facts


def video_track(container: av.container.InputContainer, decoders: list[str]) -> VideoStream | None:
    """Return the film among the video tracks: one that can be decoded, moves, is a default, and is the largest.

    Cover pictures, previews and auxiliary layers are never returned.
    """
    flags = av.stream.Disposition
    hidden = flags.attached_pic | flags.timed_thumbnails | flags.still_image | flags.dependent

    def rank(stream: VideoStream) -> tuple[bool, bool, bool, int, int]:
        context = stream.codec_context
        is_decodable = context is not None and context.codec.canonical_name in decoders
        area = stream.width * stream.height if context else 0
        return (not is_decodable, stream.frames == 1, not stream.disposition & flags.default, -area, stream.index)

    return min(
        (stream for stream in container.streams.video if not stream.disposition & hidden), key=rank, default=None
    )


class AudioTrack:
    """An audio track, of which every packet is counted and the first are decoded."""

    def __init__(self, stream: AudioStream, request: dict[str, Any]) -> None:
        context = stream.codec_context
        self.stream = stream
        self.languages: list[str] = request["languages"]
        self.codec = context.name if context else "unknown"
        self.may_decode = context is not None and context.codec.name in request["decoders"] and context.sample_rate > 0
        self.is_decodable, self.packets, self.bytes, self.end, self.attempts = False, 0, 0, -math.inf, 0

    def add(self, packet: Packet[Any], seconds: float | None) -> None:
        """Count a packet, and decode it unless one has already given sound. `seconds` is its presentation time."""
        self.packets += packet.size > 0
        self.bytes += packet.size
        if seconds is not None and not packet.is_discard:
            self.end = max(self.end, seconds + float((packet.duration or 0) * packet.time_base))
        if self.may_decode and not self.is_decodable and self.attempts < PACKETS_TO_TRY:
            self.attempts += 1
            with suppress(av.FFmpegError, ValueError, NotImplementedError):  # a broken packet, or no such layout
                self.is_decodable = any(frame.samples for frame in self.stream.codec_context.decode(packet))

    def rank(self) -> tuple[bool, int, int]:
        """Return a sort key: the default track first, then the preferred languages, then the order in the file."""
        language = self.stream.language or ""
        place = self.languages.index(language) if language in self.languages else len(self.languages)
        return (not self.stream.disposition & av.stream.Disposition.default, place, self.stream.index)

    def facts(self) -> dict[str, Any]:
        context = self.stream.codec_context
        return {
            "index": self.stream.index,
            "codec": self.codec,
            "channels": context.channels,
            "layout": context.layout.name,
            "sample_rate": context.sample_rate,
            "bytes": self.bytes,
            "end_s": self.end,
        }


class Clock:
    """The presentation times of packets, without the jumps of a transport stream's clock.

    Joined recordings restart their clock. ffmpeg shifts all later packets of the file, and so does this. Source: the
    function ts_discontinuity_detect in ffmpeg's fftools.
    """

    def __init__(self, container: av.container.InputContainer) -> None:
        self.may_jump = "mpegts" in container.format.name
        self.shift, self.expected = 0.0, dict[int, float]()

    def seconds(self, packet: Packet[Any]) -> float | None:
        """Return a packet's presentation time, or None if it has none."""
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None:
            return None
        start = packet.dts if packet.dts is not None else stamp
        decoded_at = float(start * packet.time_base) + self.shift
        expected = self.expected.get(packet.stream_index)
        if self.may_jump and expected is not None:
            is_jump = decoded_at > expected + MAX_CLOCK_JUMP_S or decoded_at < expected - MAX_CLOCK_STEP_BACK_S
            self.shift += expected - decoded_at if is_jump else 0.0
            decoded_at = expected if is_jump else decoded_at
        self.expected[packet.stream_index] = decoded_at + float((packet.duration or 0) * packet.time_base)
        return float(stamp * packet.time_base) + self.shift


def measure_packets(
    container: av.container.InputContainer,
    video: VideoStream,
    tracks: dict[int, AudioTrack],
    facts: dict[str, Any],
    request: dict[str, Any],
) -> None:
    """Read every packet of the video and of the audio tracks, decode the first frames, and add the results to `facts`."""
    video.codec_context.thread_count = 1
    clock = Clock(container)
    times: list[float] = []
    keyframes: list[float] = []
    frames: list[VideoFrame] = []
    end, audio_packets, video_bytes, count = -math.inf, 0, 0, 0
    packets = container.demux([video, *(track.stream for track in tracks.values())])
    limit = request["max_packets"]
    while count <= limit and audio_packets <= limit * max(1, len(tracks)):
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):  # packets that cannot be read do not count
            break
        seconds = clock.seconds(packet)
        if packet.stream_index in tracks:
            audio_packets += 1
            tracks[packet.stream_index].add(packet, seconds)
            continue
        if len(frames) < FRAMES_TO_DECODE:
            with suppress(av.FFmpegError):  # a broken packet; later ones may be decodable
                frames += video.codec_context.decode(packet)
        if packet.size == 0 or seconds is None or packet.is_discard:
            continue
        count += 1
        times.append(seconds)
        video_bytes += packet.size
        if packet.is_keyframe:
            keyframes.append(seconds)
        end = max(end, seconds + float((packet.duration or 0) * packet.time_base))
    times = sorted(set(times))
    if times and video.duration:  # where frames are reordered, the duration of a packet may be that of another frame
        stated = times[0] + float(video.duration * video.time_base)
        end = min(end, stated) if stated > times[-1] else end
    facts["video"] |= timing(times, end, container) | {"bytes": video_bytes, "keyframes_s": sorted(keyframes)[:200]}
    facts["video"] |= appearance_of(frames[:FRAMES_TO_DECODE], video) | {"packets": count}
    facts["video"]["missing_share"] = missing_share(video, container.size or 0)
    facts["video"]["extradata"] = (video.codec_context.extradata or b"")[:16].hex()


def missing_share(video: VideoStream, file_bytes: int) -> float:
    """Return the share of indexed packets that extend beyond the end of the file, from 0 to 1."""
    entries = video.index_entries
    missing = sum(entry.pos + entry.size > file_bytes for entry in entries)
    return missing / len(entries) if missing else 0.0


def timing(times: list[float], end: float, container: av.container.InputContainer) -> dict[str, Any]:
    """Return the number of moments, the start, the first time, the duration and the frame rates of the video.

    `times` are the different presentation times in seconds, sorted. `end` is when the last packet ends. `peak_fps` is the
    number of frames in the densest second.
    """
    if not times:
        return {"moments": 0, "start_s": 0.0, "first_s": 0.0, "duration_s": 0.0, "fps": 0.0, "peak_fps": 0.0}
    span = times[-1] - times[0]
    average = (len(times) - 1) / span if span > 0 else 0.0
    typical = 1 / average if average else 0.0
    begin = float(Fraction(container.start_time or 0, 1_000_000)) if container.start_time else 0.0
    return {
        "moments": len(times),
        "start_s": max(0.0, times[0] - begin),
        "first_s": times[0],
        "duration_s": max(end - times[0], span + (typical if end <= times[-1] else 0.0)),
        "fps": average,
        "peak_fps": max(bisect_left(times, early + 1) - index for index, early in enumerate(times)),
    }


def appearance_of(frames: list[VideoFrame], stream: VideoStream) -> dict[str, Any]:
    """Return the size, pixel aspect ratio, rotation, colour and interlacing reported by the decoded frames."""
    if not frames:
        return {"decoded_frames": 0}
    first = frames[0]
    ratio = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or Fraction(1)
    return {
        "decoded_frames": len(frames),
        "width": first.width,
        "height": first.height,
        "sample_aspect_ratio": [ratio.numerator, ratio.denominator] if ratio > 0 else [1, 1],
        "pixel_format": first.format.name,
        "transfer": int(first.color_trc),
        "primaries": int(first.color_primaries),
        "matrix": int(first.colorspace),
        "interlaced": sum(frame.interlaced_frame for frame in frames) * 2 > len(frames),
        "turn": turn_of(first),
    }


def turn_of(frame: VideoFrame) -> str:
    """Return how a frame must be turned, as its display matrix says. The result is a key of `filters.TURNS`.

    Source: the function insert_transform_filters in ffmpeg's fftools, which decides the same.
    """
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return ""
    a, b, _, c, d = struct.unpack_from("=5i", bytes(data))
    across, down = math.hypot(a, c), math.hypot(b, d)
    if not across or not down:
        return ""
    degrees = round(math.degrees(math.atan2(b / down, a / across)) / 90) * 90 % 360
    if degrees == 90:
        return "left and flip" if c > 0 else "right"
    if degrees == 270:
        return "right and flip" if c < 0 else "left"
    flips = ["across"] if degrees == 180 and a < 0 else []
    flips += ["down"] if d < 0 else []
    return " and ".join(flips)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
