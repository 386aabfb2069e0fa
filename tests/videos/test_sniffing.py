from pathlib import Path

import pytest

from tests.videos.clips import make_clip
from videos.media.policy import MediaRefused, Policy, Refusal
from videos.media.sniffing import container_of, sniff


@pytest.mark.parametrize(
    ("name", "codecs", "demuxer"),
    [
        ("a.mp4", (), "mov"),
        ("a.mov", (), "mov"),
        ("a.m4v", ("-f", "mp4"), "mov"),
        ("a.mkv", (), "matroska"),
        ("a.webm", ("-c:v", "libvpx", "-c:a", "libopus"), "matroska"),
        ("a.avi", ("-c:v", "mpeg4"), "avi"),
        ("a.ts", (), "mpegts"),
    ],
)
def test_each_accepted_container_has_its_demuxer(
    tmp_path: Path, name: str, codecs: tuple[str, ...], demuxer: str
) -> None:
    assert sniff(make_clip(tmp_path / name, *codecs), Policy()) == demuxer


@pytest.mark.parametrize(
    "head",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n",
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a" + bytes(64),
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"\xff\xd8\xff\xe0" + bytes(64),
        b"ID3\x04" + bytes(64),
        b"PK\x03\x04" + bytes(64),
        b"%PDF-1.7\n",
        b"\x7fELF" + bytes(64),
        b"rtsptext\r\nrtsp://127.0.0.1/x\r\n",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x18ftypheic" + bytes(32),
        b"\x00\x00\x00\x18ftypavif" + bytes(32),
        b"\x00\x00\x00\x00ftypisom" + bytes(32),
        b"G" * 16,
        bytes(1024),
        b"x",
    ],
)
def test_other_files_are_refused_despite_a_video_extension(head: bytes, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(head)
    with pytest.raises(MediaRefused) as refused:
        sniff(path, Policy())
    assert refused.value.code is Refusal.NOT_VIDEO
    assert refused.value.sentence.startswith("This is not a video file of an accepted type.")


@pytest.mark.parametrize("name", ["clip.mp4", "clip.jpg", "clip.m3u8", "clip"])
def test_wrong_or_missing_extension_does_not_matter(tmp_path: Path, name: str) -> None:
    assert sniff(make_clip(tmp_path / "clip.mkv").rename(tmp_path / name), Policy()) == "matroska"


def test_packets_of_camcorders_are_recognized() -> None:
    packet = bytes(4) + b"\x47" + bytes(187)
    assert container_of(packet * 20) == "mpegts"
    assert container_of(bytes(192) * 20) is None


def test_empty_and_oversized_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.touch()
    with pytest.raises(MediaRefused) as empty:
        sniff(path, Policy())
    assert empty.value.code is Refusal.EMPTY
    path.write_bytes(bytes(11_000_000))
    with pytest.raises(MediaRefused) as large:
        sniff(path, Policy(max_bytes=10_000_000))
    assert large.value.sentence == "The file is larger than 10 MB. Export it at a lower bit rate."
