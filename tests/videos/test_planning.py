from dataclasses import replace

import pytest

from videos.media.planning import Size, fit_size, plan, plan_av1, rungs
from videos.media.probing import Audio, Probe

PHONE = Probe(
    demuxer="mov",
    video_index=0,
    codec="h264",
    width=1920,
    height=1080,
    sample_aspect_ratio=(1, 1),
    rotation=90,
    mirrored=False,
    start_ms=0,
    duration_ms=20_000,
    packets=600,
    fps=30.0,
    peak_fps=30.0,
    hdr="",
    matrix=1,
    interlaced=False,
    audio=Audio(1, "aac", 2, 48_000),
    keyframes_ms=(0,),
    video_bytes=1_000_000,
    extradata=b"",
)


def sizes(probe: Probe) -> list[tuple[int, int]]:
    return [(rendition.size.width, rendition.size.height) for rendition in plan(probe).renditions]


def test_rotated_phone_video_is_planned_upright() -> None:
    assert sizes(PHONE) == [(360, 640), (540, 960), (720, 1280), (1080, 1920)]


def test_small_sizes_get_a_lower_crf() -> None:
    assert [rendition.crf_step for rendition in plan(PHONE).renditions] == [-2, -1, 0, 0]
    assert [rendition.crf_step for rendition in plan(replace(PHONE, width=480, height=480)).renditions] == [-2, -1]
    assert {rendition.crf_step for rendition in plan_av1(PHONE)} == {0}


def test_landscape_and_square_are_not_cropped() -> None:
    assert sizes(replace(PHONE, rotation=0))[-1] == (1920, 1080)
    assert sizes(replace(PHONE, width=720, height=720)) == [(360, 360), (540, 540), (720, 720)]


def test_anamorphic_video_gets_square_pixels() -> None:
    pal = replace(PHONE, width=720, height=576, sample_aspect_ratio=(64, 45), rotation=0)
    assert sizes(pal) == [(640, 360), (960, 540)]


@pytest.mark.parametrize(
    ("short_side", "expected"),
    [
        (100, (360,)),
        (360, (360,)),
        (480, (360, 480)),
        (540, (360, 540)),
        (640, (360, 540)),
        (720, (360, 540, 720)),
        (1080, (360, 540, 720, 1080)),
        (2160, (360, 540, 720, 1080)),
    ],
)
def test_only_the_smallest_rendition_may_exceed_the_source(short_side: int, expected: tuple[int, ...]) -> None:
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
    assert plan(PHONE).fps_cap is None
    assert plan(replace(PHONE, fps=59.94, peak_fps=59.94)).fps_cap is None
    assert plan(replace(PHONE, fps=240.0, peak_fps=240.0)).fps_cap == 60
    assert plan(replace(PHONE, fps=30.0, peak_fps=120.0)).fps_cap == 60


def test_storyboard_covers_the_clip_with_at_most_sixty_stills() -> None:
    for duration_ms in (500, 1000, 20_000, 59_999, 60_000, 180_000):
        board = plan(replace(PHONE, duration_ms=duration_ms)).storyboard
        assert 1 <= board.count <= 60
        assert board.count * board.interval_ms >= duration_ms
        assert (board.rows - 1) * board.columns < board.count <= board.rows * board.columns
    board = plan(PHONE).storyboard
    assert (board.tile, board.columns, board.rows, board.count) == (Size(90, 160), 10, 2, 20)


def test_av1_has_the_same_sizes_and_lower_ceilings() -> None:
    h264, av1 = plan(PHONE).renditions, plan_av1(PHONE)
    assert [rendition.size for rendition in av1] == [rendition.size for rendition in h264]
    assert all(smaller.ceiling_kbits < larger.ceiling_kbits for smaller, larger in zip(av1, h264, strict=True))
    assert [rendition.name for rendition in av1] == ["av1-360", "av1-540", "av1-720", "av1-1080"]
