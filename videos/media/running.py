"""Drive one clip through the pipeline: sniff, probe, plan, encode, and probe what was made.

Two runs of ffmpeg a clip. The quick one makes the smallest rendition and the poster, so that the clip can be watched
soon; the full one decodes once more and writes everything else.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from videos.media import ffmpeg, fingerprint, hls, probing, sandbox, sniffing
from videos.media.encoding import Progress, run_ffmpeg, still, verified
from videos.media.planning import Plan, Size, plan, plan_av1
from videos.media.policy import MediaRefused, Policy, Refusal
from videos.media.results import Playable, Produced, Rendition, Storyboard

SILENCE_LUFS = -70.0
SUMMARY = ("I", "Peak", "LRA", "Threshold")
"""What ffmpeg's ebur128 prints at the end, in the order of `ffmpeg.Loudness`; the first of each name counts."""
# Share of the whole that the quick run takes, measured: see docs/transcoding.md.
QUICK_SHARE = 0.25


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
    renditions = (playable.rendition, *others)
    storyboard = _storyboard(inspected, workdir)
    packaged = hls.package(renditions, workdir)
    on_progress(100.0)
    return Produced(
        renditions=renditions,
        poster=playable.poster,
        storyboard=storyboard,
        duration_ms=playable.rendition.duration_ms,
        fingerprint=playable.fingerprint,
        source_sha256=fingerprint.content_hash(source),
        playlist=packaged[0],
        files=(*(one.path for one in renditions), playable.poster.path, storyboard.image.path, *packaged),
    )


def process_av1(
    source: Path, workdir: Path, on_progress: Progress, *, policy: Policy | None = None
) -> tuple[Rendition, ...]:
    """Make the AV1 renditions of a source whose H.264 files are in `workdir` already: their sound is copied."""
    inspected = inspect(source, policy or Policy())
    wanted = plan_av1(inspected.probe)
    if not wanted:
        return ()
    command = ffmpeg.full_command(source, inspected.probe, inspected.plan, workdir, wanted, with_storyboard=False)
    _encode(command, inspected, workdir, lambda share: on_progress(share * 100), budget=(600, 60))
    made = verified(workdir, wanted, inspected.probe.duration_ms)
    on_progress(100.0)
    return made


def inspect(source: Path, policy: Policy) -> Inspected:
    """Sniff, probe and plan. Raises MediaRefused, MediaFailed."""
    probe = probing.probe(source, sniffing.sniff(source, policy), policy)
    return Inspected(source, probe, plan(probe))


def run_quick(inspected: Inspected, workdir: Path, on_share: Progress) -> Playable:
    """Make the smallest rendition and the poster. `on_share` gets 0 to 1."""
    source, probe, made = inspected.source, inspected.probe, inspected.plan
    loudness = _measure_loudness(inspected, workdir, lambda share: on_share(0.0)) if made.has_audio else None
    alone = not made.others
    command = ffmpeg.quick_command(source, probe, made, workdir, loudness, with_storyboard=alone)
    _encode(command, inspected, workdir, on_share, budget=(60, 6))
    rendition = verified(workdir, (made.quick,), probe.duration_ms)[0]
    if made.fps_cap is None and rendition.frames < probe.packets * (1 - probing.TOLERANCE):
        raise MediaRefused(Refusal.DAMAGED)
    grey = (workdir / "fingerprint.gray").read_bytes()
    return Playable(rendition, still(workdir / "poster.jpg", made.poster), fingerprint.fingerprint(grey))


def run_full(inspected: Inspected, workdir: Path, on_share: Progress) -> tuple[Rendition, ...]:
    """Make the other renditions and the storyboard; nothing when the quick run was enough."""
    source, probe, made = inspected.source, inspected.probe, inspected.plan
    if not made.others:
        return ()
    command = ffmpeg.full_command(source, probe, made, workdir, made.others, with_storyboard=True)
    _encode(command, inspected, workdir, on_share, budget=(120, 15))
    return verified(workdir, made.others, probe.duration_ms)


def _encode(
    command: list[str], inspected: Inspected, workdir: Path, on_share: Progress, *, budget: tuple[int, int]
) -> sandbox.Finished:
    duration_ms = inspected.plan.duration_ms
    inputs = (inspected.source,)
    return run_ffmpeg(
        command, inputs=inputs, workdir=workdir, duration_ms=duration_ms, budget=budget, on_share=on_share
    )


def _storyboard(inspected: Inspected, workdir: Path) -> Storyboard:
    tiles = inspected.plan.storyboard
    whole = Size(tiles.tile.width * tiles.columns, tiles.tile.height * tiles.rows)
    return Storyboard(still(workdir / "storyboard.jpg", whole), tiles)


def _measure_loudness(inspected: Inspected, workdir: Path, on_share: Progress) -> ffmpeg.Loudness | None:
    """Return what the sound measures; None for silence, which is left as it is."""
    command = ffmpeg.loudness_command(inspected.source, inspected.probe)
    finished = _encode(command, inspected, workdir, on_share, budget=(30, 2))
    summary = finished.log_tail[finished.log_tail.rfind("Summary:") :]
    found = {name: re.search(rf"{name}:\s+(-?[\d.]+|-?inf|nan) (?:LUFS|LU|dBFS)", summary) for name in SUMMARY}
    figures = [float(match[1]) if match else -math.inf for match in found.values()]
    if not all(map(math.isfinite, figures)) or not SILENCE_LUFS < figures[0] <= 0:
        return None
    return ffmpeg.Loudness(*figures)
