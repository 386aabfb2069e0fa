"""The size of our AV1 relative to our H.264 at equal VMAF."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.media import bytes_at, run, vmaf
from videos.media import ffmpeg, planning, running
from videos.media.planning import Size

SIDE = 540
CRFS = (20, 24, 28, 32, 36)


def av1_share(source: Path, folder: Path) -> float:
    """Return the bytes of AV1 ÷ those of H.264, interpolated between CRFs to the same VMAF."""
    small = folder / f"{source.stem}-540.mp4"
    picture = ["-t", "3", "-vf", "scale=540:960", "-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-an"]
    run([str(ffmpeg.binary()), "-y", "-loglevel", "error", "-i", str(source), *picture, str(small)])
    size = Size(540, 960)
    points = []
    for crf in CRFS:
        with h264_at(crf):
            workdir = folder / f"{source.stem}-av1-{crf}"
            workdir.mkdir()
            largest = running.process(small, workdir, lambda percent: None).encoded_files[-1]
            points.append((vmaf(small, largest.path, size), float(largest.rendition.size_bytes)))
    av1 = running.process_av1(small, workdir, lambda percent: None)[-1]
    h264_bytes = bytes_at(vmaf(small, av1.path, size), points)
    if h264_bytes is None:
        raise ValueError(f"The VMAF of AV1 is outside the range of H.264 at CRF {CRFS[0]} to {CRFS[-1]}.")
    return av1.rendition.size_bytes / h264_bytes


@contextmanager
def h264_at(crf: int) -> Iterator[None]:
    """Encode H.264 at this CRF, without the usual bit-rate ceiling, at which every CRF would give the same size."""
    settings, ceilings = ffmpeg.H264, planning.CEILING_KBITS
    ffmpeg.H264 = replace(settings, crf=crf)
    planning.CEILING_KBITS = {rung: kbits * 10 for rung, kbits in ceilings.items()}
    try:
        yield
    finally:
        ffmpeg.H264, planning.CEILING_KBITS = settings, ceilings
