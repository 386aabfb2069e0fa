"""Sound: how loud it is, how much to amplify it, and whether any of it went missing. Pure functions.

Loudness is measured as in EBU R128. ffmpeg prints it for every tenth of a second, and a summary at the end.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

# The loudness of the large short-video sites; the peak leaves headroom for AAC.
TARGET_LUFS, PEAK_DBTP = -14.0, -1.5
MAX_GAIN_DB = 20.0
# Quieter than speech in a quiet room. Room noise must not be raised to a roar.
QUIET_LUFS = -50.0
SUMMARY = ("I", "Peak")
MOMENTARY = re.compile(r"lavfi\.r128\.M=(-?[\d.]+|-?inf|nan)")
STEP_MS = 100
"""The time between two values of the loudness curve."""
AUDIBLE_LUFS, SILENT_LUFS = -45.0, -65.0
# Channel layouts that ffmpeg mixes down to stereo correctly.
MIXABLE_LAYOUTS = frozenset(
    [
        "mono",
        "stereo",
        "2.1",
        "3.0",
        "3.0(back)",
        "4.0",
        "quad",
        "quad(side)",
        "3.1",
        "5.0",
        "5.0(side)",
        "4.1",
        "5.1",
        "5.1(side)",
        "6.0",
        "6.0(front)",
        "hexagonal",
        "6.1",
        "6.1(back)",
        "6.1(front)",
        "7.0",
        "7.0(front)",
        "7.1",
        "7.1(wide)",
        "7.1(wide-side)",
        "octagonal",
        "downmix",
        "3.1.2",
        "5.1.2",
        "5.1.4",
        "7.1.2",
    ]
)


@dataclass(frozen=True)
class Loudness:
    """The measured loudness of a track: its integrated loudness in LUFS, true peak in dBTP, and momentary curve in LUFS.

    The curve has one value for each STEP_MS. Silence is -inf.
    """

    integrated: float
    true_peak: float
    curve: tuple[float, ...]


@dataclass(frozen=True)
class Gain:
    """The amplification of a track in dB. The limiter is needed if peaks would exceed PEAK_DBTP."""

    decibels: float
    is_limited: bool


def read_loudness(stdout: str, log_tail: str) -> Loudness:
    """Return the loudness that ffmpeg's ebur128 filter printed."""
    summary = log_tail[log_tail.rfind("Summary:") :]
    matches = (re.search(rf"{name}:\s+(-?[\d.]+|-?inf|nan) (?:LUFS|dBFS)", summary) for name in SUMMARY)
    integrated, peak = (_decibels(match[1]) if match else -math.inf for match in matches)
    return Loudness(integrated, peak, tuple(_decibels(value) for value in MOMENTARY.findall(stdout)))


def gain_for(loudness: Loudness) -> Gain | None:
    """Return the amplification that reaches the target, or None for what is silent or too quiet to raise."""
    if not math.isfinite(loudness.integrated) or loudness.integrated <= QUIET_LUFS:
        return None
    decibels = min(TARGET_LUFS - loudness.integrated, MAX_GAIN_DB)
    return Gain(decibels, is_limited=loudness.true_peak + decibels > PEAK_DBTP)


def corrected(gain: Gain, source: Loudness, limited: Loudness) -> Gain:
    """Return a gain that makes up for what the limiter took, within MAX_GAIN_DB. `limited` was measured behind it."""
    aim = min(TARGET_LUFS, source.integrated + MAX_GAIN_DB)
    return Gain(min(gain.decibels + max(0.0, aim - limited.integrated), MAX_GAIN_DB), is_limited=True)


def silenced_ms(source: Loudness, output: Loudness, gain: Gain | None) -> int:
    """Return for how long the output is silent where the source, amplified by `gain`, can be heard.

    A tenth of a second of difference in time is ignored.
    """
    raised = [value + (gain.decibels if gain else 0.0) for value in source.curve]
    heard = [min(_around(raised, index)) > AUDIBLE_LUFS for index in range(len(raised))]
    lost = [
        is_heard and max(_around(output.curve, index), default=-math.inf) < SILENT_LUFS
        for index, is_heard in enumerate(heard)
    ]
    return sum(lost) * STEP_MS


def _around(curve: Sequence[float], index: int) -> Sequence[float]:
    return curve[max(0, index - 2) : index + 3]


def _decibels(text: str) -> float:
    value = float(text)
    return -math.inf if math.isnan(value) or value <= -120 else value
