"""Clips that a browser records become clips of the same length, with sound and the right stills."""

import base64
from pathlib import Path

import av
import pytest
from playwright.sync_api import Browser

from benchmarks.media_cases import Case, examine
from videos.media.running import process, process_av1

# A canvas changes its size every second, is paused, and stands still in the end; a tone goes on all the time. All types
# are recorded at once. A recorder that gives up, as some do when the size changes, keeps what it has.
RECORD = """async (types) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 180, height: 320 });
  const context = canvas.getContext("2d");
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const sink = audio.createMediaStreamDestination();
  tone.connect(sink);
  tone.start();
  await audio.resume();
  let moves = true;
  let frame = 0;
  const draw = () => {
    if (!moves) return;
    context.fillStyle = `hsl(${frame * 7} 60% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "white";
    context.fillRect((frame * 5) % canvas.width, canvas.height / 3, 40, 60);
    frame += 1;
  };
  draw();
  const timer = setInterval(draw, 40);
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const stream = new MediaStream([...canvas.captureStream(25).getTracks(), ...sink.stream.getTracks()]);
  const recordings = types.filter((type) => MediaRecorder.isTypeSupported(type)).map((type) => {
    const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 400000 });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((done) => (recorder.onstop = done));
    recorder.start(500);
    return { type, recorder, parts, stopped };
  });
  const each = (method) => recordings.forEach(({ recorder }) => recorder.state !== "inactive" && recorder[method]());
  await wait(1000);
  Object.assign(canvas, { width: 320, height: 180 });
  await wait(500);
  each("pause");
  await wait(400);
  each("resume");
  await wait(500);
  Object.assign(canvas, { width: 240, height: 240 });
  await wait(700);
  moves = false;
  await wait(800);
  each("stop");
  clearInterval(timer);
  const encode = (blob) => new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",", 2)[1]);
    reader.readAsDataURL(blob);
  });
  return Promise.all(recordings.map(async ({ type, parts, stopped }) => {
    await stopped;
    return [type, await encode(new Blob(parts))];
  }));
}"""
TYPES = [
    "video/webm;codecs=vp8,opus",
    "video/webm;codecs=vp9,opus",
    "video/webm;codecs=av1,opus",
    "video/webm;codecs=h264,opus",
    "video/mp4;codecs=avc1.64003E,opus",
    "video/mp4;codecs=vp9,opus",
    "video/mp4;codecs=av01.0.19M.08,opus",
]


@pytest.fixture(scope="module")
def recordings(chromium: Browser) -> dict[str, bytes]:
    page = chromium.new_page()
    page.set_content("<!doctype html><title>Recorder</title><button>Record</button>")
    page.get_by_role("button").click()  # without a gesture, a page makes no sound
    recorded = page.evaluate(RECORD, TYPES)
    page.close()
    return {kind: base64.b64decode(content) for kind, content in recorded}


def end_s(path: Path) -> float:
    """Return how long after the first moment of a recording the last frame or sound of it ends."""
    starts, ends = [], []
    with av.open(str(path)) as container:
        for packet in container.demux(*container.streams.video, *container.streams.audio):
            if packet.pts is not None and packet.size:
                starts.append(float(packet.pts * packet.time_base))
                ends.append(starts[-1] + float((packet.duration or 0) * packet.time_base))
    return max(ends) - min(starts)


def test_recordings_of_every_codec_become_clips(recordings: dict[str, bytes], tmp_path: Path) -> None:
    assert {kind.split("=")[1][:3] for kind in recordings} >= {"vp8", "vp9"}
    wrong = {}
    for number, (kind, content) in enumerate(recordings.items()):
        out = tmp_path / str(number)
        out.mkdir()
        source = tmp_path / f"recording-{number}"
        source.write_bytes(content)
        produced = process(source, out, lambda percent: None)
        wrong[kind] = examine(source, produced, out, Case(end_s(source), compares_sound=False))[1]
        assert produced.duration_ms > 900
    assert not any(wrong.values()), wrong


def test_recording_with_a_guessed_frame_rate_becomes_av1(recordings: dict[str, bytes], tmp_path: Path) -> None:
    source = tmp_path / "recording"
    source.write_bytes(recordings[TYPES[0]])
    process(source, tmp_path, lambda percent: None)
    encoded_files = process_av1(source, tmp_path, lambda percent: None)
    assert [encoded.rendition.codecs[:5] for encoded in encoded_files] == ["av01."] * len(encoded_files) != []
