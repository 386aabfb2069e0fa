"""Compare the pipeline with a hand-written command and with MediaCMS. `python -m benchmarks.transcode [FOLDER]`.

Bytes are also compared on real footage, if the collected media are there: see `benchmarks.transcode_footage`.

Both sides of every ratio are measured here, alternately, and mostly in CPU seconds, which is what costs money.
Writes benchmarks/results/transcode.json.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from accounts import sandbox
from benchmarks.figures import Figure, at_least, at_most, info, report
from benchmarks.media import Cost, clips_in, make_clips, measured, run, vmaf
from benchmarks.transcode_av1 import av1_share
from benchmarks.transcode_footage import COLLECTED, footage_figures, footage_in
from benchmarks.transcode_queue import queue_figures
from videos.media import ffmpeg, running
from videos.media.inspection import inspect
from videos.media.planning import RenditionPlan, Size
from videos.media.policy import Policy
from videos.media.results import Playable, Produced, Rendition

SECONDS = 10  # as long as the shorter clips that creators upload
ROUNDS = 3  # the time for the same work varies by a tenth from one minute to the next
# MediaCMS: a separate process for every rendition, x264 medium, CRF 23, maxrate and bufsize 1.5 times these kbit/s,
# a keyframe every 4 s at the latest. Source: its files/helpers.py.
PEER_KBITS = {360: 500, 540: 1200, 720: 2500, 1080: 4500}


@dataclass(frozen=True)
class PipelineRun:
    """One clip processed by the pipeline: wall-clock seconds, CPU seconds, and seconds until it was playable.

    `memory_mb` is the sum of the worker and its largest program, as programs run one at a time.
    """

    produced: Produced
    wall_s: float
    cpu_s: float
    playable_s: float
    memory_mb: float


def run_pipeline(source: Path, folder: Path) -> PipelineRun:
    """Process and measure one clip in a new worker process."""
    folder.mkdir()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as worker:
        return worker.submit(process_here, source, folder).result()


def process_here(source: Path, folder: Path) -> PipelineRun:
    """Process and measure one clip in this process, in which nothing else has run."""
    playable_after: list[float] = []
    started_at, before = time.monotonic(), time.process_time()

    def on_playable(playable: Playable) -> None:
        playable_after.append(time.monotonic() - started_at)

    with measured() as cost, sandbox.at_most(sandbox.Level.LANDLOCK):
        produced = running.process(source, folder, lambda percent: None, on_playable=on_playable)
    cpu_s = cost.cpu_s + time.process_time() - before
    kilobytes = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return PipelineRun(produced, cost.wall_s, cpu_s, playable_after[0], kilobytes / 1024)


@dataclass(frozen=True)
class Round:
    """One clip processed by each method, one after the other, and decoded once without encoding."""

    ours: PipelineRun
    by_command: Cost
    peer: Cost
    decoding: Cost
    peer_files: list[Path]


@dataclass(frozen=True)
class Quality:
    """The results for one clip: the VMAF of each size, smallest first, and the sum of the bytes."""

    ours_vmaf: list[float]
    peer_vmaf: list[float]
    ours_bytes: int
    peer_bytes: int


def run_command(source: Path, folder: Path) -> Cost:
    """Write the same files with one command that decodes once, and return its cost.

    The fragmented copies and playlists for HLS are left out: one command cannot write them without encoding again.
    """
    plan = inspect(source, Policy()).plan
    count, tiles, poster = len(plan.renditions), plan.storyboard, plan.poster
    graph = f"[0:v]split={count + 3}" + "".join(f"[s{index}]" for index in range(count + 3)) + ";"
    for index, rendition in enumerate(plan.renditions):
        graph += f"[s{index}]scale={rendition.size.width}:{rendition.size.height},format=yuv420p[v{index}];"
    graph += f"[s{count}]trim=end=3,fps=5,scale={poster.width}:{poster.height},thumbnail=15[poster];"
    graph += f"[s{count + 1}]fps=1000/{tiles.interval_ms},scale={tiles.tile.width}:{tiles.tile.height},"
    graph += f"tile={tiles.columns}x{tiles.rows}[board];"
    graph += f"[s{count + 2}]fps=2,scale=32:32:flags=area,format=gray[print]"
    if plan.has_audio:
        graph += f";[0:a]loudnorm=I=-14:TP=-1.5,aresample=48000,asplit={count}"
        graph += "".join(f"[a{index}]" for index in range(count))
    command = [str(ffmpeg.binary()), "-y", "-loglevel", "error", "-i", str(source), "-filter_complex", graph]
    for index, rendition in enumerate(plan.renditions):
        sound = ["-map", f"[a{index}]", "-c:a", "aac", "-b:a", "128k"] if plan.has_audio else []
        command += [
            "-map",
            f"[v{index}]",
            *sound,
            *encoder_options(rendition),
            "-fps_mode",
            "vfr",
            "-movflags",
            "+faststart",
        ]
        command.append(str(folder / f"hand-{index}.mp4"))
    command += ["-map", "[poster]", "-frames:v", "1", "-update", "1", str(folder / "hand-poster.jpg")]
    command += ["-map", "[board]", "-frames:v", "1", "-update", "1", str(folder / "hand-board.jpg")]
    command += ["-map", "[print]", "-f", "rawvideo", str(folder / "hand-print.gray")]
    with measured() as cost:
        run(command)
    return cost


def decode(source: Path) -> Cost:
    """Decode a clip's video as the quick run does, discard it, and return the cost."""
    decoder = ["-skip_loop_filter", "noref"]
    with measured() as cost:
        run([str(ffmpeg.binary()), "-loglevel", "error", *decoder, "-i", str(source), "-an", "-f", "null", "-"])
    return cost


def encoder_options(rendition: RenditionPlan) -> list[str]:
    """Return the options of the pipeline's own encode of a rendition."""
    rate = f"{rendition.ceiling_kbits}k"
    return [
        *("-c:v", "libx264", "-preset", ffmpeg.H264.preset, "-crf", str(ffmpeg.H264.crf + rendition.crf_step)),
        *("-maxrate", rate, "-bufsize", rate, "-x264-params", ffmpeg.H264.parameters),
        *("-force_key_frames", "expr:gte(t,n_forced*2)"),
    ]


def run_peer(source: Path, produced: Produced, folder: Path) -> tuple[Cost, list[Path]]:
    """Encode the same sizes as MediaCMS does, and return the cost and the files."""
    paths = []
    with measured() as cost:
        for width, height in [size_of(encoded.rendition) for encoded in produced.encoded_files]:
            rate = PEER_KBITS[min(PEER_KBITS, key=lambda side: abs(side - min(width, height)))] * 1.5
            target = folder / f"peer-{width}x{height}.mp4"
            options = ["-vf", f"scale={width}:{height},format=yuv420p", "-c:v", "libx264"]
            options += ["-preset", "medium", "-crf", "23", "-maxrate", f"{rate:.0f}k", "-bufsize", f"{rate:.0f}k"]
            options += [
                "-force_key_frames",
                "expr:gte(t,n_forced*4)",
                "-c:a",
                "aac",
                "-b:a",
                "128k",
                "-fps_mode",
                "vfr",
                "-movflags",
                "+faststart",
            ]
            run([str(ffmpeg.binary()), "-y", "-loglevel", "error", "-i", str(source), *options, str(target)])
            paths.append(target)
    return cost, paths


def size_of(rendition: Rendition) -> tuple[int, int]:
    return rendition.width_px, rendition.height_px


def vmaf_of_sizes(source: Path, files: list[Path], renditions: list[Rendition]) -> list[float]:
    """Return the VMAF of each size."""
    return [vmaf(source, path, Size(*size_of(rendition))) for path, rendition in zip(files, renditions, strict=True)]


def main(arguments: list[str]) -> None:
    """Measure every clip, print a table and write the results."""
    with tempfile.TemporaryDirectory() as name, sandbox.at_most(sandbox.Level.LANDLOCK):
        folder = Path(name)
        sources = clips_in(Path(arguments[0])) if arguments else make_clips(folder, seconds=SECONDS)
        footage = footage_figures(footage_in(COLLECTED), folder) if COLLECTED.is_dir() else []
        report([*footage, *compare(sources, folder), *queue_figures(sources[0], folder)], "transcode")


def compare(sources: list[Path], folder: Path) -> list[Figure]:
    """Measure every clip several times, and return the median of each ratio over the sum of the clips."""
    rounds = [
        [run_methods(source, folder / f"{number}-{index}") for index, source in enumerate(sources)]
        for number in range(ROUNDS)
    ]
    qualities = [measure_quality(source, turn) for source, turn in zip(sources, rounds[-1], strict=True)]
    for index, source in enumerate(sources):
        show(source.name, [turns[index] for turns in rounds], qualities[index])
    cpu = spread(rounds, lambda turn: turn.ours.cpu_s, lambda turn: turn.by_command.cpu_s)
    peer = spread(rounds, lambda turn: turn.peer.cpu_s, lambda turn: turn.ours.cpu_s)
    print(f"Of {ROUNDS} rounds: the command {cpu[0]:.2f} to {cpu[-1]:.2f}, MediaCMS {peer[0]:.2f} to {peer[-1]:.2f}")
    decode = spread(rounds, lambda turn: turn.decoding.cpu_s, lambda turn: turn.by_command.cpu_s)
    wall = spread(rounds, lambda turn: turn.ours.wall_s, lambda turn: turn.by_command.wall_s)
    playable = spread(rounds, lambda turn: turn.ours.playable_s, lambda turn: turn.ours.wall_s)
    gain = sum(mean(quality.ours_vmaf) - mean(quality.peer_vmaf) for quality in qualities) / len(qualities)
    gain_at_largest = sum(quality.ours_vmaf[-1] - quality.peer_vmaf[-1] for quality in qualities) / len(qualities)
    size = sum(quality.ours_bytes for quality in qualities) / sum(quality.peer_bytes for quality in qualities)
    memory_mb = max(turn.ours.memory_mb for turns in rounds for turn in turns)
    return [
        at_most("our ladder ÷ one command that decodes once (CPU)", median(cpu), 1.10),
        info("of this, the quick run's decode", median(decode), unit="ratio"),
        at_most("our ladder ÷ one command that decodes once (wall)", median(wall), 1.10),
        at_least("MediaCMS's way to the same ladder ÷ ours (CPU)", median(peer), 2.3),
        at_least("VMAF, ours − MediaCMS, mean of the sizes", gain, 0.0, unit="points"),
        info("VMAF, ours − MediaCMS, at the largest", gain_at_largest, unit="points"),
        at_most("bytes, ours ÷ MediaCMS", size, 1.0),
        at_most("time to first playable ÷ whole ladder", median(playable), 0.35),
        at_most("peak memory of a job, with its worker", memory_mb, 1500, unit="MB"),
        at_most("bytes of AV1 ÷ H.264 at equal VMAF, 540", av1_share(sources[0], folder), 0.65),
    ]


type Part = Callable[[Round], float]


def spread(rounds: list[list[Round]], above: Part, below: Part) -> list[float]:
    """Return the ratio of two sums over the clips for each round, sorted. The two sides of a round ran within a minute."""
    return sorted(sum(map(above, turns)) / sum(map(below, turns)) for turns in rounds)


def run_methods(source: Path, folder: Path) -> Round:
    """Process one clip by all methods."""
    ours = run_pipeline(source, folder)
    command = run_command(source, folder)
    peer, files = run_peer(source, ours.produced, folder)
    seconds = f"{ours.cpu_s:.1f}, {command.cpu_s:.1f}, {peer.cpu_s:.1f} CPU s for ours, the command, MediaCMS"
    print(f"{source.name}: {seconds}", flush=True)
    return Round(ours, command, peer, decode(source), files)


def measure_quality(source: Path, turn: Round) -> Quality:
    """Compare the encodes of a clip with its source."""
    encoded_files = turn.ours.produced.encoded_files
    renditions = [encoded.rendition for encoded in encoded_files]
    return Quality(
        ours_vmaf=vmaf_of_sizes(source, [encoded.path for encoded in encoded_files], renditions),
        peer_vmaf=vmaf_of_sizes(source, turn.peer_files, renditions),
        ours_bytes=sum(rendition.size_bytes for rendition in renditions),
        peer_bytes=sum(path.stat().st_size for path in turn.peer_files),
    )


def show(name: str, turns: list[Round], quality: Quality) -> None:
    """Print one clip's figures, as medians of all rounds."""
    ours_cpu_s, command_cpu_s = (
        median(turn.ours.cpu_s for turn in turns),
        median(turn.by_command.cpu_s for turn in turns),
    )
    ours_wall_s, command_wall_s = (
        median(turn.ours.wall_s for turn in turns),
        median(turn.by_command.wall_s for turn in turns),
    )
    peer_cpu_s, decode_cpu_s = median(turn.peer.cpu_s for turn in turns), median(turn.decoding.cpu_s for turn in turns)
    playable_s = median(turn.ours.playable_s for turn in turns)
    print(f"{name:<24}          ours  command     MediaCMS   (decoding: {decode_cpu_s:.1f} CPU s)")
    print(f"{'':<24} CPU s  {ours_cpu_s:>6.1f}  {command_cpu_s:>7.1f}  {peer_cpu_s:>11.1f}")
    print(f"{'':<24} wall s {ours_wall_s:>6.1f}  {command_wall_s:>7.1f}   playable after {playable_s:.1f}")
    print(f"{'':<24} VMAF   {mean(quality.ours_vmaf):>6.1f}  {'':>7}  {mean(quality.peer_vmaf):>11.1f}")
    print(f"{'':<24} kB     {quality.ours_bytes / 1000:>6.0f}  {'':>7}  {quality.peer_bytes / 1000:>11.0f}")
    print(f"{'':<24} MB     {max(turn.ours.memory_mb for turn in turns):>6.0f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
