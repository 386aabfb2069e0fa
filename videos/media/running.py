"""Drive one clip through the pipeline: sniff, probe, plan, encode, and probe what was made.

Two runs of ffmpeg a clip. The quick one makes the smallest rendition and the poster, so that the clip can be watched
soon; the full one decodes once more and writes everything else.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from videos.media import ffmpeg, fingerprint, probing, sandbox, sniffing
from videos.media.planning import Plan, RenditionPlan, Size, StoryboardPlan, plan, plan_av1
from videos.media.policy import ISO, MediaFailed, MediaRefused, Policy, Refusal

MEMORY_BYTES = 3 << 30
SILENCE_LUFS = -70.0
# Share of the whole that the quick run takes, measured: see docs/transcoding.md.
QUICK_SHARE = 0.25

type Progress = Callable[[float], None]


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
    """Everything made of a clip. Renditions smallest first; `fingerprint` see `videos.media.fingerprint`."""

    renditions: tuple[Rendition, ...]
    poster: Still
    storyboard: Storyboard
    duration_ms: int
    fingerprint: str
    source_sha256: str
    source_fps: float


@dataclass(frozen=True)
class Inspected:
    """A source that was accepted, with what is to be made of it."""

    source: Path
    probe: probing.Probe
    plan: Plan


def process(
    source: Path,
    workdir: Path,
    on_progress: Progress,
    *,
    policy: Policy | None = None,
    on_playable: Callable[[Playable], None] | None = None,
) -> Produced:
    """Make every H.264 rendition, the poster and the storyboard of a source, as files in `workdir`.

    `on_progress` gets true percent, 0 to 100, at least once a second while ffmpeg works; whatever it raises stops the
    work and is raised again. `on_playable` is called once, when the smallest rendition and the poster are ready.

    Raises MediaRefused when the file is refused for good, MediaFailed when another attempt may go well.
    """
    inspected = inspect(source, policy or Policy())
    playable = run_quick(inspected, workdir, lambda share: on_progress(share * QUICK_SHARE * 100))
    if on_playable:
        on_playable(playable)
    others = run_full(inspected, workdir, lambda share: on_progress((QUICK_SHARE + share * (1 - QUICK_SHARE)) * 100))
    board = inspected.plan.storyboard
    whole = Size(board.tile.width * board.columns, board.tile.height * board.rows)
    produced = Produced(
        renditions=(playable.rendition, *others),
        poster=playable.poster,
        storyboard=Storyboard(_still(workdir / "storyboard.jpg", whole), board),
        duration_ms=playable.rendition.duration_ms,
        fingerprint=playable.fingerprint,
        source_sha256=fingerprint.content_hash(source),
        source_fps=inspected.probe.fps,
    )
    on_progress(100.0)
    return produced


def process_av1(
    source: Path, workdir: Path, on_progress: Progress, *, policy: Policy | None = None
) -> tuple[Rendition, ...]:
    """Make the AV1 renditions of a source whose H.264 files are in `workdir` already: their sound is copied."""
    inspected = inspect(source, policy or Policy())
    wanted = plan_av1(inspected.probe)
    if not wanted:
        return ()
    command = ffmpeg.full_command(source, inspected.probe, inspected.plan, workdir, wanted, with_storyboard=False)
    _run(command, inspected, workdir, lambda share: on_progress(share * 100), budget=(600, 60))
    made = _verified(workdir, wanted, inspected.probe.duration_ms)
    on_progress(100.0)
    return made


def inspect(source: Path, policy: Policy) -> Inspected:
    """Sniff, probe and plan. Raises MediaRefused, MediaFailed."""
    probe = probing.probe(source, sniffing.sniff(source, policy), policy)
    return Inspected(source, probe, plan(probe))


def run_quick(inspected: Inspected, workdir: Path, on_share: Progress) -> Playable:
    """Make the smallest rendition and the poster. `on_share` gets 0 to 1."""
    source, probe, made = inspected.source, inspected.probe, inspected.plan
    loudness = _measure_loudness(inspected, workdir) if made.has_audio else None
    alone = not made.others
    command = ffmpeg.quick_command(source, probe, made, workdir, loudness, with_storyboard=alone)
    _run(command, inspected, workdir, on_share, budget=(60, 6))
    rendition = _verified(workdir, (made.quick,), probe.duration_ms)[0]
    if made.fps_cap is None and rendition.frames < probe.packets * (1 - probing.TOLERANCE):
        raise MediaRefused(Refusal.DAMAGED)
    grey = (workdir / "fingerprint.gray").read_bytes()
    return Playable(rendition, _still(workdir / "poster.jpg", made.poster), fingerprint.fingerprint(grey))


def run_full(inspected: Inspected, workdir: Path, on_share: Progress) -> tuple[Rendition, ...]:
    """Make the other renditions and the storyboard; nothing when the quick run was enough."""
    source, probe, made = inspected.source, inspected.probe, inspected.plan
    if not made.others:
        return ()
    command = ffmpeg.full_command(source, probe, made, workdir, made.others, with_storyboard=True)
    _run(command, inspected, workdir, on_share, budget=(120, 15))
    return _verified(workdir, made.others, probe.duration_ms)


def _measure_loudness(inspected: Inspected, workdir: Path) -> ffmpeg.Loudness | None:
    """Return what the sound measures; None for silence, which is left as it is."""
    command = ffmpeg.loudness_command(inspected.source, inspected.probe)
    finished = _run(command, inspected, workdir, lambda share: None, budget=(30, 2))
    try:
        measured = json.loads(finished.log_tail[finished.log_tail.rindex("{\n") : finished.log_tail.rindex("}") + 1])
    except ValueError as error:  # no packet of the sound decoded
        raise MediaRefused(Refusal.DAMAGED) from error
    loudness = ffmpeg.Loudness(
        integrated=float(measured["input_i"]),
        true_peak=float(measured["input_tp"]),
        range=float(measured["input_lra"]),
        threshold=float(measured["input_thresh"]),
        offset=float(measured["target_offset"]),
    )
    return loudness if SILENCE_LUFS < loudness.integrated <= 0 else None


def _run(
    command: list[str], inspected: Inspected, workdir: Path, on_share: Progress, *, budget: tuple[int, int]
) -> sandbox.Finished:
    """Run one ffmpeg. `budget` is seconds of wall clock: so many, and so many more for each second of the clip."""
    duration_ms = inspected.plan.duration_ms
    wall_s = budget[0] + budget[1] * duration_ms / 1000

    def on_line(line: str) -> None:
        key, _, value = line.partition("=")
        if key == "out_time_us" and value.lstrip("-").isdigit():
            on_share(max(0.0, min(1.0, int(value) / 1000 / duration_ms)))

    limits = sandbox.Limits(
        wall_s=wall_s,
        cpu_s=int(wall_s * (os.cpu_count() or 1)) + 1,
        memory_bytes=MEMORY_BYTES,
        file_bytes=ffmpeg.MAX_OUTPUT_BYTES,
    )
    view = sandbox.View(programs=(ffmpeg.binary(),), inputs=(inspected.source,), output=workdir)
    finished = sandbox.run(command, view=view, limits=limits, on_line=on_line)
    if finished.deadline_passed:
        raise MediaFailed(f"ffmpeg was stopped after {wall_s:.0f} s.", log_tail=finished.log_tail)
    if finished.returncode < 0 or 128 < finished.returncode < 255:
        raise MediaFailed(f"ffmpeg was killed ({finished.returncode}).", log_tail=finished.log_tail)
    if finished.returncode:
        if "No space left on device" in finished.log_tail or "Cannot allocate memory" in finished.log_tail:
            raise MediaFailed("ffmpeg ran out of space or memory.", log_tail=finished.log_tail)
        raise MediaRefused(Refusal.DAMAGED)
    return finished


def _verified(workdir: Path, wanted: tuple[RenditionPlan, ...], duration_ms: int) -> tuple[Rendition, ...]:
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
    size = _synced(path)
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


def _still(path: Path, size: Size) -> Still:
    if not path.exists():
        raise MediaFailed(f"{path.name} was not made.")
    return Still(path, size.width, size.height, _synced(path))


def _synced(path: Path) -> int:
    """Bring a file to the disk for sure, and return its size in bytes."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_size
