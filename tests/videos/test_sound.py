"""How much sound is amplified, and whether silence is noticed."""

import math

import pytest

from videos.media.sound import Gain, Loudness, corrected, gain_for, read_loudness, silenced_ms


@pytest.mark.parametrize(
    ("integrated", "peak", "decibels", "is_limited"),
    [(-20, -12, 6, False), (-14, -1, 0, True), (-5, 0, -9, False), (-45, -30, 20, False), (-30, -10, 16, True)],
)
def test_gain_reaches_the_target_within_its_limits(
    integrated: float, peak: float, decibels: float, is_limited: bool
) -> None:
    assert gain_for(Loudness(integrated, peak, ())) == Gain(decibels, is_limited)


@pytest.mark.parametrize("integrated", [-50, -62, -math.inf])
def test_room_noise_and_silence_are_not_raised(integrated: float) -> None:
    assert gain_for(Loudness(integrated, -40, ())) is None


def test_what_the_limiter_takes_is_made_up_for() -> None:
    source, limited = Loudness(-30, -10, ()), Loudness(-18, -1.5, ())
    assert corrected(Gain(16, is_limited=True), source, limited) == Gain(20, is_limited=True)
    assert corrected(Gain(10, is_limited=True), Loudness(-24, 0, ()), Loudness(-16, -1.5, ())).decibels == 12


def test_summary_and_curve_of_ffmpeg_are_read() -> None:
    log = "Summary:\n\n  Integrated loudness:\n    I:         -23.1 LUFS\n  True peak:\n    Peak:       -3.4 dBFS\n"
    loudness = read_loudness("lavfi.r128.M=-120.691\nframe:1\nlavfi.r128.M=-20.5\n", log)
    assert loudness == Loudness(-23.1, -3.4, (-math.inf, -20.5))
    assert gain_for(read_loudness("", "nothing")) is None


def test_only_sound_that_could_be_heard_counts_as_lost() -> None:
    source = Loudness(-20, -3, (-20.0,) * 40)
    assert silenced_ms(source, source, None) == 0
    half = Loudness(-20, -3, (-20.0,) * 20)
    assert silenced_ms(source, half, None) >= 1500
    noise = Loudness(-60, -40, (-60.0,) * 40)
    assert silenced_ms(noise, Loudness(-math.inf, -math.inf, ()), None) == 0
