"""Makes the file: frames and tune go through ffmpeg into an H.264 and AAC clip, as a phone would have filmed it."""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import imageio_ffmpeg

from demo.drawing.films.frames import play
from demo.drawing.films.music import write_music
from demo.drawing.films.script import Film, Span, spans
from demo.drawing.films.stage import FRAMES_PER_SECOND, STAGES


class FilmFailed(Exception):
    """ffmpeg did not take the frames; the message is its own."""


def make_film(film: Film, pictures: Mapping[str, Sequence[Path]], out: Path) -> list[Span]:
    """Make the clip as an MP4 file from each product's pictures (front, close-up, scene); give the spans in which the products are shown.

    A "rotated" film is stored lying on its side with a note to turn it, as phones do. Raises FilmFailed.
    """
    with tempfile.TemporaryDirectory() as folder:
        tune, flat = Path(folder) / "tune.wav", Path(folder) / "film.mp4"
        write_music(film.music, film.duration_ms, tune)
        _encode(film, pictures, tune, flat)
        turn = ["-display_rotation:v:0", "90"] if film.shape == "rotated" else []
        _run([*turn, "-i", str(flat), "-c", "copy", "-movflags", "+faststart", str(out)])
    return spans(film)


def _encode(film: Film, pictures: Mapping[str, Sequence[Path]], tune: Path, out: Path) -> None:
    stage = STAGES[film.shape]
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
    turn = ["-vf", "transpose=clock"] if film.shape == "rotated" else []
    video = [*turn, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-pix_fmt", "yuv420p", "-g", "60"]
    command = [*_ffmpeg(), *source, "-i", str(tune), *video, "-c:a", "aac", "-b:a", "128k", "-shortest", str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stderr is not None
        try:
            for frame in play(film, pictures):
                process.stdin.write(frame.tobytes())
            process.stdin.close()
        except BrokenPipeError:
            pass  # ffmpeg has gone; its own words below say why
        words = process.stderr.read().decode(errors="replace")
    if process.returncode:
        raise FilmFailed(words[-2000:])


def _run(arguments: list[str]) -> None:
    result = subprocess.run([*_ffmpeg(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if result.returncode:
        raise FilmFailed(result.stderr.decode(errors="replace")[-2000:])


def _ffmpeg() -> list[str]:
    return [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"]
