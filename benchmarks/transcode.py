"""Compare the pipeline with a hand-written command and with a peer's way. `python -m benchmarks.transcode [FOLDER]`.

Both sides of every ratio are measured here, in one run, in processor seconds where processors are what is bought.
Writes benchmarks/results/transcode.json. The bars are those of the project's own aims.
"""

import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, at_least, at_most, report
from benchmarks.media import clips_in, make_clips, measured, run, vmaf
from benchmarks.transcode_av1 import av1_share
from benchmarks.transcode_queue import queue_figures
from videos.media import ffmpeg, running, sandbox
from videos.media.planning import RenditionPlan, Size
from videos.media.policy import Policy
from videos.media.results import Playable, Produced, Rendition

# MediaCMS: every rendition by a process of its own, x264 medium, CRF 23, maxrate and bufsize 1.5 times these kbit/s,
# a keyframe every 4 s at the latest. Source: its files/helpers.py.
SECONDS = 3
PEER_KBITS = {360: 500, 540: 1200, 720: 2500, 1080: 4500}


@dataclass(frozen=True)
class Ours:
    """One clip through the pipeline: seconds of wall clock and processors, and until it could be watched."""

    produced: Produced
    wall_s: float
    cpu_s: float
    playable_s: float


def through_pipeline(source: Path, folder: Path) -> Ours:
    """Process one clip and measure it."""
    folder.mkdir()
    first: list[float] = []
    began = time.monotonic()

    def on_playable(playable: Playable) -> None:
        first.append(time.monotonic() - began)

    with measured() as spent:
        produced = running.process(source, folder, lambda percent: None, on_playable=on_playable)
    return Ours(produced, spent.wall_s, spent.cpu_s, first[0])


def by_hand(source: Path, folder: Path) -> tuple[float, float]:
    """Make the same files by one command that decodes once; return its seconds of wall clock and processors.

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
    return spent.wall_s, spent.cpu_s


def encoder_by_hand(one: RenditionPlan) -> list[str]:
    """Return the options that make the same encode as the pipeline's."""
    rate = f"{one.ceiling_kbits}k"
    return [
        *("-c:v", "libx264", "-preset", ffmpeg.H264.preset, "-crf", str(ffmpeg.H264.crf + one.crf_step)),
        *("-maxrate", rate, "-bufsize", rate, "-x264-params", ffmpeg.H264.parameters),
        *("-force_key_frames", "expr:gte(t,n_forced*2)"),
    ]


def as_the_peer(source: Path, produced: Produced, folder: Path) -> tuple[float, list[Path]]:
    """Make the same sizes as MediaCMS does; return the processor seconds and the files."""
    made = []
    with measured() as spent:
        for one in produced.renditions:
            rate = PEER_KBITS[min(PEER_KBITS, key=lambda side: abs(side - min(one.width, one.height)))] * 1.5
            target = folder / f"peer-{one.width}x{one.height}.mp4"
            options = ["-vf", f"scale={one.width}:{one.height},format=yuv420p", "-c:v", "libx264"]
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
    return spent.cpu_s, made


def quality(source: Path, files: list[Path], renditions: tuple[Rendition, ...]) -> float:
    """Return the mean VMAF over all sizes."""
    scores = [vmaf(source, path, Size(one.width, one.height)) for path, one in zip(files, renditions, strict=True)]
    return sum(scores) / len(scores)


def main(arguments: list[str]) -> None:
    """Measure every clip, print a table and write the results."""
    with tempfile.TemporaryDirectory() as name, sandbox.at_most(sandbox.Level.LANDLOCK):
        folder = Path(name)
        sources = clips_in(Path(arguments[0])) if arguments else make_clips(folder, seconds=SECONDS)
        report([*compare(sources, folder), *queue_figures(sources[0], folder)], "transcode")


def compare(sources: list[Path], folder: Path) -> list[Figure]:
    """Return all ratios over the sum of the clips."""
    ours_cpu = ours_wall = playable = hand_cpu = hand_wall = peer_cpu = 0.0
    ours_bytes = peer_bytes = 0
    ours_vmaf, peer_vmaf = [], []
    for number, source in enumerate(sources):
        work = folder / str(number)
        ours = through_pipeline(source, work)
        ours_cpu, ours_wall, playable = ours_cpu + ours.cpu_s, ours_wall + ours.wall_s, playable + ours.playable_s
        wall, cpu = by_hand(source, work)
        hand_cpu, hand_wall = hand_cpu + cpu, hand_wall + wall
        cpu, files = as_the_peer(source, ours.produced, work)
        peer_cpu += cpu
        renditions = ours.produced.renditions
        ours_vmaf.append(quality(source, [one.path for one in renditions], renditions))
        peer_vmaf.append(quality(source, files, renditions))
        ours_bytes += sum(one.bytes for one in renditions)
        peer_bytes += sum(path.stat().st_size for path in files)
        print(f"{source.name}: VMAF {ours_vmaf[-1]:.2f}, as the peer {peer_vmaf[-1]:.2f}", flush=True)
    gain = (sum(ours_vmaf) - sum(peer_vmaf)) / len(sources)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        at_most("ladder through our code ÷ by hand, decoding once (CPU)", ours_cpu / hand_cpu, 1.10),
        at_most("ladder through our code ÷ by hand, decoding once (wall)", ours_wall / hand_wall, 1.10),
        at_least("the same ladder as MediaCMS does it ÷ ours (CPU)", peer_cpu / ours_cpu, 2.3),
        at_least("VMAF, ours − MediaCMS", gain, 0.0, unit="points"),
        at_most("bytes, ours ÷ MediaCMS", ours_bytes / peer_bytes, 1.0),
        at_most("time to first playable ÷ whole ladder", playable / ours_wall, 0.35),
        at_most("peak memory of one process", memory, 1500, unit="MB"),
        at_most("bytes of AV1 ÷ H.264 at equal VMAF, 540", av1_share(sources[0], folder), 0.65),
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
