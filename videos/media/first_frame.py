"""The first frame of a file as ffmpeg's filters see it: cropped to its clean aperture, and rotated.

PyAV does not apply what the container says about cropping, and guesses other frame rates.
"""

import math
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from videos.media import ffmpeg
from videos.media.encoding import run_ffmpeg
from videos.media.policy import MediaRefused, Policy, Refusal
from videos.media.probing import Probe

# Only at the start of a line, because ffmpeg also prints the titles in a file, indented. They may say anything.
_FILTER = r"^\[Parsed_showinfo_\d+ @ \w+\] +"
FRAME = re.compile(
    _FILTER + r"n: *0 pts: *-?\d+ pts_time: *(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?) .* sar:(\d+)/(\d+) s:(\d+)x(\d+) ",
    re.MULTILINE | re.ASCII,
)
RATE = re.compile(_FILTER + r"config in time_base: \S+, frame_rate: (\d+)/(\d+)", re.MULTILINE | re.ASCII)


def with_first_frame(source: Path, probe: Probe, policy: Policy) -> Probe:
    """Return the probe with the size, start and frame rate that ffmpeg finds. Raises MediaRefused, MediaFailed."""
    command = ffmpeg.first_frame_command(source, probe)
    finished = run_ffmpeg(command, inputs=(source,), workdir=None, duration_ms=1000, budget=(20, 1))
    frame, rate = _find_last(FRAME, finished.log_tail), _find_last(RATE, finished.log_tail)
    across, down, width, height = map(int, frame.groups()[1:]) if frame else (0, 0, 0, 0)
    if frame is None or not width or not height:
        raise MediaRefused(Refusal.UNREADABLE, log_tail=finished.log_tail)
    start_ms = max(0, round(float(frame[1]) * 1000))
    shape = Fraction(across, down) if across and down else Fraction(1)
    size = (float(width * shape), float(height))
    _check_aspect(size, policy)
    coded = (probe.height, probe.width) if probe.is_sideways else (probe.width, probe.height)
    nominal = int(rate[1]) / int(rate[2]) if rate and int(rate[2]) else 0.0
    return replace(
        probe,
        start_ms=start_ms,
        sound_ms=max(0, probe.sound_ms + probe.start_ms - start_ms),
        display_size=size,
        is_cropped=(width, height) != coded,
        nominal_fps=nominal,
    )


def _find_last(pattern: re.Pattern[str], log: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(log))), None)


def _check_aspect(size: tuple[float, float], policy: Policy) -> None:
    ratio = max(size) / min(size)
    if ratio > policy.max_aspect:
        raise MediaRefused(Refusal.ASPECT, ratio=math.ceil(ratio), limit=policy.max_aspect)
