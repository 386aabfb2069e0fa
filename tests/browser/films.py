"""Short films for the feed, encoded once by ffmpeg and published without the pipeline."""

import functools
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

from creators.models import Enrolment
from tests.factories import approve, make_creator, make_enrolment, make_product, make_waiting_clip
from videos.models import Clip

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:05.900\nThis is what I use every day.\n"
REAL_FILES = Path(os.environ.get("FEEDSITE_MEDIA", Path(__file__).resolve().parents[3] / "shared" / "media"))
COLOURS = ("0xb4513d", "0x2f6f73", "0x7a5ea8", "0xb58a2a", "0x3f6b3a", "0x31549a")


def phone_film(folder: Path) -> Path:
    """Return a rotated file of a real phone if there is one, otherwise a synthetic one in `folder`."""
    real = REAL_FILES / "good" / "g02_phone_720p_rotation90_aac.mp4"
    if real.exists():
        return real
    flat, turned = folder / "flat.mp4", folder / "turned.mp4"
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"]
    sound = ["-f", "lavfi", "-i", "sine=440:duration=5"]
    make = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30:duration=5", *sound, "-c:a", "aac", str(flat)]
    subprocess.run([*ffmpeg, *make], check=True)
    turn = ["-display_rotation", "90", "-i", str(flat), "-c", "copy", str(turned)]
    subprocess.run([*ffmpeg, *turn], check=True)
    return turned


@functools.cache
def film(colour: str, size: str) -> bytes:
    """Return six seconds of a moving pattern with a tone, as a faststart MP4."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        picture = f"gradients=s={size}:r=25:c0={colour}:c1=white:n=2:speed=0.05:d=6"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", picture]
        command += ["-f", "lavfi", "-i", "sine=f=330", "-t", "6", "-c:v", "libx264", "-preset", "ultrafast"]
        command += ["-pix_fmt", "yuv420p", "-g", "25", "-c:a", "aac", "-movflags", "+faststart", str(path)]
        subprocess.run(command, check=True)
        return path.read_bytes()


def film_clip(number: int, enrolment: Enrolment | None = None, *, size: str = "360x640", **fields: Any) -> Clip:
    """Publish a playable clip with two products, shown from 0 to 2 s and from 2 to 4 s."""
    return approve(film_waiting_clip(number, enrolment, size=size, **fields), now=timezone.now())


def film_waiting_clip(number: int, enrolment: Enrolment | None = None, *, size: str = "360x640", **fields: Any) -> Clip:
    """Return a playable clip that waits for review."""
    products = [make_product(f"thing-{number}-{letter}", name=f"Thing {number}{letter.upper()}") for letter in "ab"]
    values = {"caption": f"Clip number {number}", "captions_vtt": CAPTIONS, "is_speechless": False} | fields
    clip = make_waiting_clip(None, enrolment or make_enrolment(make_creator()), products, **values)
    assert clip.source is not None
    width, height = map(int, size.split("x"))
    content = film(COLOURS[number % len(COLOURS)], size)
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        default_storage.save(f"{clip.source.media_folder}/h264-360.mp4", File(file))
    clip.source.outputs = {
        "renditions": [
            {
                "name": "h264-360.mp4",
                "codecs": "avc1.42c01f,mp4a.40.2",
                "width_px": width,
                "height_px": height,
                "bitrate_bps": len(content) * 8 // 6,
                "size_bytes": len(content),
            }
        ]
    }
    clip.source.duration_ms = 6000
    clip.source.save()
    return clip
