"""Files that once failed: each becomes a clip with the right length, sound, picture and stills, or a clear refusal."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.clip_checks import signatures
from benchmarks.media_cases import CASES, Case, examine
from tests.videos.clips import REPOSITORY, make_clip, run_ffmpeg
from videos.media.policy import MediaRefused
from videos.media.running import process, process_av1

FOLDER = REPOSITORY.parent / "shared" / "cases"
ABSENT = f"COLLECTED CASES ABSENT: {FOLDER} is not there."


def check(source: Path, out: Path, case: Case) -> None:
    out.mkdir()
    if case.refusal:
        with pytest.raises(MediaRefused) as refused:
            process(source, out, lambda percent: None)
        assert refused.value.code == case.refusal
        assert list(out.iterdir()) == []
        return
    produced = process(source, out, lambda percent: None)
    assert examine(source, produced, out, case)[1] == []


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
@pytest.mark.parametrize("name", CASES)
def test_collected_case_has_its_correct_result(name: str, tmp_path: Path) -> None:
    check(FOLDER / name, tmp_path / "out", CASES[name])


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_every_collected_video_has_an_expected_result() -> None:
    assert {
        path.name for path in FOLDER.iterdir() if path.suffix[1:] in ("mp4", "mov", "mkv", "avi", "ts", "webm")
    } == {*CASES}


def test_unusual_sound_is_heard_or_its_loss_is_told(tmp_path: Path) -> None:
    pcm = make_clip(tmp_path / "pcm.mov", "-c:a", "pcm_alaw", "-ar", "8000", seconds=2)
    check(pcm, tmp_path / "a", Case(2.0))
    dts = make_clip(tmp_path / "dts.mkv", "-c:a", "dca", "-strict", "-2", "-ac", "2", seconds=2)
    check(dts, tmp_path / "b", Case(2.0, has_sound=False, lost_sound="dca"))
    nine = tmp_path / "nine.raw"
    nine.write_bytes(bytes(range(256)) * 6750)  # two seconds of nine channels
    discrete = run_ffmpeg(
        "-f", "s16le", "-ac", "9", "-ar", "48000", "-i", str(nine), "-i", str(pcm), "-map", "1:v", "-map", "0:a",
        "-c:v", "copy", "-c:a", "pcm_s16le", str(tmp_path / "nine.mkv"),
    )  # fmt: skip
    check(discrete, tmp_path / "c", Case(2.0, compares_sound=False))
    both = run_ffmpeg(
        "-i", str(dts), "-i", str(pcm), "-map", "0:v", "-map", "0:a", "-map", "1:a", "-c", "copy",
        "-disposition:a:0", "default", "-disposition:a:1", "0", str(tmp_path / "both.mkv"),
    )  # fmt: skip
    check(both, tmp_path / "d", Case(2.0))


def test_film_is_chosen_among_pictures_and_previews(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "film.mp4", size="240x426", seconds=2)
    still = ["-f", "lavfi", "-i", "color=red:size=640x640:rate=1:duration=2"]
    small = make_clip(tmp_path / "small.mp4", "-an", size="96x160", seconds=2)
    tracks = ["-map", "0:v", "-map", "1:v", "-map", "2:v", "-map", "2:a", "-c", "copy", "-c:v:0", "mjpeg"]
    source = run_ffmpeg(
        *still, "-i", str(small), "-i", str(film), *tracks, "-disposition:v:0", "0", "-disposition:v:1", "default",
        "-disposition:v:2", "default", str(tmp_path / "tracks.mov"),
    )  # fmt: skip
    check(source, tmp_path / "out", Case(2.0, size=(240, 426)))


def test_clip_survives_changes_of_size_format_and_channels(tmp_path: Path) -> None:
    parts = [("320x180", "yuv420p", "1"), ("240x240", "yuv444p", "2"), ("320x180", "yuv420p10le", "6")]
    joined = tmp_path / "joined.ts"
    with joined.open("wb") as file:
        for number, (size, pixels, channels) in enumerate(parts):
            name = tmp_path / f"{number}.ts"
            file.write(
                make_clip(name, "-pix_fmt", pixels, "-c:a", "aac", "-ac", channels, size=size, seconds=2).read_bytes()
            )
    check(joined, tmp_path / "out", Case(6.0, size=(320, 180), compares_sound=False))


def test_impossible_guesses_of_frame_rate_reach_no_encoder(tmp_path: Path) -> None:
    frames = "setpts='(N+0.3*mod(N*7,5)/5)/30/TB',settb=1/1000"
    source = make_clip(
        tmp_path / "clip.webm", "-vf", frames, "-fps_mode", "vfr", "-c:v", "libvpx", "-c:a", "libopus", seconds=2
    )
    out = tmp_path / "out"
    check(source, out, Case(2.0))
    [modern] = process_av1(source, out, lambda percent: None)
    assert modern.probe.packets == 60
    assert modern.rendition.codecs.startswith("av01.0.00M") or modern.rendition.codecs.startswith("av01.0.01M")


def test_short_gaps_in_the_sound_stay_where_they_are(tmp_path: Path) -> None:
    pulses = "volume='if(lt(mod(t,0.4),0.1),1,0.05)':eval=frame"
    gaps = "asetnsamples=480,aselect='not(between(t,0.7,0.78)+between(t,1.1,1.18)+between(t,1.5,1.58))'"
    source = make_clip(tmp_path / "gaps.mkv", "-af", f"{pulses},{gaps}", "-c:a", "pcm_s16le", seconds=3)
    check(source, tmp_path / "out", Case(3.0))


def test_frames_keep_their_own_times(tmp_path: Path) -> None:
    jitter = "settb=1/90000,setpts='(N+0.8*mod(N*7,5)/5)/25/TB'"
    options = ["-vf", jitter, "-fps_mode", "vfr", "-enc_time_base", "1/90000"]
    source = make_clip(tmp_path / "jitter.mp4", *options, seconds=2, rate=25, size="240x426")
    produced = process(source, tmp_path, lambda percent: None)
    times, _frames = signatures(source)
    for encoded in (*produced.encoded_files, *process_av1(source, tmp_path, lambda percent: None)):
        assert np.abs(signatures(encoded.path)[0] - times).max() < 0.002
