from dataclasses import replace

import pytest

from videos.media.colour import Colour
from videos.media.planning import Size, fit_size, plan, plan_av1, rungs
from videos.media.probing import Audio, Probe

PHONE = Probe(
    demuxer="mov",
    video_index=0,
    codec="h264",
    width=1920,
    height=1080,
    display_size=(1080, 1920),
    turn="right",
    is_cropped=False,
    start_ms=0,
    picture_ms=20_000,
    sound_ms=20_000,
    packets=600,
    moments=600,
    fps=30.0,
    peak_fps=30.0,
    nominal_fps=30.0,
    colour=Colour("", 0, 0, is_bt709=True),
    interlaced=False,
    audio=Audio(1, "aac", 2, "stereo", 48_000, 320_000),
    lost_sound="",
    keyframes_ms=(0,),
    video_bytes=40_000_000,
    extradata=b"",
)


def sizes(probe: Probe) -> list[tuple[int, int]]:
    return [(rendition.size.width, rendition.size.height) for rendition in plan(probe).renditions]


def test_rotated_phone_video_is_planned_upright() -> None:
    assert sizes(PHONE) == [(360, 640), (540, 960), (720, 1280), (1080, 1920)]


def test_small_sizes_get_a_lower_crf() -> None:
    assert [rendition.crf_step for rendition in plan(PHONE).renditions] == [-2, -1, 0, 0]
    assert [rendition.crf_step for rendition in plan(replace(PHONE, display_size=(480, 480))).renditions] == [-2, -1]
    assert {rendition.crf_step for rendition in plan_av1(PHONE)} == {0}


def test_landscape_and_square_are_not_cropped() -> None:
    assert sizes(replace(PHONE, display_size=(1920, 1080)))[-1] == (1920, 1080)
    assert sizes(replace(PHONE, display_size=(720, 720))) == [(360, 360), (540, 540), (720, 720)]


@pytest.mark.parametrize(
    ("short_side", "expected"),
    [
        (100, (100,)),
        (353, (352,)),
        (360, (360,)),
        (480, (360, 480)),
        (540, (360, 540)),
        (640, (360, 540)),
        (720, (360, 540, 720)),
        (1080, (360, 540, 720, 1080)),
        (2160, (360, 540, 720, 1080)),
    ],
)
def test_no_rendition_exceeds_the_source(short_side: int, expected: tuple[int, ...]) -> None:
    assert rungs(short_side) == expected


def test_sides_are_even_and_bounded_for_any_accepted_aspect_ratio() -> None:
    for width, height in [(64, 4096), (4096, 64), (481, 853), (1081, 1921), (65, 65)]:
        for rung in (360, 540, 720, 1080):
            size = fit_size(width, height, rung)
            assert size.width % 2 == 0
            assert size.height % 2 == 0
            assert min(size.width, size.height) >= 2
            assert max(size.width, size.height) <= 1920


def test_frame_rate_is_capped_only_above_sixty() -> None:
    assert plan(PHONE).fps is None
    assert plan(replace(PHONE, fps=62.5, peak_fps=63)).fps is None  # 60 in whole milliseconds
    assert plan(replace(PHONE, fps=24.0, peak_fps=31)).fps is None
    assert plan(replace(PHONE, fps=240.0, peak_fps=240)).fps == 60
    assert plan(replace(PHONE, fps=30.0, peak_fps=120)).fps == 60


@pytest.mark.parametrize(
    ("nominal_fps", "fps"), [(0.0, 30), (0.01, 30), (1_000_000.0, 30), (2000.0, None), (30.0, None)]
)
def test_frame_rates_that_no_filter_can_use_are_replaced(nominal_fps: float, fps: int | None) -> None:
    made = plan(replace(PHONE, nominal_fps=nominal_fps))
    assert (made.fps, made.encoder_fps) == (fps, 30)


def test_last_frame_is_held_while_there_is_sound() -> None:
    made = plan(replace(PHONE, picture_ms=3000, sound_ms=12_000))
    assert (made.hold_ms, made.duration_ms, made.sound_ms) == (9000, 12_000, 12_000)
    assert plan(replace(PHONE, sound_ms=20_050)).hold_ms == 0  # as long as an audio packet
    assert plan(replace(PHONE, audio=None, sound_ms=0)).duration_ms == 20_000


def test_first_frame_is_held_only_if_the_sound_starts_much_earlier() -> None:
    assert (plan(replace(PHONE, start_ms=700)).lead_ms, plan(replace(PHONE, start_ms=700)).duration_ms) == (0, 20_000)
    late = plan(replace(PHONE, start_ms=3000))
    assert (late.lead_ms, late.duration_ms, late.sound_ms) == (3000, 23_000, 23_000)
    assert plan(replace(PHONE, start_ms=3000, audio=None, sound_ms=0)).lead_ms == 0


def test_no_rendition_needs_many_more_bytes_than_its_source() -> None:
    chat = replace(PHONE, video_bytes=750_000, audio=Audio(1, "opus", 1, "mono", 48_000, 60_000))  # 300 + 24 kbit/s
    made = plan(chat)
    assert made.audio_bits == 64_000
    assert max(rendition.ceiling_kbits for rendition in made.renditions) * 20.9 + 64 * 20 <= 810 * 8 * 1.21
    assert plan(PHONE).renditions[-1].ceiling_kbits == 6500
    assert plan(PHONE).audio_bits == 128_000


def test_storyboard_covers_the_clip_with_at_most_sixty_stills() -> None:
    for duration_ms in (500, 1000, 20_000, 59_999, 60_000, 180_000):
        board = plan(replace(PHONE, picture_ms=duration_ms, sound_ms=0)).storyboard
        assert 1 <= board.count <= 60
        assert board.count * board.interval_ms >= duration_ms - 20
        assert (board.rows - 1) * board.columns < board.count <= board.rows * board.columns
    board = plan(PHONE).storyboard
    assert (board.tile, board.columns, board.rows, board.count) == (Size(90, 160), 10, 2, 20)


def test_av1_has_the_same_sizes_and_lower_ceilings() -> None:
    h264, av1 = plan(PHONE).renditions, plan_av1(PHONE)
    assert [rendition.size for rendition in av1] == [rendition.size for rendition in h264]
    assert all(smaller.ceiling_kbits < larger.ceiling_kbits for smaller, larger in zip(av1, h264, strict=True))
    assert [rendition.name for rendition in av1] == ["av1-360", "av1-540", "av1-720", "av1-1080"]
