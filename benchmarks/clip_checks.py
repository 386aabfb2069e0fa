"""Measures of a finished clip against its source: times, sound, colours and stills. Used by a benchmark and by tests."""

import subprocess
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from videos.media import ffmpeg
from videos.media.results import Produced, Storyboard

RATE = 8000
STEP_MS = 10
SIGNATURE_PX = 16
MIN_CHANGE = 0.05
# How much less a tile may be like the frame of its time than like the frame that it is most like.
MAX_TILE_DIFFERENCE = 2.2
# Containers round times, so that a frame may begin just before or after the time of a tile.
ROUNDING_S = 0.001

type Values = NDArray[np.float64]


def loudness_of(path: Path) -> float:
    """Return the integrated loudness in LUFS."""
    command = [
        str(ffmpeg.binary()),
        "-hide_banner",
        "-nostats",
        "-i",
        str(path),
        "-vn",
        "-af",
        "ebur128=framelog=quiet",
    ]
    text = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    return float(text[text.rindex("I:") + 2 :].split()[0])


def ends_s(path: Path) -> tuple[float, float]:
    """Return when the last frame and the last sound of an MP4 end, in seconds; 0 for what it does not have."""
    ends = []
    with av.open(str(path)) as container:
        for stream in (container.streams.video, container.streams.audio):
            if not stream:
                ends.append(0.0)
                continue
            times = [
                (float(packet.pts * packet.time_base), float((packet.duration or 0) * packet.time_base))
                for packet in container.demux(stream[0])
                if packet.size and packet.pts is not None
            ]
            stated = float((stream[0].duration or 0) * stream[0].time_base)
            ends.append(
                max(max(start for start, _ in times), min(stated, max(start + length for start, length in times)))
            )
            container.seek(0)
    return ends[0], ends[1]


def envelope(path: Path) -> Values:
    """Return how loud the sound is in each STEP_MS, from the start of the file on."""
    command = [str(ffmpeg.binary()), "-loglevel", "error", "-i", str(path), "-vn"]
    command += ["-af", f"aresample={RATE}:async=1:min_hard_comp=0.02:first_pts=0", "-ac", "1", "-f", "s16le", "-"]
    samples = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, dtype="<i2")
    size = RATE * STEP_MS // 1000
    blocks = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
    loud: Values = np.log10(np.sqrt((blocks**2).mean(axis=1)) + 10)
    return loud


def signatures(path: Path) -> tuple[Values, Values]:
    """Return the times of all frames in seconds, and the frames as small grey pictures, one in each row."""
    with av.open(str(path)) as container:
        frames = [frame for frame in container.decode(video=0) if frame.pts is not None]
        times = np.array([float(frame.pts * frame.time_base) for frame in frames if frame.pts is not None])
        grey = [
            frame.reformat(SIGNATURE_PX, SIGNATURE_PX, "gray").to_ndarray().astype(np.float64).ravel()
            for frame in frames
        ]
    return times - times[0], np.array(grey)


def sound_lag_ms(source: Values, output: Values) -> int:
    """Return by how much the sound of the output is later than the source's; 0 for sound that hardly changes."""
    if min(source[20:-20].std(), output[20:-20].std()) < MIN_CHANGE:
        return 0
    likeness = {lag: _likeness(source, output, lag) for lag in range(-100, 101)}
    best = max(likeness.values())
    return min((lag for lag, value in likeness.items() if value > best - 0.02), key=abs) * STEP_MS


def _likeness(source: Values, output: Values, lag: int) -> float:
    first, second = (source, output[lag:]) if lag >= 0 else (source[-lag:], output)
    size = min(len(first), len(second))
    if size < 20:
        return -1.0
    first, second = first[:size] - first[:size].mean(), second[:size] - second[:size].mean()
    return float((first * second).sum() / (np.sqrt((first**2).sum() * (second**2).sum()) + 1e-9))


def wrong_tiles(produced: Produced, folder: Path) -> list[int]:
    """Return the numbers of the storyboard's tiles that do not show the clip's own frame at their time."""
    board: Storyboard = produced.storyboard
    width, height = board.tile_width_px, board.tile_height_px
    with Image.open(folder / board.name) as image:
        picture = np.asarray(image.convert("RGB")).astype(np.float64)
    wrong = []
    with av.open(str(produced.encoded_files[-1].path)) as container:
        frames = list(container.decode(video=0))
    times = np.array([frame.time or 0.0 for frame in frames])
    pictures = np.array([frame.reformat(width, height, "rgb24").to_ndarray().astype(np.float32) for frame in frames])
    for number in range(board.count):
        row, column = divmod(number, board.columns)
        tile = picture[row * height : (row + 1) * height, column * width : (column + 1) * width]
        differences = np.abs(pictures - tile).mean(axis=(1, 2, 3))
        at_s = number * board.interval_ms / 1000
        first, last = np.searchsorted(times, (at_s - ROUNDING_S, at_s + ROUNDING_S), side="right") - 1
        if min(differences[max(0, first) : last + 1]) > min(differences) + MAX_TILE_DIFFERENCE:
            wrong.append(number)
    return wrong


def colour_at(path: Path, x: float, y: float) -> tuple[int, int, int]:
    """Return the colour at a place of the first frame; x and y are from 0 to 1."""
    with av.open(str(path)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    spot = picture[int(y * (picture.shape[0] - 1)), int(x * (picture.shape[1] - 1))]
    return int(spot[0]), int(spot[1]), int(spot[2])


def colour_difference(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Return the difference of two sRGB colours (CIE 1976 ΔE)."""
    return float(np.linalg.norm(_lab(one) - _lab(other)))


def _lab(colour: tuple[int, int, int]) -> Values:
    coded = np.array(colour) / 255
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    share = to_xyz @ light / np.array([0.9505, 1.0, 1.089])
    cubes = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    lab: Values = np.array([116 * cubes[1] - 16, 500 * (cubes[0] - cubes[1]), 200 * (cubes[1] - cubes[2])])
    return lab
