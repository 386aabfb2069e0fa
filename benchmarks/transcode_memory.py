"""Peak memory of transcoding on a machine with 64 cores. `python -m benchmarks.transcode_memory`.

ffmpeg is told of 64 cores, whatever this machine has, because programs that start a thread or a buffer for each core
need memory in proportion. The clips have the most demanding formats that phones film and browsers record.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, at_most, report
from benchmarks.media import run
from videos.media import ffmpeg
from videos.media.colour import table
from videos.media.encoding import MEMORY_BYTES
from videos.media.filters import COLOUR_TABLE
from videos.media.inspection import inspect
from videos.media.planning import plan_av1
from videos.media.policy import Policy

CORES = 64
SECONDS = 1
HLG = "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc"
CLIPS = {
    "4K60 HDR": ("3840x2160", 60, HLG, ("libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le"), "mp4"),
    "AV1 1080p": ("1920x1080", 30, "null", ("libsvtav1", "-preset", "12", "-pix_fmt", "yuv420p"), "webm"),
}


def make_clip(folder: Path, name: str) -> Path:
    """Write one of CLIPS, without sound."""
    size, rate, graph, encoder, container = CLIPS[name]
    path = folder / f"{name.replace(' ', '-')}.{container}"
    picture = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={SECONDS}", "-vf", graph]
    run([str(ffmpeg.binary()), "-loglevel", "error", *picture, "-c:v", *encoder, str(path)])
    return path


def peak_mb(command: list[str], folder: Path) -> float:
    """Run an ffmpeg command as if there were CORES cores, and return its largest resident memory."""
    program, *arguments = command
    process = subprocess.Popen([program, "-cpucount", str(CORES), *arguments], cwd=folder, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_maxrss / 1024


def measure(source: Path, name: str, folder: Path) -> Iterator[Figure]:
    """Run every encode of a clip and yield the peak memory of each. The bar is the limit at which a job is ended."""
    inspected = inspect(source, Policy())
    probe, plan = inspected.probe, inspected.plan
    if probe.colour.needs_table:
        (folder / COLOUR_TABLE).write_text(table(probe.colour))
    commands = {
        "quick run": ffmpeg.quick_command(source, probe, plan, folder, None, with_storyboard=False),
        "full run": ffmpeg.full_command(source, probe, plan, folder, plan.others, with_storyboard=True),
        "AV1 run": ffmpeg.full_command(source, probe, plan, folder, plan_av1(probe), with_storyboard=False),
    }
    for run_name, command in commands.items():
        yield at_most(f"{name}, {run_name}, {CORES} cores", peak_mb(command, folder), MEMORY_BYTES / 2**20, unit="MB")


def main() -> None:
    """Print the peak memory of each run, and write the figures."""
    figures = []
    for name in CLIPS:
        with tempfile.TemporaryDirectory() as folder_name:
            folder = Path(folder_name)
            figures += list(measure(make_clip(folder, name), name, folder))
    report(figures, "transcode_memory")


if __name__ == "__main__":
    main()
