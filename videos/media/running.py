"""The media pipeline for one clip: sniff, probe, plan, encode, and probe the output.

ffmpeg encodes each clip in two runs. The quick run makes the smallest rendition and the poster, so that the clip can be
watched soon. The full run decodes the clip again and makes everything else.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from accounts import sandbox
from videos.media import ffmpeg, fingerprint, hls, probing
from videos.media.colour import table
from videos.media.encoding import Progress, run_ffmpeg, sync_file, verify
from videos.media.filters import COLOUR_TABLE
from videos.media.inspection import Inspected, inspect
from videos.media.levels import Levels, decode_sound, verify_sound
from videos.media.planning import plan_av1
from videos.media.policy import MediaRefused, Policy, Refusal
from videos.media.results import EncodedFile, Playable, Produced, Still, Storyboard

# The quick run's share of the total work, as measured in docs/transcoding.md.
QUICK_SHARE = 0.25


def process(
    source: Path,
    workdir: Path,
    on_progress: Progress,
    *,
    policy: Policy | None = None,
    languages: Sequence[str] = (),
    on_playable: Callable[[Playable], None] | None = None,
) -> Produced:
    """Make H.264 renditions, a poster, a storyboard and HLS files from a source, and return them.

    All files are written to `workdir`. `on_progress` is called at least once a second while ffmpeg works, with a
    percentage from 0 to 100. If it raises an exception, the work stops and the exception propagates. `on_playable` is
    called once, when the smallest rendition and the poster are ready. `languages` are preferred for the sound, in this
    order (ISO 639-2 codes).

    Raises MediaRefused if the file is refused permanently, and MediaFailed if a retry may succeed.
    """
    inspected = inspect(source, policy or Policy(), languages=languages)
    inspected, levels = decode_sound(inspected, workdir, lambda: on_progress(0.0))
    playable = run_quick(inspected, levels, workdir, lambda share: on_progress(share * QUICK_SHARE * 100))
    if on_playable:
        on_playable(playable)
    others = run_full(inspected, workdir, lambda share: on_progress((QUICK_SHARE + share * (1 - QUICK_SHARE)) * 100))
    encoded_files = (playable.encoded_file, *others)
    storyboard = _storyboard(inspected, workdir)
    playlist, *packaged = hls.package(encoded_files, workdir)
    on_progress(100.0)
    paths = (encoded.path for encoded in encoded_files)
    stills = (workdir / playable.poster.name, workdir / storyboard.name)
    return Produced(
        encoded_files=encoded_files,
        poster=playable.poster,
        storyboard=storyboard,
        duration_ms=playable.encoded_file.probe.duration_ms,
        lost_sound=inspected.probe.lost_sound,
        fingerprint=playable.fingerprint,
        playlist=playlist,
        files=(*paths, *stills, playlist, *packaged),
    )


def process_av1(
    source: Path,
    workdir: Path,
    on_progress: Progress,
    *,
    policy: Policy | None = None,
    languages: Sequence[str] = (),
    has_sound: bool = True,
) -> tuple[EncodedFile, ...]:
    """Make AV1 renditions of a source and return them, the smallest first.

    The smallest H.264 file must be in `workdir`, because its sound is copied, if `has_sound`. The result is empty if the picture is too
    small for the encoder. Raises MediaRefused, MediaFailed.
    """
    inspected = inspect(source, policy or Policy(), languages=languages)
    if not has_sound:
        inspected = inspected.without_sound()
    plans = plan_av1(inspected.probe)
    if not plans:
        return ()
    command = ffmpeg.full_command(source, inspected.probe, inspected.plan, workdir, plans, with_storyboard=False)
    _write_colour_table(inspected, workdir)
    _encode(command, inspected, workdir, lambda share: on_progress(share * 100), budget=(600, 60))
    encoded_files = verify(workdir, plans, inspected.plan)
    on_progress(100.0)
    return encoded_files


def run_quick(inspected: Inspected, levels: Levels | None, workdir: Path, on_share: Progress) -> Playable:
    """Make the smallest rendition, the poster and the fingerprint, and return them. Raises MediaRefused, MediaFailed.

    `on_share` is called with the fraction done, from 0 to 1.
    """
    source, probe, encoding_plan = inspected.source, inspected.probe, inspected.plan
    is_only_run = not encoding_plan.others
    gain = levels.gain if levels else None
    _write_colour_table(inspected, workdir)
    command = ffmpeg.quick_command(source, probe, encoding_plan, workdir, gain, with_storyboard=is_only_run)
    _encode(command, inspected, workdir, on_share, budget=(60, 6))
    encoded = verify(workdir, (encoding_plan.quick,), encoding_plan)[0]
    # A frame may be coded as two fields, in a packet each.
    expected = probe.moments / (2 if probe.interlaced else 1)
    if encoding_plan.fps is None and encoded.probe.packets < expected * (1 - probing.TOLERANCE):
        raise MediaRefused(Refusal.DAMAGED)
    if levels:
        verify_sound(encoded, levels, workdir, lambda: on_share(1.0))
        (workdir / ffmpeg.SOUND).unlink()
    poster = Still("poster.jpg", encoding_plan.poster.width, encoding_plan.poster.height)
    sync_file(workdir / poster.name)
    grey = (workdir / "fingerprint.gray").read_bytes()
    return Playable(encoded, poster, fingerprint.fingerprint(grey))


def run_full(inspected: Inspected, workdir: Path, on_share: Progress) -> tuple[EncodedFile, ...]:
    """Make the storyboard and the larger renditions, and return the renditions. Raises MediaRefused, MediaFailed.

    A small source has no larger renditions. The quick run has then made everything, and the result is empty.
    """
    source, probe, encoding_plan = inspected.source, inspected.probe, inspected.plan
    if not encoding_plan.others:
        return ()
    command = ffmpeg.full_command(source, probe, encoding_plan, workdir, encoding_plan.others, with_storyboard=True)
    _encode(command, inspected, workdir, on_share, budget=(120, 15))
    return verify(workdir, encoding_plan.others, encoding_plan)


def _encode(
    command: list[str], inspected: Inspected, workdir: Path, on_share: Progress, *, budget: tuple[int, int]
) -> sandbox.Finished:
    duration_ms = inspected.plan.duration_ms
    inputs = (inspected.source,)
    return run_ffmpeg(
        command, inputs=inputs, workdir=workdir, duration_ms=duration_ms, budget=budget, on_share=on_share
    )


def _storyboard(inspected: Inspected, workdir: Path) -> Storyboard:
    board = inspected.plan.storyboard
    name = "storyboard.jpg"
    sync_file(workdir / name)
    return Storyboard(
        name, board.tile.width, board.tile.height, board.columns, board.rows, board.count, board.interval_ms
    )


def _write_colour_table(inspected: Inspected, workdir: Path) -> None:
    if inspected.probe.colour.needs_table:
        (workdir / COLOUR_TABLE).write_text(table(inspected.probe.colour))
