"""Bit rates and frame rates that follow from those of the source."""

import math

from videos.media.probing import Probe

MAX_FPS = 60
# Millisecond timestamps make 62.5 frames a second of 60. Only what is denser than this is thinned out.
DENSE_FPS = 66
# ffmpeg's guess of a frame rate, in which held frames are made. Outside this range it would be useless or very slow.
NOMINAL_FPS = (5, 4000)
MIN_FPS = 10
MAX_AUDIO_BITS, MIN_AUDIO_BITS = 128_000, 64_000
# The bytes of a rendition ÷ those of its source, at most.
SOURCE_SHARE = 1.2
MIN_CEILING_KBITS = 40


def audio_bits(probe: Probe) -> int:
    """Return the bit rate of the sound: a fifth above the source's, because AAC is weaker than Opus, within limits."""
    if probe.audio is None or not probe.sound_ms:
        return MAX_AUDIO_BITS
    bits = probe.audio.bytes * 8000 / probe.sound_ms * SOURCE_SHARE
    return round(min(MAX_AUDIO_BITS, max(MIN_AUDIO_BITS, bits)))


def source_ceiling_kbits(probe: Probe) -> float:
    """Return the bit rate in kbit/s at which the file is SOURCE_SHARE times as large as its source.

    The rate is limited over a second, so that a short clip may have nearly a second more. It is never below the rate of
    the source's own picture.
    """
    if not probe.picture_ms:
        return math.inf
    source_bits = probe.video_bytes * 8 + (probe.audio.bytes * 8 if probe.audio else 0)
    sound_bits = audio_bits(probe) * probe.sound_ms / 1000 if probe.audio else 0
    bits = source_bits * SOURCE_SHARE - sound_bits
    own_kbits = probe.video_bytes * 8 / probe.picture_ms
    return max(MIN_CEILING_KBITS, own_kbits, bits / (probe.picture_ms + 900))


def frame_rate(probe: Probe) -> int | None:
    """Return the frame rate to convert to, or None to keep the times of the source's frames."""
    if max(probe.fps, probe.peak_fps) > DENSE_FPS:
        return MAX_FPS
    if NOMINAL_FPS[0] <= probe.nominal_fps <= NOMINAL_FPS[1]:
        return None
    return min(MAX_FPS, max(MIN_FPS, round(probe.fps)))
