"""HLS packaging of finished renditions, for clients that cannot play an MP4. Nothing is re-encoded.

Each video track has a CMAF file and a media playlist, and so does the sound. A master playlist lists the media
playlists. Segments are byte ranges, so a clip needs only a few files. Sources: RFC 8216 and Apple's HLS authoring
rules.
"""

import re
from pathlib import Path

from videos.media import ffmpeg
from videos.media.encoding import run_ffmpeg, sync_file
from videos.media.policy import MediaFailed
from videos.media.results import EncodedFile

MASTER = "master.m3u8"
SOUND = "hls-sound"


def package(encoded_files: tuple[EncodedFile, ...], workdir: Path) -> tuple[Path, ...]:
    """Write the playlists and media files into `workdir` and return their paths, the master playlist first.

    Raises MediaFailed if a playlist is incomplete or refers to bytes beyond the end of its media file.
    """
    smallest = encoded_files[0]
    tracks = [(encoded.path, "v", track_name(encoded)) for encoded in encoded_files]
    if smallest.probe.audio:
        tracks.append((smallest.path, "a", SOUND))
    command = ffmpeg.hls_command(tracks, workdir)
    run_ffmpeg(command, inputs=(), workdir=workdir, duration_ms=smallest.probe.duration_ms, budget=(30, 1))
    peaks_bps: dict[str, int] = {}
    files: list[Path] = []
    for _, _, name in tracks:
        playlist, media = workdir / f"{name}.m3u8", workdir / f"{name}.m4s"
        peaks_bps[name] = peak_bps(playlist.read_text(), sync_file(media))
        sync_file(playlist)
        files += [playlist, media]
    master = workdir / MASTER
    master.write_text(master_playlist(encoded_files, peaks_bps))
    sync_file(master)
    return (master, *files)


def track_name(encoded: EncodedFile) -> str:
    """Return the name, without a suffix, of the HLS files for an encoded file's video track."""
    return f"hls-{encoded.path.stem}"


def master_playlist(encoded_files: tuple[EncodedFile, ...], peaks_bps: dict[str, int]) -> str:
    """Return the text of the master playlist, which lists each rendition with its peak and average bit rate.

    `peaks_bps` maps the name of each track to its peak bit rate.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    sound_bps = peaks_bps.get(SOUND)
    if sound_bps is not None:
        kind = 'TYPE=AUDIO,GROUP-ID="sound",NAME="sound",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2"'
        lines.append(f'#EXT-X-MEDIA:{kind},URI="{SOUND}.m3u8"')
    for encoded in encoded_files:
        rendition, probe = encoded.rendition, encoded.probe
        attributes = [
            f"BANDWIDTH={max(peaks_bps[track_name(encoded)] + (sound_bps or 0), rendition.bitrate_bps)}",
            f"AVERAGE-BANDWIDTH={rendition.bitrate_bps}",
            f'CODECS="{rendition.codecs}"',
            f"RESOLUTION={rendition.width_px}x{rendition.height_px}",
            f"FRAME-RATE={probe.packets * 1000 / probe.duration_ms:.3f}",
            *(['AUDIO="sound"'] if sound_bps is not None else []),
        ]
        lines += ["#EXT-X-STREAM-INF:" + ",".join(attributes), f"{track_name(encoded)}.m3u8"]
    return "\n".join(lines) + "\n"


def peak_bps(playlist: str, file_bytes: int) -> int:
    """Return the highest bit rate among a media playlist's segments. `file_bytes` is the size of its media file.

    Raises MediaFailed if the playlist is incomplete, or if a segment ends beyond the end of the media file.
    """
    segments = re.findall(r"#EXTINF:([\d.]+),\n#EXT-X-BYTERANGE:(\d+)@(\d+)\n", playlist)
    if not segments or "#EXT-X-ENDLIST" not in playlist:
        raise MediaFailed("A media playlist is incomplete.")
    if max(int(size) + int(start) for _, size, start in segments) > file_bytes:
        raise MediaFailed("A media playlist names bytes beyond the end of its file.")
    return max(round(int(size) * 8 / max(float(seconds), 0.001)) for seconds, size, _ in segments)
