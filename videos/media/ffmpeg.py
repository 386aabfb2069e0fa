"""ffmpeg command lines, built from a plan. `filters` has the graphs; no other module knows ffmpeg's arguments.

ffmpeg-python builds the packaging. Commands with graphs are lists, because options such as `-reinit_filter` belong to
one stream of an input.

The binary comes with imageio-ffmpeg, so that it is the same everywhere. Every input has a fixed demuxer and allow-lists
of formats, protocols and decoders. Every output is limited in time, frames and bytes, and carries none of the source's
metadata, chapters, data, captions or side data. The numbers of threads are fixed, so that memory does not grow with the
number of cores.
"""

import functools
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ffmpeg
import imageio_ffmpeg

from videos.media import filters
from videos.media.filters import seconds
from videos.media.planning import KEYFRAME_EVERY_S, Plan, RenditionPlan
from videos.media.policy import DECODERS, Policy
from videos.media.probing import Probe
from videos.media.sound import Gain

MAX_ALLOC_BYTES = 1 << 28
MAX_OUTPUT_BYTES = 1 << 30
SOUND = "sound.nut"
TIME_BASE = "1/90000"
THREADS = min(4, os.cpu_count() or 1)

type Arguments = list[str]


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


@functools.cache
def binary() -> Path:
    """Return the path of the ffmpeg program."""
    return Path(imageio_ffmpeg.get_ffmpeg_exe())


def first_frame_command(source: Path, probe: Probe) -> Arguments:
    """Return the command that describes the first frame, and the assumed frame rate, in its log."""
    graph = _graph(f"[0:{probe.video_index}]sidedata=delete,showinfo=checksum=0[out]")
    output = ["-map", "[out]", "-frames:v", "1", "-map_metadata", "-1", "-f", "null", "-"]
    arguments = [argument for argument in _input(source, probe) if argument != "-noautorotate"]
    return [*_program("info"), *arguments, *graph, *output]


def sound_command(source: Path, probe: Probe, folder: Path) -> Arguments:
    """Return the command that decodes the sound to the file SOUND in `folder`: stereo with the times of the source."""
    assert probe.audio
    # Silence from time zero on in a second track, because ffmpeg subtracts the start of a file from all of its times.
    graph = _graph(f"[0:{probe.audio.index}]{filters.stereo(probe)}[sound];{filters.SILENCE}[zero]")
    output = [
        "-map",
        "[sound]",
        "-map",
        "[zero]",
        "-c:a",
        "pcm_f32le",
        "-map_metadata",
        "-1",
        "-f",
        "nut",
        f"file:{folder / SOUND}",
    ]
    return [*_program(), *_input(source, probe), *graph, *output]


def loudness_command(folder: Path, probe: Probe, plan: Plan, gain: Gain | None) -> Arguments:
    """Return the command that measures the decoded sound after `gain`. See `videos.media.sound.read_loudness`."""
    graph = _graph(f"[0:a:0]{filters.timed_sound(probe, plan, gain)},{filters.measured()}[sound]")
    return [*_program("info"), *_own_input(folder / SOUND, "nut"), *graph, "-map", "[sound]", "-f", "null", "-"]


def output_loudness_command(path: Path) -> Arguments:
    """Return the command that measures the sound of one of our own files."""
    graph = _graph(f"[0:a]{filters.measured()}[sound]")
    return [*_program("info"), *_own_input(path), *graph, "-map", "[sound]", "-f", "null", "-"]


def quick_command(
    source: Path, probe: Probe, plan: Plan, folder: Path, gain: Gain | None, *, with_storyboard: bool
) -> Arguments:
    """Return the command that makes the smallest rendition, the poster and the fingerprint frames.

    The decoded sound must already be in `folder`, if there is any. Set `with_storyboard` to make the storyboard too. `gain` is None if the sound should not be amplified.
    """
    # Frames that are scaled to half need no deblocking, unless other frames refer to them and inherit the artefacts.
    source_px, quick_px, poster_px = min(probe.display_size), plan.quick.size.short_side, plan.poster.short_side
    is_halved = source_px >= max(2 * quick_px, poster_px + 1)
    candidates = min(15, max(1, math.floor(plan.duration_ms / 200)))
    graph = f"[0:{probe.video_index}]{filters.frames(probe, plan)},split[a][b];"
    graph += f"[a]{filters.fitted(probe, plan.quick.size)},{filters.held(plan)},split={2 + with_storyboard}[movie][c]"
    graph += f"[d];[d]{filters.storyboard(plan.storyboard)}[storyboard];" if with_storyboard else ";"
    graph += f"[c]{filters.fingerprint()}[fingerprint];"
    graph += (
        f"[b]trim=end=3,fps=5,{filters.fitted(probe, plan.poster)},thumbnail={candidates},{filters.still()}[poster]"
    )
    if plan.has_audio:
        graph += f";[1:a:0]{filters.timed_sound(probe, plan, gain)}[sound]"
    outputs = [
        *_movie("[movie]", "[sound]", folder, plan.quick, plan),
        *_still("[poster]", folder / "poster.jpg", quality=4),
        *("-map", "[fingerprint]", "-f", "rawvideo", "-fs", str(1 << 20), f"file:{folder / 'fingerprint.gray'}"),
        *(_still("[storyboard]", folder / "storyboard.jpg", quality=5) if with_storyboard else []),
    ]
    decoding = ["-skip_loop_filter", "noref"] if is_halved else []
    sound = _own_input(folder / SOUND, "nut") if plan.has_audio else []
    return [*_program(), *_input(source, probe, *decoding), *sound, *_graph(graph), *outputs]


def full_command(
    source: Path,
    probe: Probe,
    plan: Plan,
    folder: Path,
    renditions: tuple[RenditionPlan, ...],
    *,
    with_storyboard: bool,
) -> Arguments:
    """Return the command that decodes the source once and makes all `renditions`, which must be in order of size.

    Each size is scaled from the next larger one. The sound is copied from the smallest H.264 file, which must already
    be in `folder`. Set `with_storyboard` to make the storyboard too.
    """
    largest = filters.fitted(probe, renditions[-1].size)
    graph = f"[0:{probe.video_index}]{filters.frames(probe, plan)},{largest},{filters.held(plan)}[rest]"
    rest = "[rest]"
    outputs: Arguments = []
    for number in range(len(renditions) - 1, -1, -1):
        picture = rest
        if number > 0 or with_storyboard:
            picture, scaled = f"[movie{number}]", f"[rest{number}]"
            smaller = filters.scaled(renditions[number - 1].size) if number > 0 else "null"
            graph += f";{rest}split{picture}[larger{number}];[larger{number}]{smaller}{scaled}"
            rest = scaled
        outputs += _movie(picture, "1:a?", folder, renditions[number], plan, copy_sound=True)
    if with_storyboard:
        graph += f";{rest}{filters.storyboard(plan.storyboard)}[storyboard]"
        outputs += _still("[storyboard]", folder / "storyboard.jpg", quality=5)
    quick = _own_input(folder / f"{plan.quick.name}.mp4")
    return [*_program(), *_input(source, probe), *quick, *_graph(graph), *outputs]


def hls_command(tracks: Sequence[tuple[Path, str, str]], folder: Path) -> Arguments:
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
    return [*_program(), *ffmpeg.merge_outputs(*outputs).get_args()]


def _program(loglevel: str = "warning") -> Arguments:
    flags = ["-hide_banner", "-nostdin", "-nostats", "-y", "-loglevel", loglevel, "-max_alloc", str(MAX_ALLOC_BYTES)]
    flags += [
        "-filter_complex_threads",
        str(THREADS),
        "-max_error_rate",
        "1",
    ]  # verify() decides how much may be missing
    if loglevel != "info":
        flags += ["-progress", "pipe:1", "-stats_period", "0.5"]
    return [str(binary()), *flags]


def _input(path: Path, probe: Probe, *decoding: str) -> Arguments:
    # A tenth above the limit, because coded frames are padded to whole blocks, and a stream can change its size.
    pixels = max(Policy().max_pixels, probe.width * probe.height) * 11 // 10
    limits = ["-codec_whitelist", ",".join(DECODERS), "-max_pixels", str(pixels), "-threads", str(THREADS)]
    limits += ["-t", seconds(probe.start_ms + probe.duration_ms + 1000)]
    if not (probe.interlaced or probe.is_cropped):  # filters that ffmpeg or we put first would not survive another size
        limits += ["-reinit_filter:v", "0"]
    container = [
        "-noautorotate",
        "-f",
        probe.demuxer,
        "-protocol_whitelist",
        "file",
        "-format_whitelist",
        probe.demuxer,
    ]
    return [*container, *limits, *decoding, "-i", f"file:{path}"]


def _own_input(path: Path, demuxer: str = "mov") -> Arguments:
    return ["-f", demuxer, "-protocol_whitelist", "file", "-i", f"file:{path}"]


def _graph(text: str) -> Arguments:
    return ["-filter_complex", text]


def _movie(
    picture: str, sound: str, folder: Path, rendition: RenditionPlan, plan: Plan, *, copy_sound: bool = False
) -> Arguments:
    encoder = H264 if rendition.codec == "h264" else AV1
    arguments = ["-map", picture, *(["-map", sound] if plan.has_audio else [])]
    arguments += ["-c:v", encoder.library, "-preset", encoder.preset, "-crf", str(encoder.crf + rendition.crf_step)]
    arguments += ["-maxrate", f"{rendition.ceiling_kbits}k", "-bufsize", f"{rendition.ceiling_kbits}k"]
    # Without a fine time base, frames would move to multiples of the nominal frame rate, away from their sound.
    arguments += ["-pix_fmt", "yuv420p", "-fps_mode", "vfr", "-enc_time_base", TIME_BASE]
    arguments += ["-force_key_frames", f"expr:gte(t,n_forced*{KEYFRAME_EVERY_S})"]
    rate = round(plan.encoder_fps * 1000)  # containers guess rates such as 2000, which need not be possible
    if rendition.codec == "h264":
        # Remove the source's captions, and the SEI units, which name the encoder and its settings in every file.
        arguments += ["-profile:v", "high", "-x264-params", f"{encoder.parameters}:fps={rate}/1000", "-a53cc", "0"]
        arguments += ["-bsf:v", "filter_units=remove_types=6", "-frames:v", str(plan.max_frames)]
        # Encoded in parallel with the largest, so more threads only cost CPU time.
        arguments += ["-threads:v", str(THREADS if rendition == plan.renditions[-1] else 1)]
    else:  # with a frame limit, the delay of SVT-AV1 would cut off the end of the sound
        arguments += ["-svtav1-params", f"fps-num={rate}:fps-denom=1000:lp={THREADS}"]
    if plan.has_audio:
        arguments += ["-c:a", "copy"] if copy_sound else ["-c:a", "aac", "-b:a", str(plan.audio_bits)]
    arguments += ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]
    # Copied audio packets may end a little later than the video, as they do in the file they come from.
    arguments += ["-t", seconds(plan.duration_ms + (100 if copy_sound else 0)), "-fs", str(MAX_OUTPUT_BYTES)]
    return [*arguments, "-movflags", "+faststart", "-f", "mp4", f"file:{folder / rendition.name}.mp4"]


def _still(picture: str, path: Path, *, quality: int) -> Arguments:
    options = ["-update", "1", "-frames:v", "1", "-q:v", str(quality), "-map_metadata", "-1", "-flags", "+bitexact"]
    return ["-map", picture, *options, "-f", "image2", f"file:{path}"]
