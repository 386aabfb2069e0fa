"""ffmpeg command lines, built from a plan. No other module in the project knows ffmpeg's arguments.

ffmpeg-python builds the graphs. The binary comes with imageio-ffmpeg, so that it is the same everywhere. Every input
has a fixed demuxer and allow-lists of formats, protocols and decoders. Every output is limited in time, frames and
bytes, and carries none of the source's metadata, chapters, data, captions or side data.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg
import imageio_ffmpeg

from videos.media.planning import KEYFRAME_EVERY_S, Plan, RenditionPlan, Size, StoryboardPlan
from videos.media.policy import DECODERS, Policy
from videos.media.probing import Probe

FINGERPRINT_SIDE_PX = 32
FINGERPRINT_FPS = 2
# The integrated loudness of the large short-video sites, in EBU R128 units; the true peak leaves headroom for AAC.
LOUDNESS_LUFS, TRUE_PEAK_DB, LOUDNESS_RANGE = -14, -1.5, 11
AUDIO_BITS = 128_000
SAMPLE_RATE = 48_000
MAX_ALLOC_BYTES = 1 << 28
MAX_OUTPUT_BYTES = 1 << 30


@dataclass(frozen=True)
class Encoder:
    """Settings of one video encoder, chosen from the measurements in docs/transcoding.md."""

    library: str
    preset: str
    crf: float
    parameters: str


# With light trellis and no adaptive quantisation, the preset veryfast reaches the same VMAF per byte as medium. There is
# no lookahead, because it took a quarter of the CPU time and its macroblock trees only helped still scenes. Half-pixel
# refinement and small partitions stay on: without them, textured footage with motion needs a seventh more bytes.
H264 = Encoder(
    "libx264",
    "veryfast",
    22.5,
    "scenecut=0:open-gop=0:keyint=infinite:aq-mode=0:trellis=1:me=dia:mbtree=0:rc-lookahead=0:b-adapt=0:deblock=-1,-1",
)
AV1 = Encoder("libsvtav1", "6", 40, "")


@dataclass(frozen=True)
class Loudness:
    """Measured loudness of a clip (EBU R128). The fields are in LUFS, dBTP, LU and LUFS, in this order."""

    integrated: float
    true_peak: float
    range: float
    threshold: float


@functools.cache
def binary() -> Path:
    """Return the path of the ffmpeg program."""
    return Path(imageio_ffmpeg.get_ffmpeg_exe())


def loudness_command(source: Path, probe: Probe) -> list[str]:
    """Return the command that measures the loudness. It prints a summary at the end of stderr."""
    sound = _sound(_source(source, probe), probe, loudness=None)
    sound = sound.filter("ebur128", peak="true", framelog="quiet")
    return _command([ffmpeg.output(sound, "-", format="null")], loglevel="info")


def quick_command(
    source: Path, probe: Probe, plan: Plan, folder: Path, loudness: Loudness | None, *, with_storyboard: bool
) -> list[str]:
    """Return the command that makes the smallest rendition, the poster and the fingerprint frames.

    Set `with_storyboard` to make the storyboard too. `loudness` is None if the sound should not be normalized.
    """
    # Frames that are scaled to half need no deblocking, unless other frames refer to them and inherit the artefacts.
    source_px, quick_px, poster_px = min(probe.display_size), plan.quick.size.short_side, plan.poster.short_side
    is_halved = source_px >= max(2 * quick_px, poster_px + 1)
    file = _source(source, probe, **({"skip_loop_filter": "noref"} if is_halved else {}))
    split = _normalized(file, probe, plan).filter_multi_output("split", 2)
    small = _resized_to_sdr(split[0], probe, plan.quick.size).filter_multi_output("split", 3 if with_storyboard else 2)
    streams = [small[0]]
    if plan.has_audio:
        streams.append(_sound(file, probe, loudness=loudness))
    outputs = [
        _movie(streams, folder, plan.quick, plan),
        _poster(split[1], probe, plan, folder),
        _fingerprint(small[1], folder),
    ]
    if with_storyboard:
        outputs.append(_storyboard(small[2], plan.storyboard, folder))
    return _command(outputs, filter_threads=_filter_threads(probe))


def full_command(
    source: Path,
    probe: Probe,
    plan: Plan,
    folder: Path,
    renditions: tuple[RenditionPlan, ...],
    *,
    with_storyboard: bool,
) -> list[str]:
    """Return the command that decodes the source once and makes all `renditions`, which must be in order of size.

    Each size is scaled from the next larger one. The sound is copied from the smallest H.264 file, which must already
    be in `folder`. Set `with_storyboard` to make the storyboard too.
    """
    file = _source(source, probe)
    quick = ffmpeg.input(f"file:{folder / plan.quick.name}.mp4", format="mov", protocol_whitelist="file")
    outputs = []
    rest = _resized_to_sdr(_normalized(file, probe, plan), probe, renditions[-1].size)
    for number in range(len(renditions) - 1, -1, -1):
        picture = rest
        if number > 0 or with_storyboard:
            branches = rest.filter_multi_output("split", 2)
            picture, rest = branches[0], branches[1]
        streams = [picture, quick["a"]] if plan.has_audio else [picture]
        outputs.append(_movie(streams, folder, renditions[number], plan, copy_sound=True))
        if number > 0:
            rest = _scaled(rest, renditions[number - 1].size)
    if with_storyboard:
        outputs.append(_storyboard(rest, plan.storyboard, folder))
    return _command(outputs, filter_threads=_filter_threads(probe))


def hls_command(tracks: Sequence[tuple[Path, str, str]], folder: Path) -> list[str]:
    """Return the command that copies each track into its own CMAF file and writes a playlist for it.

    A track is a (movie, "v" or "a", name) tuple. Segments are byte ranges of the file, one for each keyframe.
    """
    outputs = []
    for path, kind, name in tracks:
        movie = ffmpeg.input(f"file:{path}", format="mov", protocol_whitelist="file")
        options = {
            "c": "copy",
            "hls_time": KEYFRAME_EVERY_S,
            "hls_playlist_type": "vod",
            "hls_segment_type": "fmp4",
            "hls_flags": "single_file+independent_segments",
            "hls_segment_filename": f"{name}.m4s",  # relative, because the playlist repeats it
            "map_metadata": -1,
            "fflags": "+bitexact",
        }
        outputs.append(ffmpeg.output(movie[kind], f"{folder / name}.m3u8", format="hls", **options))
    return _command(outputs)


def _source(path: Path, probe: Probe, **decoding: str) -> Any:
    whitelist = ",".join(DECODERS)
    # A tenth above the limit, because coded frames are padded to whole blocks, and a stream can change its size.
    pixels = max(Policy().max_pixels, probe.width * probe.height) * 11 // 10
    return ffmpeg.input(
        f"file:{path}",
        format=probe.demuxer,
        protocol_whitelist="file",
        format_whitelist=probe.demuxer,
        codec_whitelist=whitelist,
        max_pixels=pixels,
        t=_seconds(probe.start_ms + probe.duration_ms + 1000),
        **decoding,
    )


def _normalized(file: Any, probe: Probe, plan: Plan) -> Any:
    """Return the source's frames, deinterlaced, starting at time zero, limited to `plan.fps_cap`, without side data."""
    picture = file[str(probe.video_index)]
    if probe.interlaced:
        picture = picture.filter("bwdif", mode="send_frame", deint="interlaced")
    if plan.fps_cap:
        picture = picture.filter("fps", plan.fps_cap)
    if probe.start_ms:
        picture = picture.filter("setpts", f"PTS-{_seconds(probe.start_ms)}/TB")
    return picture.filter("sidedata", "delete")


def _resized_to_sdr(picture: Any, probe: Probe, size: Size) -> Any:
    """Return the frames scaled to this size, with square pixels and in SDR (BT.709).

    HDR frames (PQ or HLG) are tone-mapped as floats, which are eight times as large. They are therefore scaled first.
    """
    if probe.hdr:
        source = {"primariesin": "2020", "matrixin": "2020_ncl", "transferin": probe.hdr}
        picture = picture.filter("zscale", size.width, size.height, **source, transfer="linear", npl=203)
        picture = picture.filter("format", "gbrpf32le").filter("zscale", primaries="709")
        picture = picture.filter("tonemap", "hable", desat=0)
        picture = picture.filter("zscale", transfer="709", matrix="709", range="tv")
    else:
        # Convert the colours only if they differ, because this takes every frame to RGB and back.
        colour = {} if probe.is_bt709 else {"out_color_matrix": "bt709"}
        picture = picture.filter("scale", size.width, size.height, flags="bicubic", out_range="tv", **colour)
    tags = {"range": "tv", "color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
    return picture.filter("format", "yuv420p").filter("setsar", 1).filter("setparams", **tags)


def _scaled(picture: Any, size: Size) -> Any:
    return picture.filter("scale", size.width, size.height, flags="bicubic").filter("setsar", 1)


def _sound(file: Any, probe: Probe, *, loudness: Loudness | None) -> Any:
    """Return the sound as 48 kHz stereo, cut to start with the video. Normalize it unless `loudness` is None."""
    assert probe.audio
    sound = file[str(probe.audio.index)]
    if probe.start_ms:
        start = _seconds(probe.start_ms)
        sound = sound.filter("atrim", start=start).filter("asetpts", f"PTS-{start}/TB")
    sound = sound.filter("aresample", SAMPLE_RATE, **{"async": 1, "first_pts": 0})
    sound = sound.filter("aformat", channel_layouts="stereo", sample_fmts="fltp")
    if loudness is None:
        return sound
    measured = {
        "measured_I": loudness.integrated,
        "measured_TP": loudness.true_peak,
        "measured_LRA": loudness.range,
        "measured_thresh": loudness.threshold,
    }
    sound = sound.filter("loudnorm", **_loudnorm_target(), **measured, linear="true")
    return sound.filter("aresample", SAMPLE_RATE)


def _loudnorm_target() -> dict[str, Any]:
    return {"I": LOUDNESS_LUFS, "TP": TRUE_PEAK_DB, "LRA": LOUDNESS_RANGE}


def _movie(streams: list[Any], folder: Path, rendition: RenditionPlan, plan: Plan, *, copy_sound: bool = False) -> Any:
    encoder = H264 if rendition.codec == "h264" else AV1
    options: dict[str, Any] = {
        "c:v": encoder.library,
        "preset": encoder.preset,
        "crf": encoder.crf + rendition.crf_step,
        "maxrate": f"{rendition.ceiling_kbits}k",
        "bufsize": f"{rendition.ceiling_kbits}k",
        "pix_fmt": "yuv420p",
        "fps_mode": "vfr",
        "force_key_frames": f"expr:gte(t,n_forced*{KEYFRAME_EVERY_S})",
        "movflags": "+faststart",
        # Copied audio packets may end a little later than the video, as they do in the file they come from.
        **_stripped(plan.duration_ms + (100 if copy_sound else 0)),
    }
    if rendition.codec == "h264":  # with a frame limit, the delay of SVT-AV1 would cut off the end of the sound
        # Remove the source's captions, and the SEI units, which name the encoder and its settings in every file.
        options |= {"profile:v": "high", "x264-params": encoder.parameters, "a53cc": 0}
        options |= {"bsf:v": "filter_units=remove_types=6", "frames:v": plan.max_frames}
        if rendition != plan.renditions[-1]:  # encoded in parallel with the largest, so more threads only cost CPU time
            options["threads:v"] = 1
    if len(streams) > 1:
        options |= {"c:a": "copy"} if copy_sound else {"c:a": "aac", "b:a": AUDIO_BITS}
    return ffmpeg.output(*streams, f"file:{folder / rendition.name}.mp4", format="mp4", **options)


def _poster(picture: Any, probe: Probe, plan: Plan, folder: Path) -> Any:
    """Return the output that writes the poster: the most representative frame of the first three seconds."""
    candidates = min(15, max(1, math.floor(plan.duration_ms / 200)))
    picture = _resized_to_sdr(picture.filter("trim", end=3).filter("fps", 5), probe, plan.poster)
    return _still(picture.filter("thumbnail", candidates), folder / "poster.jpg", quality=4)


def _fingerprint(picture: Any, folder: Path) -> Any:
    picture = picture.filter("fps", FINGERPRINT_FPS)
    picture = picture.filter("scale", FINGERPRINT_SIDE_PX, FINGERPRINT_SIDE_PX, flags="area").filter("format", "gray")
    return ffmpeg.output(picture, f"file:{folder / 'fingerprint.gray'}", format="rawvideo", fs=1 << 20)


def _storyboard(picture: Any, board: StoryboardPlan, folder: Path) -> Any:
    picture = _scaled(picture.filter("fps", f"1000/{board.interval_ms}", start_time=0), board.tile)
    picture = picture.filter("tile", f"{board.columns}x{board.rows}", nb_frames=board.count)
    return _still(picture, folder / "storyboard.jpg", quality=5)


def _still(picture: Any, path: Path, *, quality: int) -> Any:
    picture = picture.filter("scale", out_range="pc").filter("format", "yuv420p")
    options = {"update": 1, "frames:v": 1, "q:v": quality, "map_metadata": -1}
    return ffmpeg.output(picture, f"file:{path}", format="image2", flags="+bitexact", **options)


def _stripped(duration_ms: int) -> dict[str, Any]:
    return {
        "map_metadata": -1,
        "map_chapters": -1,
        "fflags": "+bitexact",
        "flags": "+bitexact",
        "t": _seconds(duration_ms),
        "fs": MAX_OUTPUT_BYTES,
    }


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.3f}"


def _filter_threads(probe: Probe) -> int:
    """Return the number of filter threads: 0 (one per core) to tone-map, or 1, which is enough to scale."""
    return 0 if probe.hdr else 1


def _command(outputs: list[Any], *, loglevel: str = "warning", filter_threads: int = 0) -> list[str]:
    joined = ffmpeg.merge_outputs(*outputs) if len(outputs) > 1 else outputs[0]
    flags = ["-hide_banner", "-nostdin", "-nostats", "-y", "-loglevel", loglevel, "-max_alloc", str(MAX_ALLOC_BYTES)]
    flags += ["-filter_complex_threads", str(filter_threads)]
    if loglevel != "info":
        flags += ["-progress", "pipe:1", "-stats_period", "0.5"]
    return [str(binary()), *flags, *joined.get_args()]
