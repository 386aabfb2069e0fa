from pathlib import Path

import av

from tests.videos.clips import make_clip
from videos.media.running import process, process_av1


def test_av1_renditions_share_sizes_keyframes_and_sound_with_the_first_ones(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "clip.mp4", size="540x960", seconds=4.5)
    folder = tmp_path / "out"
    folder.mkdir()
    first = process(source, folder, lambda percent: None).renditions
    seen: list[float] = []
    made = process_av1(source, folder, seen.append)
    assert [(one.name, one.width, one.height) for one in made] == [("av1-360", 360, 640), ("av1-540", 540, 960)]
    assert [one.codecs for one in made] == ["av01.0.01M.08,mp4a.40.2", "av01.0.04M.08,mp4a.40.2"]
    assert {one.keyframes_ms for one in made} == {(0, 2000, 4000)}
    assert sound(made[0].path) == sound(first[0].path)
    assert seen[-1] == 100.0


def sound(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]
