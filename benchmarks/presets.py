"""Sweep encoder settings: CPU seconds, bytes and VMAF of each. `python -m benchmarks.presets [FOLDER] [SHORT_SIDE]`.

It prints the table in docs/transcoding.md, from which the settings in `videos.media.ffmpeg` were chosen.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.media import bytes_at, clips_in, make_clips, measured, run, vmaf
from videos.media import ffmpeg, probing, sniffing
from videos.media.planning import Size, fit_size
from videos.media.policy import Policy

REFERENCE = "x264 medium"
X264 = {
    "x264 medium": ("medium", ""),
    "x264 fast": ("fast", ""),
    "x264 faster": ("faster", ""),
    "x264 veryfast": ("veryfast", ""),
    "x264 veryfast aq-mode=0": ("veryfast", "aq-mode=0"),
    "x264 veryfast aq-mode=0 trellis=1": ("veryfast", "aq-mode=0:trellis=1"),
    "x264 veryfast aq-mode=0 trellis=1 me=dia": ("veryfast", "aq-mode=0:trellis=1:me=dia"),
    "x264 the same without look-ahead": ("veryfast", "aq-mode=0:trellis=1:me=dia:mbtree=0:rc-lookahead=0:b-adapt=0"),
    "x264 current settings": (ffmpeg.H264.preset, ffmpeg.H264.parameters),
    "x264 veryfast aq-strength=0.5": ("veryfast", "aq-strength=0.5"),
    "x264 faster aq-mode=0": ("faster", "aq-mode=0"),
    "x264 superfast": ("superfast", ""),
}
SVT = {f"svtav1 {preset}": (str(preset), "") for preset in (6, 8, 9, 10, 12)}
CRFS = {"libx264": (20, 23, 26, 29), "libsvtav1": (28, 34, 40, 46)}


@dataclass(frozen=True)
class Point:
    """One encode of one clip."""

    cpu_s: float
    bytes: int
    vmaf: float


def encode(source: Path, target: Path, library: str, preset: str, parameters: str, crf: int, size: Size) -> Point:
    """Encode one clip with these settings and measure it."""
    options = ["-c:v", library, "-preset", preset, "-crf", str(crf), "-pix_fmt", "yuv420p"]
    if library == "libx264":
        x264_params = ":".join(filter(None, ["scenecut=0:open-gop=0:keyint=infinite", parameters]))
        options += ["-x264-params", x264_params]
    output = ["-fps_mode", "passthrough", "-force_key_frames", "expr:gte(t,n_forced*2)", "-an", "-y", str(target)]
    with measured() as cost:
        # The input is lossless and has the right size, so that decoding costs the same for all settings.
        run([str(ffmpeg.binary()), "-loglevel", "error", "-i", str(source), *options, *output])
    return Point(cost.cpu_s, target.stat().st_size, vmaf(source, target, size))


def scaled(source: Path, folder: Path, short_side: int) -> tuple[Path, Size]:
    """Write a lossless copy of a clip with this short side, and return its path and size."""
    probe = probing.probe(source, sniffing.sniff(source, Policy()), Policy())
    size = fit_size(*probe.display_size, short_side)
    target = folder / f"{source.stem}-{short_side}.mkv"
    picture = ["-vf", f"scale={size.width}:{size.height}:flags=bicubic,format=yuv420p,setsar=1", "-an"]
    lossless = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-fps_mode", "vfr", "-y", str(target)]
    run([str(ffmpeg.binary()), "-loglevel", "error", "-i", str(source), *picture, *lossless])
    return target, size


def main(arguments: list[str]) -> None:
    """Print a table of all settings over all clips."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = clips_in(Path(arguments[0])) if arguments else make_clips(folder, seconds=4)
        short_side = int(arguments[1]) if len(arguments) > 1 else 720
        clips = [scaled(source, folder, short_side) for source in sources]
        table: dict[str, list[dict[int, Point]]] = {}
        settings = [("libx264", X264), ("libsvtav1", SVT)]
        for library, variants in settings:
            for label, (preset, parameters) in variants.items():
                table[label] = [
                    {
                        crf: encode(path, folder / "out.mp4", library, preset, parameters, crf, size)
                        for crf in CRFS[library]
                    }
                    for path, size in clips
                ]
                show(label, table, "libx264" if library == "libx264" else "libsvtav1")


def show(label: str, table: dict[str, list[dict[int, Point]]], library: str) -> None:
    """Print one row for each CRF, with the bytes relative to the reference at equal VMAF."""
    for crf in CRFS[library]:
        points = [clip[crf] for clip in table[label]]
        ratios = []
        for clip, reference in zip(table[label], table[REFERENCE], strict=True):
            reference_bytes = bytes_at(clip[crf].vmaf, [(point.vmaf, point.bytes) for point in reference.values()])
            if reference_bytes:
                ratios.append(clip[crf].bytes / reference_bytes)
        ratio = f"{sum(ratios) / len(ratios):.2f}" if ratios else "–"
        cpu = sum(point.cpu_s for point in points)
        size = sum(point.bytes for point in points) / 1000
        quality = sum(point.vmaf for point in points) / len(points)
        print(f"| {label} | {crf} | {cpu:.1f} | {size:.0f} | {quality:.1f} | {ratio} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
