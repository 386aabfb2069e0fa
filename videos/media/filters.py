"""Filter graphs for ffmpeg, as text. `videos.media.ffmpeg` puts them into commands.

Frames may change their size, format and colours at any time. ffmpeg would then rebuild the graph, and all filters that
count, fill or measure would start afresh. So the graph of the pictures stays as it is (`-reinit_filter 0`), and begins
with filters that make every frame alike: of all filters, only `scale` takes frames of any size safely. The sound is
decoded to a file of its own first, by filters that remember nothing.
"""

from videos.media.planning import HOLD_STEP_MS, Plan, Size, StoryboardPlan
from videos.media.probing import Probe
from videos.media.sound import MIXABLE_LAYOUTS, PEAK_DBTP, Gain

SAMPLE_RATE = 48_000
LIMITER_RATE = 192_000
SILENCE = f"anullsrc=sample_rate={SAMPLE_RATE}:duration=0.02"
# Shorter gaps in the sound, such as the jitter of millisecond timestamps, are closed; longer ones would be heard as
# sound that comes before its picture.
MIN_GAP_S = 0.04
# AAC overshoots a little.
LIMIT_DB = PEAK_DBTP - 0.5
FINGERPRINT_SIDE_PX = 32
FINGERPRINT_FPS = 2
COLOUR_TABLE = "colours.cube"
"""The name, in the work folder, of the table that the graphs read if `Colour.needs_table`."""
BT709_TAGS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
TURNS = {
    "": "",
    "right": ",transpose=clock",
    "left": ",transpose=cclock",
    "right and flip": ",transpose=clock_flip",
    "left and flip": ",transpose=cclock_flip",
    "across": ",hflip",
    "down": ",vflip",
    "across and down": ",hflip,vflip",
}
"""Filters that turn frames as their display matrix says."""
# A frame whose shape differs by less is scaled to the whole size, instead of adding a bar of a pixel or two.
SAME_SHAPE = 0.02


def frames(probe: Probe, plan: Plan) -> str:
    """Return the filters that come first: deinterlaced frames from time zero on, not too many. They keep the size."""
    chain = ["bwdif=mode=send_frame:deint=interlaced"] if probe.interlaced else []
    chain += [f"setpts=PTS-{seconds(probe.start_ms)}/TB"] if probe.start_ms else []
    chain += [f"fps={plan.fps}"] if plan.fps else []
    return ",".join(chain) or "null"


def fitted(probe: Probe, size: Size) -> str:
    """Return the filters that fit frames of any size and colour into this size, upright, as BT.709 with square pixels.

    Bars are added where the shape differs. HDR is converted after scaling, because there are fewer pixels then.
    """
    across, down = (size.height, size.width) if probe.is_sideways else (size.width, size.height)
    aspect = across / down
    same = f"lt(abs(dar/{aspect:.6f}-1),{SAME_SHAPE})"
    width = f"if({same},{across},max(2,2*trunc(min({across},{down}*dar)/2)))"
    height = f"if({same},{down},max(2,2*trunc(min({down},{across}/dar)/2)))"
    colour = probe.colour
    tags = "setparams=color_primaries=bt709:color_trc=bt709" + (f":colorspace={colour.matrix}" if colour.matrix else "")
    scale = f"scale=w='{width}':h='{height}':eval=frame:flags=bicubic"
    upright = f"pad={across}:{down}:(ow-iw)/2:(oh-ih)/2:eval=frame,setsar=1{TURNS[probe.turn]}"
    if colour.needs_table:
        to_yuv = "scale=out_range=tv:out_color_matrix=bt709,format=yuv420p"
        picture = f"{scale}+accurate_rnd,{upright},format=gbrpf32le,lut3d={COLOUR_TABLE},{to_yuv}"
    else:
        # Convert the colours only if they differ, because this takes every frame to RGB and back.
        matrix = "" if colour.is_bt709 else ":out_color_matrix=bt709"
        picture = f"{scale}:out_range=tv{matrix},{upright},format=yuv420p"
    return f"{tags},{picture},{BT709_TAGS},sidedata=delete"


def held(plan: Plan) -> str:
    """Return the filters that hold the first and the last frame while there is only sound."""
    if not plan.lead_ms and not plan.hold_ms:
        return "null"
    end_ms = plan.duration_ms - plan.hold_ms
    lead, hold = seconds(plan.lead_ms), seconds(plan.hold_ms)
    is_real = f"between(t,{seconds(plan.lead_ms)},{seconds(end_ms)}-0.001)"
    # Frames are repeated at the nominal rate, which can be high, so most of them are dropped again.
    select = f"select='{is_real}+isnan(prev_selected_t)+gte(t-prev_selected_t,{seconds(HOLD_STEP_MS)})'"
    return f"tpad=start_mode=clone:start_duration={lead}:stop_mode=clone:stop_duration={hold},{select}"


def scaled(size: Size) -> str:
    """Return the filter that scales frames of the right shape."""
    return f"scale={size.width}:{size.height}:flags=bicubic,setsar=1"


def storyboard(board: StoryboardPlan) -> str:
    """Return the filters that tile a still of every interval."""
    tiles = f"tile={board.columns}x{board.rows}:nb_frames={board.count}"
    return f"fps=1000/{board.interval_ms}:start_time=0:round=up,{scaled(board.tile)},{tiles},{still()}"


def fingerprint() -> str:
    """Return the filters for the grey frames that `videos.media.fingerprint` reads."""
    side = FINGERPRINT_SIDE_PX
    return f"fps={FINGERPRINT_FPS},scale={side}:{side}:flags=area,format=gray"


def still() -> str:
    """Return the filters that prepare a frame for a JPEG file, which is always BT.601."""
    return "scale=out_range=pc:out_color_matrix=bt601,format=yuv420p"


def stereo(probe: Probe) -> str:
    """Return the filters that mix any channels down to stereo at 48 kHz.

    Channels without positions are all heard on both sides. Of ambisonics, it is the sound from all directions.
    """
    assert probe.audio
    mix = ""
    if probe.audio.layout.startswith("ambisonic"):
        mix = "pan=stereo|c0=c0|c1=c0,"
    elif probe.audio.layout not in MIXABLE_LAYOUTS:
        channels = "+".join(f"c{number}" for number in range(probe.audio.channels))
        mix = f"pan=stereo|c0<{channels}|c1<{channels},"
    return f"{mix}aformat=sample_fmts=fltp:sample_rates={SAMPLE_RATE}:channel_layouts=stereo"


def timed_sound(probe: Probe, plan: Plan, gain: Gain | None) -> str:
    """Return the filters that start the decoded sound with the picture, fill its gaps, and amplify it."""
    chain = []
    if probe.start_ms and not plan.lead_ms:
        start = seconds(probe.start_ms)
        chain += [f"atrim=start={start}", f"asetpts=PTS-{start}/TB"]
    chain += [
        f"aresample={SAMPLE_RATE}:async=1:min_hard_comp={MIN_GAP_S}:first_pts=0",
        f"atrim=end={seconds(plan.duration_ms)}",
    ]
    if gain:
        chain += [f"volume={gain.decibels:.2f}dB:precision=float"]
    if gain and gain.is_limited:
        limit = f"alimiter=limit={LIMIT_DB}dB:level=0:attack=2:release=60"
        chain += [f"aresample={LIMITER_RATE}", limit, f"aresample={SAMPLE_RATE}"]
    return ",".join(chain)


def measured() -> str:
    """Return the filters that print the loudness."""
    return "ebur128=peak=true:metadata=1:framelog=quiet,ametadata=print:key=lavfi.r128.M:file=pipe\\\\:1"


def seconds(milliseconds: int) -> str:
    """Return milliseconds as ffmpeg reads seconds."""
    return f"{milliseconds / 1000:.3f}"
