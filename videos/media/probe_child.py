"""A standalone script that measures media files inside the sandbox and prints the results as JSON.

`videos.media.probing` starts it and compares the results with the policy. Only the demuxers and decoders that the
request names are opened, and the request limits how much is read. All packets are read, because only their times give a
reliable duration. The first frames are decoded, because only frames give a reliable size, colour and interlacing.
"""

import json
import math
import os
import struct
import sys
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from typing import Any

import av
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

FRAMES_TO_DECODE = 5


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
    facts: dict[str, Any] = {"streams": len(container.streams), "video": None, "audio": None}
    if len(container.streams) > request["max_streams"]:
        return facts
    video = next((s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic), None)
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
    audio = next((s for s in container.streams.audio if s.codec_context and s.codec_context.sample_rate), None)
    measure_packets(container, video, audio, facts, request)
    return facts


def measure_packets(
    container: av.container.InputContainer,
    video: VideoStream,
    audio: AudioStream | None,
    facts: dict[str, Any],
    request: dict[str, Any],
) -> None:
    """Read every packet of both streams, decode the first frames, and add the results to `facts`."""
    video.codec_context.thread_count = 1
    times: list[float] = []
    keyframes: list[float] = []
    frames: list[VideoFrame] = []
    end, audio_bytes, audio_packets, video_bytes = -math.inf, 0, 0, 0
    packets = container.demux([stream for stream in (video, audio) if stream])
    while len(times) <= request["max_packets"] and audio_packets <= request["max_packets"]:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):  # packets that cannot be read do not count
            break
        if packet.stream is audio:
            audio_packets += 1
            audio_bytes += packet.size
            continue
        if len(frames) < FRAMES_TO_DECODE:
            with suppress(av.FFmpegError):  # a broken packet; later ones may be decodable
                frames += video.codec_context.decode(packet)
        stamp = packet.pts if packet.pts is not None else packet.dts
        if packet.size == 0 or stamp is None or packet.is_discard:
            continue
        seconds = float(stamp * packet.time_base)
        times.append(seconds)
        video_bytes += packet.size
        if packet.is_keyframe:
            keyframes.append(seconds)
        end = max(end, seconds + float((packet.duration or 0) * packet.time_base))
    times.sort()
    facts["video"] |= timing(times, end, container) | {"bytes": video_bytes, "keyframes_s": keyframes[:200]}
    facts["video"] |= appearance_of(frames[:FRAMES_TO_DECODE], video)
    facts["video"]["missing_share"] = missing_share(video, container.size or 0)
    facts["video"]["extradata"] = (video.codec_context.extradata or b"")[:16].hex()
    if audio and audio_packets:
        facts["audio"] = {
            "index": audio.index,
            "codec": audio.codec_context.name,
            "channels": audio.codec_context.channels,
            "sample_rate": audio.codec_context.sample_rate,
            "bytes": audio_bytes,
        }


def missing_share(video: VideoStream, file_bytes: int) -> float:
    """Return the share of indexed packets that extend beyond the end of the file, from 0 to 1."""
    entries = video.index_entries
    missing = sum(entry.pos + entry.size > file_bytes for entry in entries)
    return missing / len(entries) if missing else 0.0


def timing(times: list[float], end: float, container: av.container.InputContainer) -> dict[str, Any]:
    """Return the number of packets, the start, the duration and the frame rates of the video.

    `times` are the sorted presentation times in seconds. `end` is when the last packet ends.
    """
    if not times:
        return {"packets": 0, "start_s": 0.0, "duration_s": 0.0, "fps": 0.0, "peak_fps": 0.0}
    gaps = sorted(late - early for early, late in pairwise(times) if late - early > 1e-6)
    span = times[-1] - times[0]
    average = (len(times) - 1) / span if span > 0 else 0.0
    typical = 1 / average if average else 0.0
    begin = float(Fraction(container.start_time or 0, 1_000_000)) if container.start_time else 0.0
    return {
        "packets": len(times),
        "start_s": max(0.0, times[0] - begin),
        "duration_s": max(end - times[0], span + (typical if end <= times[-1] else 0.0)),
        "fps": average,
        "peak_fps": 1 / gaps[len(gaps) // 10] if gaps else 0.0,
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
        **rotation_of(first),
    }


def rotation_of(frame: VideoFrame) -> dict[str, Any]:
    """Return a frame's clockwise rotation in degrees, and whether it is mirrored. Both come from its display matrix."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return {"rotation": 0, "mirrored": False}
    a, b, _, c, d = struct.unpack_from("=5i", bytes(data))
    mirrored = a * d - b * c < 0
    degrees = math.degrees(math.atan2(b, -a if mirrored else a))
    return {"rotation": round(degrees / 90) * 90 % 360, "mirrored": mirrored}


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
