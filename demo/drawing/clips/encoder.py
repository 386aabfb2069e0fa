"""Encoding with ffmpeg: turns frames and a tune into an H.264 and AAC file like those that phones record."""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import imageio_ffmpeg

from demo.drawing.clips.frames import draw_frames
from demo.drawing.clips.music import write_tune
from demo.drawing.clips.stage import FRAMES_PER_SECOND, STAGES
from demo.records import DemoClip


class EncodingFailed(Exception):
    """ffmpeg failed. The message is the end of its stderr."""


def encode_clip(clip: DemoClip, photos: Mapping[str, Sequence[Path]], out: Path) -> None:
    """Write the clip as an MP4 file. `photos` maps each product's slug to its front, close-up and scene photos.

    A "rotated" clip is stored on its side with a display matrix, as on phones. Raises EncodingFailed.
    """
    with tempfile.TemporaryDirectory() as folder:
        tune, flat = Path(folder) / "tune.wav", Path(folder) / "clip.mp4"
        write_tune(clip.music, clip.duration_ms, tune)
        _encode(clip, photos, tune, flat)
        rotation = ["-display_rotation:v:0", "90"] if clip.shape == "rotated" else []
        _run([*rotation, "-i", str(flat), "-c", "copy", "-movflags", "+faststart", str(out)])


def _encode(clip: DemoClip, photos: Mapping[str, Sequence[Path]], tune: Path, out: Path) -> None:
    stage = STAGES[clip.shape]
    source = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{stage.width}x{stage.height}",
        "-r",
        str(FRAMES_PER_SECOND),
        "-i",
        "-",
    ]
    transpose = ["-vf", "transpose=clock"] if clip.shape == "rotated" else []
    video = [*transpose, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-pix_fmt", "yuv420p", "-g", "60"]
    command = [*_ffmpeg(), *source, "-i", str(tune), *video, "-c:a", "aac", "-b:a", "128k", "-shortest", str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stderr is not None
        try:
            for frame in draw_frames(clip, photos):
                process.stdin.write(frame.tobytes())
            process.stdin.close()
        except BrokenPipeError:
            pass  # ffmpeg ended early; its stderr, read below, says why
        log = process.stderr.read().decode(errors="replace")
    if process.returncode:
        raise EncodingFailed(log[-2000:])


def _run(arguments: list[str]) -> None:
    result = subprocess.run([*_ffmpeg(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if result.returncode:
        raise EncodingFailed(result.stderr.decode(errors="replace")[-2000:])


def _ffmpeg() -> list[str]:
    return [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
