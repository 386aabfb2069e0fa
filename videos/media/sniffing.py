"""Checks of a file's first bytes: is the file an accepted container, and does its extension match?

Playlists, concat lists, SDP, SVG, images, archives and plain text are refused. Some demuxers follow references in a
file, and could be made to read other people's files. An accepted file is therefore opened only with the demuxer that
these checks return.
"""

from pathlib import Path

from videos.media.policy import AVI, DEMUXER_BY_EXTENSION, ISO, MATROSKA, MPEGTS, MediaRefused, Policy, Refusal

HEAD_BYTES = 4096
# ISO/IEC 14496-12 and the QuickTime file format: boxes that can come first in a movie file.
FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"}
# Brands of images and of audio files, which use the same container.
FOREIGN_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"crx ", b"jxl ", b"M4A ", b"M4B ", b"aax "}
EBML_MAGIC = bytes.fromhex("1a45dfa3")
TS_PACKET_BYTES = 188


def sniff(path: Path, policy: Policy) -> str:
    """Return the name of the only demuxer that may open the file. Raises MediaRefused."""
    size = path.stat().st_size
    if size == 0:
        raise MediaRefused(Refusal.EMPTY)
    if size > policy.max_bytes:
        raise MediaRefused(Refusal.TOO_LARGE, megabytes=policy.max_bytes // 1_000_000)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return demuxer_for(path.suffix, head)


def demuxer_for(extension: str, head: bytes) -> str:
    """Return the demuxer for this extension if the first bytes of the file confirm it. Raises MediaRefused."""
    expected = DEMUXER_BY_EXTENSION.get(extension.lower())
    if expected is None:
        raise MediaRefused(Refusal.EXTENSION, extensions=", ".join(ext[1:] for ext in DEMUXER_BY_EXTENSION))
    actual = container_of(head)
    if actual is None:
        raise MediaRefused(Refusal.NOT_VIDEO)
    if actual != expected:
        raise MediaRefused(Refusal.CONTENT_MISMATCH, extension=extension)
    return actual


def container_of(head: bytes) -> str | None:
    """Return the demuxer for a file that begins with `head`, or None if its container is not accepted."""
    if _is_iso(head):
        return ISO
    if head.startswith(EBML_MAGIC) and (b"webm" in head[:64] or b"matroska" in head[:64]):
        return MATROSKA
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return AVI
    if _is_mpegts(head):
        return MPEGTS
    return None


def _is_iso(head: bytes) -> bool:
    if len(head) < 16 or head[4:8] not in FIRST_BOXES:
        return False
    size = int.from_bytes(head[:4])
    if size != 1 and size < 8:  # 1 announces a 64-bit size; 0 (to the end of the file) cannot come first
        return False
    return head[4:8] != b"ftyp" or head[8:12] not in FOREIGN_BRANDS


def _is_mpegts(head: bytes) -> bool:
    packets = len(head) // TS_PACKET_BYTES
    return packets >= 3 and all(head[number * TS_PACKET_BYTES] == 0x47 for number in range(packets))
