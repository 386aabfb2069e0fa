"""Checks of a file's first bytes: is the file an accepted container? Phones and apps often give a wrong extension.

Playlists, concat lists, SDP, SVG, images, archives and plain text are refused. Some demuxers follow references in a
file, and could be made to read other people's files. An accepted file is therefore opened only with the demuxer that
these checks return.
"""

from pathlib import Path

from videos.media.policy import AVI, ISO, MATROSKA, MPEGTS, MediaRefused, Policy, Refusal

HEAD_BYTES = 4096
# ISO/IEC 14496-12 and the QuickTime file format: boxes that can come first in a movie file.
FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"uuid"}
# Brands of images and of audio files, which use the same container.
FOREIGN_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"crx ", b"jxl ", b"M4A ", b"M4B ", b"aax "}
EBML_MAGIC = bytes.fromhex("1a45dfa3")
# The length of a packet, and where its sync byte stands. Camcorders (AVCHD) put a time of 4 bytes before each packet.
TS_PACKETS = ((188, 0), (192, 4))


def sniff(path: Path, policy: Policy) -> str:
    """Return the name of the only demuxer that may open the file. Its name does not matter. Raises MediaRefused."""
    size = path.stat().st_size
    if size == 0:
        raise MediaRefused(Refusal.EMPTY)
    if size > policy.max_bytes:
        raise MediaRefused(Refusal.TOO_LARGE, megabytes=policy.max_bytes // 1_000_000)
    with path.open("rb") as file:
        demuxer = container_of(file.read(HEAD_BYTES))
    if demuxer is None:
        raise MediaRefused(Refusal.NOT_VIDEO)
    return demuxer


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
    for length, sync in TS_PACKETS:
        packets = len(head) // length
        if packets >= 3 and all(head[number * length + sync] == 0x47 for number in range(packets)):
            return True
    return False
