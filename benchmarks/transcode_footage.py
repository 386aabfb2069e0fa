"""Bytes on real footage: ours against x264 medium at equal VMAF. `python -m benchmarks.transcode_footage [FOLDER]`.

FOLDER is that of the collected media by default. Files that were generated say so in their names and are left out,
because drawn scenes favour cheap analysis.
"""

import math
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean

from accounts import sandbox
from benchmarks.figures import Figure, at_most, report
from benchmarks.media import bytes_at, clips_in
from benchmarks.presets import Point, encode, scaled
from videos.media import ffmpeg
from videos.media.inspection import inspect
from videos.media.policy import Policy
from videos.media.running import process

COLLECTED = Path(__file__).resolve().parents[2] / "shared" / "media" / "good"
PEER_CRF = 23
OUR_CRFS = (20, 23, 26, 29)


@dataclass(frozen=True)
class Comparison:
    """One size of one clip: our bytes ÷ the peer's at the peer's VMAF, and the CPU seconds of one encode of each.

    Both have a keyframe every two seconds.
    """

    name: str
    share: float
    our_cpu_s: float
    peer_cpu_s: float


def footage_in(folder: Path) -> list[Path]:
    """Return the clips of a folder that a camera filmed."""
    return [path for path in clips_in(folder) if "_gen_" not in path.name]


def compare_sizes(source: Path, folder: Path) -> Iterator[Comparison]:
    """Compare the smallest and the largest rendition of a clip."""
    sides = [rendition.size.short_side for rendition in inspect(source, Policy()).plan.renditions]
    for side in sorted({sides[0], sides[-1]}):
        path, size = scaled(source, folder, side)
        target = folder / "out.mp4"
        peer = encode(path, target, "libx264", "medium", "", PEER_CRF, size)
        settings = ("libx264", ffmpeg.H264.preset, ffmpeg.H264.parameters)
        ours = [encode(path, target, *settings, crf, size) for crf in OUR_CRFS]
        share = bytes_ratio(ours, peer)
        comparison = Comparison(f"{source.name} {side}", share, ours[1].cpu_s, peer.cpu_s)
        cpu = comparison.our_cpu_s / comparison.peer_cpu_s
        print(f"{comparison.name:<54} bytes {share:.2f}  CPU {cpu:.2f}  (VMAF {peer.vmaf:.1f})", flush=True)
        yield comparison


def bytes_ratio(ours: list[Point], peer: Point) -> float:
    """Return our bytes ÷ the peer's at the peer's VMAF, interpolated, or extrapolated beyond our nearest two points."""
    points = sorted((point.vmaf, math.log(point.bytes)) for point in ours)
    size = bytes_at(peer.vmaf, points)
    if size is None:
        (low, few), (high, many) = points[:2] if peer.vmaf < points[0][0] else points[-2:]
        size = few + (many - few) * (peer.vmaf - low) / (high - low)
    return math.exp(size) / peer.bytes


def rate_share(source: Path, folder: Path) -> float:
    """Process a clip, and return the highest bit rate of a rendition ÷ the source's own."""
    folder.mkdir()
    produced = process(source, folder, lambda percent: None)
    own_bps = source.stat().st_size * 8000 / produced.duration_ms
    shutil.rmtree(folder)
    return max(encoded.rendition.bitrate_bps for encoded in produced.encoded_files) / own_bps


def footage_figures(sources: list[Path], folder: Path) -> list[Figure]:
    """Compare every clip, and return the figures."""
    comparisons = [comparison for source in sources for comparison in compare_sizes(source, folder)]
    shares = [comparison.share for comparison in comparisons]
    cpu = sum(comparison.our_cpu_s for comparison in comparisons) / sum(
        comparison.peer_cpu_s for comparison in comparisons
    )
    rates = [rate_share(source, folder / source.stem) for source in sources]
    return [
        at_most("footage: bytes, ours ÷ x264 medium at equal VMAF, mean", geometric_mean(shares), 1.05),
        at_most("footage: the same, worst clip and size", max(shares), 1.25),
        at_most("footage: CPU of an encode, ours ÷ x264 medium", cpu, 0.5),
        at_most("footage: bit rate of a rendition ÷ its source, highest", max(rates), 1.3),
    ]


def main(arguments: list[str]) -> None:
    """Print a line for each clip and size, then the figures, and write them."""
    with tempfile.TemporaryDirectory() as name, sandbox.at_most(sandbox.Level.LANDLOCK):
        sources = footage_in(Path(arguments[0]).resolve() if arguments else COLLECTED)
        report(footage_figures(sources, Path(name)), "transcode_footage")


if __name__ == "__main__":
    main(sys.argv[1:])
