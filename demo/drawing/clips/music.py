"""A small synthesizer that plays a different tune for every clip."""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demo.records import Tune

RATE = 44_100
type Sound = NDArray[np.floating]


@dataclass(frozen=True)
class Style:
    """A musical style: a bar in sixteenths for each instrument ("x" is a note), and the voice that plays the chords."""

    kick: str
    snare: str
    hat: str
    bass: str
    chords: str
    voice: str
    arpeggio: str = ""
    swing: float = 0


STYLES = {
    "house": Style(
        "x...x...x...x...", "....x.......x...", "..x...x...x...x.", "..x...x...x...xx", "..x..x....x..x..", "keys"
    ),
    "lofi": Style(
        "x.....x...x.....",
        "....x.......x...",
        "x.x.x.x.x.x.x.x.",
        "x.....x...x.....",
        "x.........x.....",
        "keys",
        "",
        0.22,
    ),
    "pluck": Style(
        "x.......x.......",
        "........x.......",
        "x.xxx.x.x.xxx.x.",
        "x.......x...x...",
        "x...............",
        "pad",
        "x.x.xx.x.x.xx.x.",
    ),
    "chip": Style(
        "x...x...x...x...", "....x.......x...", "x.x.x.x.x.x.x.x.", "x.xxx.x.x.xxx.x.", "", "chip", "xxxxxxxxxxxxxxxx"
    ),
    "bossa": Style(
        "x..x....x..x....",
        "..x..x....x..x..",
        "xxxxxxxxxxxxxxxx",
        "x..x....x..x....",
        "x..x..x...x..x..",
        "pluck",
        "",
        0.08,
    ),
    "drift": Style(
        "x...............", "", "....x.......x...", "x...............", "x...............", "pad", "..x...x..x..x..."
    ),
    "funk": Style(
        "x..x..x.....x...",
        "....x..x.x..x...",
        "x.xxx.xxx.xxx.xx",
        "x..x.xx...x.xx..",
        "..x..x....x.x...",
        "pluck",
        "",
        0.12,
    ),
    "parade": Style(
        "x...x...x...x...",
        "..x...x...x.x.xx",
        "................",
        "x...x...x...x...",
        "..x...x...x...x.",
        "pluck",
        "x...x.x.x...x.x.",
    ),
}
MAJOR, MINOR = (0, 4, 7, 11), (0, 3, 7, 10)


def write_tune(tune: Tune, duration_ms: int, out: Path) -> None:
    """Write the tune as a 16-bit stereo WAV file of this duration, with a short fade at the end."""
    total = round(duration_ms / 1000 * RATE)
    left, right = np.zeros(total + RATE * 3, np.float32), np.zeros(total + RATE * 3, np.float32)
    style, step = STYLES[tune.style], 60 / tune.bpm / 4
    bars = int(duration_ms / 1000 / (step * 16)) + 1
    for bar in range(bars):
        for at, pan, sound in _bar(style, tune, bar, step):
            start = round((bar * 16 * step + at) * RATE)
            if start < total:
                left[start : start + len(sound)] += sound * (1 - pan)
                right[start : start + len(sound)] += sound * (1 + pan)
    mixed = np.tanh(np.stack([left, right], axis=1)[:total] * 0.8)
    fade = min(total, RATE // 2)
    mixed[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    with wave.open(str(out), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((mixed * 26_000).astype("<i2").tobytes())


def _bar(style: Style, tune: Tune, bar: int, step: float) -> list[tuple[float, float, Sound]]:
    """Return the notes of one bar as (start in seconds, pan from -1 for left to 1 for right, samples)."""
    degree = tune.chords[bar % len(tune.chords)]
    chord = [tune.root + abs(degree) + note for note in (MINOR if degree < 0 else MAJOR)]
    notes: list[tuple[float, float, Sound]] = []
    for number in range(16):
        at = step * (number + (style.swing if number % 2 else 0))
        if _plays(style.kick, number):
            notes.append((at, 0, _kick()))
        if _plays(style.snare, number):
            notes.append((at, 0.1, _noise(0.16, 18, 0.3)))
        if _plays(style.hat, number) and bar:
            notes.append((at, 0.35 if number % 4 else -0.25, _noise(0.05, 70, 0.1)))
        if _plays(style.bass, number):
            notes.append((at, 0, _note("bass", chord[0] - 24, step * 2.4) * 0.34))
        if _plays(style.chords, number):
            length = step * (14 if style.voice == "pad" else 4)
            notes += [
                (at, (index - 1.5) / 5, _note(style.voice, note, length) * 0.1) for index, note in enumerate(chord)
            ]
        if _plays(style.arpeggio, number):
            note = chord[(number * 3 + bar) % 4] + (12 if number % 3 else 0)
            notes.append(
                (
                    at,
                    -0.3 if number % 2 else 0.3,
                    _note("chip" if style.voice == "chip" else "pluck", note, step * 2.5) * 0.13,
                )
            )
    return notes


def _plays(pattern: str, number: int) -> bool:
    return number < len(pattern) and pattern[number] == "x"


def _note(voice: str, midi: int, seconds: float) -> Sound:
    time = np.arange(round(seconds * RATE), dtype=np.float32) / RATE
    phase = 2 * np.pi * 440 * 2 ** ((midi - 69) / 12) * time
    fade = np.minimum(1, np.minimum(time * 180, np.maximum(seconds - time, 0) * 40))
    sound: Sound
    match voice:
        case "keys":
            sound = np.sin(phase + 1.6 * np.exp(-time * 7) * np.sin(phase * 2)) * np.exp(-time * 3.2)
        case "pluck":
            sound = (
                np.sin(phase)
                + 0.5 * np.sin(phase * 2) * np.exp(-time * 9)
                + 0.25 * np.sin(phase * 3) * np.exp(-time * 16)
            ) * np.exp(-time * 7)
        case "chip":
            sound = np.sign(np.sin(phase)) * 0.5 * np.exp(-time * 6)
        case "pad":
            sound = (
                (np.sin(phase) + np.sin(phase * 1.004) + 0.3 * np.sin(phase * 2.002)) * 0.6 * np.minimum(1, time * 2.5)
            )
        case _:
            sound = np.tanh(1.8 * np.sin(phase) + 0.3 * np.sin(phase * 2)) * np.exp(-time * 2.2)
    shaped: Sound = (sound * fade).astype(np.float32)
    return shaped


def _kick() -> Sound:
    time = np.arange(round(0.3 * RATE), dtype=np.float32) / RATE
    sound: Sound = np.sin(2 * np.pi * (48 * time - 14 * np.exp(-time * 32) / 3.2)) * np.exp(-time * 11) * 0.85
    return sound.astype(np.float32)


def _noise(seconds: float, decay: float, level: float) -> Sound:
    count = round(seconds * RATE)
    hiss = np.diff(np.random.default_rng(4).standard_normal(count + 1)).astype(np.float32)
    return (hiss * np.exp(-np.arange(count) / RATE * decay) * level).astype(np.float32)
