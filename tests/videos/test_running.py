import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.videos.clips import make_clip, run_ffmpeg
from videos.media import ffmpeg
from videos.media.policy import MediaFailed, MediaRefused, Policy, Refusal
from videos.media.results import Playable, Produced
from videos.media.running import process, process_av1


def produce(source: Path, folder: Path) -> Produced:
    folder.mkdir(exist_ok=True)
    return process(source, folder, lambda percent: None)


def frames_of(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def corner(path: Path, *, seconds: float = 0.5) -> list[tuple[int, int, int]]:
    """Return the colours of the corners, clockwise from top left, of one frame."""
    frame = next(frame for frame in frames_of(path) if frame.time is not None and frame.time >= seconds)
    image = frame.to_ndarray(format="rgb24").astype(int)
    spots = (image[20, 20], image[20, -20], image[-20, -20], image[-20, 20])
    return [tuple(255 if value > 128 else 0 for value in spot) for spot in spots]  # type: ignore[misc]


RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
CORNERS = (
    "color=red:s=160x90:r=30:d=1[a];color=lime:s=160x90:r=30:d=1[b];color=white:s=160x90:r=30:d=1[c];"
    "color=blue:s=160x90:r=30:d=1[d];[a][b]hstack[e];[c][d]hstack[f];[e][f]vstack"
)


def test_clip_becomes_renditions_poster_storyboard_and_fingerprint(tmp_path: Path) -> None:
    seen: list[float] = []
    playable: list[Playable] = []
    source = make_clip(tmp_path / "clip.mp4", size="540x960", seconds=4.5)
    folder = tmp_path / "out"
    folder.mkdir()
    produced = process(source, folder, seen.append, on_playable=playable.append)
    renditions = [encoded.rendition for encoded in produced.encoded_files]
    assert [(rendition.name, rendition.width_px, rendition.height_px) for rendition in renditions] == [
        ("h264-360.mp4", 360, 640),
        ("h264-540.mp4", 540, 960),
    ]
    assert [rendition.codecs for rendition in renditions] == ["avc1.64001e,mp4a.40.2", "avc1.64001f,mp4a.40.2"]
    assert {encoded.probe.packets for encoded in produced.encoded_files} == {135}
    assert {encoded.probe.keyframes_ms for encoded in produced.encoded_files} == {(0, 2000, 4000)}
    assert produced.duration_ms == 4500
    assert (produced.poster.width_px, produced.poster.height_px) == (540, 960)
    assert (folder / produced.poster.name).read_bytes()[:3] == b"\xff\xd8\xff"
    assert produced.storyboard.count == 5
    assert len(produced.fingerprint) == 16 * 9
    assert playable[0].encoded_file == produced.encoded_files[0]
    assert seen == sorted(seen)
    assert seen[-1] == 100.0
    assert any(0 < percent < 100 for percent in seen)


def test_renditions_are_faststart_and_their_sound_is_one_encode(tmp_path: Path) -> None:
    produced = produce(make_clip(tmp_path / "clip.mov", size="540x960"), tmp_path / "out")
    for encoded in produced.encoded_files:
        data = encoded.path.read_bytes()
        assert data.index(b"moov") < data.index(b"mdat")
    sounds = []
    for encoded in produced.encoded_files:
        with av.open(str(encoded.path)) as container:
            sounds.append([bytes(packet) for packet in container.demux(audio=0) if packet.size])
    assert sounds[0] == sounds[1]


@pytest.mark.parametrize(
    ("turn", "upright"),
    [
        (0, [RED, GREEN, BLUE, WHITE]),
        (90, [GREEN, BLUE, WHITE, RED]),
        (180, [BLUE, WHITE, RED, GREEN]),
        (270, [WHITE, RED, GREEN, BLUE]),
    ],
)
def test_rotation_is_applied(tmp_path: Path, turn: int, upright: list[tuple[int, int, int]]) -> None:
    flat = run_ffmpeg("-f", "lavfi", "-i", CORNERS, "-pix_fmt", "yuv420p", str(tmp_path / "flat.mp4"))
    turned = run_ffmpeg("-display_rotation", str(turn), "-i", str(flat), "-c", "copy", str(tmp_path / "turned.mp4"))
    encoded = produce(turned, tmp_path / "out").encoded_files[0]
    assert (encoded.probe.width, encoded.probe.height) == ((320, 180) if turn in (0, 180) else (180, 320))
    assert corner(encoded.path) == upright


def test_mirroring_is_applied(tmp_path: Path) -> None:
    flat = run_ffmpeg("-f", "lavfi", "-i", CORNERS, "-pix_fmt", "yuv420p", str(tmp_path / "flat.mp4"))
    mirrored = run_ffmpeg("-display_hflip", "-i", str(flat), "-c", "copy", str(tmp_path / "mirrored.mp4"))
    assert corner(produce(mirrored, tmp_path / "out").encoded_files[0].path) == [GREEN, RED, WHITE, BLUE]


CHAPTERS = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=Tattletale\n"
TRACES = (b"Tattletale", b"37.77", b"<script", b"Lavf", b"SVT-AV1", b"Exif", b"http://ns.adobe.com")
NEUTRAL_METADATA = {"major_brand", "minor_version", "compatible_brands", "language", "handler_name", "vendor_id"}
"""What the format itself writes into every file, the same for all."""


@pytest.mark.parametrize("name", ["clip.mov", "clip.mkv"])
def test_no_metadata_of_the_source_survives_in_any_served_file(tmp_path: Path, name: str) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Tattletale")
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(CHAPTERS)
    plain = make_clip(tmp_path / "plain.mp4")
    attached = ["-attach", str(note), "-metadata:s:t", "mimetype=text/plain"] if name.endswith("mkv") else []
    source = run_ffmpeg(
        "-i", str(plain), "-i", str(chapters), "-map", "0", "-map_chapters", "1", "-c", "copy", *attached,
        "-metadata", "location=+37.7749-122.4194/", "-metadata", "title=<script>alert(1)</script>",
        "-metadata", "make=Tattletale", "-metadata:s:v", "handler_name=Tattletale", "-movflags", "use_metadata_tags",
        str(tmp_path / name),
    )  # fmt: skip
    assert source.read_bytes().count(b"Tattletale") >= 3
    folder = tmp_path / "out"
    produced = produce(source, folder)
    modern = process_av1(source, folder, lambda percent: None)
    served = {*produced.files, *(encoded.path for encoded in modern)}
    assert {path.suffix for path in served} == {".mp4", ".m4s", ".m3u8", ".jpg"}
    for path in served:
        data = path.read_bytes()
        assert [trace for trace in TRACES if trace in data] == [], path.name
        if path.suffix in (".mp4", ".m4s"):
            assert_has_no_metadata(path)
        if path.suffix == ".jpg":
            with Image.open(path) as picture:
                assert {key for key in picture.info if not key.startswith("jfif")} == set(), path.name


def assert_has_no_metadata(path: Path) -> None:
    with av.open(str(path)) as container:
        assert container.metadata.keys() <= NEUTRAL_METADATA
        assert container.chapters() == []
        for stream in container.streams:
            assert stream.type in ("video", "audio")
            metadata = dict(stream.metadata)
            assert metadata.pop("encoder", "Lavc libx264") in (
                "Lavc libx264",
                "Lavc libsvtav1",
            )  # ours, without a version
            assert metadata.keys() <= NEUTRAL_METADATA
            assert stream.metadata.get("handler_name", "") in ("", "VideoHandler", "SoundHandler")


def test_loudness_is_normalized_to_minus_fourteen_lufs(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "clip.mp4", "-af", "volume=-10dB", "-b:a", "128k", seconds=6)
    encoded = produce(source, tmp_path / "out").encoded_files[0]
    command = [str(ffmpeg.binary()), "-i", str(encoded.path), "-vn", "-af", "ebur128", "-f", "null", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr
    measured = float(text[text.rindex("I:") + 2 :].split()[0])
    assert measured == pytest.approx(-14, abs=0.6)


@pytest.mark.parametrize("channels", ["mono", "5.1"])
def test_audio_becomes_stereo_at_48_khz(tmp_path: Path, channels: str) -> None:
    source = make_clip(
        tmp_path / "clip.mkv", "-af", f"aformat=channel_layouts={channels}", "-c:a", "flac", "-ar", "44100"
    )
    encoded = produce(source, tmp_path / "out").encoded_files[0]
    with av.open(str(encoded.path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.channels, stream.codec_context.sample_rate) == (2, 48_000)


def test_silence_and_missing_audio_are_accepted(tmp_path: Path) -> None:
    silent = produce(make_clip(tmp_path / "silent.mp4", "-af", "volume=0"), tmp_path / "one").encoded_files[0]
    mute = produce(make_clip(tmp_path / "mute.mp4", "-an"), tmp_path / "two").encoded_files[0]
    assert silent.rendition.codecs == "avc1.64000d,mp4a.40.2"
    assert mute.rendition.codecs == "avc1.64000d"


def test_frame_rate_is_capped_at_sixty(tmp_path: Path) -> None:
    encoded = produce(make_clip(tmp_path / "clip.mp4", rate=240), tmp_path / "out").encoded_files[0]
    assert encoded.probe.packets == 60


def test_variable_frame_rate_is_preserved(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "clip.mp4", "-vf", "select='lt(n,15)+not(mod(n,3))'", "-fps_mode", "vfr", seconds=2)
    encoded = produce(source, tmp_path / "out").encoded_files[0]
    before = [frame.time for frame in frames_of(source)]
    after = [frame.time for frame in frames_of(encoded.path)]
    assert after == pytest.approx(before, abs=0.002)


def test_hdr_becomes_sdr_of_normal_brightness(tmp_path: Path) -> None:
    picture = (
        "color=gray:s=360x640:r=30:d=1,format=gbrpf32le,zscale=tin=linear:t=smpte2084:pin=709:p=2020:m=2020_ncl:npl=100"
    )
    source = run_ffmpeg(
        "-f", "lavfi", "-i", picture + ",format=yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
        "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc", str(tmp_path / "hdr.mp4"),
    )  # fmt: skip
    encoded = produce(source, tmp_path / "out").encoded_files[0]
    frame = frames_of(encoded.path)[0]
    assert (frame.format.name, frame.color_trc, frame.color_primaries, frame.colorspace) == ("yuv420p", 1, 1, 1)
    assert 60 < frame.to_ndarray(format="gray").mean() < 200


def test_interlaced_video_becomes_progressive_with_square_pixels(tmp_path: Path) -> None:
    source = make_clip(
        tmp_path / "clip.mp4", "-vf", "tinterlace=interleave_top,setsar=64/45", "-flags", "+ildct+ilme",
        "-x264-params", "tff=1", size="720x576", rate=50,
    )  # fmt: skip
    encoded = produce(source, tmp_path / "out").encoded_files[0]
    assert (encoded.probe.width, encoded.probe.height) == (640, 360)
    assert not any(frame.interlaced_frame for frame in frames_of(encoded.path))


def test_audio_stays_in_sync_when_the_video_starts_late(tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "clip.mp4", "-vf", "negate=enable='gte(t,1)'", "-af", "volume=0:enable='lt(t,1)'", seconds=2
    )
    late = run_ffmpeg(
        "-itsoffset", "0.5", "-i", str(clip), "-i", str(clip), "-map", "0:v", "-map", "1:a", "-c", "copy",
        str(tmp_path / "late.mkv"),
    )  # fmt: skip
    encoded = produce(late, tmp_path / "out").encoded_files[0]
    assert encoded.probe.duration_ms == 2000
    with av.open(str(encoded.path)) as container:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    first_loud = int(np.argmax(np.abs(samples) > 0.05)) / 48_000
    assert first_loud == pytest.approx(0.5, abs=0.1)  # at 1.0 s of the file, which is 0.5 s of the video


def test_file_cut_in_half_is_refused_as_damaged(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "clip.mp4", "-movflags", "+faststart", seconds=4)
    source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    with pytest.raises(MediaRefused) as refused:
        produce(source, tmp_path / "out")
    assert refused.value.code is Refusal.DAMAGED


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (Policy(max_duration_ms=900), Refusal.TOO_LONG),
        (Policy(min_duration_ms=1500), Refusal.TOO_SHORT),
        (Policy(max_fps=24), Refusal.FRAME_RATE),
        (Policy(max_streams=1), Refusal.TOO_MANY_STREAMS),
        (Policy(min_side_px=200), Refusal.TOO_SMALL),
        (Policy(max_side_px=300), Refusal.TOO_MANY_PIXELS),
        (Policy(max_pixels=50_000), Refusal.TOO_MANY_PIXELS),
    ],
)
def test_each_limit_of_the_policy_has_its_own_refusal_code(tmp_path: Path, policy: Policy, code: Refusal) -> None:
    source = make_clip(tmp_path / "clip.mp4")
    with pytest.raises(MediaRefused) as refused:
        process(source, tmp_path, lambda percent: None, policy=policy)
    assert refused.value.code is code
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_cover_art_is_not_a_video(tmp_path: Path) -> None:
    source = run_ffmpeg(
        "-f", "lavfi", "-i", "sine=d=1", "-f", "lavfi", "-i", "color=red:s=64x64:d=1", "-frames:v", "1",
        "-c:v", "mjpeg", "-disposition:v", "attached_pic", str(tmp_path / "song.mp4"),
    )  # fmt: skip
    with pytest.raises(MediaRefused) as refused:
        produce(source, tmp_path / "out")
    assert refused.value.code is Refusal.NO_VIDEO


def test_exception_of_the_progress_callback_stops_the_work(tmp_path: Path) -> None:
    def stop(percent: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        process(make_clip(tmp_path / "clip.mp4"), tmp_path, stop)


def test_ffmpeg_without_memory_is_a_failure_that_can_be_retried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("videos.media.encoding.MEMORY_BYTES", 1 << 20)
    with pytest.raises((MediaFailed, MediaRefused)) as failed:
        produce(make_clip(tmp_path / "clip.mp4"), tmp_path / "out")
    assert failed.type is MediaFailed
