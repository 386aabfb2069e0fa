"""Package finished renditions as HLS with CMAF files, for clients that cannot be given an MP4. Nothing is encoded again.

One fragmented file and one media playlist for each picture track and for the sound, and a master playlist that names
them. Segments are byte ranges, so that a clip stays a handful of files. Source: RFC 8216, and Apple's authoring rules.
"""

import re
from pathlib import Path

from videos.media import ffmpeg
from videos.media.encoding import run_ffmpeg, synced
from videos.media.policy import MediaFailed
from videos.media.results import Rendition

MASTER = "master.m3u8"
SOUND = "hls-sound"
SOUND_CODEC = "mp4a.40.2"


def package(renditions: tuple[Rendition, ...], workdir: Path) -> tuple[Path, ...]:
    """Write the playlists and their files into `workdir` and return them all, the master playlist first.

    Raises MediaFailed when a playlist would name what is not there.
    """
    first = renditions[0]
    tracks = _pictures(renditions)
    if SOUND_CODEC in first.codecs:
        tracks.append((first.path, "a", SOUND))
    peaks, files = _copy(tracks, workdir, first.duration_ms)
    return (_write_master(workdir, master_playlist(renditions, peaks)), *files)


def package_modern(renditions: tuple[Rendition, ...], workdir: Path, *, sound_folder: str) -> tuple[Path, ...]:
    """Write playlists that offer these renditions alone, with the sound that is packaged already.

    A master playlist of its own: Chromium's player stops where a variant changes the codec. `sound_folder` leads from it to
    the folder of the first one. Returns what is new, the master playlist first.
    """
    peaks, files = _copy(_pictures(renditions), workdir, renditions[0].duration_ms)
    if SOUND_CODEC in renditions[0].codecs:
        peaks[SOUND] = ffmpeg.AUDIO_BITS
    return (_write_master(workdir, master_playlist(renditions, peaks, sound_folder=f"{sound_folder}/")), *files)


def _pictures(renditions: tuple[Rendition, ...]) -> list[tuple[Path, str, str]]:
    return [(one.path, "v", f"hls-{one.name}") for one in renditions]


def _copy(
    tracks: list[tuple[Path, str, str]], workdir: Path, duration_ms: int
) -> tuple[dict[str, int], tuple[Path, ...]]:
    """Write the file and the playlist of each track; return the peaks by name, in bit/s, and what was written."""
    command = ffmpeg.hls_command(tracks, workdir)
    run_ffmpeg(command, inputs=(), workdir=workdir, duration_ms=duration_ms, budget=(30, 1))
    peaks: dict[str, int] = {}
    files: list[Path] = []
    for _, _, name in tracks:
        playlist, media = workdir / f"{name}.m3u8", workdir / f"{name}.m4s"
        peaks[name] = _peak_bps(playlist.read_text(), synced(media))
        synced(playlist)
        files += [playlist, media]
    return peaks, tuple(files)


def _write_master(workdir: Path, text: str) -> Path:
    master = workdir / MASTER
    master.write_text(text)
    synced(master)
    return master


def master_playlist(renditions: tuple[Rendition, ...], peaks_bps: dict[str, int], *, sound_folder: str = "") -> str:
    """Return the text that offers each rendition with its peak and average bit rate."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    sound = peaks_bps.get(SOUND)
    if sound is not None:
        kind = 'TYPE=AUDIO,GROUP-ID="sound",NAME="sound",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2"'
        lines.append(f'#EXT-X-MEDIA:{kind},URI="{sound_folder}{SOUND}.m3u8"')
    for one in renditions:
        seconds = one.duration_ms / 1000
        attributes = [
            f"BANDWIDTH={max(peaks_bps[f'hls-{one.name}'] + (sound or 0), one.bitrate_bps)}",
            f"AVERAGE-BANDWIDTH={one.bitrate_bps}",
            f'CODECS="{one.codecs}"',
            f"RESOLUTION={one.width}x{one.height}",
            f"FRAME-RATE={one.frames / seconds:.3f}",
            *(['AUDIO="sound"'] if sound is not None else []),
        ]
        lines += ["#EXT-X-STREAM-INF:" + ",".join(attributes), f"hls-{one.name}.m3u8"]
    return "\n".join(lines) + "\n"


def _peak_bps(playlist: str, file_bytes: int) -> int:
    """Return the highest bit rate of any segment. Raises MediaFailed when one lies beyond the end of its file."""
    found = re.findall(r"#EXTINF:([\d.]+),\n#EXT-X-BYTERANGE:(\d+)@(\d+)\n", playlist)
    if not found or "#EXT-X-ENDLIST" not in playlist:
        raise MediaFailed("A media playlist came out incomplete.")
    if max(int(size) + int(start) for _, size, start in found) > file_bytes:
        raise MediaFailed("A media playlist names bytes that are not there.")
    return max(round(int(size) * 8 / max(float(seconds), 0.001)) for seconds, size, _ in found)
