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

TOLERANCE_S, MAX_OFFSET_MS = 0.1, 45

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
    white, bright, skin = (colour_at(path, x, y) for x, y in ((0.672, 0.03), (0.985, 0.03), (0.58, 0.98)))
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


def faults_of(source: Path, produced: Produced, folder: Path, case: Case) -> list[str]:
    """Return sentences about everything that is wrong with the clip made from `source`, or an empty list."""
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
    if tiles := wrong_tiles(produced, folder):
        faults.append(f"storyboard tiles {tiles} show other frames")
    if case.has_sound:
        faults += sound_faults(source, encoded.path, case)
    return faults


def sound_faults(source: Path, path: Path, case: Case) -> list[str]:
    """Return sentences about what is wrong with the sound and its time."""
    faults = []
    if case.lufs is not None and abs(loudness_of(path) - case.lufs) > 2:
        faults.append(f"{loudness_of(path):.1f} LUFS instead of {case.lufs}")
    if case.compares_sound:
        late_ms = sound_lag_ms(envelope(source), envelope(path)) + round(case.start_s * 1000)
        late_ms -= picture_lag_ms(source, path)
        if abs(late_ms) > MAX_OFFSET_MS:
            faults.append(f"the sound is {late_ms} ms late")
    return faults


def picture_lag_ms(source: Path, output: Path) -> int:
    """Return by how much the picture is later than the source's, both counted from their first frames.

    Each of some frames of the output is looked up among those of the source. Frames of another shape are left out.
    """
    (source_times, source_frames), (times, frames) = signatures(source), signatures(output)
    lags = []
    for time, frame in list(zip(times, frames, strict=True))[: len(source_times) : 5]:
        distances = np.abs(source_frames - frame).mean(axis=1)
        alike = np.flatnonzero(distances <= distances.min() + 0.5)
        if distances.min() < 12 and len(alike) < len(source_times) / 10:
            lags.append(min((time - source_times[alike]) * 1000, key=abs))
    return round(float(np.median(lags))) if lags else 0
