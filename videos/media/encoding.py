"""Runs of ffmpeg in the sandbox, and checks of the files that it writes.

Exceptions distinguish a bad source file from a failure on our side.
"""

import os
from collections.abc import Callable
from pathlib import Path

from accounts import sandbox
from videos.media import ffmpeg, probing
from videos.media.faults import raise_fault
from videos.media.planning import Plan, RenditionPlan
from videos.media.policy import ISO, MediaFailed, MediaRefused, Policy, Refusal
from videos.media.results import EncodedFile, Rendition

MEMORY_BYTES = 3 << 30
MAX_RUN_S = 1200
"""The maximum duration of one run. Two such runs fit into the hard time limit of the processing task."""

MAX_DRIFT_MS = 200
"""How much the picture or the sound of a rendition may differ from its plan."""

type Progress = Callable[[float], None]


def run_ffmpeg(
    command: list[str],
    *,
    inputs: tuple[Path, ...],
    workdir: Path | None,
    duration_ms: int,
    budget: tuple[int, int],
    on_share: Progress | None = None,
) -> sandbox.Finished:
    """Run ffmpeg once in the sandbox and return its result. Without a `workdir`, it can write no files.

    The time limit is `budget[0]` seconds, plus `budget[1]` seconds for each second of the clip, but at most MAX_RUN_S.
    `on_share` is called about once a second with the fraction done, from 0 to 1.

    Raises MediaFailed if a retry may succeed, and MediaRefused if the source file is at fault.
    """
    wall_s = min(MAX_RUN_S, budget[0] + budget[1] * duration_ms / 1000)

    share = 0.0

    def on_line(line: str) -> None:
        nonlocal share
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.isdigit():
            share = max(share, min(1.0, int(value) / 1000 / duration_ms))

    def on_tick() -> None:
        if on_share:
            on_share(share)

    limits = sandbox.Limits(
        wall_s=wall_s,
        cpu_s=int(wall_s * (os.cpu_count() or 1)) + 1,
        memory_bytes=MEMORY_BYTES,
        file_bytes=ffmpeg.MAX_OUTPUT_BYTES,
    )
    view = sandbox.View(programs=(ffmpeg.binary(),), inputs=inputs, output=workdir)
    finished = sandbox.run(command, view=view, limits=limits, on_line=on_line, on_tick=on_tick)
    raise_fault(finished)
    return finished


def verify(workdir: Path, renditions: tuple[RenditionPlan, ...], plan: Plan) -> tuple[EncodedFile, ...]:
    """Probe the encoded files and return them, in the order of `renditions`.

    Raises MediaRefused if much of the source could not be decoded, and MediaFailed if a file differs from its plan.
    """
    paths = [workdir / f"{rendition.name}.mp4" for rendition in renditions]
    measurements = probing.measure([(path, ISO) for path in paths], Policy())
    encoded_files = []
    for rendition, path, facts in zip(renditions, paths, measurements, strict=True):
        probe = probing.check_policy(facts, ISO, Policy(min_side_px=2, min_duration_ms=1))
        if (probe.width, probe.height) != (rendition.size.width, rendition.size.height):
            raise MediaFailed(f"{rendition.name} came out as {probe.width} × {probe.height}.")
        if (probe.audio is not None) != plan.has_audio:
            raise MediaFailed(f"{rendition.name} came out {'with' if probe.audio else 'without'} sound.")
        missing_ms = plan.duration_ms - probe.picture_ms
        if missing_ms > plan.duration_ms * probing.TOLERANCE:
            raise MediaRefused(Refusal.DAMAGED)
        if missing_ms < -MAX_DRIFT_MS or (plan.hold_ms and missing_ms > MAX_DRIFT_MS):
            raise MediaFailed(f"The picture of {rendition.name} lasts {probe.picture_ms} ms.")
        if abs(plan.sound_ms - probe.sound_ms) > max(MAX_DRIFT_MS, plan.sound_ms * probing.TOLERANCE):
            raise MediaFailed(f"The sound of {rendition.name} lasts {probe.sound_ms} ms.")
        encoded_files.append(EncodedFile(path, _describe(rendition, path, probe), probe))
    if len({encoded.probe.packets for encoded in encoded_files}) > 1:
        raise MediaFailed("The renditions have different numbers of frames.")
    return tuple(encoded_files)


def _describe(plan: RenditionPlan, path: Path, probe: probing.Probe) -> Rendition:
    size_bytes = sync_file(path)
    return Rendition(
        name=path.name,
        codecs=codecs_of(plan.codec, probe.extradata) + (",mp4a.40.2" if probe.audio else ""),
        width_px=probe.width,
        height_px=probe.height,
        bitrate_bps=round(size_bytes * 8000 / probe.duration_ms),
        size_bytes=size_bytes,
    )


def codecs_of(codec: str, configuration: bytes) -> str:
    """Return the codec string (RFC 6381) of a video track. `configuration` is the track's avcC or av1C record."""
    if codec == "h264":
        return "avc1." + configuration[1:4].hex()
    profile, level = configuration[1] >> 5, configuration[1] & 0x1F
    tier, ten_bits = configuration[2] >> 7, configuration[2] >> 6 & 1
    return f"av01.{profile}.{level:02d}{'MH'[tier]}.{10 if ten_bits else 8:02d}"


def sync_file(path: Path) -> int:
    """Flush a file to the disk and return its size in bytes. Raises MediaFailed if ffmpeg did not write it."""
    if not path.exists():
        raise MediaFailed(f"ffmpeg did not write {path.name}.")
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_size
