from pathlib import Path

import av
import m3u8
import pytest

from tests.videos.clips import make_clip
from videos.media.hls import peak_bps, track_name
from videos.media.policy import MediaFailed
from videos.media.results import Produced
from videos.media.running import process


@pytest.fixture(scope="module")
def produced(tmp_path_factory: pytest.TempPathFactory) -> Produced:
    folder = tmp_path_factory.mktemp("hls")
    source = make_clip(folder / "clip.mp4", size="540x960", seconds=5)
    return process(source, folder, lambda percent: None)


def test_master_playlist_offers_each_rendition_with_one_audio_track(produced: Produced) -> None:
    master = m3u8.load(str(produced.playlist))
    assert master.is_independent_segments
    variants = [
        (variant.stream_info.resolution, variant.stream_info.codecs, variant.uri) for variant in master.playlists
    ]
    assert variants == [
        ((360, 640), "avc1.64001e,mp4a.40.2", "hls-h264-360.m3u8"),
        ((540, 960), "avc1.64001f,mp4a.40.2", "hls-h264-540.m3u8"),
    ]
    assert [(medium.type, medium.uri) for medium in master.media] == [("AUDIO", "hls-sound.m3u8")]
    for variant in master.playlists:
        assert variant.stream_info.bandwidth >= variant.stream_info.average_bandwidth > 0


def test_segments_are_aligned_and_within_their_files(produced: Produced) -> None:
    durations = []
    for variant in m3u8.load(str(produced.playlist)).playlists:
        media = m3u8.load(str(produced.playlist.with_name(variant.uri)))
        assert media.is_endlist
        assert media.playlist_type == "vod"
        size = produced.playlist.with_name(media.segments[0].uri).stat().st_size
        for segment in media.segments:
            length, start = map(int, segment.byterange.split("@"))
            assert start + length <= size
        durations.append([segment.duration for segment in media.segments])
    assert durations == [[2.0, 2.0, 1.0], [2.0, 2.0, 1.0]]


def test_packaging_does_not_encode_again(produced: Produced) -> None:
    for encoded in produced.encoded_files:
        packaged = encoded.path.with_name(f"{track_name(encoded)}.m4s")
        assert video_packets(packaged) == video_packets(encoded.path)


def test_all_packaged_files_are_among_the_files_to_serve(produced: Produced) -> None:
    names = {path.name for path in produced.files}
    assert names == {
        "h264-360.mp4", "h264-540.mp4", "poster.jpg", "storyboard.jpg", "master.m3u8", "hls-h264-360.m3u8",
        "hls-h264-360.m4s", "hls-h264-540.m3u8", "hls-h264-540.m4s", "hls-sound.m3u8", "hls-sound.m4s",
    }  # fmt: skip
    for path in produced.files:
        assert path.stat().st_size > 0


def test_playlist_that_names_missing_bytes_is_refused() -> None:
    text = "#EXTM3U\n#EXTINF:2.0,\n#EXT-X-BYTERANGE:1000@500\nx.m4s\n#EXT-X-ENDLIST\n"
    assert peak_bps(text, 1500) == 4000
    with pytest.raises(MediaFailed):
        peak_bps(text, 1499)
    with pytest.raises(MediaFailed):
        peak_bps(text.replace("#EXT-X-ENDLIST\n", ""), 1500)


def video_packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]
