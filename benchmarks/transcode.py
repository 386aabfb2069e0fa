"""Compare the pipeline with a hand-written command and with a peer's way. `python -m benchmarks.transcode [FOLDER]`.

Both sides of every ratio are measured here, in turns, in processor seconds where processors are what is bought.
Writes benchmarks/results/transcode.json. The bars are those of the project's own aims.
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

from benchmarks.figures import Figure, at_least, at_most, info, report
from benchmarks.media import Spent, clips_in, make_clips, measured, run, vmaf
from benchmarks.transcode_av1 import av1_share
from benchmarks.transcode_queue import queue_figures
from videos.media import ffmpeg, running, sandbox
from videos.media.planning import RenditionPlan, Size
from videos.media.policy import Policy
from videos.media.results import Playable, Produced, Rendition

SECONDS = 10  # as long as the shorter clips that creators send
ROUNDS = 3  # the same work takes a tenth more or less from one minute to the next
# MediaCMS: every rendition by a process of its own, x264 medium, CRF 23, maxrate and bufsize 1.5 times these kbit/s,
# a keyframe every 4 s at the latest. Source: its files/helpers.py.
PEER_KBITS = {360: 500, 540: 1200, 720: 2500, 1080: 4500}


@dataclass(frozen=True)
class Ours:
    """One clip through the pipeline: seconds of wall clock and processors, and until it could be watched.

    `memory_mb` is the worker's and its largest program's: it runs one at a time.
    """

    produced: Produced
    wall_s: float
    cpu_s: float
    playable_s: float
    memory_mb: float


def through_pipeline(source: Path, folder: Path) -> Ours:
    """Process one clip in a worker of its own, and measure it."""
    folder.mkdir()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as worker:
        return worker.submit(work_as_worker, source, folder).result()


def work_as_worker(source: Path, folder: Path) -> Ours:
    """Process one clip here, where nothing else has been run."""
    first: list[float] = []
    began, before = time.monotonic(), time.process_time()

    def on_playable(playable: Playable) -> None:
        first.append(time.monotonic() - began)

    with measured() as spent, sandbox.at_most(sandbox.Level.LANDLOCK):
        produced = running.process(source, folder, lambda percent: None, on_playable=on_playable)
    cpu_s = spent.cpu_s + time.process_time() - before
    kilobytes = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Ours(produced, spent.wall_s, cpu_s, first[0], kilobytes / 1024)


@dataclass(frozen=True)
class Turn:
    """One clip made in each way, one after another, and decoded once with nothing else done."""

    ours: Ours
    by_hand: Spent
    peer: Spent
    decoding: Spent
    peer_files: list[Path]


@dataclass(frozen=True)
class Quality:
    """What came of one clip. VMAF is of each size, the smallest first; bytes are the sum."""

    ours_vmaf: list[float]
    peer_vmaf: list[float]
    ours_bytes: int
    peer_bytes: int


def by_hand(source: Path, folder: Path) -> Spent:
    """Make the same files by one command that decodes once; return what it took.

    The fragmented copies and playlists for HLS are left out: one command cannot write them without encoding again.
    """
    plan = running.inspect(source, Policy()).plan
    count, tiles, poster = len(plan.renditions), plan.storyboard, plan.poster
    graph = f"[0:v]split={count + 3}" + "".join(f"[s{index}]" for index in range(count + 3)) + ";"
    for index, one in enumerate(plan.renditions):
        graph += f"[s{index}]scale={one.size.width}:{one.size.height},format=yuv420p[v{index}];"
    graph += f"[s{count}]trim=end=3,fps=5,scale={poster.width}:{poster.height},thumbnail=15[poster];"
    graph += f"[s{count + 1}]fps=1000/{tiles.interval_ms},scale={tiles.tile.width}:{tiles.tile.height},"
    graph += f"tile={tiles.columns}x{tiles.rows}[board];"
    graph += f"[s{count + 2}]fps=2,scale=32:32:flags=area,format=gray[print]"
    if plan.has_audio:
        graph += f";[0:a]loudnorm=I=-14:TP=-1.5,aresample=48000,asplit={count}"
        graph += "".join(f"[a{index}]" for index in range(count))
    command = [str(ffmpeg.binary()), "-y", "-loglevel", "error", "-i", str(source), "-filter_complex", graph]
    for index, one in enumerate(plan.renditions):
        sound = ["-map", f"[a{index}]", "-c:a", "aac", "-b:a", "128k"] if plan.has_audio else []
        command += ["-map", f"[v{index}]", *sound, *encoder_by_hand(one), "-fps_mode", "vfr", "-movflags", "+faststart"]
        command.append(str(folder / f"hand-{index}.mp4"))
    command += ["-map", "[poster]", "-frames:v", "1", "-update", "1", str(folder / "hand-poster.jpg")]
    command += ["-map", "[board]", "-frames:v", "1", "-update", "1", str(folder / "hand-board.jpg")]
    command += ["-map", "[print]", "-f", "rawvideo", str(folder / "hand-print.gray")]
    with measured() as spent:
        run(command)
    return spent


def decoding(source: Path) -> Spent:
    """Decode a clip's picture as the quick run does, and do nothing with it; return what it took."""
    decoder = ["-skip_loop_filter", "noref"]
    with measured() as spent:
        run([str(ffmpeg.binary()), "-loglevel", "error", *decoder, "-i", str(source), "-an", "-f", "null", "-"])
    return spent


def encoder_by_hand(one: RenditionPlan) -> list[str]:
    """Return the options that make the same encode as the pipeline's."""
    rate = f"{one.ceiling_kbits}k"
    return [
        *("-c:v", "libx264", "-preset", ffmpeg.H264.preset, "-crf", str(ffmpeg.H264.crf + one.crf_step)),
        *("-maxrate", rate, "-bufsize", rate, "-x264-params", ffmpeg.H264.parameters),
        *("-force_key_frames", "expr:gte(t,n_forced*2)"),
    ]


def as_the_peer(source: Path, produced: Produced, folder: Path) -> tuple[Spent, list[Path]]:
    """Make the same sizes as MediaCMS does; return what it took and the files."""
    made = []
    with measured() as spent:
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
            made.append(target)
    return spent, made


def size_of(rendition: Rendition) -> tuple[int, int]:
    return rendition.width_px, rendition.height_px


def quality(source: Path, files: list[Path], renditions: list[Rendition]) -> list[float]:
    """Return the VMAF of each size."""
    return [vmaf(source, path, Size(*size_of(rendition))) for path, rendition in zip(files, renditions, strict=True)]


def main(arguments: list[str]) -> None:
    """Measure every clip, print a table and write the results."""
    with tempfile.TemporaryDirectory() as name, sandbox.at_most(sandbox.Level.LANDLOCK):
        folder = Path(name)
        sources = clips_in(Path(arguments[0])) if arguments else make_clips(folder, seconds=SECONDS)
        report([*compare(sources, folder), *queue_figures(sources[0], folder)], "transcode")


def compare(sources: list[Path], folder: Path) -> list[Figure]:
    """Measure every clip several times, and return the median of each ratio over the sum of the clips."""
    rounds = [
        [take_turns(source, folder / f"{number}-{index}") for index, source in enumerate(sources)]
        for number in range(ROUNDS)
    ]
    found = [judge(source, turn) for source, turn in zip(sources, rounds[-1], strict=True)]
    for index, source in enumerate(sources):
        show(source.name, [turns[index] for turns in rounds], found[index])
    cpu = spread(rounds, lambda turn: turn.ours.cpu_s, lambda turn: turn.by_hand.cpu_s)
    peer = spread(rounds, lambda turn: turn.peer.cpu_s, lambda turn: turn.ours.cpu_s)
    print(f"Of {ROUNDS} rounds: by hand {cpu[0]:.2f} to {cpu[-1]:.2f}, MediaCMS {peer[0]:.2f} to {peer[-1]:.2f}")
    decode = spread(rounds, lambda turn: turn.decoding.cpu_s, lambda turn: turn.by_hand.cpu_s)
    wall = spread(rounds, lambda turn: turn.ours.wall_s, lambda turn: turn.by_hand.wall_s)
    playable = spread(rounds, lambda turn: turn.ours.playable_s, lambda turn: turn.ours.wall_s)
    gain = sum(mean(one.ours_vmaf) - mean(one.peer_vmaf) for one in found) / len(found)
    gain_at_largest = sum(one.ours_vmaf[-1] - one.peer_vmaf[-1] for one in found) / len(found)
    size = sum(one.ours_bytes for one in found) / sum(one.peer_bytes for one in found)
    memory_mb = max(turn.ours.memory_mb for turns in rounds for turn in turns)
    return [
        at_most("ladder through our code ÷ by hand, decoding once (CPU)", median(cpu), 1.10),
        info("of this, the quick run's decode", median(decode), unit="ratio"),
        at_most("ladder through our code ÷ by hand, decoding once (wall)", median(wall), 1.10),
        at_least("the same ladder as MediaCMS does it ÷ ours (CPU)", median(peer), 2.3),
        at_least("VMAF, ours − MediaCMS, mean of the sizes", gain, 0.0, unit="points"),
        info("VMAF, ours − MediaCMS, at the largest", gain_at_largest, unit="points"),
        at_most("bytes, ours ÷ MediaCMS", size, 1.0),
        at_most("time to first playable ÷ whole ladder", median(playable), 0.35),
        at_most("peak memory of a job, with its worker", memory_mb, 1500, unit="MB"),
        at_most("bytes of AV1 ÷ H.264 at equal VMAF, 540", av1_share(sources[0], folder), 0.65),
    ]


type Part = Callable[[Turn], float]


def spread(rounds: list[list[Turn]], above: Part, below: Part) -> list[float]:
    """Return the ratio of two sums over the clips, for each round, sorted: its two sides ran within a minute."""
    return sorted(sum(map(above, turns)) / sum(map(below, turns)) for turns in rounds)


def take_turns(source: Path, folder: Path) -> Turn:
    """Make one clip in three ways."""
    ours = through_pipeline(source, folder)
    hand = by_hand(source, folder)
    peer, files = as_the_peer(source, ours.produced, folder)
    seconds = f"{ours.cpu_s:.1f}, {hand.cpu_s:.1f}, {peer.cpu_s:.1f} CPU s, ours, by hand, as MediaCMS"
    print(f"{source.name}: {seconds}", flush=True)
    return Turn(ours, hand, peer, decoding(source), files)


def judge(source: Path, turn: Turn) -> Quality:
    """Compare what was made of a clip with its source."""
    encoded_files = turn.ours.produced.encoded_files
    renditions = [encoded.rendition for encoded in encoded_files]
    return Quality(
        ours_vmaf=quality(source, [encoded.path for encoded in encoded_files], renditions),
        peer_vmaf=quality(source, turn.peer_files, renditions),
        ours_bytes=sum(rendition.size_bytes for rendition in renditions),
        peer_bytes=sum(path.stat().st_size for path in turn.peer_files),
    )


def show(name: str, turns: list[Turn], found: Quality) -> None:
    """Print one clip's figures, medians of all turns."""
    ours_cpu_s, hand_cpu_s = median(one.ours.cpu_s for one in turns), median(one.by_hand.cpu_s for one in turns)
    ours_wall_s, hand_wall_s = median(one.ours.wall_s for one in turns), median(one.by_hand.wall_s for one in turns)
    peer_cpu_s, decode_cpu_s = median(one.peer.cpu_s for one in turns), median(one.decoding.cpu_s for one in turns)
    playable_s = median(one.ours.playable_s for one in turns)
    print(f"{name:<24}          ours  by hand  as MediaCMS   (decoding: {decode_cpu_s:.1f} CPU s)")
    print(f"{'':<24} CPU s  {ours_cpu_s:>6.1f}  {hand_cpu_s:>7.1f}  {peer_cpu_s:>11.1f}")
    print(f"{'':<24} wall s {ours_wall_s:>6.1f}  {hand_wall_s:>7.1f}   playable after {playable_s:.1f}")
    print(f"{'':<24} VMAF   {mean(found.ours_vmaf):>6.1f}  {'':>7}  {mean(found.peer_vmaf):>11.1f}")
    print(f"{'':<24} kB     {found.ours_bytes / 1000:>6.0f}  {'':>7}  {found.peer_bytes / 1000:>11.0f}")
    print(f"{'':<24} MB     {max(one.ours.memory_mb for one in turns):>6.0f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
