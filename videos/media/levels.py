"""The sound of a source: decoded to a file, measured, and compared with that of a rendition."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from accounts import sandbox
from videos.media import ffmpeg
from videos.media.encoding import run_ffmpeg
from videos.media.inspection import Inspected
from videos.media.policy import MediaFailed, MediaRefused
from videos.media.results import EncodedFile
from videos.media.sound import Gain, Loudness, corrected, gain_for, read_loudness, silenced_ms

MAX_SILENCED_MS = 500
"""How much of the sound may be missing from a rendition."""
MAX_CORRECTIONS, MIN_CORRECTION_DB = 3, 0.5
"""How often the gain is raised to make up for the limiter, and by how much at least."""


@dataclass(frozen=True)
class Levels:
    """The measured sound of a source, and how much to amplify it (None: not at all)."""

    loudness: Loudness
    gain: Gain | None


def decode_sound(inspected: Inspected, workdir: Path, on_tick: Callable[[], None]) -> tuple[Inspected, Levels | None]:
    """Decode the sound into `workdir`, measure it, and return its levels, or None if there is none. Raises MediaFailed.

    If the sound cannot be decoded after all, the source goes on without it.
    """
    if not inspected.plan.has_audio:
        return inspected, None
    try:
        command = ffmpeg.sound_command(inspected.source, inspected.probe, workdir)
        _run(command, inspected, workdir, on_tick)
    except MediaRefused:
        return inspected.without_sound(), None
    loudness = _measure(inspected, workdir, None, on_tick)
    gain = gain_for(loudness)
    for _ in range(MAX_CORRECTIONS):
        if not gain or not gain.is_limited:
            break
        better = corrected(gain, loudness, _measure(inspected, workdir, gain, on_tick))
        if better.decibels - gain.decibels < MIN_CORRECTION_DB:
            break
        gain = better
    return inspected, Levels(loudness, gain)


def _measure(inspected: Inspected, workdir: Path, gain: Gain | None, on_tick: Callable[[], None]) -> Loudness:
    """Return the loudness of the decoded sound, amplified by `gain`."""
    command = ffmpeg.loudness_command(workdir, inspected.probe, inspected.plan, gain)
    finished = _run(command, inspected, workdir, on_tick)
    return read_loudness(finished.stdout, finished.log_tail)


def verify_sound(encoded: EncodedFile, levels: Levels, workdir: Path, on_tick: Callable[[], None]) -> None:
    """Raises MediaFailed if a rendition is silent where its source is not."""
    finished = run_ffmpeg(
        ffmpeg.output_loudness_command(encoded.path),
        inputs=(),
        workdir=workdir,
        duration_ms=encoded.probe.duration_ms,
        budget=(30, 2),
        on_share=lambda share: on_tick(),
    )
    lost_ms = silenced_ms(levels.loudness, read_loudness(finished.stdout, finished.log_tail), levels.gain)
    if lost_ms > MAX_SILENCED_MS:
        raise MediaFailed(f"{lost_ms} ms of the sound are missing.", log_tail=finished.log_tail)


def _run(command: list[str], inspected: Inspected, workdir: Path, on_tick: Callable[[], None]) -> sandbox.Finished:
    return run_ffmpeg(
        command,
        inputs=(inspected.source,),
        workdir=workdir,
        duration_ms=inspected.plan.duration_ms,
        budget=(30, 2),
        on_share=lambda share: on_tick(),
    )
