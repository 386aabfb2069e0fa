from pathlib import Path

import av

from tests.videos.clips import make_clip
from videos.media.running import process, process_av1


def test_av1_renditions_share_sizes_keyframes_and_sound_with_the_h264_renditions(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "clip.mp4", size="540x960", seconds=4.5)
    folder = tmp_path / "out"
    folder.mkdir()
    h264_files = process(source, folder, lambda percent: None).encoded_files
    seen: list[float] = []
    encoded_files = process_av1(source, folder, seen.append)
    renditions = [encoded.rendition for encoded in encoded_files]
    assert [(rendition.name, rendition.width_px, rendition.height_px) for rendition in renditions] == [
        ("av1-360.mp4", 360, 640),
        ("av1-540.mp4", 540, 960),
    ]
    assert [rendition.codecs for rendition in renditions] == ["av01.0.01M.08,mp4a.40.2", "av01.0.04M.08,mp4a.40.2"]
    assert {encoded.probe.keyframes_ms for encoded in encoded_files} == {(0, 2000, 4000)}
    assert audio_packets(encoded_files[0].path) == audio_packets(h264_files[0].path)
    assert seen[-1] == 100.0


def audio_packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]
