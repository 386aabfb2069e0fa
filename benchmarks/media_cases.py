"""The expected results of collected files that once failed, and the faults of what becomes of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.clip_checks import (
    colour_at,
    colour_difference,
    ends_s,
    envelope,
    loudness_of,
    signatures,
    sound_lag_ms,
    wrong_tiles,
)
from videos.media.results import Produced
from videos.media.sound import MAX_GAIN_DB, QUIET_LUFS, TARGET_LUFS

TOLERANCE_S, MAX_OFFSET_MS, MAX_MISSED_LU = 0.1, 45, 2.0
LAG_RANGE_MS, MAX_SHAPE_DIFFERENCE = 400, 12
WHITE_PATCH = (0.672, 0.03)

type Look = Callable[[Produced, Path], list[str]]


@dataclass(frozen=True)
class Case:
    """What must become of a file.

    `refusal` is the code with which it is refused, or empty. `start_s` is when the picture starts in the source. Without
    `compares_sound`, the times of the sounds are not compared. `lufs` is the expected loudness. `look` returns faults of the picture.
    """

    seconds: float = 0.0
    refusal: str = ""
    has_sound: bool = True
    lost_sound: str = ""
    size: tuple[int, int] | None = None
    start_s: float = 0.0
    lufs: float | None = None
    fps: tuple[float, float] | None = None
    compares_sound: bool = True
    look: Look | None = None


def chart(produced: Produced, folder: Path) -> list[str]:
    """Return faults of a rendition of the chart with patches of known light."""
    path = produced.encoded_files[-1].path
    white, bright, skin = (colour_at(path, x, y) for x, y in (WHITE_PATCH, (0.985, 0.03), (0.58, 0.98)))
    faults = [f"white of 203 nits at {white}"] if not all(191 <= channel <= 242 for channel in white) else []
    faults += [f"1000 nits at {bright}"] if min(bright) <= max(white) else []
    faults += [f"skin at {skin}"] if colour_difference(skin, (181, 143, 125)) > 10 else []
    return faults


def pure_red(produced: Produced, folder: Path) -> list[str]:
    """Return a fault if the top left corner is not the purest red."""
    red = colour_at(produced.encoded_files[-1].path, 0.02, 0.01)
    return [f"red at {red}"] if colour_difference(red, (255, 0, 0)) > 5 else []


CASES = {
    "sound_adpcm.avi": Case(3.0),
    "h15d_pcm_alaw.mov": Case(4.0),
    "h42_dts.mkv": Case(2.0, has_sound=False, lost_sound="dca"),
    "h42_first_audio_alaw_second_aac.mov": Case(2.0),
    "sound_ambisonic.webm": Case(3.0, compares_sound=False),
    "sound_11_channels.mov": Case(1.0, compares_sound=False),
    "picture_3s_sound_12s.webm": Case(12.0),
    "picture_0.8s_sound_12s.mp4": Case(12.0),
    "h11_audio_9s_video_4s.mp4": Case(9.0),
    "h54_chrome_static_tail.webm": Case(6.0),
    "h05c_chrome_mp4_size_change.mp4": Case(4.07, size=(360, 640)),
    "h69c_pause_1.2s_then_9_frames.mp4": Case(6.0),
    "joined_parts.ts": Case(7.0, compares_sound=False),
    "h24b_mjpeg_thumb_track_first_h264_default.mov": Case(4.0, size=(360, 640)),
    "h40_clap_360x640_of_640x640.mp4": Case(2.0, size=(360, 640)),
    "h73_sar_100_1.mp4": Case(refusal="aspect"),
    "h46b_hlg_transfer_only.mp4": Case(2.1),
    "h47b_bt2020_sdr_10bit.mp4": Case(2.0, look=pure_red),
    "hdr_hlg.mp4": Case(1.0, has_sound=False, look=chart),
    "hdr_pq.mp4": Case(1.0, has_sound=False, look=chart),
    "h28b_room_tone_minus62.mp4": Case(8.0, lufs=-69.7, compares_sound=False),
    "h03_chrome_mediarecorder_vp8.webm": Case(4.1),
    "h70b_random_24fps_jitter_8ms.mp4": Case(5.95, fps=(22, 27)),
    "h12_video_starts_late_0.7.mp4": Case(3.3, start_s=0.7, lufs=-14),
}


GOOD = {
    "g02": Case(4.97),
    "g05": Case(1.09),
    "g20": Case(2.55),
    "g26": Case(2.15),
    "g29": Case(1.0),
    "g38": Case(2.51),
    "g40": Case(4.0),
    "g41": Case(3.0),
    "g42": Case(3.0),
    "g43": Case(3.97, has_sound=False),
    "g44": Case(2.0, has_sound=False),
    "g45": Case(2.0, has_sound=False),
    "g46": Case(2.0),
    "g47": Case(2.0),
    "g48": Case(2.0, has_sound=False),
    "g49": Case(1.0, has_sound=False),
    "g52": Case(1.0, has_sound=False),
    "g53": Case(3.0),
}
"""The expected result of each good file, by the start of its name."""

BAD = {
    "b01": {"empty"},
    "b15": {"no_video", "not_video"},
    "b40": {"codec"},
    "b42": {"codec"},
    "b43": {"too_many_pixels"},
    "b44": {"too_small", "too_long"},
    "b46": {"frame_rate"},
    "b47": {"too_long"},
    "b48": {"too_many_streams"},
    "b49": {"unreadable"},
    "b50": {"unreadable"},
    "b51": {"too_small"},
    "b52": {"too_short"},
    "b53": {"too_many_pixels"},
}
"""With which codes a bad file may be refused, by the start of its name. All others are `not_video`."""

# The policy for borderline files: most of the clip must be there.
ODD_REFUSED = {"o03": "damaged"}


@dataclass(frozen=True)
class Measures:
    """What was measured of a clip: by how much its sound is late, and how many stills show other frames.

    `missed_lu` is by how much the loudness differs from what it should be; 0 for a clip without sound. `white` is where
    203 nits are in the range of the output, for a chart with such a patch.
    """

    late_ms: int = 0
    wrong_tiles: int = 0
    missed_lu: float = 0.0
    white: float | None = None


def examine(source: Path, produced: Produced, folder: Path, case: Case) -> tuple[Measures, list[str]]:
    """Return what was measured of the clip made from `source`, and sentences about everything that is wrong with it."""
    faults = case.look(produced, folder) if case.look else []
    encoded = produced.encoded_files[-1]
    picture_s, sound_s = ends_s(encoded.path)
    if abs(max(picture_s, sound_s) - case.seconds) > TOLERANCE_S or picture_s < case.seconds - TOLERANCE_S:
        faults.append(f"picture lasts {picture_s:.2f} s, sound {sound_s:.2f} s instead of {case.seconds} s")
    if bool(encoded.probe.audio) != case.has_sound or produced.lost_sound != case.lost_sound:
        faults.append(f"sound {encoded.probe.audio}, lost {produced.lost_sound!r}")
    smallest = produced.encoded_files[0].rendition
    if case.size and (smallest.width_px, smallest.height_px) != case.size:
        faults.append(f"size {smallest.width_px} × {smallest.height_px}")
    fps = encoded.probe.packets / picture_s
    if case.fps and not case.fps[0] <= fps <= case.fps[1]:
        faults.append(f"{fps:.1f} frames per second")
    tiles = wrong_tiles(produced, folder)
    if tiles:
        faults.append(f"storyboard tiles {tiles} show other frames")
    white = min(colour_at(encoded.path, *WHITE_PATCH)) / 255 if case.look is chart else None
    late_ms = sound_late_ms(source, produced.encoded_files[0].path, case)  # the picture decodes fastest there
    if abs(late_ms) > MAX_OFFSET_MS:
        faults.append(f"the sound is {late_ms} ms late")
    missed_lu = missed_loudness(source, encoded.path, case)
    if abs(missed_lu) > MAX_MISSED_LU:
        faults.append(f"{missed_lu:.1f} LU louder than it should be")
    return Measures(late_ms, len(tiles), missed_lu, white), faults


def missed_loudness(source: Path, path: Path, case: Case) -> float:
    """Return by how many LU the clip is louder than it should be: at the target, if the limits on the gain allow it."""
    if not case.has_sound or (case.lufs is None and not case.compares_sound):
        return 0.0
    if case.lufs is not None:
        return loudness_of(path) - case.lufs
    before = loudness_of(source)
    target = TARGET_LUFS if before >= TARGET_LUFS - MAX_GAIN_DB else before + MAX_GAIN_DB
    return loudness_of(path) - target if before >= QUIET_LUFS else 0.0


def sound_late_ms(source: Path, path: Path, case: Case) -> int:
    """Return by how much the sound is later than the picture, compared with the source."""
    if not (case.has_sound and case.compares_sound):
        return 0
    late_ms = sound_lag_ms(envelope(source), envelope(path)) + round(case.start_s * 1000)
    return late_ms - picture_lag_ms(source, path)


def picture_lag_ms(source: Path, output: Path) -> int:
    """Return by how much the picture is later than the source's, both counted from their first frames.

    The output is laid over the source at every lag up to LAG_RANGE_MS; of those that are as good as the best, the
    smallest counts, because a picture that hardly changes fits anywhere. Frames of another shape are left out.
    """
    (source_times, source_frames), (times, frames) = signatures(source), signatures(output)
    own_shape = [np.abs(source_frames - frame).mean(axis=1).min() < MAX_SHAPE_DIFFERENCE for frame in frames]
    times, frames = times[own_shape], frames[own_shape]
    if not len(frames):
        return 0
    differences = {}
    for lag_ms in range(-LAG_RANGE_MS, LAG_RANGE_MS + 1, 10):
        shown = np.searchsorted(source_times, times - lag_ms / 1000 + 0.0005, side="right") - 1
        differences[lag_ms] = float(np.abs(source_frames[shown.clip(0)] - frames).mean())
    good = min(differences.values()) * 1.05 + 0.1
    return min((lag_ms for lag_ms, difference in differences.items() if difference <= good), key=abs)
