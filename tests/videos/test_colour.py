"""Conversion of wide and HDR colours to BT.709, as exact functions and for every value of the tags."""

import numpy as np
import pytest

from videos.media.colour import MATRICES, Colour, colour_from, table, to_bt709

HDR = {16: [0.4432, 0.5081, 0.5807, 0.7518], 18: [0.4379, 0.6151, 0.75, 1.0]}
"""The codes of 51, 100, 203 and 1,000 nits in PQ, and of 26, 113, 203 and 1,000 in HLG."""


@pytest.mark.parametrize("transfer", [16, 18])
def test_white_of_hdr_is_bright_and_highlights_keep_their_steps(transfer: int) -> None:
    colour = colour_from(matrix=9, primaries=9, transfer=transfer, is_rgb=False, short_side=1080)
    greys = to_bt709(np.array([[code] * 3 for code in HDR[transfer]]), colour)
    assert np.ptp(greys, axis=1).max() < 0.002  # greys stay grey
    steps = greys.mean(axis=1) * 255
    assert 191 <= steps[2] <= 242
    assert list(steps) == sorted(steps)
    assert steps[2] + 10 < steps[3] < 255


def test_wide_primaries_become_the_same_colours_of_bt709() -> None:
    red_in_2020 = np.array([[0.6274, 0.0691, 0.0164]]) ** (1 / 2.4)
    colour = colour_from(matrix=9, primaries=9, transfer=14, is_rgb=False, short_side=720)
    assert to_bt709(red_in_2020, colour)[0] == pytest.approx([1, 0, 0], abs=0.05)
    p3 = colour_from(matrix=1, primaries=12, transfer=1, is_rgb=False, short_side=720)
    assert to_bt709(np.array([[1.0, 1.0, 1.0]]), p3)[0] == pytest.approx([1, 1, 1], abs=0.001)
    assert to_bt709(np.array([[1.0, 0.0, 0.0]]), p3)[0][0] > 1  # out of BT.709


def test_every_tag_value_is_understood() -> None:
    for matrix in range(256):
        for primaries in (*range(24), 255):
            for transfer in (*range(20), 255):
                colour = colour_from(
                    matrix=matrix, primaries=primaries, transfer=transfer, is_rgb=False, short_side=480
                )
                assert colour.matrix in MATRICES.values() or (colour.matrix == "" and matrix in MATRICES)
                assert not colour.hdr or colour.primaries


def test_unspecified_matrix_is_assumed_as_players_do() -> None:
    assumed = [colour_from(matrix=2, primaries=2, transfer=2, is_rgb=False, short_side=side) for side in (480, 720)]
    assert [(colour.matrix, colour.is_bt709) for colour in assumed] == [("smpte170m", False), ("bt709", True)]
    hlg = colour_from(matrix=2, primaries=2, transfer=18, is_rgb=False, short_side=720)
    assert (hlg.matrix, hlg.hdr, hlg.primaries) == ("bt2020nc", 18, 9)


def test_table_is_a_cube_file() -> None:
    lines = table(Colour("", 16, 9, is_bt709=False)).splitlines()
    assert lines[0] == "LUT_3D_SIZE 49"
    assert len(lines) == 49**3 + 1
    assert len(lines[1].split()) == 3
