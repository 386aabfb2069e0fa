"""Run one ffmpeg in the sandbox, tell whose fault a failure is, and probe what was made."""

import os
from collections.abc import Callable
from pathlib import Path

from videos.media import ffmpeg, probing, sandbox
from videos.media.planning import RenditionPlan, Size
from videos.media.policy import ISO, MediaFailed, MediaRefused, Policy, Refusal
from videos.media.results import Rendition, Still

MEMORY_BYTES = 3 << 30
MAX_RUN_S = 1200
"""No run takes longer, whatever the clip: two of them fit into the hard limit of a task."""

type Progress = Callable[[float], None]


def run_ffmpeg(
    command: list[str],
    *,
    inputs: tuple[Path, ...],
    workdir: Path,
    duration_ms: int,
    budget: tuple[int, int],
    on_share: Progress | None = None,
) -> sandbox.Finished:
    """Run one ffmpeg in the sandbox.

    `budget` is seconds of wall clock: so many, and so many more for each second of the clip. `on_share` gets the part
    that is done, 0 to 1, about once a second. Raises MediaFailed when another attempt may go well, MediaRefused when the file is at fault.
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
    if finished.deadline_passed:
        raise MediaFailed(f"ffmpeg was stopped after {wall_s:.0f} s.", log_tail=finished.log_tail)
    if finished.returncode < 0 or 128 < finished.returncode < 255:
        raise MediaFailed(f"ffmpeg was killed ({finished.returncode}).", log_tail=finished.log_tail)
    if finished.returncode:
        if "No space left on device" in finished.log_tail or "Cannot allocate memory" in finished.log_tail:
            raise MediaFailed("ffmpeg ran out of space or memory.", log_tail=finished.log_tail)
        raise MediaRefused(Refusal.DAMAGED)
    return finished


def verified(workdir: Path, wanted: tuple[RenditionPlan, ...], duration_ms: int) -> tuple[Rendition, ...]:
    """Probe our own output and return it. Raises MediaRefused when much of the source did not decode, MediaFailed."""
    paths = [workdir / f"{one.name}.mp4" for one in wanted]
    facts = probing.measure([(path, ISO) for path in paths], Policy())
    made = []
    for one, path, found in zip(wanted, paths, facts, strict=True):
        probe = probing.judged(found, ISO, Policy(min_side_px=2, min_duration_ms=1))
        if (probe.width, probe.height) != (one.size.width, one.size.height):
            raise MediaFailed(f"{one.name} came out as {probe.width} × {probe.height}.")
        if abs(probe.duration_ms - duration_ms) > duration_ms * probing.TOLERANCE:
            raise MediaRefused(Refusal.DAMAGED)
        made.append(_rendition(one, path, probe))
    if len({rendition.frames for rendition in made}) > 1:
        raise MediaFailed("The renditions differ in frames.")
    return tuple(made)


def _rendition(one: RenditionPlan, path: Path, probe: probing.Probe) -> Rendition:
    size = synced(path)
    return Rendition(
        name=one.name,
        path=path,
        codec=one.codec,
        codecs=codecs_of(one.codec, probe.extradata) + (",mp4a.40.2" if probe.audio else ""),
        width=probe.width,
        height=probe.height,
        bitrate_bps=round(size * 8000 / probe.duration_ms),
        bytes=size,
        frames=probe.packets,
        duration_ms=probe.duration_ms,
        keyframes_ms=probe.keyframes_ms,
    )


def codecs_of(codec: str, configuration: bytes) -> str:
    """Return the RFC 6381 name of a video track from its avcC or av1C record."""
    if codec == "h264":
        return "avc1." + configuration[1:4].hex()
    profile, level = configuration[1] >> 5, configuration[1] & 0x1F
    tier, ten_bits = configuration[2] >> 7, configuration[2] >> 6 & 1
    return f"av01.{profile}.{level:02d}{'MH'[tier]}.{10 if ten_bits else 8:02d}"


def still(path: Path, size: Size) -> Still:
    if not path.exists():
        raise MediaFailed(f"{path.name} was not made.")
    return Still(path, size.width, size.height, synced(path))


def synced(path: Path) -> int:
    """Bring a file to the disk for sure, and return its size in bytes."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_size
