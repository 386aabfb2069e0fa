"""Make clips at run time, with the same ffmpeg that the pipeline uses."""

import os
import subprocess
from pathlib import Path

from videos.media import ffmpeg

REPOSITORY = Path(__file__).resolve().parents[2]


def make_clip(path: Path, *arguments: str, size: str = "180x320", seconds: float = 1.0, rate: int = 30) -> Path:
    """Write a test picture with a tone to `path`; `arguments` are ffmpeg's output options."""
    picture = f"testsrc2=size={size}:rate={rate}:duration={seconds}"
    tone = f"sine=frequency=440:sample_rate=48000:duration={seconds}"
    return run_ffmpeg(
        "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone, "-preset", "ultrafast", *arguments, str(path)
    )  # fmt: skip


def run_ffmpeg(*arguments: str) -> Path:
    """Run ffmpeg and return the last argument, the file that it wrote."""
    subprocess.run([str(ffmpeg.binary()), "-y", "-loglevel", "error", *arguments], check=True, timeout=120)
    return Path(arguments[-1])


def shared_media() -> Path:
    """Return the folder of collected media: FEEDSITE_MEDIA, or shared/media beside the checkout."""
    named = os.environ.get("FEEDSITE_MEDIA")
    return Path(named) if named else REPOSITORY.parent / "shared" / "media"
