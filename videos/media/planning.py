"""Encoding plans, which depend only on the probe of a source. The same probe always gives the same plan."""

import math
from dataclasses import dataclass

from videos.media.probing import Probe
from videos.media.rates import DENSE_FPS, MAX_FPS, MIN_FPS, audio_bits, frame_rate, source_ceiling_kbits

# Sizes by the short side, because phones are held upright. None may exceed the source.
LADDER_PX = (360, 540, 720, 1080)
# If the largest size that fits is below this share of the source, a rendition in the size of the source is added.
OWN_SIZE_RATIO = 0.8
MAX_LONG_SIDE_PX = 1920
# How much longer than the picture the sound must be for the last frame to be held, with a frame this often.
HOLD_FROM_MS, HOLD_STEP_MS = 100, 50
# A camera may start its sound before its picture, by less than this, and the clip starts with the picture. If the picture
# starts later, the first frame is shown from the start of the sound.
MAX_LEAD_MS = 1000
KEYFRAME_EVERY_S = 2
# Bit rate limits in kbit/s, at up to 30 frames a second. Only complex scenes reach them: CRF sets the rate of others.
CEILING_KBITS = {360: 900, 540: 1900, 720: 3400, 1080: 6500}
# Added to the encoder's CRF. Small sizes cost few bytes, and screens scale them up.
CRF_STEP = {360: -2, 540: -1, 720: 0, 1080: 0}
POSTER_SHORT_SIDE_PX = 720
TILE_SHORT_SIDE_PX = 90
MAX_TILES = 60
# A last tile would show less than this, which rounding could lose.
MIN_TILE_MS = 20
TILE_COLUMNS = 10
AV1_MIN_SIDE_PX = 64


@dataclass(frozen=True)
class Size:
    """Width and height in square pixels. Both are even."""

    width: int
    height: int

    @property
    def short_side(self) -> int:
        """Return the smaller of width and height."""
        return min(self.width, self.height)


@dataclass(frozen=True)
class RenditionPlan:
    """A plan for one rendition. `ceiling_kbits` limits the bit rate. `crf_step` is added to the encoder's CRF."""

    name: str
    codec: str
    size: Size
    ceiling_kbits: int
    crf_step: int = 0


@dataclass(frozen=True)
class StoryboardPlan:
    """A plan for a storyboard, which is one image tiled with stills.

    Tile n, in row order, shows the clip at n × interval_ms.
    """

    tile: Size
    columns: int
    rows: int
    count: int
    interval_ms: int


@dataclass(frozen=True)
class Plan:
    """All files to make from a clip. Renditions are ordered by size, the smallest first.

    `fps` is the frame rate to make, or None to keep the times of the source's frames. `encoder_fps` is what encoders are
    told. `lead_ms` and `hold_ms` are for how long the first and the last frame are held.
    """

    renditions: tuple[RenditionPlan, ...]
    poster: Size
    storyboard: StoryboardPlan
    fps: int | None
    encoder_fps: float
    lead_ms: int
    hold_ms: int
    has_audio: bool
    audio_bits: int
    sound_ms: int
    duration_ms: int

    @property
    def quick(self) -> RenditionPlan:
        """Return the smallest rendition, which the quick run makes."""
        return self.renditions[0]

    @property
    def others(self) -> tuple[RenditionPlan, ...]:
        """Return the larger renditions, which the full run makes. A small source has none."""
        return self.renditions[1:]

    @property
    def max_frames(self) -> int:
        """Return the maximum number of frames in a rendition."""
        return math.ceil(self.duration_ms / 1000 * DENSE_FPS) + DENSE_FPS


def plan(probe: Probe) -> Plan:
    """Return the plan for a clip's H.264 renditions, poster and storyboard."""
    width, height = probe.display_size
    fps = frame_rate(probe)
    lead_ms = probe.start_ms if probe.audio and probe.start_ms > MAX_LEAD_MS else 0
    gap_ms = probe.sound_ms - probe.picture_ms
    hold_ms = gap_ms if gap_ms >= HOLD_FROM_MS else 0
    duration_ms = probe.duration_ms + lead_ms
    return Plan(
        renditions=tuple(_rendition("h264", width, height, rung, probe) for rung in rungs(min(width, height))),
        poster=fit_size(width, height, min(POSTER_SHORT_SIDE_PX, round(min(width, height)))),
        storyboard=_storyboard(width, height, probe.picture_ms + lead_ms + hold_ms),
        fps=fps,
        encoder_fps=fps or min(MAX_FPS, max(MIN_FPS, round(probe.fps, 3))),
        lead_ms=lead_ms,
        hold_ms=hold_ms,
        has_audio=probe.audio is not None,
        audio_bits=audio_bits(probe),
        sound_ms=min(probe.sound_ms + lead_ms, duration_ms) if probe.audio else 0,
        duration_ms=duration_ms,
    )


def plan_av1(probe: Probe) -> tuple[RenditionPlan, ...]:
    """Return plans for AV1 renditions in the same sizes as the H.264 ones, except sizes below AV1_MIN_SIDE_PX."""
    width, height = probe.display_size
    plans = (_rendition("av1", width, height, rung, probe) for rung in rungs(min(width, height)))
    return tuple(rendition for rendition in plans if rendition.size.short_side >= AV1_MIN_SIDE_PX)


def rungs(short_side: float) -> tuple[int, ...]:
    """Return the short sides of the renditions to make, smallest first. `short_side` is that of the source."""
    source_side = int(min(short_side, LADDER_PX[-1])) // 2 * 2
    sides = [rung for rung in LADDER_PX if rung <= short_side]
    if not sides or sides[-1] < source_side * OWN_SIZE_RATIO:
        sides.append(source_side)
    return tuple(sides)


def fit_size(width: float, height: float, short_side: int) -> Size:
    """Return the size that has this short side and the given aspect ratio.

    Both sides are rounded to even numbers. The size is reduced if its long side exceeds MAX_LONG_SIDE_PX.
    """
    factor = min(short_side / min(width, height), MAX_LONG_SIDE_PX / max(width, height))
    return Size(_even(width * factor), _even(height * factor))


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


def _rendition(codec: str, width: float, height: float, rung: int, probe: Probe) -> RenditionPlan:
    size = fit_size(width, height, rung)
    reference = min(LADDER_PX, key=lambda side: abs(side - rung))
    ceiling = CEILING_KBITS[reference] * rung**2 / reference**2
    if probe.fps > 35:
        ceiling *= 1.5
    ceiling = min(ceiling, source_ceiling_kbits(probe))
    if codec == "av1":
        ceiling *= 0.65
    step = CRF_STEP[reference] if codec == "h264" else 0
    return RenditionPlan(f"{codec}-{rung}", codec, size, round(ceiling), step)


def _storyboard(width: float, height: float, duration_ms: int) -> StoryboardPlan:
    interval_ms = max(250, math.ceil(min(1000, duration_ms / 4)), math.ceil(duration_ms / MAX_TILES))
    count = max(1, math.ceil((duration_ms - MIN_TILE_MS) / interval_ms))
    factor = min(TILE_SHORT_SIDE_PX / min(width, height), 4 * TILE_SHORT_SIDE_PX / max(width, height))
    tile = Size(_even(width * factor), _even(height * factor))
    columns = min(TILE_COLUMNS, count)
    return StoryboardPlan(tile, columns, math.ceil(count / columns), count, interval_ms)
